#pragma once

#include <map>
#include <string>

#include "routing/matcher.h"
#include "store/database.h"

namespace tocsin::alert {

// Posted alerts that began to fire since a moment and match, from the logbook. It is read backwards
// and not further than `most_entries`; where that was not enough `reaches` says how far it came.
struct FiredBefore {
  size_t times = 0;
  std::map<std::string, size_t> by_name;
  Time reaches;
};
inline constexpr int64_t kMostEntriesRead = 50'000;
Result<FiredBefore> fired_before(store::Session& sql, const routing::Matchers& matchers, Time since,
                                 int64_t most_entries = kMostEntriesRead);

}  // namespace tocsin::alert
