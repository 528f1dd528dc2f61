#pragma once

#include <functional>
#include <string>

#include "access/access.h"
#include "incident/logbook_tail.h"
#include "net/http.h"
#include "slo/slo_book.h"

namespace tocsin::incident {

// What changed since it was asked last, as the data of a `pulse` event; empty when nothing did. One
// for each connection; called on a loop, so it must not block.
using PulseSource = std::function<std::string()>;
using PulseSources = std::function<PulseSource()>;

// {"objectives":[ObjectivePulse, ...]}; all objectives at first. The book outlives the sources.
PulseSources pulses_of(const slo::SloBook& book);

struct StreamParts {
  access::Gate& gate;
  LogbookTail& tail;
  const Clock& clock;
  PulseSources pulses;
  std::string build;  // a page that was built for another one loads itself anew
};

// GET /api/v1/stream, for responders: `hello`, then `entries` in order without a gap, `pulse` at
// most every 2 s, and `reset` where entries are missing. Begins after Last-Event-ID, else after the
// query's `since`, else now. Ends once its session is over or its token revoked. Everything
// outlives the server.
void add_stream_routes(net::Router& router, StreamParts parts);

}  // namespace tocsin::incident
