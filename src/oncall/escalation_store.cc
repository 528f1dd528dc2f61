#include "oncall/escalation_store.h"

#include <array>

#include "base/text.h"
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

#define ESCALATION_COLUMNS                                                                        \
  "incident, team, state, is_exhausted, step, round, told_in_round, next_step, next_round,"       \
  " next_at, plan, message, recovery, started, first_told, acknowledged_at, acknowledged_by,"     \
  " plan_at_start, rung_in_round, is_calm, answered_by, rings_again_at, is_snoozed, bring_in_at," \
  " brought_in, ended"

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

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
  e.plan = row.text(10);
  ASSIGN_OR_RETURN(e.message, notify::read_message(row.text(11)));
  if (!row.text(12).empty()) {
    ASSIGN_OR_RETURN(e.recovery, notify::read_message(row.text(12)));
  }
  e.started = row.time(13);
  e.first_told = row.maybe_time(14);
  e.acknowledged_at = row.maybe_time(15);
  e.acknowledged_by = row.text(16);
  e.plan_at_start = row.text(17);
  e.rung_in_round = row.flag(18);
  e.is_calm = row.flag(19);
  e.answered_by = lines_of(row.text(20));
  e.rings_again_at = row.maybe_time(21);
  e.is_snoozed = row.flag(22);
  e.bring_in_at = row.maybe_time(23);
  e.brought_in = row.maybe_time(24);
  e.ended = row.maybe_time(25);
  return e;
}

Result<> done(Result<int64_t> changed) {
  if (!changed) return fail(std::move(changed.error()));
  return {};
}

}  // namespace

EscalationState shown_state(RowState state, bool is_exhausted) {
  switch (state) {
    case RowState::kRinging:
      return is_exhausted ? EscalationState::kExhausted : EscalationState::kRinging;
    case RowState::kAcknowledged: return EscalationState::kAcknowledged;
    case RowState::kPaused:
    case RowState::kStopped: return EscalationState::kStopped;
  }
  bug("unknown state of an escalation");
}

Result<> put_escalation(store::Session& sql, const EscalationRow& e) {
  return done(sql.exec(
      "INSERT INTO escalation (" ESCALATION_COLUMNS
      ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
      " $19, $20, $21, $22, $23, $24, $25, $26)"
      " ON CONFLICT (incident) DO UPDATE SET team = excluded.team, state = excluded.state,"
      " is_exhausted = excluded.is_exhausted, step = excluded.step, round = excluded.round,"
      " told_in_round = excluded.told_in_round, next_step = excluded.next_step,"
      " next_round = excluded.next_round, next_at = excluded.next_at, plan = excluded.plan,"
      " message = excluded.message, recovery = excluded.recovery, started = excluded.started,"
      " first_told = excluded.first_told, acknowledged_at = excluded.acknowledged_at,"
      " acknowledged_by = excluded.acknowledged_by, plan_at_start = excluded.plan_at_start,"
      " rung_in_round = excluded.rung_in_round, is_calm = excluded.is_calm,"
      " answered_by = excluded.answered_by, rings_again_at = excluded.rings_again_at,"
      " is_snoozed = excluded.is_snoozed, bring_in_at = excluded.bring_in_at,"
      " brought_in = excluded.brought_in, ended = excluded.ended, keep_stage = 0",
      e.incident, e.team, name_of(e.state), e.is_exhausted, e.place.step, e.place.round,
      e.told_in_round, e.next.step, e.next.round, e.next_at, e.plan,
      codec::to_text(notify::to_json(e.message)),
      e.recovery ? codec::to_text(notify::to_json(*e.recovery)) : std::string(), e.started,
      e.first_told, e.acknowledged_at, e.acknowledged_by, e.plan_at_start, e.rung_in_round,
      e.is_calm, join(e.answered_by, "\n"), e.rings_again_at, e.is_snoozed, e.bring_in_at,
      e.brought_in, e.ended));
}

Result<> update_escalation(store::Session& sql, const EscalationRow& e) {
  return done(sql.exec(
      "UPDATE escalation SET state = $2, is_exhausted = $3, step = $4, round = $5,"
      " told_in_round = $6, next_step = $7, next_round = $8, next_at = $9, plan = $10,"
      " first_told = $11, acknowledged_at = $12, acknowledged_by = $13, rung_in_round = $14,"
      " is_calm = $15, answered_by = $16, rings_again_at = $17, is_snoozed = $18,"
      " bring_in_at = $19, brought_in = $20, plan_at_start = $21 WHERE incident = $1",
      e.incident, name_of(e.state), e.is_exhausted, e.place.step, e.place.round, e.told_in_round,
      e.next.step, e.next.round, e.next_at, e.plan, e.first_told, e.acknowledged_at,
      e.acknowledged_by, e.rung_in_round, e.is_calm, join(e.answered_by, "\n"), e.rings_again_at,
      e.is_snoozed, e.bring_in_at, e.brought_in, e.plan_at_start));
}

Result<> set_message(store::Session& sql, std::string_view incident,
                     const notify::Message& message) {
  return done(sql.exec("UPDATE escalation SET message = $2 WHERE incident = $1", incident,
                       codec::to_text(notify::to_json(message))));
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

Result<std::optional<Standing>> read_standing(store::Session& sql, std::string_view incident) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT state, is_exhausted, step, round, answered_by,"
                             " acknowledged_at FROM escalation WHERE incident = $1",
                             incident));
  if (rows.empty()) return std::nullopt;
  const store::Row& row = rows.front();
  Standing standing;
  standing.state = shown_state(parse_state(row.text(0)), row.flag(1));
  standing.step = static_cast<int>(row.integer(2));
  standing.round = static_cast<int>(row.integer(3));
  standing.answered_by = lines_of(row.text(4));
  standing.acknowledged_at = row.maybe_time(5);
  return standing;
}

Result<> delete_escalation(store::Session& sql, std::string_view incident) {
  for (const char* statement :
       {"DELETE FROM page_way WHERE page IN (SELECT call FROM page WHERE incident = $1)",
        "DELETE FROM page_call WHERE id IN (SELECT call FROM page WHERE incident = $1)",
        "DELETE FROM page_channel WHERE incident = $1", "DELETE FROM page WHERE incident = $1",
        "DELETE FROM page_recovery WHERE incident = $1",
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

Result<catalog::PersonId> last_of_round(store::Session& sql, const PolicyId& policy,
                                        std::string_view team) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT person FROM round_robin WHERE policy = $1 AND team = $2", policy, team));
  return rows.empty() ? catalog::PersonId() : catalog::PersonId(rows.front().text(0));
}

Result<> put_last_of_round(store::Session& sql, const PolicyId& policy, std::string_view team,
                           const catalog::PersonId& person) {
  return done(
      sql.exec("INSERT INTO round_robin (policy, team, person) VALUES ($1, $2, $3)"
               " ON CONFLICT (policy, team) DO UPDATE SET person = excluded.person",
               policy, team, person));
}

Result<bool> insert_channel(store::Session& sql, std::string_view incident,
                            std::string_view channel) {
  ASSIGN_OR_RETURN(const int64_t inserted,
                   sql.exec("INSERT INTO page_channel (incident, channel) VALUES ($1, $2)"
                            " ON CONFLICT (incident, channel) DO NOTHING",
                            incident, channel));
  return inserted > 0;
}

Result<std::vector<std::string>> channels_told(store::Session& sql, std::string_view incident) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT channel FROM page_channel WHERE incident = $1"
                                              " ORDER BY channel",
                                              incident));
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(row.text(0));
  return names;
}

Result<> forget_channels(store::Session& sql, std::string_view incident) {
  return done(sql.exec("DELETE FROM page_channel WHERE incident = $1", incident));
}

}  // namespace tocsin::oncall
