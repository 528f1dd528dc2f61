#pragma once

#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "routing/matcher.h"
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
// by alerts that do so, too, itself included. Keeps for each rule an index by the values of
// `equal`, so that a question costs one lookup a rule. Owned by one thread, or guarded by its
// owner.
class Inhibitor {
 public:
  explicit Inhibitor(std::vector<InhibitRule> rules);

  void put(const PostedAlertRef& alert);  // new or changed
  void remove(uint64_t fingerprint);      // gone
  // Fingerprints of the alerts that inhibit it now: of the first rule that has any, one alert, as
  // the reference reports it; which one is the source that ends last, for a stable answer.
  std::vector<uint64_t> inhibited_by(const Labels& labels, Time now) const;
  bool inhibits(const Labels& labels, Time now) const { return !inhibited_by(labels, now).empty(); }

  const std::vector<InhibitRule>& rules() const { return rules_; }

 private:
  struct Index {
    std::unordered_map<std::string, std::vector<PostedAlertRef>> by_equal;
  };
  std::string key_of(const InhibitRule& rule, const Labels& labels) const;

  std::vector<InhibitRule> rules_;
  std::vector<Index> indexes_;  // one a rule
  std::unordered_map<uint64_t, PostedAlertRef> sources_;
};

}  // namespace tocsin::routing
