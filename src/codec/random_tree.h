#pragma once

#include <string>

#include "base/rng.h"
#include "codec/node.h"

namespace tocsin::codec {

// For tests: trees of any shape, plain writers that know nothing of our parsers, and damage.
Node random_tree(Rng& rng, int depth);
std::string write_json(const Node& node);
std::string write_yaml(const Node& node);      // block style, with flow style here and there
bool same_tree(const Node& a, const Node& b);  // places aside
void damage(Rng& rng, std::string& text);      // flips, cuts and doubles some bytes

}  // namespace tocsin::codec
