#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alert/posted_policy.h"
#include "routing/posted_alert.h"

namespace tocsin::alert {

// Whether a posted alert that asks for a page is fit to wake somebody (docs/problems.md, The page
// gate). Pure.

enum class GateReason { kNoOwner, kNobodyToReach, kNoImpact, kNoRunbook, kCauseWithoutSymptom };
std::string_view name_of(GateReason reason);  // no-owner, nobody-to-reach, ...
// "It does not say what users lose; add the annotation 'impact'."
std::string sentence_of(GateReason reason, const PostedPolicy& policy);

enum class Decision { kPage, kTicket, kDashboard };
std::string_view name_of(Decision decision);
std::string_view name_of(catalog::PageGate mode);  // observe, enforce

struct GateVerdict {
  Decision decision = Decision::kPage;
  catalog::PageGate mode = catalog::PageGate::kObserve;
  std::vector<GateReason> reasons;  // what it fails, in the order above
  bool operator==(const GateVerdict&) const = default;
};

// What users lose, and the runbook; empty where nothing says so.
std::string impact_of(const routing::PostedAlert& alert, const PostedPolicy& policy);
std::string runbook_of(const routing::PostedAlert& alert, const PostedPolicy& policy,
                       const Owner& owner);

// `has_symptom`: an alert of its service, or of one that depends on it, pages for a symptom.
// Whatever the mode, there must be somebody: with nobody to reach it becomes at most a ticket, and
// what nobody owns is only shown.
GateVerdict judge(const routing::PostedAlert& alert, const PostedPolicy& policy, const Owner& owner,
                  bool has_symptom);

}  // namespace tocsin::alert
