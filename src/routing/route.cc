#include "routing/route.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::routing {
namespace {

void walk(const Route& route, const Labels& labels, std::vector<const Route*>& matches) {
  const size_t before = matches.size();
  for (const auto& child : route.routes) {
    if (!all_match(child->matchers, labels)) continue;
    walk(*child, labels, matches);
    if (!child->continue_matching) break;
  }
  if (matches.size() == before) matches.push_back(&route);
}

}  // namespace

std::string Route::key() const {
  if (parent == nullptr) return to_text(matchers);
  return parent->key() + "/" + to_text(matchers);
}

std::string Route::id() const {
  if (parent == nullptr) return to_text(matchers);
  const auto self = std::ranges::find(parent->routes, this, &std::unique_ptr<Route>::get);
  return fmt::format("{}/{}/{}", parent->id(), to_text(matchers), self - parent->routes.begin());
}

std::vector<const Route*> matching_routes(const Route& root, const Labels& labels) {
  std::vector<const Route*> matches;
  walk(root, labels, matches);
  return matches;
}

void find_matching_routes(const Route& root, const Labels& labels,
                          std::vector<const Route*>& matches) {
  matches.clear();
  walk(root, labels, matches);
}

Labels group_labels(const Route& route, const Labels& labels) {
  if (route.group_by_all) return labels;
  std::vector<LabelPair> pairs;
  for (const auto& [name, value] : labels) {
    if (std::ranges::binary_search(route.group_by, name)) pairs.emplace_back(name, value);
  }
  return Labels::from(std::move(pairs));
}

uint64_t group_fingerprint(const Route& route, const Labels& labels) {
  if (route.group_by_all) return labels.fingerprint();
  Labels::Hasher hasher;
  for (const auto& [name, value] : labels) {
    if (std::ranges::binary_search(route.group_by, name)) hasher.add(name, value);
  }
  return hasher.fingerprint();
}

std::string group_key(const Route& route, const Labels& group) {
  return route.key() + ":" + group.to_text();
}

}  // namespace tocsin::routing
