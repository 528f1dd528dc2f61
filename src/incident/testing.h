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
    return world.in_tx(
        [&](engine::Tx& tx) { return incidents->acknowledge(tx, id, store::Actor{"user", who}); });
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
