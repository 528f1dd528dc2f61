#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alert/posted_book.h"
#include "door/heartbeat.h"
#include "engine/engine.h"

namespace tocsin::door {

// The heartbeats: who has called in, who is overdue. All state is in table `heartbeat` and in the
// engine's timers; a heartbeat that is overdue is posted as an alert in the transaction of its
// timer, and resolved in that of its next ping. Thread-safe; what changes something waits for its
// commit, so never on the engine's thread.
//
// Errors: kNotFound, kAlreadyExists, kFailedPrecondition for what the catalog declares,
// kResourceExhausted.
class HeartbeatBook {
 public:
  static constexpr size_t kMostOfOpsgenie = 1000;

  // Before the engine is started: takes its timer, and gives what is waited for its patience again.
  static Result<std::unique_ptr<HeartbeatBook>> open(engine::Engine& engine,
                                                     alert::PostedBook& book);

  // What the catalog declares, from now on. New ones are waited for at once; those that are gone
  // end, and their alerts are resolved.
  Result<> use(std::vector<HeartbeatSpec> declared, const store::Actor& by);

  Result<Heartbeat> ping(const std::string& name, const store::Actor& by);

  // Opsgenie's: made by its API, waited for from their first ping on.
  Result<Heartbeat> add(HeartbeatSpec spec, bool is_enabled, const store::Actor& by);
  Result<Heartbeat> change(HeartbeatSpec spec, std::optional<bool> is_enabled,
                           const store::Actor& by);
  Result<Heartbeat> enable(const std::string& name, bool is_enabled, const store::Actor& by);
  Result<> remove(const std::string& name, const store::Actor& by);

 private:
  HeartbeatBook(engine::Engine& engine, alert::PostedBook& book) : engine_(engine), book_(book) {}

  Result<> give_patience(engine::Tx& tx);
  Result<> on_due(engine::Tx& tx, const std::string& name);
  Result<> declare(engine::Tx& tx, const HeartbeatSpec& spec, std::optional<Heartbeat> known,
                   const store::Actor& by);
  Result<> forget(engine::Tx& tx, const Heartbeat& heartbeat, const store::Actor& by);
  Result<> end_alert(engine::Tx& tx, Heartbeat& heartbeat, const store::Actor& by);
  // Writes the row, and the timer where it is waited for.
  Result<> keep(engine::Tx& tx, Heartbeat& heartbeat);
  Result<Heartbeat> set_enabled(engine::Tx& tx, Heartbeat heartbeat, bool is_enabled,
                                const store::Actor& by);

  engine::Engine& engine_;
  alert::PostedBook& book_;
};

}  // namespace tocsin::door
