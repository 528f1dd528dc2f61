#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "notify/verified_contacts.h"
#include "store/database.h"

namespace tocsin::notify {

inline constexpr const char* kContactKey = "contact";  // of table notify_key

// A row of table contact_code: the newest code that was sent to a contact.
struct CodeRow {
  std::string id;  // cod_..., the subject of its delivery
  std::string person;
  std::string digest;  // of the contact
  std::string code_hash;
  Time sent, ends;
  int tries_left = 0;  // 0: it is void
  Time window_begin;   // codes are counted from here
  int window_codes = 0;
};

Result<VerifiedContacts::Proofs> read_proofs(store::Session& session);
// Replaces an older proof of the same contact.
Result<> write_proof(store::Session& session, std::string_view person, std::string_view digest,
                     const VerifiedContacts::Proof& proof);

Result<std::optional<CodeRow>> read_code(store::Session& session, std::string_view person,
                                         std::string_view digest);
// Replaces the code of the same contact.
Result<> write_code(store::Session& session, const CodeRow& row);
// Whether the code of that id can still be given back.
Result<bool> is_code_good(store::Session& session, std::string_view id, Time now);
// Removes rows whose window began before `begun_before` and whose code is no good any more at
// `now`: the last code of a window outlives it.
Result<> prune_codes(store::Session& session, Time begun_before, Time now);

}  // namespace tocsin::notify
