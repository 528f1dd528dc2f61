#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "oncall/schedule_store.h"

namespace tocsin::oncall {

inline constexpr const char* kHandOffTimer = "schedule.hand_off";  // subject: the schedule
inline constexpr const char* kLookTimer = "schedule.look";         // the same
inline constexpr const char* kSwapTimer = "schedule.swap";         // subject: the swap

inline constexpr size_t kMostOverrides = 1000;  // of one schedule; plans and open swaps, too
inline constexpr size_t kMostAbsences = 10'000;
inline constexpr size_t kMostDays = 5000;  // of one calendar
inline constexpr size_t kLongestNote = 1000;
inline constexpr Duration kLongestPlan = days(400);

// The book over its tables. A change reads the schedule from the rows (so it sees what the commit
// before it in the same batch did), writes, and publishes what it read again afterwards.
//
//   schedule_book.cc    what is declared; the snapshot
//   schedule_edits.cc   overrides, plans, absences, calendars
//   schedule_swaps.cc   swaps
//   schedule_watch.cc   hand-offs, history, faults
class RowScheduleBook final : public ScheduleBook {
 public:
  RowScheduleBook(engine::Engine& engine, Log& log, Metrics& metrics);

  void listen(Listener& listener) override { listeners_.push_back(&listener); }
  void ask_reach(IsReached is_reached) override { is_reached_ = std::move(is_reached); }
  Result<> use(std::vector<ScheduleSpec> declared,
               std::shared_ptr<const catalog::Catalog> catalog) override;
  Result<Override> add_override(engine::Tx& tx, const ScheduleId& schedule, Override wanted,
                                const store::Actor& by) override;
  Result<> remove_override(engine::Tx& tx, const ScheduleId& schedule, const std::string& id,
                           const store::Actor& by) override;
  Result<Override> take(engine::Tx& tx, const ScheduleId& schedule, const catalog::PersonId& person,
                        std::optional<Time> until, const store::Actor& by) override;
  Result<FixedPlan> add_plan(engine::Tx& tx, const ScheduleId& schedule, FixedPlan wanted,
                             const store::Actor& by) override;
  Result<> remove_plan(engine::Tx& tx, const ScheduleId& schedule, const std::string& id,
                       const store::Actor& by) override;
  Result<SwapRequest> ask_swap(engine::Tx& tx, SwapRequest wanted, const store::Actor& by) override;
  Result<SwapRequest> answer_swap(engine::Tx& tx, const std::string& id, SwapRequest::State answer,
                                  const catalog::PersonId& person, const store::Actor& by) override;
  Result<Absence> add_absence(engine::Tx& tx, Absence wanted, const store::Actor& by) override;
  Result<> remove_absence(engine::Tx& tx, const std::string& id, const store::Actor& by) override;
  Result<> put_calendar(engine::Tx& tx, DayCalendar calendar, const store::Actor& by) override;
  Result<> put_vacations(engine::Tx& tx, const catalog::PersonId& person,
                         const std::vector<Interval>& away, const store::Actor& by) override;

  std::shared_ptr<const Schedules> schedules() const override;
  Result<std::vector<SwapRequest>> swaps(store::Session& sql, const ScheduleId& schedule) override;
  Result<std::vector<Served>> history(store::Session& sql, const ScheduleId& schedule, Time begin,
                                      Time end) override;
  std::optional<Turn> on_call(const ScheduleId& schedule, Time at) const override;

  // Before the engine starts.
  Result<> load();

 private:
  // schedule_book.cc
  Result<> declare(engine::Tx& tx, const ScheduleSpec& spec, const KeptSchedule* known);
  Result<> end(engine::Tx& tx, KeptSchedule kept);
  Result<KeptSchedule> find(engine::Tx& tx, const ScheduleId& id) const;
  std::shared_ptr<const catalog::Catalog> catalog() const;
  Result<> check_person(const catalog::PersonId& person) const;
  void publish(Schedule schedule);
  void publish_all(Schedules schedules);

  // schedule_edits.cc
  Result<> insert_checked(engine::Tx& tx, const KeptSchedule& kept, Override& wanted,
                          const store::Actor& by, std::string_view entry);
  Result<> check_plan(const FixedPlan& plan, Time now) const;
  // Around a change of rows that may concern any schedule.
  Result<> change_all(engine::Tx& tx, const std::function<Result<>()>& change);

  // schedule_swaps.cc
  Result<> on_swap_timer(engine::Tx& tx, const std::string& id);
  Result<> settle_swap(engine::Tx& tx, const Schedule& schedule, const SwapRequest& swap,
                       const store::Actor& by, codec::JsonObject data);

  // schedule_watch.cc
  Result<> on_hand_off_timer(engine::Tx& tx, const std::string& id);
  Result<> on_look_timer(engine::Tx& tx, const std::string& id);
  // Writes who was on call up to now, and tells of the last change.
  Result<> write_history(engine::Tx& tx, KeptSchedule& kept);
  // After a change: history, timers, faults and the snapshot, from what the rows say now.
  Result<> settle(engine::Tx& tx, const ScheduleId& id);
  Result<> settle_kept(engine::Tx& tx, KeptSchedule& kept);
  Result<> settle_all(engine::Tx& tx);
  Result<> set_hand_off_timer(engine::Tx& tx, const Schedule& schedule);
  Result<> look(engine::Tx& tx, const Schedule& schedule);

  engine::Engine& engine_;
  Log& log_;
  Counter& hand_offs_metric_;
  Counter& faults_metric_;
  std::vector<Listener*> listeners_;
  IsReached is_reached_;

  mutable std::mutex mutex_;  // guards the two below
  std::shared_ptr<const catalog::Catalog> catalog_;
  std::shared_ptr<const Schedules> schedules_ = std::make_shared<const Schedules>();
};

// What schedules do by themselves.
inline const store::Actor kItself = store::system_actor("schedules");
// An entry of the logbook about a schedule, or what hangs on schedules.
Result<> append_about(engine::Tx& tx, std::string_view subject_kind, std::string_view subject_id,
                      std::string_view kind, const store::Actor& by, codec::JsonObject data);
Result<> append_entry(engine::Tx& tx, const ScheduleId& schedule, std::string_view kind,
                      const store::Actor& by, codec::JsonObject data);
Result<> append_person_entry(engine::Tx& tx, const catalog::PersonId& person, std::string_view kind,
                             const store::Actor& by, codec::JsonObject data);
Result<> check_note(const std::string& note);
// kInvalidArgument when there is nothing between them, or it is over.
Result<> check_times(Time begin, Time end, Time now);
codec::JsonObject to_data(const Override& one);

}  // namespace tocsin::oncall
