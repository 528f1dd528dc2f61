#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "routing/matcher.h"

namespace tocsin::routing {

// One node of the routing tree, with what it inherited already in it (alertmanager
// dispatch/route.go). Immutable; lives as long as the AlertmanagerConfig that holds it.
struct Route {
  Matchers matchers;  // not inherited
  std::string receiver;
  std::vector<std::string> group_by;  // sorted
  bool group_by_all = false;          // ['...']
  Duration group_wait = std::chrono::seconds(30);
  Duration group_interval = std::chrono::minutes(5);
  Duration repeat_interval = std::chrono::hours(4);
  std::vector<std::string> mute_time_intervals;    // not inherited
  std::vector<std::string> active_time_intervals;  // not inherited
  bool continue_matching = false;
  Labels labels;  // `labels` of the route (0.34): the parent's, and its own over them
  std::vector<std::unique_ptr<Route>> routes;
  const Route* parent = nullptr;
  int index = 0;  // in depth-first order, the root is 0: an id within one Config

  // {}/{a="b"}: the keys of the way from the root, the group key's first part (dispatch/route.go).
  std::string key() const;
  // The same with the place among the siblings behind each step but the root's, unique in the tree:
  // {}/{a="b"}/0/{c="d"}/1.
  std::string id() const;
};

// Depth first, left to right; a child that matches stops its later siblings unless it says
// `continue`; where no child matches it is the node itself. Never empty, for the root matches all.
std::vector<const Route*> matching_routes(const Route& root, const Labels& labels);
// The same into `matches`, for a caller with memory to reuse.
void find_matching_routes(const Route& root, const Labels& labels,
                          std::vector<const Route*>& matches);

// The labels by which alerts of this route are told together: those of group_by that the alert has.
Labels group_labels(const Route& route, const Labels& labels);
// Their fingerprint, without making them.
uint64_t group_fingerprint(const Route& route, const Labels& labels);
// {}:{alertname="A"}
std::string group_key(const Route& route, const Labels& group);

}  // namespace tocsin::routing
