#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gotemplate/node.h"

namespace tocsin::gotemplate {

struct ParseLimits {
  size_t max_bytes = 1 << 20;
  size_t max_nodes = 100'000;  // actions, operands and texts
  int max_depth = 100;         // blocks and parentheses inside of each other
};

// Parses one text: the first tree is the text itself under `name`, the others are what it defines,
// each at most once. `knows_function` says which names may be called. kInvalidArgument:
// "name:line:column: what", kResourceExhausted beyond a limit.
Result<std::vector<std::shared_ptr<const Tree>>> parse_template(
    std::string_view name, std::string_view text, bool (*knows_function)(std::string_view),
    const ParseLimits& limits = {});

}  // namespace tocsin::gotemplate
