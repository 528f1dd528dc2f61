#include "oncall/page_store.h"

#include <algorithm>
#include <array>

namespace tocsin::oncall {
namespace {

constexpr std::array<std::pair<Call::State, std::string_view>, 3> kStates = {{
    {Call::State::kGathering, "gathering"},
    {Call::State::kCalling, "calling"},
    {Call::State::kOver, "over"},
}};

std::string_view name_of(Call::State state) {
  for (const auto& [known, name] : kStates) {
    if (known == state) return name;
  }
  bug("unknown state of a call");
}

Call::State parse_state(std::string_view text) {
  for (const auto& [state, name] : kStates) {
    if (name == text) return state;
  }
  bug("a call's row has a state that its table forbids");
}

std::vector<catalog::PersonId> people_in(const store::Rows& rows) {
  std::vector<catalog::PersonId> people;
  for (const auto& row : rows) people.emplace_back(row.text(0));
  return people;
}

#define PAGE_COLUMNS \
  "id, incident, person, step, round, created, first_sent, state, is_live, call, via"

PageRow page_of(const store::Row& row) {
  PageRow result;
  Page& page = result.page;
  page.id = row.text(0);
  page.incident_id = row.text(1);
  page.person = catalog::PersonId(row.text(2));
  page.step = static_cast<int>(row.integer(3));
  page.round = static_cast<int>(row.integer(4));
  page.created = row.time(5);
  page.first_sent = row.maybe_time(6);
  page.state = row.text(7);
  result.is_live = row.flag(8);
  page.call = row.text(9);
  page.via = row.text(10);
  return result;
}

std::vector<PageRow> pages_of(const store::Rows& rows) {
  std::vector<PageRow> pages;
  for (const auto& row : rows) pages.push_back(page_of(row));
  return pages;
}

#define CALL_COLUMNS "id, person, service, state, is_bundle, plan, begun, lap, next_way, is_lost"

Result<Call> call_of(const store::Row& row) {
  Call call;
  call.id = row.text(0);
  call.person = catalog::PersonId(row.text(1));
  call.service = row.text(2);
  call.state = parse_state(row.text(3));
  call.is_bundle = row.flag(4);
  if (!row.text(5).empty()) {
    ASSIGN_OR_RETURN(call.plan, read_call_plan(row.text(5)));
  }
  call.begun = row.maybe_time(6);
  call.lap = static_cast<int>(row.integer(7));
  call.next_way = static_cast<int>(row.integer(8));
  call.is_lost = row.flag(9);
  return call;
}

std::string plan_text(const Call& call) {
  return call.plan ? codec::to_text(to_json(*call.plan)) : std::string();
}

Way way_of(const store::Row& row) {
  return Way{row.text(0), static_cast<int>(row.integer(1)), row.text(2), row.text(3)};
}

Result<> done(Result<int64_t> changed) {
  if (!changed) return fail(std::move(changed.error()));
  return {};
}

}  // namespace

Result<> insert_page(store::Session& sql, const Page& page) {
  return done(sql.exec("INSERT INTO page (" PAGE_COLUMNS
                       ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10)",
                       page.id, page.incident_id, page.person, page.step, page.round, page.created,
                       page.first_sent, page.state, page.call, page.via));
}

Result<> update_page(store::Session& sql, const Page& page) {
  return done(sql.exec("UPDATE page SET state = $2, first_sent = $3 WHERE id = $1", page.id,
                       page.state, page.first_sent));
}

Result<std::optional<PageRow>> read_page_row(store::Session& sql, std::string_view id) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " PAGE_COLUMNS " FROM page WHERE id = $1", id));
  if (rows.empty()) return std::nullopt;
  return page_of(rows.front());
}

Result<std::vector<PageRow>> pages_of_incident(store::Session& sql, std::string_view incident,
                                               int limit) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " PAGE_COLUMNS " FROM page WHERE incident = $1"
                             " ORDER BY created DESC, round DESC, step DESC, id LIMIT $2",
                             incident, limit));
  auto pages = pages_of(rows);
  std::ranges::reverse(pages);
  return pages;
}

Result<std::vector<PageRow>> pages_of_call(store::Session& sql, std::string_view call) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT " PAGE_COLUMNS " FROM page WHERE call = $1 ORDER BY created, id", call));
  return pages_of(rows);
}

Result<> leave_bundle(store::Session& sql, std::string_view page) {
  return done(sql.exec("UPDATE page SET call = id WHERE id = $1", page));
}

Result<> end_pages(store::Session& sql, std::string_view incident) {
  return done(
      sql.exec("UPDATE page SET is_live = 0,"
               " state = CASE state WHEN 'trying' THEN 'dropped' ELSE state END"
               " WHERE incident = $1 AND is_live = 1",
               incident));
}

Result<> end_pages_of(store::Session& sql, std::string_view incident,
                      const catalog::PersonId& person) {
  return done(
      sql.exec("UPDATE page SET is_live = 0,"
               " state = CASE state WHEN 'trying' THEN 'dropped' ELSE state END"
               " WHERE incident = $1 AND person = $2 AND is_live = 1",
               incident, person));
}

Result<> mark_answered(store::Session& sql, std::string_view incident, std::string_view person) {
  return done(sql.exec(
      "UPDATE page SET state = 'answered' WHERE id = (SELECT id FROM page WHERE incident = $1"
      " AND person = $2 ORDER BY CASE WHEN first_sent IS NULL THEN 1 ELSE 0 END, created DESC, id"
      " LIMIT 1)",
      incident, person));
}

Result<std::vector<catalog::PersonId>> people_paged(store::Session& sql,
                                                    std::string_view incident) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT person FROM page WHERE incident = $1 GROUP BY person"
                             " ORDER BY MIN(created), person",
                             incident));
  return people_in(rows);
}

Result<bool> has_step_page_after(store::Session& sql, std::string_view incident, Time after) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT 1 FROM page WHERE incident = $1"
                                              " AND created > $2 AND step <> $3 LIMIT 1",
                                              incident, after, kBringInStep));
  return !rows.empty();
}

Result<std::vector<catalog::PersonId>> people_told(store::Session& sql, std::string_view incident) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT DISTINCT person FROM page WHERE incident = $1"
                                              " AND first_sent IS NOT NULL ORDER BY person",
                                              incident));
  return people_in(rows);
}

Result<Told> pages_told(store::Session& sql, std::string_view incident, int round) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT COUNT(*), COALESCE(SUM(CASE WHEN round = $2 THEN 1 ELSE 0 END), 0)"
                " FROM page WHERE incident = $1 AND state IN ('told', 'answered')",
                incident, round));
  return Told{rows.front().integer(0), rows.front().integer(1)};
}

Result<int> count_hopeful(store::Session& sql, std::string_view incident, Place place) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT COUNT(*) FROM page JOIN page_call ON page_call.id = page.call"
                             " WHERE page.incident = $1 AND page.step = $2 AND page.round = $3"
                             " AND page.is_live = 1 AND page_call.is_lost = 0",
                             incident, place.step, place.round));
  return static_cast<int>(rows.front().integer(0));
}

Result<> insert_call(store::Session& sql, const Call& call) {
  return done(sql.exec("INSERT INTO page_call (" CALL_COLUMNS
                       ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                       call.id, call.person, call.service, name_of(call.state), call.is_bundle,
                       plan_text(call), call.begun, call.lap, call.next_way, call.is_lost));
}

Result<> update_call(store::Session& sql, const Call& call) {
  return done(
      sql.exec("UPDATE page_call SET state = $2, plan = $3, begun = $4, lap = $5,"
               " next_way = $6, is_lost = $7 WHERE id = $1",
               call.id, name_of(call.state), plan_text(call), call.begun, call.lap, call.next_way,
               call.is_lost));
}

Result<std::optional<Call>> read_call(store::Session& sql, std::string_view id) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " CALL_COLUMNS " FROM page_call WHERE id = $1", id));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(Call call, call_of(rows.front()));
  return call;
}

Result<std::optional<Call>> gathering_of(store::Session& sql, const catalog::PersonId& person) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT " CALL_COLUMNS " FROM page_call"
                                              " WHERE person = $1 AND state = 'gathering'",
                                              person));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(Call call, call_of(rows.front()));
  return call;
}

Result<Recent> recent_calls(store::Session& sql, const catalog::PersonId& person,
                            std::string_view service, Time since) {
  // What seems to have begun later than now was begun before the clock was set back.
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT service FROM page_call WHERE person = $1 AND begun > $2"
                             " AND begun <= $3 LIMIT 100",
                             person, since, since + kStormWindow));
  Recent recent;
  for (const auto& row : rows) {
    ++recent.calls;
    if (row.text(0) == service) ++recent.of_service;
  }
  return recent;
}

Result<std::optional<Time>> last_bundle_of(store::Session& sql, const catalog::PersonId& person,
                                           Time since) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT begun FROM page_call WHERE person = $1 AND begun > $2"
                             " AND is_bundle = 1 ORDER BY begun DESC LIMIT 1",
                             person, since));
  return rows.empty() ? std::nullopt : rows.front().maybe_time(0);
}

Result<> insert_way(store::Session& sql, const Way& way) {
  return done(sql.exec("INSERT INTO page_way (page, way, delivery, state) VALUES ($1, $2, $3, $4)",
                       way.call, way.index, way.delivery, way.state));
}

Result<> set_way_state(store::Session& sql, std::string_view delivery, std::string_view state) {
  return done(sql.exec("UPDATE page_way SET state = $2 WHERE delivery = $1", delivery, state));
}

Result<std::optional<Way>> read_way(store::Session& sql, std::string_view delivery) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT page, way, delivery, state FROM page_way WHERE delivery = $1", delivery));
  if (rows.empty()) return std::nullopt;
  return way_of(rows.front());
}

Result<std::vector<Way>> ways_of(store::Session& sql, std::string_view call) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT page, way, delivery, state FROM page_way WHERE page = $1 ORDER BY way",
                call));
  std::vector<Way> ways;
  for (const auto& row : rows) ways.push_back(way_of(row));
  return ways;
}

Result<ReachedBy> best_way(store::Session& sql, std::string_view incident,
                           const catalog::PersonId& person) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query(
          "SELECT page.call, page_way.way FROM page JOIN page_way ON page_way.page = page.call"
          " WHERE page.incident = $1 AND page.person = $2 AND page_way.state = 'sent'"
          " ORDER BY page.created DESC, page_way.way LIMIT 1",
          incident, person));
  if (!rows.empty())
    return ReachedBy{rows.front().text(0), static_cast<int>(rows.front().integer(1))};
  ASSIGN_OR_RETURN(const auto calls,
                   sql.query("SELECT call FROM page WHERE incident = $1 AND person = $2"
                             " ORDER BY created DESC, id LIMIT 1",
                             incident, person));
  return calls.empty() ? ReachedBy() : ReachedBy{calls.front().text(0), 0};
}

Result<std::optional<ReachedBy>> recovery_way(store::Session& sql, std::string_view incident,
                                              const catalog::PersonId& person) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT call, way FROM page_recovery"
                                              " WHERE incident = $1 AND person = $2",
                                              incident, person));
  if (rows.empty()) return std::nullopt;
  return ReachedBy{rows.front().text(0), static_cast<int>(rows.front().integer(1))};
}

Result<> put_recovery_way(store::Session& sql, std::string_view incident,
                          const catalog::PersonId& person, const ReachedBy& by) {
  return done(sql.exec(
      "INSERT INTO page_recovery (incident, person, way, call) VALUES ($1, $2, $3, $4)"
      " ON CONFLICT (incident, person) DO UPDATE SET way = excluded.way, call = excluded.call",
      incident, person, by.way, by.call));
}

Result<> forget_recovery(store::Session& sql, std::string_view incident) {
  return done(sql.exec("DELETE FROM page_recovery WHERE incident = $1", incident));
}

Result<std::vector<RungAt>> pages_told_between(store::Session& sql, Time from, Time until) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT person, created FROM page WHERE created >= $1 AND created < $2"
                             " AND first_sent IS NOT NULL ORDER BY created, id",
                             from, until));
  std::vector<RungAt> all;
  for (const auto& row : rows) all.push_back({catalog::PersonId(row.text(0)), row.time(1)});
  return all;
}

}  // namespace tocsin::oncall
