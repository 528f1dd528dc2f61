#include <fmt/format.h>

#include <algorithm>

#include "oncall/schedule_book_parts.h"
#include "oncall/schedule_json.h"

namespace tocsin::oncall {
namespace {

std::unexpected<Error> full(std::string_view what, size_t most) {
  return fail(Code::kResourceExhausted,
              fmt::format("there are {} {} already; remove some that are not needed", most, what));
}

std::unexpected<Error> is_over(std::string_view what, std::string_view id) {
  return fail(Code::kFailedPrecondition,
              fmt::format("{} {} is over; what was is not changed", what, id));
}

size_t count_current(const auto& all, Time now) {
  return static_cast<size_t>(
      std::ranges::count_if(all, [&](const auto& one) { return one.end > now; }));
}

Result<> check_kind(const Override& wanted) {
  if (wanted.person.empty()) return invalid("person is missing; say whom");
  if (wanted.kind != Override::Kind::kReplace && !wanted.replaces.empty()) {
    return invalid("replaces belongs to kind replace; leave it empty");
  }
  if (wanted.person == wanted.replaces) {
    return invalid(
        fmt::format("replaces: {} cannot replace themselves", codec::shown(wanted.person.value())));
  }
  return {};
}

codec::JsonObject to_data(const FixedPlan& plan) {
  return {{"id", plan.id},
          {"begin", to_rfc3339(plan.begin)},
          {"end", to_rfc3339(plan.end)},
          {"shifts", plan.shifts.size()},
          {"note", plan.note}};
}

codec::JsonObject to_data(const Absence& absence) {
  return {{"id", absence.id},
          {"begin", to_rfc3339(absence.begin)},
          {"end", to_rfc3339(absence.end)},
          {"note", absence.note}};
}

// Sorted, without overlap.
std::vector<Interval> joined(std::vector<Interval> all) {
  std::ranges::sort(all, {}, &Interval::begin);
  std::vector<Interval> out;
  for (const Interval& one : all) {
    if (one.begin >= one.end) continue;
    if (!out.empty() && one.begin <= out.back().end) {
      out.back().end = std::max(out.back().end, one.end);
    } else {
      out.push_back(one);
    }
  }
  return out;
}

}  // namespace

codec::JsonObject to_data(const Override& one) {
  return {{"id", one.id},
          {"kind", name_of(one.kind)},
          {"person", one.person.value()},
          {"replaces", one.replaces.value()},
          {"begin", to_rfc3339(one.begin)},
          {"end", to_rfc3339(one.end)},
          {"note", one.note}};
}

Result<> check_note(const std::string& note) {
  if (note.size() <= kLongestNote) return {};
  return invalid(fmt::format("note is longer than {} bytes; shorten it", kLongestNote));
}

Result<> check_times(Time begin, Time end, Time now) {
  if (begin >= end) return invalid("end must be after begin");
  if (end <= now) return invalid("end is in the past; nothing would change");
  return {};
}

Result<> RowScheduleBook::insert_checked(engine::Tx& tx, const KeptSchedule& kept, Override& wanted,
                                         const store::Actor& by, std::string_view entry) {
  RETURN_IF_ERROR(check_note(wanted.note));
  if (count_current(kept.schedule.overrides, tx.now()) >= kMostOverrides) {
    return full("overrides of this schedule", kMostOverrides);
  }
  wanted.id = tx.new_id("ovr");
  wanted.by = by.to_text();
  RETURN_IF_ERROR(insert_override(tx.sql(), kept.schedule.id, wanted));
  RETURN_IF_ERROR(append_entry(tx, kept.schedule.id, entry, by, to_data(wanted)));
  return settle(tx, kept.schedule.id);
}

Result<Override> RowScheduleBook::add_override(engine::Tx& tx, const ScheduleId& schedule,
                                               Override wanted, const store::Actor& by) {
  ASSIGN_OR_RETURN(KeptSchedule kept, find(tx, schedule));
  RETURN_IF_ERROR(check_kind(wanted));
  RETURN_IF_ERROR(check_person(wanted.person));
  if (!wanted.replaces.empty()) RETURN_IF_ERROR(check_person(wanted.replaces));
  RETURN_IF_ERROR(check_times(wanted.begin, wanted.end, tx.now()));
  RETURN_IF_ERROR(write_history(tx, kept));
  RETURN_IF_ERROR(insert_checked(tx, kept, wanted, by, "schedule.override_added"));
  return wanted;
}

Result<> RowScheduleBook::remove_override(engine::Tx& tx, const ScheduleId& schedule,
                                          const std::string& id, const store::Actor& by) {
  ASSIGN_OR_RETURN(KeptSchedule kept, find(tx, schedule));
  const auto found = std::ranges::find(kept.schedule.overrides, id, &Override::id);
  if (found == kept.schedule.overrides.end()) {
    return not_found(
        fmt::format("schedule {} has no override '{}'", schedule.value(), codec::shown(id)));
  }
  const Override one = *found;
  if (one.end <= tx.now()) return is_over("override", id);
  RETURN_IF_ERROR(write_history(tx, kept));
  RETURN_IF_ERROR(one.begin < tx.now() ? set_override_end(tx.sql(), id, tx.now())
                                       : delete_override(tx.sql(), id));
  RETURN_IF_ERROR(append_entry(tx, schedule, "schedule.override_removed", by, to_data(one)));
  return settle(tx, schedule);
}

Result<Override> RowScheduleBook::take(engine::Tx& tx, const ScheduleId& schedule,
                                       const catalog::PersonId& person, std::optional<Time> until,
                                       const store::Actor& by) {
  ASSIGN_OR_RETURN(KeptSchedule kept, find(tx, schedule));
  if (person.empty()) return invalid("person is missing; say who takes the pager");
  RETURN_IF_ERROR(check_person(person));
  RETURN_IF_ERROR(write_history(tx, kept));
  const Turn turn = turn_at(kept.schedule, tx.now());
  const Time end = until.value_or(turn.end);
  if (end <= tx.now()) return invalid("until is in the past; name a time to come");
  const bool has_it = turn.people.size() == 1 && turn.people.front() == person;
  if (has_it && end <= turn.end) {
    return fail(Code::kFailedPrecondition, fmt::format("{} is on call already, until {}",
                                                       person.value(), to_rfc3339(turn.end)));
  }
  Override wanted;
  // Where nobody is on call there is nobody to replace.
  wanted.kind = turn.people.empty() ? Override::Kind::kAdd : Override::Kind::kReplace;
  wanted.person = person;
  wanted.begin = tx.now();
  wanted.end = end;
  RETURN_IF_ERROR(insert_checked(tx, kept, wanted, by, "schedule.taken"));
  return wanted;
}

Result<> RowScheduleBook::check_plan(const FixedPlan& plan, Time now) const {
  RETURN_IF_ERROR(check_times(plan.begin, plan.end, now));
  RETURN_IF_ERROR(check_note(plan.note));
  if (plan.end - plan.begin > kLongestPlan) {
    return invalid(fmt::format("a plan is at most {} long", to_text(kLongestPlan)));
  }
  if (plan.shifts.size() > kMostOverrides) {
    return invalid(
        fmt::format("shifts: {} are too many; at most {}", plan.shifts.size(), kMostOverrides));
  }
  for (size_t i = 0; i < plan.shifts.size(); ++i) {
    const auto& shift = plan.shifts[i];
    const std::string where = fmt::format("shifts[{}]", i);
    if (shift.people.empty()) return invalid(where + ".people is empty; name somebody");
    for (const auto& person : shift.people) {
      if (auto known = check_person(person); !known)
        return fail(std::move(known).error().in(where));
    }
    if (shift.begin >= shift.end) return invalid(where + ": end must be after begin");
    if (shift.begin < plan.begin || shift.end > plan.end) {
      return invalid(where + " must lie within the plan");
    }
  }
  return {};
}

Result<FixedPlan> RowScheduleBook::add_plan(engine::Tx& tx, const ScheduleId& schedule,
                                            FixedPlan wanted, const store::Actor& by) {
  ASSIGN_OR_RETURN(KeptSchedule kept, find(tx, schedule));
  RETURN_IF_ERROR(check_plan(wanted, tx.now()));
  if (count_current(kept.schedule.plans, tx.now()) >= kMostOverrides) {
    return full("plans of this schedule", kMostOverrides);
  }
  RETURN_IF_ERROR(write_history(tx, kept));
  wanted.id = tx.new_id("fix");
  wanted.by = by.to_text();
  RETURN_IF_ERROR(insert_plan(tx.sql(), schedule, wanted));
  RETURN_IF_ERROR(append_entry(tx, schedule, "schedule.plan_added", by, to_data(wanted)));
  RETURN_IF_ERROR(settle(tx, schedule));
  return wanted;
}

Result<> RowScheduleBook::remove_plan(engine::Tx& tx, const ScheduleId& schedule,
                                      const std::string& id, const store::Actor& by) {
  ASSIGN_OR_RETURN(KeptSchedule kept, find(tx, schedule));
  const auto found = std::ranges::find(kept.schedule.plans, id, &FixedPlan::id);
  if (found == kept.schedule.plans.end()) {
    return not_found(
        fmt::format("schedule {} has no plan '{}'", schedule.value(), codec::shown(id)));
  }
  const FixedPlan plan = *found;
  if (plan.end <= tx.now()) return is_over("plan", id);
  RETURN_IF_ERROR(write_history(tx, kept));
  RETURN_IF_ERROR(plan.begin < tx.now() ? set_plan_end(tx.sql(), id, tx.now())
                                        : delete_plan(tx.sql(), id));
  RETURN_IF_ERROR(append_entry(tx, schedule, "schedule.plan_removed", by, to_data(plan)));
  return settle(tx, schedule);
}

Result<> RowScheduleBook::change_all(engine::Tx& tx, const std::function<Result<>()>& change) {
  ASSIGN_OR_RETURN(auto before, read_schedules_kept(tx.sql()));
  for (KeptSchedule& kept : before) {
    if (!kept.ended) RETURN_IF_ERROR(write_history(tx, kept));
  }
  RETURN_IF_ERROR(change());
  return settle_all(tx);
}

Result<Absence> RowScheduleBook::add_absence(engine::Tx& tx, Absence wanted,
                                             const store::Actor& by) {
  if (wanted.person.empty()) return invalid("person is missing; say who is away");
  RETURN_IF_ERROR(check_person(wanted.person));
  RETURN_IF_ERROR(check_times(wanted.begin, wanted.end, tx.now()));
  RETURN_IF_ERROR(check_note(wanted.note));
  ASSIGN_OR_RETURN(const auto all, all_absences(tx.sql()));
  if (all.size() >= kMostAbsences) return full("absences", kMostAbsences);
  wanted.id = tx.new_id("abs");
  RETURN_IF_ERROR(change_all(tx, [&] { return insert_absence(tx.sql(), wanted, false); }));
  RETURN_IF_ERROR(
      append_person_entry(tx, wanted.person, "schedule.absence_added", by, to_data(wanted)));
  return wanted;
}

Result<> RowScheduleBook::remove_absence(engine::Tx& tx, const std::string& id,
                                         const store::Actor& by) {
  ASSIGN_OR_RETURN(const auto absence, read_absence(tx.sql(), id));
  if (!absence) return not_found(fmt::format("there is no absence '{}'", codec::shown(id)));
  RETURN_IF_ERROR(change_all(tx, [&] { return delete_absence(tx.sql(), id); }));
  return append_person_entry(tx, absence->person, "schedule.absence_removed", by,
                             to_data(*absence));
}

Result<> RowScheduleBook::put_calendar(engine::Tx& tx, DayCalendar calendar,
                                       const store::Actor& by) {
  if (calendar.name.empty()) return invalid("the calendar has no name");
  if (calendar.days.size() > kMostDays) {
    return invalid(
        fmt::format("the calendar has {} entries; at most {}", calendar.days.size(), kMostDays));
  }
  calendar.days = joined(std::move(calendar.days));
  RETURN_IF_ERROR(change_all(tx, [&] { return put_day_calendar(tx.sql(), calendar); }));
  return append_about(tx, "calendar", calendar.name, "schedule.calendar_put", by,
                      {{"days", calendar.days.size()}});
}

Result<> RowScheduleBook::put_vacations(engine::Tx& tx, const catalog::PersonId& person,
                                        const std::vector<Interval>& away, const store::Actor& by) {
  RETURN_IF_ERROR(check_person(person));
  if (away.size() > kMostDays) {
    return invalid(fmt::format("the calendar has {} entries; at most {}", away.size(), kMostDays));
  }
  const std::vector<Interval> all = joined(away);
  const auto replace = [&]() -> Result<> {
    RETURN_IF_ERROR(delete_imported_absences(tx.sql(), person));
    for (const Interval& one : all) {
      RETURN_IF_ERROR(insert_absence(
          tx.sql(), {tx.new_id("abs"), person, one.begin, one.end, "imported"}, true));
    }
    return {};
  };
  RETURN_IF_ERROR(change_all(tx, replace));
  return append_person_entry(tx, person, "schedule.vacations_put", by, {{"absences", all.size()}});
}

}  // namespace tocsin::oncall
