#pragma once

#include <optional>
#include <string>
#include <vector>

#include "calendar/weekly_hours.h"
#include "catalog/catalog.h"
#include "oncall/schedule.h"

// Who is rung, and when: values and pure functions. The pager (pager.h) plays them. Told for users
// in docs/paging.md.
namespace tocsin::oncall {

using PolicyId = StrongId<struct PolicyTag>;

struct Target {
  enum class Kind {
    kPerson,
    kSchedule,    // whoever is on call at the moment at which the step begins
    kTeam,        // all its members
    kRoundRobin,  // one of the team's members, each page the next
    kChannel,     // a room where people read along: told, not paged
  };
  Kind kind = Kind::kPerson;
  std::string name;  // of the person, schedule, team (also kRoundRobin) or channel
  bool operator==(const Target&) const = default;
};

// When a step is played; what is not there does not restrict.
struct Condition {
  std::vector<std::string> severities;  // SEV-1 to SEV-5
  calendar::WeeklyHours hours;          // of `zone`; empty: always
  calendar::Zone zone;
  bool is_outside_hours = false;  // the step is for the time outside of `hours`
  // Whether somebody must have answered already (while the policy wants several people), or nobody.
  std::optional<bool> first_response;
  bool operator==(const Condition&) const = default;
};

struct Step {
  Duration after{0};  // since the round began; rising
  std::vector<Target> targets;
  Condition when;
};

// Brings in more people although somebody has acknowledged: the incident is not resolved yet.
struct BringIn {
  Duration after = minutes(15);  // since the incident was paged first
  std::vector<std::string> severities = {"SEV-1", "SEV-2"};
  std::vector<Target> targets;  // empty: everybody of the policy's steps who was not rung yet
};

struct Channel {
  std::string name;
  catalog::Contact contact;
  std::string language = "en";  // of what Tocsin adds to its messages: en or de
};

struct Policy {
  PolicyId id;
  std::vector<Step> steps;  // at least one
  int repeat = 3;           // rounds after the first
  Duration repeat_after = minutes(5);
  int acknowledgements = 1;                     // so many different people must answer
  Duration acknowledged_for{0};                 // then it rings again unless resolved; 0: for good
  std::optional<BringIn> bring_in = BringIn{};  // nothing: `bring_in: false`
  std::vector<Target> fallback;  // when a step finds nobody; also nobody there: its team's members
  std::vector<Channel> channels;

  const Channel* channel(std::string_view name) const;
};

// Reads the documents `apiVersion: tocsin/v1, kind: EscalationPolicy`; unknown people, teams,
// schedules and channels are problems with the nearest name. Also checks that every
// Team.escalation_policy is declared.
//
//   kind: EscalationPolicy
//   metadata: {name: payments}
//   spec:
//     steps:
//       - notify: [{schedule: payments}, {channel: ops}]
//       - after: 5m
//         notify: [{person: grace}, {round_robin: payments}]
//         when: {severity: [SEV-1, SEV-2], during: [{days: mon-fri, from: "09:00", until:
//         "17:00"}],
//                zone: Europe/Berlin}          # or outside: [...]
//     repeat: 3
//     repeat_after: 5m
//     acknowledgements: 1
//     acknowledged_for: 30m
//     bring_in: {after: 15m, severity: [SEV-1, SEV-2], notify: [{team: platform}]}
//     fallback: [{team: payments}]
//     channels: [{name: ops, slack: "${SLACK_OPS}"}]
std::vector<Policy> read_policies(const catalog::Catalog& catalog,
                                  const std::vector<ScheduleId>& schedules,
                                  codec::Problems& problems);

// The policy that a team's own list (Team.escalation) amounts to; it has no id.
Policy policy_of(const catalog::Team& team);

// Why the step is not played now ("SEV-4 is none of SEV-1, SEV-2"); empty: it is played. An
// incident whose severity is not known counts as any. `is_answered`: by somebody, since it rings.
std::string why_not_played(const Condition& when, std::string_view severity, Time at,
                           bool is_answered = false);
bool is_for(const BringIn& bring_in, std::string_view severity);

// Whose turn it is: rounds and steps count from 0.
struct Place {
  int step = 0;
  int round = 0;
  bool operator==(const Place&) const = default;
};

// What comes after the step that was `played`, and how long those who were rung have to answer
// first.
//
// Within a round it is the gap between the two steps, counted from when the first of them was in
// fact rung: who is reached late still has all of it. Between rounds it is `repeat_after`; a round
// that reached nobody is followed by the next within kUntoldPause. Rounds never end: after the last
// of the policy they go on, kSlowFactor times slower within kSlowLeast and kSlowMost.
struct Next {
  Place place;
  Duration wait{0};
};
inline constexpr Duration kUntoldPause = minutes(1);
inline constexpr int kSlowFactor = 3;
inline constexpr Duration kSlowLeast = minutes(5);
inline constexpr Duration kSlowMost = minutes(15);

Next next_after(const Policy& policy, Place played, bool is_anybody_told);

// The rounds of the policy are through: the operators are told, and ringing goes on slowly.
inline bool is_beyond(const Policy& policy, Place place) { return place.round > policy.repeat; }

}  // namespace tocsin::oncall
