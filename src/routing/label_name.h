#pragma once

#include <string_view>

namespace tocsin::routing {

// [a-zA-Z_][a-zA-Z0-9_]*: what a label may be called everywhere. Newer Alertmanagers take any UTF-8
// text but the empty one, where they are not asked to be classic.
bool is_classic_label_name(std::string_view name);

}  // namespace tocsin::routing
