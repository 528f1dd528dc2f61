#pragma once

#include <optional>
#include <string>
#include <vector>

#include "notify/delivery.h"
#include "oncall/pager.h"
#include "oncall/policy.h"
#include "store/database.h"

namespace tocsin::oncall {

// As the table has it. An exhausted escalation rings on (slowly): the flag is beside the state. A
// paused one is shown as stopped.
enum class RowState { kRinging, kAcknowledged, kPaused, kStopped };
EscalationState shown_state(RowState state, bool is_exhausted);

struct EscalationRow {
  std::string incident;
  catalog::TeamId team;
  RowState state = RowState::kRinging;
  bool is_exhausted = false;
  bool is_calm = false;        // acknowledged, and no alert fires for now
  Place place;                 // which step was played last
  bool told_in_round = false;  // somebody of this round was told
  bool rung_in_round = false;  // somebody of this round was rung
  Place next;
  std::optional<Time> next_at;
  std::string plan;           // the record of the policy in force (PolicyRecords)
  std::string plan_at_start;  // and of the one that it began with; empty: the same
  notify::Message message;
  std::optional<notify::Message> recovery;  // set by stop
  Time started;
  std::optional<Time> first_told;
  std::optional<Time> acknowledged_at;
  std::string acknowledged_by;           // actor
  std::vector<std::string> answered_by;  // Answerer::who, each once
  std::optional<Time> rings_again_at;    // acknowledged for a time, or snoozed
  bool is_snoozed = false;
  std::optional<Time> bring_in_at;
  std::optional<Time> brought_in;
  std::optional<Time> ended;
};

Result<> put_escalation(store::Session& sql, const EscalationRow& row);  // inserts or replaces
// What changes while it goes on: all but team, start, recovery and end; a message by set_message.
Result<> update_escalation(store::Session& sql, const EscalationRow& row);
Result<> set_message(store::Session& sql, std::string_view incident,
                     const notify::Message& message);
Result<std::optional<EscalationRow>> read_escalation(store::Session& sql,
                                                     std::string_view incident);
// Without what is parsed, so that a damaged message does not hinder.
Result<std::optional<Standing>> read_standing(store::Session& sql, std::string_view incident);
// With its pages and their ways.
Result<> delete_escalation(store::Session& sql, std::string_view incident);
// Those that ring and are exhausted.
Result<std::vector<EscalationRow>> exhausted_escalations(store::Session& sql);

// Who was taken last by the policy's round robin of the team; empty: nobody yet.
Result<catalog::PersonId> last_of_round(store::Session& sql, const PolicyId& policy,
                                        std::string_view team);
Result<> put_last_of_round(store::Session& sql, const PolicyId& policy, std::string_view team,
                           const catalog::PersonId& person);

// False: it was told before.
Result<bool> insert_channel(store::Session& sql, std::string_view incident,
                            std::string_view channel);
Result<std::vector<std::string>> channels_told(store::Session& sql, std::string_view incident);
Result<> forget_channels(store::Session& sql, std::string_view incident);

}  // namespace tocsin::oncall
