#pragma once

#include <functional>

#include "base/result.h"

namespace CLI {
class App;
}

namespace tocsin::cli {

// `tocsin posted` (alerts that others post: list, ack, snooze) and `tocsin silence` (preview, add,
// list, expire). `action` is set when one of them was chosen.
void add_posted_command(CLI::App& app, std::function<Result<>()>& action);
void add_silence_command(CLI::App& app, std::function<Result<>()>& action);

}  // namespace tocsin::cli
