#include "alert/page_gate.h"

#include <fmt/format.h>

namespace tocsin::alert {
namespace {

std::string first_annotation(const routing::PostedAlert& alert,
                             const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (const auto value = alert.annotations.get(name); !value.empty()) return std::string(value);
  }
  return {};
}

// By its own list or by an escalation policy. The catalog's check holds that everybody in one has a
// contact.
bool is_reachable(const Owner& owner) {
  return owner.team != nullptr &&
         (!owner.team->escalation.empty() || !owner.team->escalation_policy.empty());
}

std::string first_of(const std::vector<std::string>& names) {
  return names.empty() ? "(none is configured)" : names.front();
}

}  // namespace

std::string_view name_of(GateReason reason) {
  switch (reason) {
    case GateReason::kNoOwner: return "no-owner";
    case GateReason::kNobodyToReach: return "nobody-to-reach";
    case GateReason::kNoImpact: return "no-impact";
    case GateReason::kNoRunbook: return "no-runbook";
    case GateReason::kCauseWithoutSymptom: return "cause-without-symptom";
  }
  bug("unknown reason of the page gate");
}

std::string sentence_of(GateReason reason, const PostedPolicy& policy) {
  switch (reason) {
    case GateReason::kNoOwner:
      return fmt::format(
          "Nobody owns it: label '{}' names no service of the catalog, and label "
          "'{}' no team.",
          policy.service_label, policy.team_label);
    case GateReason::kNobodyToReach:
      return "Its team has nobody to reach; give the team an escalation.";
    case GateReason::kNoImpact:
      return fmt::format("It does not say what users lose; add the annotation '{}'.",
                         first_of(policy.impact_annotations));
    case GateReason::kNoRunbook:
      return fmt::format(
          "It links no runbook; add the annotation '{}', or a runbook to the service.",
          first_of(policy.runbook_annotations));
    case GateReason::kCauseWithoutSymptom:
      return "It is a cause, and no symptom of an affected service fires.";
  }
  bug("unknown reason of the page gate");
}

std::string_view name_of(Decision decision) {
  switch (decision) {
    case Decision::kPage: return "page";
    case Decision::kTicket: return "ticket";
    case Decision::kDashboard: return "dashboard";
  }
  bug("unknown decision");
}

std::string_view name_of(catalog::PageGate mode) {
  switch (mode) {
    case catalog::PageGate::kObserve: return "observe";
    case catalog::PageGate::kEnforce: return "enforce";
  }
  bug("unknown mode of the page gate");
}

std::string impact_of(const routing::PostedAlert& alert, const PostedPolicy& policy) {
  return first_annotation(alert, policy.impact_annotations);
}

std::string runbook_of(const routing::PostedAlert& alert, const PostedPolicy& policy,
                       const Owner& owner) {
  std::string own = first_annotation(alert, policy.runbook_annotations);
  return own.empty() && owner.service != nullptr ? owner.service->runbook : own;
}

GateVerdict judge(const routing::PostedAlert& alert, const PostedPolicy& policy, const Owner& owner,
                  bool has_symptom) {
  GateVerdict verdict;
  verdict.mode = owner.team != nullptr ? owner.team->page_gate : policy.unowned;
  auto& reasons = verdict.reasons;
  if (owner.team == nullptr) {
    reasons.push_back(GateReason::kNoOwner);
  } else if (!is_reachable(owner)) {
    reasons.push_back(GateReason::kNobodyToReach);
  }
  const bool is_unreachable = !reasons.empty();
  if (impact_of(alert, policy).empty()) reasons.push_back(GateReason::kNoImpact);
  if (runbook_of(alert, policy, owner).empty()) reasons.push_back(GateReason::kNoRunbook);
  if (policy.is_cause(alert.labels) && !has_symptom) {
    reasons.push_back(GateReason::kCauseWithoutSymptom);
  }
  if (owner.team == nullptr) {
    verdict.decision = Decision::kDashboard;
  } else if (!reasons.empty() && verdict.mode == catalog::PageGate::kEnforce) {
    verdict.decision = policy.otherwise == PostedPolicy::Otherwise::kTicket ? Decision::kTicket
                                                                            : Decision::kDashboard;
  } else if (is_unreachable) {
    verdict.decision = Decision::kTicket;
  }
  return verdict;
}

}  // namespace tocsin::alert
