#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "oncall/pager.h"

namespace tocsin::oncall {

// Since the process began.
struct CanaryRuns {
  uint64_t ok = 0, failed = 0;
};

// A page a minute to nobody: the canary has itself rung, by the pager, the outbox and the network
// as everybody else, and answers. As long as it does, pages go out, and an outside monitor (a
// dead-man switch such as healthchecks.io) is pinged each time; when it does not, the ping stays
// out and the outside monitor tells people by ways that do not lead through here.
//
// It is the pager's listener and hands on what is not its own. Its page goes to a webhook at our
// own server: with_canary() gives the pager a catalog in which somebody has that contact, and the
// server calls answered() when the page comes in.
//
// What it costs: one escalation that is removed again, one delivery in the outbox, nothing in the
// logbook.
class Canary final : public PagerListener {
 public:
  static constexpr const char* kIncident = kDrill;
  static constexpr const char* kTeam = "tocsin-canary";
  static constexpr const char* kPerson = "tocsin-canary";

  struct Parts {
    engine::Engine& engine;
    Pager& pager;
    Log& log;
    Metrics& metrics;
    std::string url;                // where its pages go: http://127.0.0.1:9110/hooks/canary/...
    std::function<bool()> is_well;  // what else must be well for a ping: the auditor found nothing
    std::function<void()> ping;     // tells the outside monitor; on the writer's thread, must not
                                    // wait
    Duration every = minutes(1);
  };
  // Registers its timer with the engine (before Engine::start), removes what an earlier process
  // left, and asks for the first page.
  explicit Canary(Parts parts);
  void listen(PagerListener& next) { next_ = &next; }

  // The same catalog, and the canary in it.
  std::shared_ptr<const catalog::Catalog> with_canary(const catalog::Catalog& catalog) const;

  // Its page has arrived: acknowledges it. kFailedPrecondition when none is out.
  Result<> answered(engine::Tx& tx);

  // What is wrong, in a sentence; nothing while it is answered, and before its first page is due.
  // Thread-safe.
  std::optional<std::string> trouble() const;
  CanaryRuns runs() const { return {ok_metric_.value(), failed_metric_.value()}; }  // thread-safe

  Result<> on_first_told(engine::Tx& tx, const std::string& incident_id, Time at) override;
  Result<> on_acknowledged(engine::Tx& tx, const std::string& incident_id, const store::Actor& by,
                           Time at) override;

 private:
  Result<> on_timer(engine::Tx& tx);
  void judge(bool is_answered, Time now);

  const Parts parts_;
  Counter& ok_metric_;
  Counter& failed_metric_;
  Gauge& up_metric_;
  Histogram& seconds_metric_;
  PagerListener* next_ = nullptr;

  mutable std::mutex mutex_;
  std::optional<Time> out_since_;  // of the page that is out and was not answered
  int missed_ = 0;                 // in a row
};

}  // namespace tocsin::oncall
