#include "routing/inhibition.h"

#include <algorithm>
#include <limits>

namespace tocsin::routing {
namespace {

using Side = Matchers InhibitRule::*;

std::vector<const Matchers*> sides_of(const std::vector<InhibitRule>& rules, Side side) {
  std::vector<const Matchers*> sets;
  for (const InhibitRule& rule : rules) sets.push_back(&(rule.*side));
  return sets;
}

}  // namespace

Inhibitor::Inhibitor(std::vector<InhibitRule> rules)
    : rules_(std::move(rules)),
      by_source_(sides_of(rules_, &InhibitRule::source)),
      by_target_(sides_of(rules_, &InhibitRule::target)),
      buckets_(rules_.size()) {}

std::string Inhibitor::key_of(const InhibitRule& rule, const Labels& labels) {
  std::string key;
  for (const std::string& name : rule.equal) key.append(labels.get(name)).push_back('\xff');
  return key;
}

void Inhibitor::put(const PostedAlertRef& alert) {
  if (rules_.empty()) return;
  const uint64_t fingerprint = alert->fingerprint();
  const auto known = entries_.find(fingerprint);
  if (known != entries_.end()) {
    // The same labels: the same rules, only the end may be another.
    Entry& entry = known->second;
    if (entry.ends == alert->ends) return;
    for (const Membership& membership : entry.memberships) {
      auto node = membership.sources().extract(Source{entry.ends, fingerprint});
      node.value().ends = alert->ends;
      membership.sources().insert(std::move(node));
    }
    entry.ends = alert->ends;
    return;
  }
  Entry entry{alert->ends, {}};
  by_source_.visit_candidates(alert->labels, [&](size_t i) {
    const InhibitRule& rule = rules_[i];
    if (!all_match(rule.source, alert->labels)) return;
    auto& bucket = *buckets_[i].try_emplace(key_of(rule, alert->labels)).first;
    entry.memberships.push_back({i, &bucket, all_match(rule.target, alert->labels)});
    entry.memberships.back().sources().insert({alert->ends, fingerprint});
  });
  if (!entry.memberships.empty()) entries_.emplace(fingerprint, std::move(entry));
}

void Inhibitor::remove(uint64_t fingerprint) {
  const auto found = entries_.find(fingerprint);
  if (found == entries_.end()) return;
  for (const Membership& membership : found->second.memberships) {
    membership.sources().erase({found->second.ends, fingerprint});
    const auto& [key, bucket] = *membership.bucket;
    if (!bucket.plain.empty() || !bucket.both.empty()) continue;
    Buckets& buckets = buckets_[membership.rule];
    buckets.erase(buckets.find(key));
  }
  entries_.erase(found);
}

// The source that ends last, if it fires: then all others are resolved, too.
const Inhibitor::Source* Inhibitor::source_of(size_t i, const Labels& labels, Time now) const {
  const InhibitRule& rule = rules_[i];
  if (!all_match(rule.target, labels)) return nullptr;
  const auto found = buckets_[i].find(key_of(rule, labels));
  if (found == buckets_[i].end()) return nullptr;
  const auto& [plain, both] = found->second;
  const Source* best = plain.empty() ? nullptr : &*plain.begin();
  if (!both.empty() && (best == nullptr || *both.begin() < *best)) {
    if (!all_match(rule.source, labels)) best = &*both.begin();
  }
  return best != nullptr && best->ends > now ? best : nullptr;
}

std::vector<uint64_t> Inhibitor::inhibited_by(const Labels& labels, Time now) const {
  size_t first = std::numeric_limits<size_t>::max();
  std::vector<uint64_t> out;
  by_target_.visit_candidates(labels, [&](size_t i) {
    if (i > first) return;
    const Source* source = source_of(i, labels, now);
    if (source == nullptr) return;
    first = i;
    out.assign(1, source->fingerprint);
  });
  return out;
}

}  // namespace tocsin::routing
