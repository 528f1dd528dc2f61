#include "notify/contact_code_store.h"

namespace tocsin::notify {

Result<VerifiedContacts::Proofs> read_proofs(store::Session& session) {
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      session.query("SELECT person, digest, verified, verified_by FROM verified_contact"));
  VerifiedContacts::Proofs out;
  for (const store::Row& row : rows) {
    out.emplace(std::pair(row.text(0), row.text(1)),
                VerifiedContacts::Proof{row.time(2), row.text(3)});
  }
  return out;
}

Result<> write_proof(store::Session& session, std::string_view person, std::string_view digest,
                     const VerifiedContacts::Proof& proof) {
  RETURN_IF_ERROR(session.exec(
      "INSERT INTO verified_contact (person, digest, verified, verified_by)"
      " VALUES ($1, $2, $3, $4) ON CONFLICT (person, digest)"
      " DO UPDATE SET verified = excluded.verified, verified_by = excluded.verified_by",
      person, digest, proof.at, proof.by));
  return {};
}

Result<std::optional<CodeRow>> read_code(store::Session& session, std::string_view person,
                                         std::string_view digest) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query("SELECT id, code_hash, sent, ends, tries_left, window_begin,"
                                 " window_codes FROM contact_code"
                                 " WHERE person = $1 AND digest = $2",
                                 person, digest));
  if (rows.empty()) return std::nullopt;
  const store::Row& row = rows.front();
  return CodeRow{.id = row.text(0),
                 .person = std::string(person),
                 .digest = std::string(digest),
                 .code_hash = row.text(1),
                 .sent = row.time(2),
                 .ends = row.time(3),
                 .tries_left = static_cast<int>(row.integer(4)),
                 .window_begin = row.time(5),
                 .window_codes = static_cast<int>(row.integer(6))};
}

Result<> write_code(store::Session& session, const CodeRow& row) {
  RETURN_IF_ERROR(session.exec(
      "INSERT INTO contact_code (id, person, digest, code_hash, sent, ends, tries_left,"
      " window_begin, window_codes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
      " ON CONFLICT (person, digest) DO UPDATE SET id = excluded.id,"
      " code_hash = excluded.code_hash, sent = excluded.sent, ends = excluded.ends,"
      " tries_left = excluded.tries_left, window_begin = excluded.window_begin,"
      " window_codes = excluded.window_codes",
      row.id, row.person, row.digest, row.code_hash, row.sent, row.ends, row.tries_left,
      row.window_begin, row.window_codes));
  return {};
}

Result<bool> is_code_good(store::Session& session, std::string_view id, Time now) {
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      session.query("SELECT 1 FROM contact_code WHERE id = $1 AND ends > $2 AND tries_left > 0", id,
                    now));
  return !rows.empty();
}

Result<> prune_codes(store::Session& session, Time begun_before, Time now) {
  RETURN_IF_ERROR(session.exec("DELETE FROM contact_code WHERE window_begin < $1 AND ends <= $2",
                               begun_before, now));
  return {};
}

}  // namespace tocsin::notify
