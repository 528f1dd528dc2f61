#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "alert/alert_desk.h"
#include "incident/incident_desk.h"
#include "incident/incident_store.h"
#include "oncall/testing.h"

// For tests only: the whole way from a tier that fires to a page and a recovery, in virtual time.
namespace tocsin::incident::testing {

inline std::string service_name(int i) { return "s" + std::to_string(i); }

// The catalog with so many services more, each of the team shop with an objective of its name.
inline std::shared_ptr<const catalog::Catalog> with_services(const catalog::Catalog& before,
                                                             int count) {
  auto catalog = std::make_shared<catalog::Catalog>(before);
  for (int i = 0; i < count; ++i) {
    catalog::Service service;
    service.id = catalog::ServiceId(service_name(i));
    service.team = catalog::TeamId("shop");
    service.tier = 3;
    catalog->services[service.id] = service;
  }
  return catalog;
}

class House {
 public:
  explicit House(engine::testing::TestEngine::Options options = {}) : world(options) { open(); }

  void crash() {
    incidents.reset();
    alerts.reset();
    world.crash();
    open();
  }
  void say(const slo::TierChange& change) {
    alerts->on_change(change);
    world.engine.settle();
  }
  void fires(const std::string& tier, const std::string& objective = "checkout-availability") {
    say(alert::testing::fires(objective, tier, world.engine.now()));
  }
  void clears(const std::string& tier, const std::string& objective = "checkout-availability") {
    say(alert::testing::clears(objective, tier, world.engine.now()));
  }
  Result<> move(const std::string& id, State to, const std::string& note = "") {
    return world.in_tx([&](engine::Tx& tx) { return incidents->move(tx, id, to, note, ada()); });
  }
  Result<> acknowledge(const std::string& id, const std::string& who = "ada") {
    return world.in_tx([&](engine::Tx& tx) {
      return incidents->acknowledge(tx, id, oncall::answers_as(store::Actor{"user", who}, who));
    });
  }
  // That many services fail at once, and ada has them all: what is not the first of its service
  // comes in one message.
  void storm(int services) {
    const auto catalog = with_services(*world.catalog, services);
    std::vector<slo::Objective> all_objectives;
    for (int i = 0; i < services; ++i) {
      all_objectives.push_back(alert::testing::objective(service_name(i), service_name(i)));
    }
    world.use(catalog);
    incidents->use(catalog);
    alerts->use(catalog, all_objectives);
    for (int i = 0; i < services; ++i) fires("fast", service_name(i));
    advance(seconds(2));
  }
  static store::Actor ada() { return {"user", "ada"}; }

  std::vector<Incident> all() {
    auto found = list_incidents(world.engine.reader(), Which::kAll, 100);
    if (!found) throw std::runtime_error(found.error().message);
    return *found;
  }
  Incident newest() {
    const auto incidents_now = all();
    if (incidents_now.empty()) throw std::runtime_error("there is no incident");
    return incidents_now.front();
  }
  void advance(Duration by) { world.engine.advance(by); }
  Time now() { return world.engine.now(); }

  oncall::testing::World world;
  std::unique_ptr<IncidentDesk> incidents;
  std::unique_ptr<alert::AlertDesk> alerts;
  std::vector<slo::Objective> objectives = alert::testing::small_objectives();

 private:
  void open() {
    auto& e = world.engine;
    incidents = std::make_unique<IncidentDesk>(IncidentDesk::Parts{
        e.engine(), *world.pager, e.log(), e.metrics(), "https://tocsin.shop.test", {}});
    incidents->use(world.catalog);
    alerts = std::make_unique<alert::AlertDesk>(
        alert::AlertDesk::Parts{e.engine(), e.log(), e.metrics(), "https://tocsin.shop.test"});
    alerts->listen(*incidents);
    alerts->use(world.catalog, objectives);
    e.settle();
  }
};

}  // namespace tocsin::incident::testing
