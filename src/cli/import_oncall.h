#pragma once

#include <functional>

#include "base/result.h"

namespace CLI {
class App;
}

namespace tocsin::cli {

// `tocsin import pagerduty|opsgenie|grafana-oncall|goalert FOLDER` (or --from-api): writes people,
// schedules, policies and services of another on-call tool as documents of the catalog. `import` is
// the command above them.
void add_oncall_imports(CLI::App& import, std::function<Result<>()>& action);

}  // namespace tocsin::cli
