#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "routing/matcher.h"

namespace tocsin::alert {

// Which posted alerts are one problem: those that match and have equal values of the labels.
struct CorrelationRule {
  std::string name;
  routing::Matchers matchers;      // empty: all alerts
  std::vector<std::string> equal;  // `service` means the service in the catalog
};

// What posted alerts mean to this house: the catalog's document of kind PostedAlerts, with its
// defaults (docs/problems.md). Immutable.
struct PostedPolicy {
  std::vector<routing::Matchers> pages;   // one that matches asks for a page
  std::vector<routing::Matchers> causes;  // one that matches is a cause that users do not feel
  std::string service_label = "service";
  std::string team_label = "team";
  std::vector<std::string> impact_annotations = {"impact", "users_lose"};
  std::vector<std::string> runbook_annotations = {"runbook_url", "runbook"};
  std::vector<CorrelationRule> correlate;  // the first that matches decides
  enum class Otherwise { kTicket, kDashboard };
  Otherwise otherwise = Otherwise::kTicket;
  catalog::PageGate unowned = catalog::PageGate::kObserve;
  std::vector<std::string> paging_receivers;

  bool asks_for_page(const routing::Labels& labels) const;
  bool is_cause(const routing::Labels& labels) const;
  static PostedPolicy defaults();
};

// The one document of the catalog, or the defaults where there is none. Two are a problem.
PostedPolicy read_posted_policy(const catalog::Catalog& catalog, codec::Problems& problems);

// Whom a posted alert concerns, as far as the catalog knows. Nullptr where it does not. Both live
// as long as the catalog.
struct Owner {
  const catalog::Service* service = nullptr;
  const catalog::Team* team = nullptr;
};
Owner owner_of(const routing::Labels& labels, const PostedPolicy& policy,
               const catalog::Catalog& catalog);

}  // namespace tocsin::alert
