#include "alert/correlation.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::alert {
namespace {

using catalog::ServiceId;

// The first rule that matches; an alert that no rule matches stands alone.
const CorrelationRule* rule_for(const routing::Labels& labels, const PostedPolicy& policy) {
  const auto found = std::ranges::find_if(policy.correlate, [&](const CorrelationRule& rule) {
    return all_match(rule.matchers, labels);
  });
  return found == policy.correlate.end() ? nullptr : &*found;
}

std::string value_of(const std::string& name, const routing::Labels& labels,
                     const PostedPolicy& policy, const Owner& owner) {
  if (name == "service" || name == policy.service_label) {
    if (owner.service != nullptr) return owner.service->id.value();
    return std::string(labels.get(policy.service_label));
  }
  return std::string(labels.get(name));
}

const OpenProblem* burning(const ServiceId& service, std::span<const OpenProblem> open) {
  const OpenProblem* first = nullptr;
  for (const OpenProblem& one : open) {
    if (!one.is_objective || !one.is_page || one.service != service) continue;
    if (first == nullptr || std::tie(one.started, one.id) < std::tie(first->started, first->id)) {
      first = &one;
    }
  }
  return first;
}

}  // namespace

Dependents::Dependents(const catalog::Catalog& catalog) {
  std::map<ServiceId, std::vector<ServiceId>> used_by;
  for (const auto& [id, service] : catalog.services) {
    for (const auto& dependency : service.depends_on) used_by[dependency].push_back(id);
  }
  for (const auto& [id, _] : catalog.services) {
    auto& affected = affected_[id];
    std::vector<ServiceId> next{id};
    while (!next.empty()) {
      const ServiceId one = std::move(next.back());
      next.pop_back();
      if (!affected.insert(one).second) continue;
      if (const auto users = used_by.find(one); users != used_by.end()) {
        next.insert(next.end(), users->second.begin(), users->second.end());
      }
    }
  }
}

bool Dependents::affects(const ServiceId& service, const ServiceId& other) const {
  const auto found = affected_.find(service);
  return found != affected_.end() && found->second.contains(other);
}

std::string correlation_key(const routing::Labels& labels, const PostedPolicy& policy,
                            const Owner& owner) {
  const CorrelationRule* rule = rule_for(labels, policy);
  if (rule == nullptr) return "no rule" + labels.to_text();
  std::vector<std::string> pairs;
  for (const std::string& name : rule->equal) {
    pairs.push_back(fmt::format("{}=\"{}\"", name, value_of(name, labels, policy, owner)));
  }
  return fmt::format("{}{{{}}}", rule->name, fmt::join(pairs, ", "));
}

Belonging place_source(uint64_t fingerprint, const routing::Labels& labels,
                       const PostedPolicy& policy, const Owner& owner, bool is_page, bool is_split,
                       std::span<const OpenProblem> open) {
  if (is_split) {
    const std::string about = "split off " + routing::fingerprint_text(fingerprint);
    const auto own = std::ranges::find(open, about, &OpenProblem::about);
    return {own == open.end() ? "" : own->id, about, "a person split it off"};
  }
  if (is_page && owner.service != nullptr && !policy.is_cause(labels)) {
    if (const OpenProblem* burns = burning(owner.service->id, open)) {
      return {burns->id, burns->about,
              fmt::format("objective {} of the same service burns", burns->about)};
    }
  }
  Belonging place{.alert = {}, .about = correlation_key(labels, policy, owner), .why = {}};
  const auto same = std::ranges::find_if(open, [&](const OpenProblem& one) {
    return !one.is_objective && one.is_page == is_page && one.about == place.about;
  });
  if (same == open.end()) {
    place.why = "it is the first of " + place.about;
  } else {
    place.alert = same->id;
    place.why = "it fires at the same time and shares " + place.about;
  }
  return place;
}

std::vector<Belonging> evidence_for(const routing::Labels& labels, const PostedPolicy& policy,
                                    const Owner& owner, const Dependents& dependents,
                                    std::span<const OpenProblem> open) {
  std::vector<Belonging> places;
  if (owner.service == nullptr) return places;
  if (policy.asks_for_page(labels) && !policy.is_cause(labels)) return places;
  for (const OpenProblem& one : open) {
    if (!one.is_objective || !one.is_page) continue;
    if (!dependents.affects(owner.service->id, one.service)) continue;
    places.push_back({one.id, one.about,
                      one.service == owner.service->id
                          ? fmt::format("objective {} of the same service burns", one.about)
                          : fmt::format("objective {} of {} burns, which depends on {}", one.about,
                                        one.service.value(), owner.service->id.value())});
  }
  return places;
}

bool has_symptom(const Owner& owner, const Dependents& dependents,
                 std::span<const OpenProblem> open) {
  if (owner.service == nullptr) return false;
  return std::ranges::any_of(open, [&](const OpenProblem& one) {
    return one.is_page && one.is_symptom && dependents.affects(owner.service->id, one.service);
  });
}

}  // namespace tocsin::alert
