#include "notify/verified_contacts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "notify/address.h"
#include "notify/contact_code_store.h"
#include "notify/key_store.h"
#include "notify/sign.h"

namespace tocsin::notify {

const VerifiedContacts::Proof* VerifiedContacts::proof_of(const catalog::PersonId& person,
                                                          const catalog::Contact& contact) const {
  if (proofs_.empty()) return nullptr;
  const auto found = proofs_.find({person.value(), digest_of(contact)});
  return found == proofs_.end() ? nullptr : &found->second;
}

bool VerifiedContacts::reach(const catalog::Person& person) const {
  return std::ranges::any_of(person.contacts, [&](const catalog::Contact& contact) {
    return proof_of(person.id, contact) != nullptr;
  });
}

VerifiedContacts VerifiedContacts::with(const catalog::PersonId& person,
                                        const catalog::Contact& contact, Proof proof) const {
  VerifiedContacts out = *this;
  out.proofs_.insert_or_assign({person.value(), digest_of(contact)}, std::move(proof));
  return out;
}

std::string VerifiedContacts::digest_of(const catalog::Contact& contact) const {
  return base64url(
      hmac_sha256(key_.reveal(), fmt::format("tocsin contact\n{}\n{}\n{}", name_of(contact.kind),
                                             contact.provider, contact.address)));
}

Result<VerifiedContacts> read_verified_contacts(store::Session& session) {
  ASSIGN_OR_RETURN(const auto key, read_key(session, kContactKey));
  if (!key) return VerifiedContacts();
  ASSIGN_OR_RETURN(auto proofs, read_proofs(session));
  return VerifiedContacts(Secret(*key), std::move(proofs));
}

codec::JsonArray contacts_json(const catalog::Person& person, const VerifiedContacts& verified) {
  codec::JsonArray out;
  for (const catalog::Contact& contact : person.contacts) {
    const auto* proof = verified.proof_of(person.id, contact);
    out.push_back(codec::JsonObject{
        {"name", contact.name},
        {"channel", name_of(contact.kind)},
        {"to", shown_address(contact)},
        {"verified_at",
         proof == nullptr ? codec::Json(nullptr) : codec::Json(to_rfc3339(proof->at))},
        {"verified_by", proof == nullptr ? codec::Json(nullptr) : codec::Json(proof->by)}});
  }
  return out;
}

}  // namespace tocsin::notify
