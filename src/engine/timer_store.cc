#include "engine/timer_store.h"

namespace tocsin::engine {

Result<> write_timer(store::Session& session, const Timer& timer, Time now) {
  RETURN_IF_ERROR(
      session.exec("INSERT INTO timers (kind, subject, due, basis, set_at) "
                   "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, subject) DO UPDATE "
                   "SET due = excluded.due, basis = excluded.basis, set_at = excluded.set_at",
                   timer.kind, timer.subject, timer.due, timer.basis == Basis::kMoment, now));
  return {};
}

Result<> delete_timer(store::Session& session, std::string_view kind, std::string_view subject) {
  RETURN_IF_ERROR(
      session.exec("DELETE FROM timers WHERE kind = $1 AND subject = $2", kind, subject));
  return {};
}

Result<bool> take_timer(store::Session& session, const DueTimer& timer) {
  ASSIGN_OR_RETURN(const int64_t count,
                   session.exec("DELETE FROM timers WHERE kind = $1 AND subject = $2 AND due = $3",
                                timer.kind, timer.subject, timer.due));
  return count == 1;
}

Result<> postpone_timer(store::Session& session, const DueTimer& timer, Time until, Time now) {
  RETURN_IF_ERROR(
      session.exec("UPDATE timers SET due = $1, set_at = $2 WHERE kind = $3 AND subject = $4",
                   until, now, timer.kind, timer.subject));
  return {};
}

Result<std::vector<DueTimer>> read_due_timers(store::Session& session, Time now, size_t limit) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query("SELECT kind, subject, due FROM timers WHERE due <= $1 "
                                 "ORDER BY due, kind COLLATE \"C\", subject COLLATE \"C\" LIMIT $2",
                                 now, static_cast<int64_t>(limit)));
  std::vector<DueTimer> timers;
  timers.reserve(rows.size());
  for (const store::Row& row : rows) {
    timers.push_back(DueTimer{row.text(0), row.text(1), row.time(2)});
  }
  return timers;
}

Result<std::optional<Time>> read_next_due(store::Session& session) {
  ASSIGN_OR_RETURN(const store::Rows rows, session.query("SELECT MIN(due) FROM timers"));
  return rows.at(0).maybe_time(0);
}

Result<std::optional<Time>> read_due(store::Session& session, std::string_view kind,
                                     std::string_view subject) {
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      session.query("SELECT due FROM timers WHERE kind = $1 AND subject = $2", kind, subject));
  return rows.empty() ? std::nullopt : rows.front().maybe_time(0);
}

Result<std::map<std::string, Time>> read_dues(store::Session& session, std::string_view kind) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query("SELECT subject, due FROM timers WHERE kind = $1", kind));
  std::map<std::string, Time> out;
  for (const store::Row& row : rows) out.emplace(row.text(0), row.time(1));
  return out;
}

Result<std::optional<Time>> read_newest_setting(store::Session& session) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   session.query("SELECT MAX(set_at) FROM timers WHERE basis = 0"));
  return rows.at(0).maybe_time(0);
}

Result<int64_t> move_delays(store::Session& session, Duration by) {
  return session.exec("UPDATE timers SET due = due + $1, set_at = set_at + $1 WHERE basis = 0", by);
}

}  // namespace tocsin::engine
