#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "alert/posted_policy.h"
#include "base/time.h"

namespace tocsin::alert {

// Which alert a posted alert belongs to (docs/problems.md, Which posted alerts are one problem).
// Pure.

// An alert that fires, as far as it matters here.
struct OpenProblem {
  std::string id;
  std::string about;          // the objective's name, or a correlation_key()
  bool is_objective = false;  // an objective burns; else it was made of posted alerts
  bool is_page = false;
  bool is_symptom = false;  // users feel it: an objective, or a source that is no cause
  catalog::ServiceId service;
  Time started;
};

// Whom a service's trouble reaches: itself, and all that depend on it, directly or through others.
// Immutable.
class Dependents {
 public:
  explicit Dependents(const catalog::Catalog& catalog);
  bool affects(const catalog::ServiceId& service, const catalog::ServiceId& other) const;

 private:
  std::map<catalog::ServiceId, std::set<catalog::ServiceId>> affected_;
};

// "same service{service="shop"}": the rule's name and the labels that are equal. Posted alerts with
// one key are one problem while they overlap.
std::string correlation_key(const routing::Labels& labels, const PostedPolicy& policy,
                            const Owner& owner);

// A place at an alert, and why.
struct Belonging {
  std::string alert;  // empty: a new alert
  std::string about;  // of the new alert
  std::string why;
};

// Where a posted alert that asks for a page goes as a source. `split`: a person wants it to be an
// alert by itself; it is named by its fingerprint. `is_page`: whether it pages, by the gate.
Belonging place_source(uint64_t fingerprint, const routing::Labels& labels,
                       const PostedPolicy& policy, const Owner& owner, bool is_page, bool is_split,
                       std::span<const OpenProblem> open);

// The burning objectives for which it is evidence; empty for a symptom that asks for a page.
std::vector<Belonging> evidence_for(const routing::Labels& labels, const PostedPolicy& policy,
                                    const Owner& owner, const Dependents& dependents,
                                    std::span<const OpenProblem> open);

// Whether an alert of an affected service pages for a symptom.
bool has_symptom(const Owner& owner, const Dependents& dependents,
                 std::span<const OpenProblem> open);

}  // namespace tocsin::alert
