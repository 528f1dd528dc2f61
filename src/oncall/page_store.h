#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oncall/call_plan.h"
#include "oncall/pager.h"
#include "oncall/throttle.h"
#include "store/database.h"

namespace tocsin::oncall {

// SQL: whether a `page`, joined with its `escalation`, is of the step that is rung now, or of those
// who were brought in. That it is live is asked beside it.
inline constexpr std::string_view kIsOfWhatIsRung =
    "(page.step = -1 OR (escalation.state = 'ringing' AND escalation.step = page.step"
    " AND escalation.round = page.round))";
static_assert(kBringInStep == -1);

struct PageRow {
  Page page;
  bool is_live = true;
};
Result<> insert_page(store::Session& sql, const Page& page);
Result<> update_page(store::Session& sql, const Page& page);  // state and first_sent
Result<std::optional<PageRow>> read_page_row(store::Session& sql, std::string_view id);
// In the order in which they were rung; the newest `limit`.
Result<std::vector<PageRow>> pages_of_incident(store::Session& sql, std::string_view incident,
                                               int limit);
Result<std::vector<PageRow>> pages_of_call(store::Session& sql, std::string_view call);
// The page goes alone from now on: its bundle went without it.
Result<> leave_bundle(store::Session& sql, std::string_view page);
// Their deliveries are unwanted from now on; those that still tried are dropped. All pages of the
// incident, or those of one person.
Result<> end_pages(store::Session& sql, std::string_view incident);
Result<> end_pages_of(store::Session& sql, std::string_view incident,
                      const catalog::PersonId& person);
// Marks the newest page of the person that was told, or else tried, as the one that was answered.
Result<> mark_answered(store::Session& sql, std::string_view incident, std::string_view person);
// Everybody who was rung for the incident, each once, in the order of their first pages.
Result<std::vector<catalog::PersonId>> people_paged(store::Session& sql, std::string_view incident);
// Whether a step, and not whoever brought in more people, has rung somebody after `after`.
Result<bool> has_step_page_after(store::Session& sql, std::string_view incident, Time after);
// Everybody who was told of the incident.
Result<std::vector<catalog::PersonId>> people_told(store::Session& sql, std::string_view incident);
struct Told {
  int64_t in_all = 0, in_round = 0;  // pages that reached somebody, by what is known now
};
Result<Told> pages_told(store::Session& sql, std::string_view incident, int round);
// Live pages of a step for whose person a way is left.
Result<int> count_hopeful(store::Session& sql, std::string_view incident, Place place);

// One series of messages to one person: about one page, whose id it has, or about a bundle of them.
struct Call {
  enum class State { kGathering, kCalling, kOver };
  std::string id;  // pag_...
  catalog::PersonId person;
  std::string service;  // of a single page
  State state = State::kCalling;
  bool is_bundle = false;
  std::optional<CallPlan> plan;  // nothing: of an earlier version
  std::optional<Time> begun;
  int lap = 0;
  int next_way = 0;      // of the plan: what its timer begins next; the end: a new lap
  bool is_lost = false;  // every way is in trouble
};
Result<> insert_call(store::Session& sql, const Call& call);
Result<> update_call(store::Session& sql, const Call& call);  // all but person and service
Result<std::optional<Call>> read_call(store::Session& sql, std::string_view id);
Result<std::optional<Call>> gathering_of(store::Session& sql, const catalog::PersonId& person);
// What began for the person after `since`.
Result<Recent> recent_calls(store::Session& sql, const catalog::PersonId& person,
                            std::string_view service, Time since);
Result<std::optional<Time>> last_bundle_of(store::Session& sql, const catalog::PersonId& person,
                                           Time since);

struct Way {
  std::string call;
  int index = 0;  // lap * ways of the plan + place in the plan
  std::string delivery;
  std::string state;  // trying, trouble, sent, failed, dropped
};
Result<> insert_way(store::Session& sql, const Way& way);
Result<> set_way_state(store::Session& sql, std::string_view delivery, std::string_view state);
Result<std::optional<Way>> read_way(store::Session& sql, std::string_view delivery);
Result<std::vector<Way>> ways_of(store::Session& sql, std::string_view call);  // rising index

struct ReachedBy {
  std::string call;
  int way = 0;
};
// The way that reached the person last; the first of their newest call when none did.
Result<ReachedBy> best_way(store::Session& sql, std::string_view incident,
                           const catalog::PersonId& person);

// By which way somebody was told of the recovery last; nothing when they were not.
Result<std::optional<ReachedBy>> recovery_way(store::Session& sql, std::string_view incident,
                                              const catalog::PersonId& person);
Result<> put_recovery_way(store::Session& sql, std::string_view incident,
                          const catalog::PersonId& person, const ReachedBy& by);
Result<> forget_recovery(store::Session& sql, std::string_view incident);

// For the load that pages are.
struct RungAt {
  catalog::PersonId person;
  Time at;
};
Result<std::vector<RungAt>> pages_told_between(store::Session& sql, Time from, Time until);

}  // namespace tocsin::oncall
