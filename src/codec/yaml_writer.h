#pragma once

#include <string>

#include "codec/node.h"

namespace tocsin::codec {

// YAML in block style with two spaces, which parse_yaml and Go's yaml.v2 read back as the same
// tree. Plain scalars stay plain where that is safe; all others are double-quoted, since only texts
// hold such characters.
std::string to_yaml(const Node& node);

}  // namespace tocsin::codec
