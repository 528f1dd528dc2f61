#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/node.h"

namespace tocsin::codec {

class Problems;

// Limits that keep hostile input small: a document that passes them is refused.
struct YamlLimits {
  size_t max_bytes = 4 << 20;
  size_t max_nodes = 200'000;  // after aliases are expanded; what an anchor names counts once more
  int max_depth = 64;
};

// All documents of a YAML 1.1 stream (libyaml), empty ones left out. kInvalidArgument with
// "line L, column C: ..." for syntax errors, duplicate keys, keys that are not scalars, tags other
// than
// !!str, unknown aliases and passed limits. Merge keys (<<) are followed: the fields of the
// mappings that they name stand behind the mapping's own, at their own places. Never throws, never
// runs long.
Result<std::vector<Node>> parse_yaml(std::string_view text, const YamlLimits& limits = {});

// The same for a file that a person wrote: what is wrong goes to `problems` with its place, and
// nothing comes back.
std::vector<Node> parse_yaml(std::string_view text, const std::string& file, Problems& problems,
                             const YamlLimits& limits = {});

}  // namespace tocsin::codec
