#include <limits>

#include "notify/outbox_store.h"

// The part of outbox_store.h that tells of lines, quiet hours and second sendings.
namespace tocsin::notify {

Result<std::vector<InLine>> read_line_before(store::Session& session, std::string_view line,
                                             int64_t place, int64_t limit) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query("SELECT id, state, is_page FROM outbox WHERE line = $1"
                                 " AND place < $2 ORDER BY place LIMIT $3",
                                 line, place, limit));
  std::vector<InLine> out;
  for (const store::Row& row : rows) {
    ASSIGN_OR_RETURN(const RowState state, parse_row_state(row.text(1)));
    out.push_back({.id = row.text(0), .state = state, .is_page = row.flag(2)});
  }
  return out;
}

Result<std::optional<InLine>> head_of_line(store::Session& session, std::string_view line) {
  ASSIGN_OR_RETURN(const std::vector<InLine> first,
                   read_line_before(session, line, std::numeric_limits<int64_t>::max(), 1));
  if (first.empty()) return std::nullopt;
  return first.front();
}

Result<int64_t> last_place(store::Session& session) {
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      session.query("SELECT coalesce(max(place), 0) FROM outbox WHERE line IS NOT NULL"));
  return rows.at(0).integer(0);
}

Result<int64_t> count_queued(store::Session& session, std::string_view lane, int64_t limit) {
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      session.query("SELECT count(*) FROM (SELECT 1 AS one FROM outbox WHERE lane = $1 AND state IN"
                    " ('pending', 'waiting', 'held') LIMIT $2) AS queued",
                    lane, limit));
  return rows.at(0).integer(0);
}

Result<std::vector<QuietRow>> read_quiet(store::Session& session) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query("SELECT id, person, quiet_until FROM outbox"
                                 " WHERE quiet_until IS NOT NULL ORDER BY quiet_until, id"));
  std::vector<QuietRow> out;
  for (const store::Row& row : rows) {
    out.push_back({row.text(0), catalog::PersonId(row.text(1)), row.time(2)});
  }
  return out;
}

Result<> set_retried_as(store::Session& session, std::string_view id, std::string_view by) {
  RETURN_IF_ERROR(session.exec("UPDATE outbox SET retried_as = $2 WHERE id = $1", id, by));
  return {};
}

}  // namespace tocsin::notify
