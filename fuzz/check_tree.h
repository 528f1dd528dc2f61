#pragma once

#include "codec/node.h"

namespace tocsin::fuzz {

// Ends the program when a tree breaks what node.h promises, or is deeper than `most_depth`. Then
// reads it as a decoder would.
void check_tree(const codec::Node& node, int most_depth);

}  // namespace tocsin::fuzz
