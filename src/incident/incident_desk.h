#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "alert/alert.h"
#include "incident/incident.h"
#include "incident/incident_watcher.h"
#include "incident/lifecycle.h"
#include "oncall/pager.h"

namespace tocsin::incident {

// Opens incidents for page alerts, one open incident a service; sees that somebody is rung;
// verifies the recovery; takes what people decide. Alerts of severity ticket join an open incident
// of their service and never hold up its recovery; without one they stand alone.
//
// use() from any thread; everything else inside transactions of the engine.
class IncidentDesk final : public alert::AlertListener, public oncall::PagerListener {
 public:
  struct Parts {
    engine::Engine& engine;
    oncall::Pager& pager;
    Log& log;
    Metrics& metrics;
    std::string external_url;  // without a final slash
    RecoveryPolicy policy;
  };
  explicit IncidentDesk(Parts parts);

  void use(std::shared_ptr<const catalog::Catalog> catalog);
  void watch(IncidentWatcher& watcher) { watcher_ = &watcher; }  // while wiring

  Result<> on_fired(engine::Tx& tx, alert::Alert& alert) override;
  Result<> on_changed(engine::Tx& tx, const alert::Alert& alert) override;
  Result<> on_resolved(engine::Tx& tx, const alert::Alert& alert) override;
  Result<> on_first_told(engine::Tx& tx, const std::string& incident_id, Time at) override;
  Result<> on_acknowledged(engine::Tx& tx, const std::string& incident_id, const store::Actor& by,
                           Time at) override;

  // What people do. kNotFound for an unknown incident; kFailedPrecondition when its state must
  // change first; kInvalidArgument for a severity outside 1 to 5 or an empty note.
  Result<> acknowledge(engine::Tx& tx, const std::string& id, const oncall::Answerer& by);
  // The next people at once, also when somebody has it.
  Result<> escalate(engine::Tx& tx, const std::string& id, const store::Actor& by);
  // Taken, and rung again after this time unless it is over.
  Result<> snooze(engine::Tx& tx, const std::string& id, Duration how_long,
                  const oncall::Answerer& by);
  Result<> move(engine::Tx& tx, const std::string& id, State to, const std::string& note,
                const store::Actor& by);
  Result<> set_severity(engine::Tx& tx, const std::string& id, int severity,
                        const store::Actor& by);
  Result<> add_note(engine::Tx& tx, const std::string& id, const std::string& text,
                    const store::Actor& by);

 private:
  std::shared_ptr<const catalog::Catalog> catalog() const;

  Result<> open(engine::Tx& tx, alert::Alert& alert);
  Result<> join(engine::Tx& tx, Incident incident, alert::Alert& alert);
  Result<> ring(engine::Tx& tx, const Incident& incident, const alert::Alert& alert,
                bool had_recovered);
  // What the alert says is what the incident says: impact, its start, and a severity that only
  // rises.
  Result<> take_over(engine::Tx& tx, Incident& incident, const alert::Alert& alert);
  Result<> on_recovery_timer(engine::Tx& tx, const std::string& id);
  Result<> change_state(engine::Tx& tx, Incident& incident, State to, const store::Actor& by,
                        const std::string& note);
  Result<> end(engine::Tx& tx, const Incident& incident, const store::Actor& by);
  Result<Incident> need(engine::Tx& tx, const std::string& id);
  Result<> append(engine::Tx& tx, const Incident& incident, std::string kind,
                  const store::Actor& actor, codec::JsonObject data);
  Result<> tell_watcher(engine::Tx& tx, const Incident& incident, IncidentNews news,
                        const store::Actor& by);

  engine::Engine& engine_;
  oncall::Pager& pager_;
  IncidentWatcher* watcher_ = nullptr;
  Log& log_;
  const std::string external_url_;
  const RecoveryPolicy policy_;
  Counter& opened_metric_;
  Counter& resolved_metric_;
  Histogram& acknowledged_metric_;
  mutable std::mutex mutex_;
  std::shared_ptr<const catalog::Catalog> catalog_;
};

}  // namespace tocsin::incident
