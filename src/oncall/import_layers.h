#pragma once

#include <vector>

#include "oncall/import.h"

namespace tocsin::oncall {

// A layer of a tool in which all layers of the highest level that has somebody are on call
// together, and those of lower levels are not.
struct LeveledLayer {
  int64_t level = 0;
  SourceLayer layer;
};

// The same in our words, where a layer wins over all before it or joins all before it. Layers of
// one level that never meet need not join. Where they meet above a lower level, the first of them
// that is on call must win and the others join it, whichever that is: each then stands twice, once
// to win and once to join. `schedule_zone` is the zone of layers that name none.
std::vector<SourceLayer> stacked(std::vector<LeveledLayer> layers,
                                 const std::string& schedule_zone);

}  // namespace tocsin::oncall
