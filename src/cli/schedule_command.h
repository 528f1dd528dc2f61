#pragma once

#include <functional>

#include "base/result.h"

namespace CLI {
class App;
}

namespace tocsin::cli {

// `tocsin oncall` and `tocsin schedule` (list, show, preview, override, take, swap, gaps,
// note, import-calendar, ical). `action` is set when one of them was chosen.
void add_schedule_commands(CLI::App& app, std::function<Result<>()>& action);

}  // namespace tocsin::cli
