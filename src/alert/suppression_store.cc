#include "alert/suppression_store.h"

#include <fmt/format.h>

#include "alert/posted_store.h"

namespace tocsin::alert {

Result<> insert_suppression(store::Session& sql, const SuppressionRow& row) {
  RETURN_IF_ERROR(
      sql.exec("INSERT INTO suppression (id, fingerprint, group_key, receiver, reasons, since)"
               " VALUES ($1, $2, $3, $4, $5, $6)",
               row.id, to_column(row.fingerprint), row.group_key, row.receiver,
               codec::to_text(to_json(row.reasons)), row.since));
  return {};
}

Result<> delete_suppression(store::Session& sql, int64_t id) {
  RETURN_IF_ERROR(sql.exec("DELETE FROM suppression WHERE id = $1", id));
  return {};
}

Result<std::vector<SuppressionRow>> all_suppressions(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT id, fingerprint, group_key, receiver, reasons, since"
                             " FROM suppression ORDER BY id"));
  std::vector<SuppressionRow> all;
  all.reserve(rows.size());
  for (const auto& row : rows) {
    ASSIGN_OR_RETURN(const codec::Json reasons, codec::read_own_json(row.text(4)));
    if (!reasons.is_array()) {
      return fail(Code::kDataLoss,
                  fmt::format("table suppression, row {}: reasons is no list", row.integer(0)));
    }
    all.push_back({row.integer(0), fingerprint_of(row.integer(1)), row.text(2), row.text(3),
                   suppressors_of(reasons.get_array()), row.time(5)});
  }
  return all;
}

}  // namespace tocsin::alert
