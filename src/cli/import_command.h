#pragma once

#include <functional>

#include "base/result.h"

namespace CLI {
class App;
}

namespace tocsin::cli {

// `tocsin import alertmanager DIR`: takes over what a Prometheus Alertmanager kept. `action` is set
// when the command was chosen.
void add_import_command(CLI::App& app, std::function<Result<>()>& action);

}  // namespace tocsin::cli
