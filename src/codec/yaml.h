#pragma once

#include <string_view>
#include <vector>

#include "codec/node.h"

namespace tocsin::codec {

// Limits that keep hostile input small: a document that passes them is refused.
struct YamlLimits {
  size_t max_bytes = 4 << 20;
  size_t max_nodes = 200'000;  // after aliases are expanded
  int max_depth = 64;
};

// All documents of a YAML 1.1 stream (libyaml), empty ones left out. kInvalidArgument with
// "line L, column C: ..." for syntax errors, duplicate keys, keys that are not scalars, unknown
// aliases and passed limits. Never throws, never runs long.
Result<std::vector<Node>> parse_yaml(std::string_view text, const YamlLimits& limits = {});

}  // namespace tocsin::codec
