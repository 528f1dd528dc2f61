#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "routing/matcher.h"
#include "routing/matcher_index.h"
#include "routing/posted_alert.h"

namespace tocsin::routing {

// While an alert that matches `source` fires, those that match `target` and have equal values in
// all of `equal` (a missing label is an empty one) are not told.
struct InhibitRule {
  std::string name;
  Matchers source;
  Matchers target;
  std::vector<std::string> equal;
};

// Which firing alerts inhibit an alert. An alert that matches both sides of a rule is not inhibited
// by alerts that do so, too, itself included; whether the source is silenced does not matter.
//
// Keeps, for each rule and each value of its `equal` labels, the firing sources by their end: a
// question looks at the rules whose target may match and at the first source of each, whatever the
// number of alerts. Owned by one thread, or guarded by its owner; reads may run side by side.
class Inhibitor {
 public:
  explicit Inhibitor(std::vector<InhibitRule> rules);
  Inhibitor(Inhibitor&&) = default;
  Inhibitor& operator=(Inhibitor&&) = default;

  // New or changed. A resolved alert inhibits nothing, but is kept until it is removed.
  void put(const PostedAlertRef& alert);
  void remove(uint64_t fingerprint);  // gone
  // Fingerprints of the alerts that inhibit it now: of the first rule that has any, one alert, as
  // the reference reports it; which one is the source that ends last, for a stable answer.
  std::vector<uint64_t> inhibited_by(const Labels& labels, Time now) const;
  bool inhibits(const Labels& labels, Time now) const { return !inhibited_by(labels, now).empty(); }

  const std::vector<InhibitRule>& rules() const { return rules_; }

 private:
  struct Source {
    Time ends;
    uint64_t fingerprint = 0;
    bool operator<(const Source& other) const {  // the one that ends last first
      if (ends != other.ends) return ends > other.ends;
      return fingerprint < other.fingerprint;
    }
  };
  // Sources with the same values in `equal`.
  struct Bucket {
    std::set<Source> plain;  // match the source side only
    std::set<Source> both;   // match the target side, too
  };
  using Buckets = std::unordered_map<std::string, Bucket>;  // by key_of; references stay valid
  struct Membership {
    size_t rule = 0;
    Buckets::value_type* bucket = nullptr;
    bool is_target = false;
    std::set<Source>& sources() const {
      return is_target ? bucket->second.both : bucket->second.plain;
    }
  };
  struct Entry {
    Time ends;
    std::vector<Membership> memberships;  // never empty
  };

  static std::string key_of(const InhibitRule& rule, const Labels& labels);
  const Source* source_of(size_t rule, const Labels& labels, Time now) const;

  std::vector<InhibitRule> rules_;
  MatcherIndex by_source_, by_target_;
  std::vector<Buckets> buckets_;                 // one map a rule
  std::unordered_map<uint64_t, Entry> entries_;  // of the alerts that are a source in any rule
};

}  // namespace tocsin::routing
