#pragma once

#include <functional>

#include "base/result.h"

namespace CLI {
class App;
}

namespace tocsin::cli {

// `tocsin import alertmanager DIR`: takes over what a Prometheus Alertmanager kept; beside it the
// imports of import_oncall.h. `action` is set when a command was chosen.
void add_import_command(CLI::App& app, std::function<Result<>()>& action);

}  // namespace tocsin::cli
