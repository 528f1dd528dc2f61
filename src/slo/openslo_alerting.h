#pragma once

#include <optional>
#include <string>
#include <vector>

#include "slo/objective.h"
#include "slo/openslo_documents.h"

namespace tocsin::slo {

// An AlertCondition as it is written; what it means for an objective depends on its target and
// period.
struct ConditionDeclared {
  Tier tier;  // burn, budget_fraction and short_window may still be missing
  bool has_threshold = false;
};
Tier tier_for(const ConditionDeclared& declared, double target, Duration period);

struct PolicyDeclared {
  std::optional<ConditionDeclared> condition;  // nothing: it is broken, and that was said
  bool when_breaching = true;
  std::optional<bool> when_no_data;
};

// Reads AlertPolicy and AlertCondition documents once, and inline ones as they are met.
class AlertingReader {
 public:
  AlertingReader(const catalog::Catalog& catalog, codec::Problems& problems);

  // One entry of an SLO's spec.alertPolicies: a reference or an inline policy.
  std::optional<PolicyDeclared> read_entry(codec::Fields entry);

 private:
  PolicyDeclared read_policy(codec::Fields& object);
  std::optional<ConditionDeclared> read_condition(codec::Fields& object);
  std::optional<ConditionDeclared> read_condition_entry(codec::Fields entry);

  std::map<std::string, std::optional<ConditionDeclared>> conditions_;
  std::map<std::string, PolicyDeclared> policies_;
};

}  // namespace tocsin::slo
