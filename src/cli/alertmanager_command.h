#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
}

namespace tocsin::cli {

// `tocsin alertmanager` with Alertmanager's own flags (cmd/alertmanager/main.go of 0.34). Those
// that mean nothing here are taken and named in a warning, so that a script that starts
// `alertmanager` can start this instead. `action` is set when the command was chosen.
void add_alertmanager_command(CLI::App& app, std::function<Result<>()>& action);

}  // namespace tocsin::cli
