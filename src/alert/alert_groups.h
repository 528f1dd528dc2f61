#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "routing/route.h"

namespace tocsin::alert {

// Alerts that are told together: those of one route with the same values of its group_by.
struct AlertGroup {
  uint64_t id = 0;
  const routing::Route* route = nullptr;
  routing::Labels labels;
  std::string key;
  boost::unordered_flat_set<uint64_t> members;  // fingerprints
  Duration due{};                               // of its next flush, monotonic
  bool has_flushed = false;
};

// The groups that there are and whose turn it is. Guarded by its owner.
class AlertGroups {
 public:
  // By the fingerprint of its labels (routing::group_fingerprint). Null when there is none.
  AlertGroup* find(const routing::Route& route, uint64_t labels);
  AlertGroup* find(uint64_t id);
  AlertGroup& add(const routing::Route& route, routing::Labels labels, Duration due);
  void erase(uint64_t id);
  void set_due(AlertGroup& group, Duration due);

  AlertGroup* first_due(Duration now);  // null when none is due
  std::optional<Duration> next_due() const;
  // Two routes of one way may have the same key.
  std::vector<uint64_t> with_key(const std::string& key) const;

  const std::map<uint64_t, std::unique_ptr<AlertGroup>>& all() const { return groups_; }
  size_t size() const { return groups_.size(); }

 private:
  using Place = std::pair<int, uint64_t>;  // of the route, and the fingerprint of the labels
  uint64_t last_id_ = 0;
  std::map<uint64_t, std::unique_ptr<AlertGroup>> groups_;
  boost::unordered_flat_map<Place, AlertGroup*> by_place_;
  std::unordered_multimap<size_t, uint64_t> by_key_;  // by a hash of it
  std::set<std::pair<Duration, uint64_t>> due_;
};

}  // namespace tocsin::alert
