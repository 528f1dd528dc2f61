#pragma once

#include <string>
#include <utility>
#include <vector>

#include "oncall/canary.h"
#include "server/self_watch.h"
#include "telemetry/telemetry.h"

namespace tocsin::server {

// The canary's own objective: with `canary.team` Tocsin promises that pages go out, measures it as
// it measures everybody else's promises, and shows it among them.

// The documents (file, text) that stand in the catalog for it: the service `tocsin-paging`, which
// answers to that team, and the objective `tocsin-pages-go-out`. Empty without a team.
std::vector<std::pair<std::string, std::string>> canary_documents(const CanaryConfig& config);

// The canary's counters as a scrape would read them. Call it every few seconds; thread-safe.
void feed_canary(telemetry::Telemetry& telemetry, const oncall::CanaryRuns& runs, Time now);

}  // namespace tocsin::server
