#pragma once

#include <map>
#include <vector>

#include "catalog/catalog.h"

namespace tocsin::oncall {

// What pages cost a person, for the fairness of a rota.
struct Load {
  int pages = 0;
  int working = 0;   // of these: in the person's working hours,
  int sleeping = 0;  // from 22 to 8 in their zone unless they work then,
  int free = 0;      // and the rest
  int interruptions = 0;
  Duration shift{0};  // time on call
};
// Pages within so long of the first of them are one interruption.
inline constexpr Duration kInterruption = minutes(10);

// `times` of a person's pages, rising.
Load load_of(const catalog::Person& person, const std::vector<Time>& times);

}  // namespace tocsin::oncall
