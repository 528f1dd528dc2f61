#include "incident/lifecycle.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tocsin::incident {

bool is_open(State state) {
  switch (state) {
    case State::kTriage:
    case State::kInvestigating:
    case State::kIdentified:
    case State::kMitigating:
    case State::kMonitoring: return true;
    case State::kResolved:
    case State::kClosed:
    case State::kDeclined:
    case State::kMerged:
    case State::kCancelled: return false;
  }
  bug("unknown state of an incident");
}

std::vector<State> moves_from(State state) {
  if (state == State::kResolved) return {State::kClosed};
  if (!is_open(state)) return {};
  std::vector<State> moves;
  for (const State to :
       {State::kInvestigating, State::kIdentified, State::kMitigating, State::kMonitoring,
        State::kResolved, State::kDeclined, State::kCancelled}) {
    if (to != state) moves.push_back(to);
  }
  return moves;
}

Result<> check_move(State from, State to, int64_t firing_pages) {
  const auto moves = moves_from(from);
  if (std::ranges::find(moves, to) == moves.end()) {
    std::vector<std::string> names;
    for (const State move : moves) names.emplace_back(name_of(move));
    return fail(Code::kFailedPrecondition,
                fmt::format("an incident cannot go from {} to {}; {}", name_of(from), name_of(to),
                            names.empty() ? "it has ended; a new alert opens a new one"
                                          : "it can go to " + join(names, ", ")));
  }
  if (to == State::kResolved && firing_pages > 0) {
    return fail(Code::kFailedPrecondition,
                fmt::format("{} of its alerts still {}; it can be resolved when they are over",
                            firing_pages, firing_pages == 1 ? "fires" : "fire"));
  }
  return {};
}

Duration wait_when_clean(State state, const RecoveryPolicy& policy) {
  // Somebody who said "monitoring" before the alerts ended still gets the whole time.
  return state == State::kMonitoring ? policy.monitoring_after + policy.resolved_after
                                     : policy.monitoring_after;
}

State next_when_clean(State state) {
  return state == State::kMonitoring ? State::kResolved : State::kMonitoring;
}

}  // namespace tocsin::incident
