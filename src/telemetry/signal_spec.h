#pragma once

#include <vector>

#include "catalog/catalog.h"
#include "telemetry/signal.h"
#include "telemetry/source_config.h"

namespace tocsin::telemetry {

// Reads the documents `apiVersion: tocsin/v1, kind: Signal` of a catalog; the form is told in
// docs/signals.md. What is wrong goes to `problems`; the result is only fit for use when there is
// nothing.
std::vector<SignalSpec> read_signals(const catalog::Catalog& catalog, const Sources& sources,
                                     codec::Problems& problems);

}  // namespace tocsin::telemetry
