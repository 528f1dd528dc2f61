#pragma once

#include <optional>
#include <string>
#include <vector>

#include "oncall/escalation.h"
#include "oncall/pager.h"
#include "store/database.h"

namespace tocsin::oncall {

// As the table has it. An exhausted escalation rings on (slowly): the flag is beside the state. A
// paused one is shown as stopped.
enum class RowState { kRinging, kAcknowledged, kPaused, kStopped };

struct EscalationRow {
  std::string incident;
  catalog::TeamId team;
  RowState state = RowState::kRinging;
  bool is_exhausted = false;
  Place place;                 // who was rung last
  bool told_in_round = false;  // somebody of this round was told
  Place next;
  std::optional<Time> next_at;
  Plan plan;
  notify::Message message;
  std::optional<notify::Message> recovery;  // set by stop
  Time started;
  std::optional<Time> first_told;
  std::optional<Time> acknowledged_at;
  std::string acknowledged_by;
};

Result<> put_escalation(store::Session& sql, const EscalationRow& row);  // inserts or replaces
Result<std::optional<EscalationRow>> read_escalation(store::Session& sql,
                                                     std::string_view incident);
// With its pages and their ways.
Result<> delete_escalation(store::Session& sql, std::string_view incident);
// Those that ring and are exhausted.
Result<std::vector<EscalationRow>> exhausted_escalations(store::Session& sql);

struct PageRow {
  Page page;
  bool is_live = true;
};
Result<> insert_page(store::Session& sql, const Page& page);
Result<> update_page(store::Session& sql, const Page& page);  // state and first_sent
Result<std::optional<PageRow>> read_page_row(store::Session& sql, std::string_view id);
// In the order in which they were rung; the newest `limit`.
Result<std::vector<Page>> pages_of_incident(store::Session& sql, std::string_view incident,
                                            int limit);
// Their deliveries are unwanted from now on; those that still tried are dropped. All pages of the
// incident, or those of one person.
Result<> end_pages(store::Session& sql, std::string_view incident);
Result<> end_pages_of(store::Session& sql, std::string_view incident,
                      const catalog::PersonId& person);
// Marks the newest page of the person that was told, or else tried, as the one that was answered.
Result<> mark_answered(store::Session& sql, std::string_view incident, std::string_view person);
// Everybody who was told of the incident.
Result<std::vector<catalog::PersonId>> people_told(store::Session& sql, std::string_view incident);

struct Way {
  std::string page;
  int index = 0;  // in the person's contacts
  std::string delivery;
  std::string state;  // trying, trouble, sent, failed, dropped
};
Result<> insert_way(store::Session& sql, const Way& way);
Result<> set_way_state(store::Session& sql, std::string_view delivery, std::string_view state);
Result<std::optional<Way>> read_way(store::Session& sql, std::string_view delivery);
Result<std::vector<Way>> ways_of(store::Session& sql, std::string_view page);
// The way that reached the person last; 0 when none did.
Result<int> best_way(store::Session& sql, std::string_view incident,
                     const catalog::PersonId& person);

// By which way somebody was told of the recovery last; nothing when they were not.
Result<std::optional<int>> recovery_way(store::Session& sql, std::string_view incident,
                                        const catalog::PersonId& person);
Result<> put_recovery_way(store::Session& sql, std::string_view incident,
                          const catalog::PersonId& person, int way);
Result<> forget_recovery(store::Session& sql, std::string_view incident);

}  // namespace tocsin::oncall
