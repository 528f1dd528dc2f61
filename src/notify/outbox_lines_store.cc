#include <fmt/format.h>

#include "notify/outbox_store.h"

// The part of outbox_store.h that tells of lines, quiet hours and second sendings.
namespace tocsin::notify {
namespace {

Result<InLine> to_in_line(const store::Row& row) {
  InLine out{.id = row.text(0), .is_page = row.flag(2)};
  ASSIGN_OR_RETURN(out.state, parse_row_state(row.text(1)));
  return out;
}

}  // namespace

Result<std::vector<InLine>> read_line_before(store::Session& session, std::string_view line,
                                             int64_t place, int64_t limit) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query("SELECT id, state, is_page FROM outbox WHERE line = $1"
                                 " AND place < $2 ORDER BY place LIMIT $3",
                                 line, place, limit));
  std::vector<InLine> out;
  for (const store::Row& row : rows) {
    ASSIGN_OR_RETURN(InLine one, to_in_line(row));
    out.push_back(std::move(one));
  }
  return out;
}

Result<std::optional<InLine>> head_of_line(store::Session& session, std::string_view line) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query("SELECT id, state, is_page FROM outbox WHERE line = $1"
                                 " ORDER BY place LIMIT 1",
                                 line));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(InLine head, to_in_line(rows.front()));
  return head;
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

Result<> set_quiet_until(store::Session& session, std::string_view id, std::optional<Time> until) {
  RETURN_IF_ERROR(session.exec("UPDATE outbox SET quiet_until = $2 WHERE id = $1", id, until));
  return {};
}

Result<> set_retried_as(store::Session& session, std::string_view id, std::string_view by) {
  RETURN_IF_ERROR(session.exec("UPDATE outbox SET retried_as = $2 WHERE id = $1", id, by));
  return {};
}

}  // namespace tocsin::notify
