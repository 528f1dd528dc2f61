#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "slo/objective.h"
#include "telemetry/signal.h"

namespace tocsin::slo {

// What the OpenSLO documents of a catalog declare. Objectives are in the order of the documents,
// then of spec.objectives; signals are those that their indicators need.
struct Declared {
  std::vector<Objective> objectives;
  std::vector<telemetry::SignalSpec> signals;
};

// What objectives may refer to outside of OpenSLO.
struct Surroundings {
  // Signals declared as tocsin/v1 Signal without groups; an indicatorRef may name one of kind ratio
  // or latency.
  std::map<std::string, telemetry::SignalKind> signals;
  // Prometheus-compatible servers of tocsin.yaml; a metricSourceRef may name one.
  std::set<std::string> query_sources;
};

// Reads SLO, SLI, AlertPolicy, AlertCondition, AlertNotificationTarget, DataSource and Service of
// openslo/v1 (https://github.com/OpenSLO/OpenSLO). What we read, and how tiers are written:
// docs/objectives.md. Whatever is wrong goes to `problems`; the result is only fit for use when
// there are none.
Declared read_openslo(const catalog::Catalog& catalog, const Surroundings& around,
                      codec::Problems& problems);

}  // namespace tocsin::slo
