#include "alert/alert_groups.h"

namespace tocsin::alert {

AlertGroup* AlertGroups::find(const routing::Route& route, uint64_t labels) {
  const auto found = by_place_.find({route.index, labels});
  return found == by_place_.end() ? nullptr : found->second;
}

AlertGroup* AlertGroups::find(uint64_t id) {
  const auto found = groups_.find(id);
  return found == groups_.end() ? nullptr : found->second.get();
}

AlertGroup& AlertGroups::add(const routing::Route& route, routing::Labels labels, Duration due) {
  auto group = std::make_unique<AlertGroup>();
  group->id = ++last_id_;
  group->route = &route;
  group->key = routing::group_key(route, labels);
  group->due = due;
  by_place_[{route.index, labels.fingerprint()}] = group.get();
  by_key_.emplace(std::hash<std::string>{}(group->key), group->id);
  due_.emplace(due, group->id);
  group->labels = std::move(labels);
  AlertGroup& added = *group;
  groups_[added.id] = std::move(group);
  return added;
}

void AlertGroups::erase(uint64_t id) {
  const auto found = groups_.find(id);
  const AlertGroup& group = *found->second;
  by_place_.erase({group.route->index, group.labels.fingerprint()});
  due_.erase({group.due, id});
  const auto [begin, end] = by_key_.equal_range(std::hash<std::string>{}(group.key));
  for (auto it = begin; it != end; ++it) {
    if (it->second != id) continue;
    by_key_.erase(it);
    break;
  }
  groups_.erase(found);
}

void AlertGroups::set_due(AlertGroup& group, Duration due) {
  due_.erase({group.due, group.id});
  group.due = due;
  due_.emplace(due, group.id);
}

AlertGroup* AlertGroups::first_due(Duration now) {
  if (due_.empty() || due_.begin()->first > now) return nullptr;
  return groups_.at(due_.begin()->second).get();
}

std::optional<Duration> AlertGroups::next_due() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

std::vector<uint64_t> AlertGroups::with_key(const std::string& key) const {
  std::vector<uint64_t> ids;
  const auto [begin, end] = by_key_.equal_range(std::hash<std::string>{}(key));
  for (auto it = begin; it != end; ++it) {
    if (groups_.at(it->second)->key == key) ids.push_back(it->second);
  }
  return ids;
}

}  // namespace tocsin::alert
