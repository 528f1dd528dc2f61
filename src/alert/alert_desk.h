#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "alert/alert_store.h"
#include "alert/change_queue.h"

namespace tocsin::alert {

// Makes alerts from what the objectives say, one for each objective and class: a tier that fires
// opens it or joins it, and it is resolved when none of its tiers fires any more. Hearing the same
// thing twice changes nothing, so after a restart the objectives may say everything again.
//
// on_change() from any thread, never blocks on the database; use() from any thread; the rest from
// the owner. Destroy the engine first.
class AlertDesk final : public slo::TierListener {
 public:
  struct Parts {
    engine::Engine& engine;
    Log& log;
    Metrics& metrics;
    std::string external_url;  // where people reach this server; without a final slash
  };
  // Newer numbers of a firing alert are written at most this often; a tier more or less always is.
  static constexpr Duration kRefreshEvery = std::chrono::seconds(15);

  explicit AlertDesk(Parts parts);

  void listen(AlertListener& listener) { listener_ = &listener; }  // while wiring
  // What is declared now. An alert whose objective (or every tier of it) is gone is resolved. Call
  // it before room slo takes the new objectives.
  void use(std::shared_ptr<const catalog::Catalog> catalog,
           std::span<const slo::Objective> objectives);

  void on_change(const slo::TierChange& change) override { queue_.add(change); }

  // The thread that writes again what could not be written.
  void start() { queue_.start(); }
  void stop() { queue_.stop(); }
  void retry() { queue_.retry(); }  // by hand, where start() was not called
  size_t waiting() const { return queue_.waiting(); }

  // Which tiers fire according to the database: with it room slo goes on after a restart.
  static Result<std::vector<FiringTier>> restore(store::Session& sql) {
    return all_firing_tiers(sql);
  }

 private:
  struct World {
    std::shared_ptr<const catalog::Catalog> catalog;
    std::map<slo::ObjectiveName, slo::Objective> objectives;
  };

  std::shared_ptr<const World> world() const;
  Result<> write(engine::Tx& tx, std::span<const slo::TierChange> changes);
  Result<> write_one(engine::Tx& tx, const World& world, const slo::TierChange& change);
  Result<> fire(engine::Tx& tx, const Setting& setting, const slo::TierChange& change);
  Result<> open(engine::Tx& tx, const Setting& setting, AlertClass cls,
                const slo::TierChange& change);
  Result<> clear(engine::Tx& tx, const slo::TierChange& change, std::string_view why);
  Result<> end(engine::Tx& tx, Alert alert, AlertClass cls, const slo::TierChange& change,
               std::string_view why);
  Result<> sweep(engine::Tx& tx, const World& world);
  Result<> append(engine::Tx& tx, const Alert& alert, std::string kind, Time happened);

  Log& log_;
  const std::string external_url_;
  Counter& fired_metric_;
  Counter& resolved_metric_;
  AlertListener* listener_ = nullptr;
  mutable std::mutex mutex_;
  std::shared_ptr<const World> world_;
  ChangeQueue queue_;
};

}  // namespace tocsin::alert
