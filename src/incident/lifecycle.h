#pragma once

#include <string>
#include <vector>

#include "incident/incident.h"

namespace tocsin::incident {

// Which states an incident passes and when it does so by itself.
//
//   triage -> investigating <-> identified <-> mitigating <-> monitoring -> resolved -> closed
//
// While it is open a person moves it to any other open state but triage, forwards and backwards.
// resolved wants every page alert to be over. declined (no incident at all) and cancelled (opened
// by mistake) end it whatever the alerts say: a person takes that on. merged is not a move by hand.
// What has ended stays so: if it happens again, that is a new incident, which names the old one.

bool is_open(State state);
std::vector<State> moves_from(State state);  // that a person may make

// Nothing, or kFailedPrecondition / kInvalidArgument naming what is allowed.
Result<> check_move(State from, State to, int64_t firing_pages);

// How recovery is verified. Each time counts from the end of the one before; an alert that fires
// in between starts all of it anew.
struct RecoveryPolicy {
  Duration monitoring_after = std::chrono::minutes(1);  // without a page alert -> monitoring
  Duration resolved_after = std::chrono::minutes(5);    // in monitoring without one -> resolved
  // Somebody who acknowledged longer ago than this is rung again when it comes back.
  Duration ring_again_after = std::chrono::minutes(30);
  // A new incident names one of the same service that ended less long ago.
  Duration follows_within = std::chrono::minutes(10);
};

// When the alerts are over: how long until the next step of the recovery by itself.
Duration wait_when_clean(State state, const RecoveryPolicy& policy);
// The step that is due when that time has passed without an alert.
State next_when_clean(State state);

}  // namespace tocsin::incident
