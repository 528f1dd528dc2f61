#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oncall/schedule_book.h"
#include "store/database.h"

namespace tocsin::oncall {

// A schedule with all that belongs to it, as the tables have it.
struct KeptSchedule {
  Schedule schedule;
  std::string declared;       // spec_text() of its document
  Time checked;               // its history is written up to here
  std::optional<Time> ended;  // its document is gone
};

// All of them, or the one of this id; by id. Absences are those of its participants, calendars
// those that its layers name.
Result<std::vector<KeptSchedule>> read_schedules_kept(store::Session& sql,
                                                      std::string_view id = "");
Result<> write_schedule(store::Session& sql, const KeptSchedule& kept);  // new or changed
Result<> set_checked(store::Session& sql, const ScheduleId& schedule, Time checked);

Result<> insert_override(store::Session& sql, const ScheduleId& schedule, const Override& one);
Result<> set_override_end(store::Session& sql, std::string_view id, Time end);
Result<> delete_override(store::Session& sql, std::string_view id);

Result<> insert_plan(store::Session& sql, const ScheduleId& schedule, const FixedPlan& plan);
Result<> set_plan_end(store::Session& sql, std::string_view id, Time end);
Result<> delete_plan(store::Session& sql, std::string_view id);

Result<std::vector<Absence>> all_absences(store::Session& sql);  // by begin
Result<std::optional<Absence>> read_absence(store::Session& sql, std::string_view id);
Result<> insert_absence(store::Session& sql, const Absence& absence, bool is_imported);
Result<> delete_absence(store::Session& sql, std::string_view id);
Result<int64_t> delete_imported_absences(store::Session& sql, const catalog::PersonId& person);
Result<> put_day_calendar(store::Session& sql, const DayCalendar& calendar);

std::string_view name_of(SwapRequest::State state);  // open, taken, declined, withdrawn, expired
Result<> insert_swap(store::Session& sql, const SwapRequest& swap);
Result<> update_swap(store::Session& sql, const SwapRequest& swap);  // what an answer changes
Result<std::optional<SwapRequest>> read_swap(store::Session& sql, std::string_view id);
// The newest first.
Result<std::vector<SwapRequest>> swaps_of(store::Session& sql, const ScheduleId& schedule,
                                          int limit);

Result<std::vector<Served>> serving_now(store::Session& sql, const ScheduleId& schedule);
Result<std::vector<Served>> served_between(store::Session& sql, const ScheduleId& schedule,
                                           Time begin, Time end, int limit);
Result<> begin_served(store::Session& sql, const Served& served);
// Nothing is left of what had no length.
Result<> end_served(store::Session& sql, const Served& served, Time end);

// A fault that was told: by what it is known again.
struct ToldFault {
  std::string kind;
  std::string person;
  Time begin, end;
};
Result<std::vector<ToldFault>> told_faults(store::Session& sql, const ScheduleId& schedule);
Result<> replace_told_faults(store::Session& sql, const ScheduleId& schedule,
                             const std::vector<ToldFault>& faults);

// Overrides, plans, absences and swaps that ended, and notes handed off, before `until`.
Result<> forget_before(store::Session& sql, Time until);

struct IcalLink {
  std::string id;    // icl_...
  std::string kind;  // person, schedule, team
  std::string name;
  std::string made_by;
  Time created;
};
Result<> insert_ical_link(store::Session& sql, const IcalLink& link, std::string_view token_hash);
Result<std::vector<IcalLink>> all_ical_links(store::Session& sql);  // the oldest first
Result<std::optional<IcalLink>> find_ical_link(store::Session& sql, std::string_view token_hash);
Result<int64_t> delete_ical_link(store::Session& sql, std::string_view id);

}  // namespace tocsin::oncall
