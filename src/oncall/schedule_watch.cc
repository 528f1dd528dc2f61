#include <fmt/format.h>

#include <algorithm>

#include "catalog/catalog_json.h"
#include "oncall/schedule_book_parts.h"
#include "oncall/schedule_json.h"

namespace tocsin::oncall {
namespace {

using People = std::vector<catalog::PersonId>;

constexpr Duration kInstant{1};
constexpr Duration kKeep = days(400);  // what people changed, as far back as calendars are shown
constexpr Duration kWeek = days(7);
constexpr int kLookHour = 9;  // of the schedule's zone: nobody is woken by what is found
constexpr size_t kMostFaultsSaid = 5;

bool has(const People& people, const catalog::PersonId& person) {
  return std::ranges::find(people, person) != people.end();
}

bool is_same(People a, People b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  return a == b;
}

People people_of(const std::vector<Served>& serving) {
  People out;
  for (const Served& one : serving) out.push_back(one.person);
  return out;
}

// When the people change next, or as far as it is looked.
Time next_change(const Schedule& schedule, Time now) {
  std::optional<People> people;
  for (const Duration reach : {Duration(days(3)), Duration(days(15)), kTurnHorizon}) {
    for (const Turn& turn : turns(schedule, now, now + reach)) {
      if (!people) people = turn.people;
      if (!is_same(*people, turn.people)) return turn.begin;
    }
  }
  return now + kTurnHorizon;
}

bool is_a_week_after(const calendar::Zone& zone, Time later, Time earlier) {
  return zone.to_civil(later) == zone.to_civil(earlier) + 7 * 86'400;
}

// Known from what was told before: a gap or shift that overlaps one that was told, and a gap that
// comes again each week; of a person, any.
bool was_told(const ScheduleFault& fault, const std::vector<ToldFault>& told,
              const calendar::Zone& zone, Time window_end) {
  return std::ranges::any_of(told, [&](const ToldFault& one) {
    if (one.kind != name_of(fault.kind) || one.person != fault.person.value()) return false;
    const bool overlaps = fault.begin < one.end && one.begin < fault.end;
    switch (fault.kind) {
      case ScheduleFault::Kind::kUnreachable:
      case ScheduleFault::Kind::kUnverified:
      case ScheduleFault::Kind::kUnknownPerson: return true;
      case ScheduleFault::Kind::kLongShift: return overlaps;
      case ScheduleFault::Kind::kGap:
        return overlaps || (is_a_week_after(zone, fault.begin, one.begin) &&
                            (fault.end == window_end || is_a_week_after(zone, fault.end, one.end)));
    }
    bug("unknown kind of a fault");
  });
}

std::string in_words(const std::vector<std::string>& texts) {
  std::string out;
  for (size_t i = 0; i < std::min(texts.size(), kMostFaultsSaid); ++i) {
    out += (i == 0 ? "" : "\n") + texts[i];
  }
  if (texts.size() > kMostFaultsSaid) {
    out += fmt::format("\nand {} more; see them all with: tocsin schedule gaps",
                       texts.size() - kMostFaultsSaid);
  }
  return out;
}

}  // namespace

Result<> RowScheduleBook::on_hand_off_timer(engine::Tx& tx, const std::string& id) {
  ASSIGN_OR_RETURN(auto found, read_schedules_kept(tx.sql(), id));
  if (found.empty() || found.front().ended) return {};
  RETURN_IF_ERROR(write_history(tx, found.front()));
  return set_hand_off_timer(tx, found.front().schedule);
}

Result<> RowScheduleBook::on_look_timer(engine::Tx& tx, const std::string& id) {
  RETURN_IF_ERROR(forget_before(tx.sql(), tx.now() - kKeep));
  ASSIGN_OR_RETURN(const auto found, read_schedules_kept(tx.sql(), id));
  if (found.empty() || found.front().ended) return {};
  return look(tx, found.front().schedule);
}

Result<> RowScheduleBook::write_history(engine::Tx& tx, KeptSchedule& kept) {
  const Schedule& schedule = kept.schedule;
  const Time now = tx.now();
  ASSIGN_OR_RETURN(std::vector<Served> serving, serving_now(tx.sql(), schedule.id));
  const People before = people_of(serving);
  Time since = now, changed = now;
  for (const Served& one : serving) since = std::min(since, one.begin);
  // After a time without a server there may have been several hand-offs. After a clock was set
  // back there is nothing to catch up with but the present.
  for (const Turn& turn : turns(schedule, std::min(kept.checked, now), now + kInstant)) {
    if (is_same(people_of(serving), turn.people)) continue;
    changed = turn.begin;
    for (const Served& one : serving) {
      if (!has(turn.people, one.person)) RETURN_IF_ERROR(end_served(tx.sql(), one, turn.begin));
    }
    std::erase_if(serving, [&](const Served& one) { return !has(turn.people, one.person); });
    const People had = people_of(serving);
    const std::string why = explain(schedule, turn_at(schedule, turn.begin));
    for (const auto& person : turn.people) {
      if (has(had, person)) continue;
      serving.push_back({schedule.id, person, turn.begin, std::nullopt, why});
      RETURN_IF_ERROR(begin_served(tx.sql(), serving.back()));
    }
  }
  if (kept.checked != now) RETURN_IF_ERROR(set_checked(tx.sql(), schedule.id, now));
  kept.checked = now;
  const People after = people_of(serving);
  if (is_same(before, after)) return {};

  const Turn turn = turn_at(schedule, now);
  store::LogbookEntry entry;
  entry.happened = changed;
  entry.actor = kItself;
  entry.kind = "schedule.handed_off";
  entry.subject_kind = "schedule";
  entry.subject_id = schedule.id.value();
  entry.data = {{"from", catalog::names_json(before)},
                {"to", catalog::names_json(after)},
                {"until", to_rfc3339(turn.end)},
                {"why", explain(schedule, turn)}};
  RETURN_IF_ERROR(tx.append(std::move(entry)));
  tx.after_commit([this] { hand_offs_metric_.add(); });
  for (Listener* listener : listeners_) {
    RETURN_IF_ERROR(
        listener->on_hand_off(tx, schedule, Turn{since, changed, before, {}, {}}, turn));
  }
  return {};
}

Result<> RowScheduleBook::set_hand_off_timer(engine::Tx& tx, const Schedule& schedule) {
  return tx.set_timer({kHandOffTimer, schedule.id.value(), next_change(schedule, tx.now()),
                       engine::Basis::kMoment});
}

Result<> RowScheduleBook::settle(engine::Tx& tx, const ScheduleId& id) {
  ASSIGN_OR_RETURN(KeptSchedule kept, find(tx, id));
  RETURN_IF_ERROR(settle_kept(tx, kept));
  tx.after_commit(
      [this, schedule = std::move(kept.schedule)]() mutable { publish(std::move(schedule)); });
  return {};
}

Result<> RowScheduleBook::settle_kept(engine::Tx& tx, KeptSchedule& kept) {
  RETURN_IF_ERROR(write_history(tx, kept));
  RETURN_IF_ERROR(set_hand_off_timer(tx, kept.schedule));
  return look(tx, kept.schedule);
}

Result<> RowScheduleBook::look(engine::Tx& tx, const Schedule& schedule) {
  const Time now = tx.now(), window_end = now + kNoticeAhead;
  const calendar::CivilDay tomorrow = calendar::CivilDay(schedule.zone.to_civil(now)) + 1;
  const Time next = schedule.zone.to_time(calendar::CivilSecond(tomorrow) + kLookHour * 3600);
  RETURN_IF_ERROR(tx.set_timer({kLookTimer, schedule.id.value(), next, engine::Basis::kMoment}));
  const auto known = catalog();
  if (!known) return {};  // not declared yet since the start; use() looks again
  ASSIGN_OR_RETURN(const auto told, told_faults(tx.sql(), schedule.id));
  std::vector<ToldFault> keep;
  std::vector<std::string> fresh;
  for (const ScheduleFault& fault : find_faults(schedule, *known, now, window_end, is_reached_)) {
    if (!was_told(fault, told, schedule.zone, window_end)) fresh.push_back(fault.text);
    keep.push_back(
        {std::string(name_of(fault.kind)), fault.person.value(), fault.begin, fault.end});
  }
  // Of last week's gaps those of the next are known.
  for (const ToldFault& one : told) {
    if (one.kind == "gap" && one.end <= now && one.end > now - kWeek - days(1)) keep.push_back(one);
  }
  RETURN_IF_ERROR(replace_told_faults(tx.sql(), schedule.id, keep));
  if (fresh.empty()) return {};
  const std::string text = in_words(fresh);
  RETURN_IF_ERROR(append_entry(tx, schedule.id, "schedule.fault_found", kItself,
                               {{"text", text}, {"faults", fresh.size()}}));
  tx.after_commit([this, count = fresh.size()] { faults_metric_.add(count); });
  for (Listener* listener : listeners_) RETURN_IF_ERROR(listener->on_fault(tx, schedule, text));
  return {};
}

}  // namespace tocsin::oncall
