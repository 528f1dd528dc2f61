#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/secret.h"
#include "base/time.h"
#include "catalog/catalog.h"
#include "codec/json.h"
#include "store/database.h"

namespace tocsin::notify {

// Which contacts were shown to reach their person, at one moment. A contact is known by a keyed
// digest of its kind, provider and address: what is edited in the catalog counts anew. Nothing is
// ever withheld because of it; it only tells where nobody has made sure yet. Immutable.
class VerifiedContacts {
 public:
  struct Proof {
    Time at;
    std::string by;  // the actor who gave the code back: "user:ada"
  };
  using Proofs = std::map<std::pair<std::string, std::string>, Proof>;  // by person and digest

  VerifiedContacts() = default;  // of nobody
  VerifiedContacts(Secret key, Proofs proofs) : key_(std::move(key)), proofs_(std::move(proofs)) {}

  // Nothing: not verified.
  const Proof* proof_of(const catalog::PersonId& person, const catalog::Contact& contact) const;
  // Whether any contact of theirs is verified.
  bool reach(const catalog::Person& person) const;

  // This and one more.
  VerifiedContacts with(const catalog::PersonId& person, const catalog::Contact& contact,
                        Proof proof) const;
  std::string digest_of(const catalog::Contact& contact) const;

 private:
  Secret key_;
  Proofs proofs_;
};

// What the database holds; of nobody when this installation has verified nothing yet. Needs no
// writer: `tocsin check` reads it, too.
Result<VerifiedContacts> read_verified_contacts(store::Session& session);

// [{"name": "sms", "channel": "sms", "to": "+49...89", "verified_at": ..., "verified_by": ...}] in
// the order of the catalog; null where nothing is verified. Without secrets.
codec::JsonArray contacts_json(const catalog::Person& person, const VerifiedContacts& verified);

}  // namespace tocsin::notify
