#pragma once

#include "access/access.h"
#include "net/http.h"
#include "telemetry/telemetry.h"

namespace tocsin::telemetry {

// POST /api/v1/write, GET /api/v1/signals and GET /api/v1/signals/{id}/chart, for responders. All
// must outlive the router's use.
void add_telemetry_routes(net::Router& router, access::Gate& gate, Telemetry& telemetry);

// What a chart of the last `window` shows: the finest level that reaches back so far with at most
// kMostChartPoints slots, and its slots' starts.
inline constexpr size_t kMostChartPoints = 1500;
// Streams of a chart when `limit` does not say how many: the largest ones.
inline constexpr size_t kChartStreams = 50;
struct ChartSpan {
  RollupLevel level = RollupLevel::kTenSeconds;
  Time from, to;     // whole steps; the last step may be under way
  Duration step{0};  // one or more slots
  size_t points = 0;
};
ChartSpan chart_span(Duration window, Time now);
// The query parameter `window`: 5m to 400d, an hour if missing.
Result<Duration> window_of(const net::Request& request);

}  // namespace tocsin::telemetry
