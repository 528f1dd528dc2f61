#include "alert/recurring_store.h"

#include "alert/silence_store.h"

namespace tocsin::alert {
namespace {

#define RECURRING_COLUMNS                                                             \
  "id, matchers, rule, start, zone, exceptions, lasts, created_by, comment, created," \
  " next_begin"

std::unexpected<Error> damaged(const std::string& id) {
  return fail(Code::kDataLoss, "recurring silence " + id + ": what is stored cannot be read");
}

Result<RecurringSilence> recurring_of(const store::Row& row) {
  const std::string& id = row.text(0);
  ASSIGN_OR_RETURN(auto matchers, read_matchers_json(row.text(1), "recurring silence " + id));
  ASSIGN_OR_RETURN(const auto start, calendar::parse_civil(row.text(3)));
  ASSIGN_OR_RETURN(auto zone, calendar::Zone::find(row.text(4)));
  ASSIGN_OR_RETURN(const codec::Json list, codec::read_own_json(row.text(5)));
  if (!list.is_array()) return damaged(id);
  std::vector<calendar::CivilSecond> exceptions;
  for (const auto& json : list.get_array()) {
    if (!json.is_string()) return damaged(id);
    ASSIGN_OR_RETURN(const auto civil, calendar::parse_civil(json.get_string()));
    exceptions.push_back(civil);
  }
  ASSIGN_OR_RETURN(auto when, calendar::Recurrence::parse(row.text(2), start, std::move(zone),
                                                          std::move(exceptions)));
  return RecurringSilence{.id = id,
                          .matchers = std::move(matchers),
                          .when = std::move(when),
                          .lasts = Duration(row.integer(6)),
                          .created_by = row.text(7),
                          .comment = row.text(8),
                          .created = row.time(9),
                          .next = row.maybe_time(10)};
}

}  // namespace

Result<> insert_recurring(store::Session& sql, const RecurringSilence& silence) {
  codec::JsonArray exceptions;
  for (const auto& civil : silence.when.exceptions()) {
    exceptions.push_back(codec::Json(calendar::to_text(civil)));
  }
  RETURN_IF_ERROR(sql.exec("INSERT INTO recurring_silence (" RECURRING_COLUMNS
                           ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                           silence.id, codec::to_text(matchers_json(silence.matchers)),
                           silence.when.rule(), calendar::to_text(silence.when.start()),
                           silence.when.zone().name(), codec::to_text(exceptions),
                           silence.lasts.count(), silence.created_by, silence.comment,
                           silence.created, silence.next));
  return {};
}

Result<> set_next(store::Session& sql, const RecurringSilence& silence) {
  RETURN_IF_ERROR(sql.exec("UPDATE recurring_silence SET next_begin = $2 WHERE id = $1", silence.id,
                           silence.next));
  return {};
}

Result<> delete_recurring(store::Session& sql, std::string_view id) {
  RETURN_IF_ERROR(sql.exec("DELETE FROM recurring_silence WHERE id = $1", id));
  return {};
}

Result<std::optional<RecurringSilence>> read_recurring(store::Session& sql, std::string_view id) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT " RECURRING_COLUMNS " FROM recurring_silence WHERE id = $1", id));
  if (rows.empty()) return std::nullopt;
  return recurring_of(rows[0]);
}

Result<std::vector<RecurringSilence>> all_recurring(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT " RECURRING_COLUMNS
                                              " FROM recurring_silence ORDER BY created, id"));
  std::vector<RecurringSilence> all;
  for (const auto& row : rows) {
    ASSIGN_OR_RETURN(auto one, recurring_of(row));
    all.push_back(std::move(one));
  }
  return all;
}

Result<int64_t> count_recurring(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT COUNT(*) FROM recurring_silence"));
  return rows[0].integer(0);
}

}  // namespace tocsin::alert
