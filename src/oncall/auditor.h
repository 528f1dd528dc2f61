#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "oncall/pager_audit.h"

namespace tocsin::oncall {

// How far a look of the auditor has come: first the timers that were put off, then the pages.
struct AuditProgress {
  std::optional<TimerName> timers = TimerName();
  std::optional<PagePlace> pages;
  bool is_end() const { return !timers && !pages; }
};

// A look of the auditor that is under way.
struct AuditLook {
  AuditProgress at;
  PutOffTimers put_off;
  std::vector<std::string> found;
  size_t left_out = 0;  // sentences
};

// Looks every minute whether everything that rings has a next action: a page alert that has fired
// for longer than `kGrace` is somebody's escalation, which is not silent while nobody has it; an
// escalation that rings or is snoozed has its timer, and so have calls, bundles and deliveries that
// are not over; and no timer of the pager fails at every try from one look to the next. That timers
// fire in time is not seen from inside: the canary and the outside monitor are for that. The house
// is built so that it finds nothing. What it finds is a defect of ours or a damaged database: a
// missing timer is set at once, the operators are told (log, status, metric), and the outside
// monitor hears nothing any more (canary.h).
//
// A look is one transaction and then, as long as there are more timers that were put off or more
// pages, one for each kTimersAtOnce or kPagesAtOnce of them, with the work of others in between. It
// is over when all have been looked at.
//
// Its looks are transactions of the engine; what it found is read from any thread.
class Auditor {
 public:
  static constexpr Duration kEvery = minutes(1);
  static constexpr Duration kGrace = minutes(2);

  // Registers its timer with the engine (before Engine::start) and asks for the first look.
  Auditor(engine::Engine& engine, Log& log, Metrics& metrics);

  // Of the last look, a sentence each; empty: all is well.
  std::vector<std::string> findings() const;
  // When the last look was over, by the engine's time; nothing before the first.
  std::optional<Time> looked_at() const;

 private:
  Result<> go_on(engine::Tx& tx);
  Result<PutOffTimers> look_at_timers(engine::Tx& tx, AuditProgress& at,
                                      std::vector<std::string>& found);
  static Result<> look_at_rest(engine::Tx& tx, std::vector<std::string>& found);
  void note(std::vector<std::string> found);
  void finish(Time now);

  // On the writer's thread; what a transaction changes in them it changes when it is durable.
  PutOffTimers put_off_;  // of the last look
  std::optional<AuditLook> look_;
  Log& log_;
  Counter& found_metric_;
  mutable std::mutex mutex_;
  std::vector<std::string> findings_;
  std::optional<Time> looked_at_;
};

}  // namespace tocsin::oncall
