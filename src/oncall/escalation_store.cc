#include "oncall/escalation_store.h"

#include <algorithm>
#include <array>

#include "notify/message_json.h"

namespace tocsin::oncall {
namespace {

constexpr std::array<std::pair<RowState, std::string_view>, 4> kStates = {{
    {RowState::kRinging, "ringing"},
    {RowState::kAcknowledged, "acknowledged"},
    {RowState::kPaused, "paused"},
    {RowState::kStopped, "stopped"},
}};

std::string_view name_of(RowState state) {
  for (const auto& [known, name] : kStates) {
    if (known == state) return name;
  }
  bug("unknown state of an escalation");
}

RowState parse_state(std::string_view text) {
  for (const auto& [state, name] : kStates) {
    if (name == text) return state;
  }
  bug("an escalation's row has a state that its table forbids");
}

#define ESCALATION_COLUMNS                                                                  \
  "incident, team, state, is_exhausted, step, round, told_in_round, next_step, next_round," \
  " next_at, plan, message, recovery, started, first_told, acknowledged_at, acknowledged_by"

Result<EscalationRow> escalation_of(const store::Row& row) {
  EscalationRow e;
  e.incident = row.text(0);
  e.team = catalog::TeamId(row.text(1));
  e.state = parse_state(row.text(2));
  e.is_exhausted = row.flag(3);
  e.place = {static_cast<int>(row.integer(4)), static_cast<int>(row.integer(5))};
  e.told_in_round = row.flag(6);
  e.next = {static_cast<int>(row.integer(7)), static_cast<int>(row.integer(8))};
  e.next_at = row.maybe_time(9);
  ASSIGN_OR_RETURN(e.plan, read_plan(row.text(10)));
  ASSIGN_OR_RETURN(e.message, notify::read_message(row.text(11)));
  if (!row.text(12).empty()) {
    ASSIGN_OR_RETURN(e.recovery, notify::read_message(row.text(12)));
  }
  e.started = row.time(13);
  e.first_told = row.maybe_time(14);
  e.acknowledged_at = row.maybe_time(15);
  e.acknowledged_by = row.text(16);
  return e;
}

#define PAGE_COLUMNS "id, incident, person, step, round, created, first_sent, state, is_live"

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
  return result;
}

Way way_of(const store::Row& row) {
  return Way{row.text(0), static_cast<int>(row.integer(1)), row.text(2), row.text(3)};
}

Result<> done(Result<int64_t> changed) {
  if (!changed) return fail(std::move(changed.error()));
  return {};
}

}  // namespace

Result<> put_escalation(store::Session& sql, const EscalationRow& e) {
  return done(sql.exec(
      "INSERT INTO escalation (" ESCALATION_COLUMNS
      ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
      " ON CONFLICT (incident) DO UPDATE SET team = excluded.team, state = excluded.state,"
      " is_exhausted = excluded.is_exhausted, step = excluded.step, round = excluded.round,"
      " told_in_round = excluded.told_in_round, next_step = excluded.next_step,"
      " next_round = excluded.next_round, next_at = excluded.next_at, plan = excluded.plan,"
      " message = excluded.message, recovery = excluded.recovery, started = excluded.started,"
      " first_told = excluded.first_told, acknowledged_at = excluded.acknowledged_at,"
      " acknowledged_by = excluded.acknowledged_by",
      e.incident, e.team, name_of(e.state), e.is_exhausted, e.place.step, e.place.round,
      e.told_in_round, e.next.step, e.next.round, e.next_at, codec::to_text(to_json(e.plan)),
      codec::to_text(notify::to_json(e.message)),
      e.recovery ? codec::to_text(notify::to_json(*e.recovery)) : std::string(), e.started,
      e.first_told, e.acknowledged_at, e.acknowledged_by));
}

Result<std::optional<EscalationRow>> read_escalation(store::Session& sql,
                                                     std::string_view incident) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT " ESCALATION_COLUMNS " FROM escalation WHERE incident = $1", incident));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(EscalationRow row, escalation_of(rows.front()));
  return row;
}

Result<> delete_escalation(store::Session& sql, std::string_view incident) {
  for (const char* statement :
       {"DELETE FROM page_way WHERE page IN (SELECT id FROM page WHERE incident = $1)",
        "DELETE FROM page WHERE incident = $1", "DELETE FROM page_recovery WHERE incident = $1",
        "DELETE FROM escalation WHERE incident = $1"}) {
    RETURN_IF_ERROR(done(sql.exec(statement, incident)));
  }
  return {};
}

Result<std::vector<EscalationRow>> exhausted_escalations(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " ESCALATION_COLUMNS
                             " FROM escalation WHERE state = 'ringing' AND is_exhausted = 1"
                             " ORDER BY started LIMIT 100"));
  std::vector<EscalationRow> escalations;
  for (const auto& row : rows) {
    ASSIGN_OR_RETURN(EscalationRow e, escalation_of(row));
    escalations.push_back(std::move(e));
  }
  return escalations;
}

Result<> insert_page(store::Session& sql, const Page& page) {
  return done(sql.exec("INSERT INTO page (" PAGE_COLUMNS
                       ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
                       page.id, page.incident_id, page.person, page.step, page.round, page.created,
                       page.first_sent, page.state));
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

Result<std::vector<Page>> pages_of_incident(store::Session& sql, std::string_view incident,
                                            int limit) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " PAGE_COLUMNS " FROM page WHERE incident = $1"
                             " ORDER BY created DESC, round DESC, step DESC, id LIMIT $2",
                             incident, limit));
  std::vector<Page> pages;
  for (const auto& row : rows) pages.push_back(page_of(row).page);
  std::ranges::reverse(pages);
  return pages;
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

Result<std::vector<catalog::PersonId>> people_told(store::Session& sql, std::string_view incident) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT DISTINCT person FROM page WHERE incident = $1"
                                              " AND first_sent IS NOT NULL ORDER BY person",
                                              incident));
  std::vector<catalog::PersonId> people;
  for (const auto& row : rows) people.emplace_back(row.text(0));
  return people;
}

Result<> insert_way(store::Session& sql, const Way& way) {
  return done(sql.exec("INSERT INTO page_way (page, way, delivery, state) VALUES ($1, $2, $3, $4)",
                       way.page, way.index, way.delivery, way.state));
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

Result<std::vector<Way>> ways_of(store::Session& sql, std::string_view page) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT page, way, delivery, state FROM page_way WHERE page = $1 ORDER BY way",
                page));
  std::vector<Way> ways;
  for (const auto& row : rows) ways.push_back(way_of(row));
  return ways;
}

Result<int> best_way(store::Session& sql, std::string_view incident,
                     const catalog::PersonId& person) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT page_way.way FROM page_way JOIN page ON page.id = page_way.page"
                " WHERE page.incident = $1 AND page.person = $2 AND page_way.state = 'sent'"
                " ORDER BY page.created DESC, page_way.way LIMIT 1",
                incident, person));
  return rows.empty() ? 0 : static_cast<int>(rows.front().integer(0));
}

Result<std::optional<int>> recovery_way(store::Session& sql, std::string_view incident,
                                        const catalog::PersonId& person) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT way FROM page_recovery"
                                              " WHERE incident = $1 AND person = $2",
                                              incident, person));
  if (rows.empty()) return std::nullopt;
  return static_cast<int>(rows.front().integer(0));
}

Result<> put_recovery_way(store::Session& sql, std::string_view incident,
                          const catalog::PersonId& person, int way) {
  return done(
      sql.exec("INSERT INTO page_recovery (incident, person, way) VALUES ($1, $2, $3)"
               " ON CONFLICT (incident, person) DO UPDATE SET way = excluded.way",
               incident, person, way));
}

Result<> forget_recovery(store::Session& sql, std::string_view incident) {
  return done(sql.exec("DELETE FROM page_recovery WHERE incident = $1", incident));
}

}  // namespace tocsin::oncall
