#pragma once

#include <map>
#include <memory>

#include "catalog/catalog.h"
#include "oncall/schedule.h"

namespace tocsin::oncall {

// A schedule as its document declares it: one version (since 1970), nothing of what people
// changed since. `anchored` says for each layer (by name) whether the document itself says who
// begins and when; where it does not, the book keeps who is on call now (schedule_book.h).
struct ScheduleSpec {
  Schedule schedule;
  std::map<std::string, bool> anchored;
  std::string slack_user_group;  // kept equal to who is on call (user_groups.h); empty: none
  catalog::Origin origin;        // of its name
};

// Reads the documents `apiVersion: tocsin/v1, kind: Schedule` of a catalog; the form is told in
// docs/schedules.md. What is wrong goes to `problems`, unknown people and teams with the nearest
// name.
//
//   kind: Schedule
//   metadata: {name: payments}
//   spec:
//     name: Payments
//     team: payments                 # who hears of gaps
//     zone: Europe/Berlin
//     longest_shift: 14d
//     slack_user_group: S0604QSJC    # has whoever is on call
//     layers:                        # a later layer wins where it has somebody
//       - name: primary
//         every: 1w                  # 12h, 1d, 2w, 1mo; or rule: "FREQ=WEEKLY;BYDAY=MO,FR"
//         hand_off: 2026-01-05 09:00 # wall time in the zone; its weekday and hour are the hand-off
//         first: ada                 # who takes over at `hand_off`; left out: see above
//         people: [ada, grace, [alan, ada]]   # or a team's name: {team: payments}
//         hours: [{days: mon-fri, from: "09:00", until: "17:00"}]
//         off: [holidays-de]         # calendars, imported under that name
//         zone: America/New_York     # follow the sun: each layer its own
//         shadow: false
//         joins: false               # true: on call in addition to the layers before it
std::vector<ScheduleSpec> read_schedules(const catalog::Catalog& catalog,
                                         codec::Problems& problems);

}  // namespace tocsin::oncall
