#pragma once

#include <string>
#include <vector>

#include "routing/receivers.h"
#include "routing/route.h"

namespace tocsin::routing {

// What becomes of an alert at one node of the routing tree.
enum class AtRoute {
  kTaken,       // its matchers match and no child of it takes the alert: its receiver is told
  kPassed,      // its matchers match, and children took the alert
  kFailed,      // a matcher does not match
  kNotReached,  // the parent did not match, or an earlier sibling took the alert without `continue`
};
std::string_view name_of(AtRoute at);  // taken, passed, failed, not_reached

struct WalkedRoute {
  const Route* route = nullptr;
  AtRoute at = AtRoute::kNotReached;
  const Matcher* failed = nullptr;    // the first that does not match
  const Route* stopped_by = nullptr;  // the earlier sibling
  std::vector<WalkedRoute> routes;
};
// The whole tree. Those taken are matching_routes(), in that order.
WalkedRoute walk_routes(const Route& root, const Labels& labels);

// How a receiver is told: each kind that it has, in the order of the documentation.
struct IntegrationCount {
  std::string_view kind;
  size_t count = 0;
  bool is_delivered = true;
};
std::vector<IntegrationCount> integration_counts(const Receiver& receiver);

}  // namespace tocsin::routing
