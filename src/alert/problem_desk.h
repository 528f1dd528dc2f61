#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "alert/alert_store.h"
#include "alert/correlation.h"
#include "alert/page_gate.h"
#include "alert/posted_book.h"
#include "alert/problem_store.h"

namespace tocsin::alert {

// Makes alerts of posted alerts, one for each problem (docs/problems.md): joins them, has the page
// gate judge them, puts causes beside the objective that burns.
//
// It is level-triggered: what is to be done follows from what fires now and from the rows, never
// from a message that could be missed. So after a restart, a reload or a refusing database it looks
// at everything again and nothing is lost or done twice. All changes are in transactions of the
// engine.
//
// It stands between AlertDesk and the room below: it hears of objectives' alerts first and hands
// them on. With start() it has a thread of its own; a test calls step(). Stop it before the engine;
// destroy it before the book.
class ProblemDesk final : public PostedListener, public AlertListener {
 public:
  struct Parts {
    engine::Engine& engine;
    PostedBook& alerts;
    // Silenced, inhibited or snoozed at this time: such an alert opens and joins nothing.
    // Asked outside of transactions.
    std::function<bool(const routing::PostedAlert&, Time)> is_suppressed;
    const Clock& clock;
    Log& log;
    Metrics& metrics;
    std::string external_url;  // without a final slash
  };
  // How often what is suppressed is looked at again, and what could not be written tried again.
  static constexpr Duration kLookAgain = std::chrono::seconds(1);
  static constexpr int kMostEvidence = 200;  // beside one alert

  explicit ProblemDesk(Parts parts);
  ~ProblemDesk() override;

  void listen(AlertListener& listener) { listener_ = &listener; }  // while wiring
  // Before start() and at each reload.
  void use(std::shared_ptr<const catalog::Catalog> catalog, PostedPolicy policy);
  Result<> load(store::Session& sql);  // after the book's

  void on_posted(std::span<const routing::PostedAlertRef> changed) override;
  Result<> on_fired(engine::Tx& tx, Alert& alert) override;
  Result<> on_changed(engine::Tx& tx, const Alert& alert) override;
  Result<> on_resolved(engine::Tx& tx, const Alert& alert) override;

  // A person says that this posted alert is another problem: kNotFound when it is no live source of
  // the alert, kFailedPrecondition when the alert is made of nothing else.
  Result<> split(engine::Tx& tx, const std::string& alert, uint64_t fingerprint,
                 const store::Actor& by);

  // Whose a posted alert is, for people: what the catalog does not know as it is labelled.
  struct Known {
    std::string service, team;
  };
  Known whose(const routing::Labels& labels) const;
  // For the dispatcher: whether an enforced gate keeps this alert from a receiver that wakes
  // somebody. Any thread, at every flush.
  bool holds_back(const routing::PostedAlert& alert, const std::string& receiver) const;

  void start();
  void stop();
  // Does what is to be done now; false when something has to be tried again.
  bool step();

 private:
  // Everything that a judgement needs besides the alert. Immutable.
  struct World {
    std::shared_ptr<const catalog::Catalog> catalog;
    PostedPolicy policy;
    Dependents dependents;
  };
  // What one command sees and changes.
  struct Round {
    engine::Tx& tx;
    const World& world;
    const std::set<uint64_t>& suppressed;
    std::vector<OpenProblem> open;
    std::set<std::string> changed;  // alerts whose text is not that of their sources any more
  };
  // One posted alert that is looked at.
  struct Case {
    uint64_t fingerprint;
    const routing::PostedAlert& alert;
    Owner owner;
    std::vector<AlertSource> live;
    bool is_cause = false;
  };

  std::shared_ptr<const World> world() const;
  void wake_all();
  // An alert of this service has fired or resolved, and `left` were its sources.
  void wake_about(const catalog::ServiceId& service, std::span<const AlertSource> left = {});
  void note_outcome(const Result<>& step, size_t alerts);
  std::vector<uint64_t> take_work();
  std::set<uint64_t> suppressed_of(std::span<const uint64_t> work) const;
  Result<> look_at_all(engine::Tx& tx, std::span<const uint64_t> work,
                       const std::set<uint64_t>& suppressed);
  Result<> look_at(Round& round, uint64_t fingerprint);
  void remember(engine::Tx& tx, uint64_t fingerprint, bool is_live, bool is_suppressed);
  Result<> leave(Round& round, uint64_t fingerprint, const std::vector<AlertSource>& live);
  Result<> leave_one(Round& round, const AlertSource& source, std::string_view how,
                     std::string_view why_over);
  Result<> add_evidence(Round& round, Case& it);
  // Whether it waits because it is suppressed.
  Result<bool> add_source(Round& round, Case& it);
  Result<> note_verdict(Round& round, const Case& it, const GateVerdict& verdict);
  Result<> join(Round& round, const Case& it, const Belonging& place, SourceRole role);
  Result<> open(Round& round, const Case& it, const Belonging& place, bool is_page);
  Result<> describe(engine::Tx& tx, const std::string& id);
  static Result<> append(engine::Tx& tx, const Alert& alert, std::string kind,
                         codec::JsonObject data, const store::Actor& by);

  const Parts parts_;
  AlertListener* listener_ = nullptr;
  Counter& fired_metric_;
  Counter& resolved_metric_;
  Counter& held_back_metric_;

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::shared_ptr<const World> world_;
  std::shared_ptr<const std::vector<OpenProblem>> open_;  // as it was last seen
  std::set<uint64_t> dirty_;                              // to be looked at
  std::set<catalog::ServiceId> dirty_services_;           // and what their alerts may be due to
  std::set<uint64_t> live_;                               // at an alert
  std::set<uint64_t> suppressed_;                         // would join or open one but for that
  bool is_all_dirty_ = true;
  int failures_ = 0;  // in a row; of the one who steps
  std::atomic<bool> is_stopping_ = false;
  std::jthread thread_;
};

}  // namespace tocsin::alert
