#pragma once

#include <memory>

#include "engine/engine.h"
#include "oncall/on_call.h"
#include "oncall/schedule_check.h"
#include "oncall/schedule_spec.h"

namespace tocsin::oncall {

// "Please take my turn": open until somebody takes it, it is withdrawn, or it begins.
struct SwapRequest {
  enum class State { kOpen, kTaken, kDeclined, kWithdrawn, kExpired };
  std::string id;  // swp_...
  ScheduleId schedule;
  catalog::PersonId from;
  catalog::PersonId to;  // empty: whoever wants to
  Time begin, end;
  State state = State::kOpen;
  std::string note;
  std::string override_id;  // the override that taking it made
  Time created;
};

// Who really was on call.
struct Served {
  ScheduleId schedule;
  catalog::PersonId person;
  Time begin;
  std::optional<Time> end;  // not there: still is
  std::string why;          // explain() at its begin
};

// The schedules in use: what the catalog declares, and what people changed. All changes are rows,
// logbook entries (`schedule.*`) and a new snapshot after the commit.
//
// use() keeps who is on call: where a layer of a document changed and the document does not say who
// begins (`first`), the new version begins now, anchored so that the people who are on call keep
// their turn until its planned end and the order goes on behind them. A document that is gone ends
// its schedule now. The first version of a new one begins at the earliest `hand_off` of its layers,
// also when that is past, so that its calendar is right from there on.
//
// A timer for each schedule (`schedule.hand_off`) stands at the next change of people; there the
// history is written and listeners are told. Gaps, unreachable people and long shifts ahead
// (kNoticeAhead) are looked for daily and at each change; a new one is told once.
//
// Threading: changes in transactions of the engine; reads from any thread, from the snapshot.
class ScheduleBook : public OnCall {
 public:
  static constexpr Duration kNoticeAhead = days(14);

  // Told inside transactions.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual Result<> on_hand_off(engine::Tx& tx, const Schedule& schedule, const Turn& before,
                                 const Turn& after) = 0;
    // A fault that nobody has heard of yet, in words, for the schedule's team.
    virtual Result<> on_fault(engine::Tx& tx, const Schedule& schedule,
                              const std::string& fault) = 0;
    // A swap that somebody is asked for, that was taken, declined ...
    virtual Result<> on_swap(engine::Tx& tx, const Schedule& schedule, const SwapRequest& swap) = 0;
  };

  static std::unique_ptr<ScheduleBook> make(engine::Engine& engine, Log& log, Metrics& metrics);
  virtual void listen(Listener& listener) = 0;  // several may; while wiring
  // Set while wiring: people whom nothing verified reaches are faults, too.
  virtual void ask_reach(IsReached is_reached) = 0;

  // In one transaction of the engine; from any thread but the writer's.
  virtual Result<> use(std::vector<ScheduleSpec> declared,
                       std::shared_ptr<const catalog::Catalog> catalog) = 0;

  // kNotFound: no such schedule, override...; kInvalidArgument names the field; an override may
  // begin in the past but not end there.
  virtual Result<Override> add_override(engine::Tx& tx, const ScheduleId& schedule, Override wanted,
                                        const store::Actor& by) = 0;
  // What has begun is ended now, what has not is taken away.
  virtual Result<> remove_override(engine::Tx& tx, const ScheduleId& schedule,
                                   const std::string& id, const store::Actor& by) = 0;
  // "I take the pager now": replaces whoever is on call until `until`, or the end of this turn.
  virtual Result<Override> take(engine::Tx& tx, const ScheduleId& schedule,
                                const catalog::PersonId& person, std::optional<Time> until,
                                const store::Actor& by) = 0;
  virtual Result<FixedPlan> add_plan(engine::Tx& tx, const ScheduleId& schedule, FixedPlan wanted,
                                     const store::Actor& by) = 0;
  virtual Result<> remove_plan(engine::Tx& tx, const ScheduleId& schedule, const std::string& id,
                               const store::Actor& by) = 0;
  virtual Result<SwapRequest> ask_swap(engine::Tx& tx, SwapRequest wanted,
                                       const store::Actor& by) = 0;
  // Only whom it was put to (or, put to all, any participant of the schedule) may take or decline,
  // only who asked may withdraw: kPermissionDenied.
  virtual Result<SwapRequest> answer_swap(engine::Tx& tx, const std::string& id,
                                          SwapRequest::State answer,
                                          const catalog::PersonId& person,
                                          const store::Actor& by) = 0;
  virtual Result<Absence> add_absence(engine::Tx& tx, Absence wanted, const store::Actor& by) = 0;
  virtual Result<> remove_absence(engine::Tx& tx, const std::string& id,
                                  const store::Actor& by) = 0;
  // Replaces the calendar of this name (public holidays), or a person's imported absences.
  virtual Result<> put_calendar(engine::Tx& tx, DayCalendar calendar, const store::Actor& by) = 0;
  virtual Result<> put_vacations(engine::Tx& tx, const catalog::PersonId& person,
                                 const std::vector<Interval>& away, const store::Actor& by) = 0;

  // An immutable snapshot; thread-safe.
  using Schedules = std::map<ScheduleId, Schedule>;
  virtual std::shared_ptr<const Schedules> schedules() const = 0;
  virtual Result<std::vector<SwapRequest>> swaps(store::Session& sql,
                                                 const ScheduleId& schedule) = 0;
  virtual Result<std::vector<Served>> history(store::Session& sql, const ScheduleId& schedule,
                                              Time begin, Time end) = 0;
};

}  // namespace tocsin::oncall
