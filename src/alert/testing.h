#pragma once

#include <memory>
#include <string>
#include <vector>

#include "alert/alert.h"

// For tests only: a small catalog and the changes of its objectives.
namespace tocsin::alert::testing {

// Team `shop` (ada at once, grace after 5 min, alan after 10 min; three more rounds, 5 min apart)
// owns checkout (tier 1, customers) and stock (tier 3, internal); each of them has mail, ada has a
// webhook after it.
inline std::shared_ptr<catalog::Catalog> small_catalog() {
  using std::chrono::minutes;
  auto c = std::make_shared<catalog::Catalog>();
  for (const std::string name : {"ada", "grace", "alan"}) {
    catalog::Person person{.id = catalog::PersonId(name), .name = name};
    person.contacts.push_back(
        {.kind = catalog::Contact::Kind::kMail, .name = "mail", .address = name + "@shop.test"});
    c->people[person.id] = person;
  }
  c->people[catalog::PersonId("ada")].contacts.push_back({.kind = catalog::Contact::Kind::kWebhook,
                                                          .name = "webhook",
                                                          .address = "https://hooks.shop.test/ada",
                                                          .secret = Secret("ada-key")});
  catalog::Team team{.id = catalog::TeamId("shop"), .name = "Shop"};
  team.escalation = {{catalog::PersonId("ada"), minutes(0)},
                     {catalog::PersonId("grace"), minutes(5)},
                     {catalog::PersonId("alan"), minutes(10)}};
  c->teams[team.id] = team;
  catalog::Service checkout;
  checkout.id = catalog::ServiceId("checkout");
  checkout.name = "Checkout";
  checkout.team = team.id;
  checkout.tier = 1;
  checkout.runbook = "https://runbooks.shop.test/checkout";
  checkout.dashboards = {{"Traffic", "https://dashboards.shop.test/checkout"}};
  checkout.is_customer_facing = true;
  c->services[checkout.id] = checkout;
  catalog::Service stock;
  stock.id = catalog::ServiceId("stock");
  stock.name = "Stock";
  stock.team = team.id;
  stock.tier = 3;
  c->services[stock.id] = stock;
  return c;
}

inline slo::Objective objective(const std::string& name, const std::string& service,
                                const std::string& users_lose = "") {
  slo::Objective o;
  o.name = slo::ObjectiveName(name);
  o.display_name = name;
  o.service = catalog::ServiceId(service);
  o.users_lose = users_lose;
  const auto tier = [](std::string tier_name, slo::Severity severity) {
    slo::Tier t;
    t.name = std::move(tier_name);
    t.severity = severity;
    return t;
  };
  o.tiers = {tier("fast", slo::Severity::kPage), tier("page-1h", slo::Severity::kPage),
             tier("page-6h", slo::Severity::kPage), tier("ticket-3d", slo::Severity::kTicket)};
  return o;
}

inline std::vector<slo::Objective> small_objectives() {
  return {objective("checkout-availability", "checkout", "Customers cannot pay"),
          objective("checkout-latency", "checkout", "Paying is slow"),
          objective("stock-availability", "stock")};
}

inline slo::TierChange change(const std::string& objective_name, const std::string& tier,
                              slo::TierState state, Time at) {
  slo::TierChange c;
  c.objective = slo::ObjectiveName(objective_name);
  c.tier = tier;
  const bool is_ticket = tier.starts_with("ticket") || tier == "no-data";
  c.severity = is_ticket ? slo::Severity::kTicket : slo::Severity::kPage;
  c.state = state;
  c.at = at;
  c.evidence.bad_short = 38;
  c.evidence.total_short = 100;
  c.evidence.burn_short = 380;
  c.evidence.burn_long = 31;
  c.evidence.threshold = 14.4;
  c.evidence.budget_left = 0.96;
  c.evidence.failed_since_start = 1204;
  c.evidence.total_since_start = 3170;
  c.evidence.impact_started = at - std::chrono::seconds(90);
  return c;
}
inline slo::TierChange fires(const std::string& objective_name, const std::string& tier, Time at) {
  return change(objective_name, tier, slo::TierState::kFiring, at);
}
inline slo::TierChange clears(const std::string& objective_name, const std::string& tier, Time at) {
  return change(objective_name, tier, slo::TierState::kClear, at);
}

}  // namespace tocsin::alert::testing
