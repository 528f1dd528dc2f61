#include "alert/mark_store.h"

#include "alert/posted_store.h"

namespace tocsin::alert {
namespace {

Mark mark_of(const store::Row& row) {
  Mark mark;
  if (const auto at = row.maybe_time(1)) mark.acknowledged = {row.text(2), *at, row.text(3)};
  if (const auto at = row.maybe_time(4)) {
    mark.snoozed = {row.text(6), *at, row.time(5), row.text(7)};
  }
  return mark;
}

#define MARK_COLUMNS                                                           \
  "fingerprint, acknowledged, acknowledged_by, acknowledged_comment, snoozed," \
  " snoozed_until, snoozed_by, snoozed_comment"

}  // namespace

Result<> write_mark(store::Session& sql, uint64_t fingerprint, const Mark& mark) {
  std::optional<Time> acknowledged, snoozed, until;
  Mark::Acknowledged ack;
  Mark::Snoozed snooze;
  if (mark.acknowledged) {
    ack = *mark.acknowledged;
    acknowledged = ack.at;
  }
  if (mark.snoozed) {
    snooze = *mark.snoozed;
    snoozed = snooze.at;
    until = snooze.until;
  }
  RETURN_IF_ERROR(
      sql.exec("INSERT INTO posted_mark (" MARK_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
               " ON CONFLICT (fingerprint) DO UPDATE SET acknowledged = excluded.acknowledged,"
               " acknowledged_by = excluded.acknowledged_by,"
               " acknowledged_comment = excluded.acknowledged_comment, snoozed = excluded.snoozed,"
               " snoozed_until = excluded.snoozed_until, snoozed_by = excluded.snoozed_by,"
               " snoozed_comment = excluded.snoozed_comment",
               to_column(fingerprint), acknowledged, ack.by, ack.comment, snoozed, until, snooze.by,
               snooze.comment));
  return {};
}

Result<> delete_mark(store::Session& sql, uint64_t fingerprint) {
  RETURN_IF_ERROR(
      sql.exec("DELETE FROM posted_mark WHERE fingerprint = $1", to_column(fingerprint)));
  return {};
}

Result<std::optional<Mark>> read_mark(store::Session& sql, uint64_t fingerprint) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " MARK_COLUMNS " FROM posted_mark WHERE fingerprint = $1",
                             to_column(fingerprint)));
  if (rows.empty()) return std::nullopt;
  return mark_of(rows[0]);
}

Result<std::vector<std::pair<uint64_t, Mark>>> all_marks(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT " MARK_COLUMNS " FROM posted_mark"));
  std::vector<std::pair<uint64_t, Mark>> all;
  for (const auto& row : rows) all.emplace_back(fingerprint_of(row.integer(0)), mark_of(row));
  return all;
}

}  // namespace tocsin::alert
