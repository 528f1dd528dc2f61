#pragma once

#include <functional>

#include "base/result.h"

namespace CLI {
class App;
}

namespace tocsin::cli {

// `tocsin policy` (list, preview, load). `action` is set when one of them was chosen.
void add_policy_commands(CLI::App& app, std::function<Result<>()>& action);

}  // namespace tocsin::cli
