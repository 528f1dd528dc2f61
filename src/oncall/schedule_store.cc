#include "oncall/schedule_store.h"

#include <algorithm>
#include <array>
#include <set>

#include "oncall/schedule_json.h"

namespace tocsin::oncall {
namespace {

constexpr std::array<std::string_view, 5> kSwapStates = {"open", "taken", "declined", "withdrawn",
                                                         "expired"};

#define SWAP_COLUMNS "id, schedule, asker, asked, begins, ends, state, note, override_id, created"

Result<> done(Result<int64_t> changed) {
  if (!changed) return fail(std::move(changed.error()));
  return {};
}

template <class Thing>
std::vector<Thing> all_of(const store::Rows& rows, Thing (*thing_of)(const store::Row&)) {
  std::vector<Thing> out;
  for (const auto& row : rows) out.push_back(thing_of(row));
  return out;
}

template <class Thing>
std::optional<Thing> first_of(const store::Rows& rows, Thing (*thing_of)(const store::Row&)) {
  return rows.empty() ? std::nullopt : std::optional(thing_of(rows.front()));
}

Result<KeptSchedule> kept_of(const store::Row& row) {
  KeptSchedule kept;
  kept.declared = row.text(1);
  ASSIGN_OR_RETURN(ScheduleSpec spec, read_spec(kept.declared, ScheduleId(row.text(0))));
  kept.schedule = std::move(spec.schedule);
  ASSIGN_OR_RETURN(kept.schedule.versions, read_versions(row.text(2)));
  kept.checked = row.time(3);
  kept.ended = row.maybe_time(4);
  return kept;
}

Result<Override> override_of(const store::Row& row) {
  const auto kind = override_kind(row.text(2));
  if (!kind) return fail(Code::kDataLoss, "an override's kind is not known");
  return Override{.id = row.text(1),
                  .kind = *kind,
                  .person = catalog::PersonId(row.text(3)),
                  .replaces = catalog::PersonId(row.text(4)),
                  .begin = row.time(5),
                  .end = row.time(6),
                  .note = row.text(7),
                  .by = row.text(8)};
}

Absence absence_of(const store::Row& row) {
  return Absence{.id = row.text(0),
                 .person = catalog::PersonId(row.text(1)),
                 .begin = row.time(2),
                 .end = row.time(3),
                 .note = row.text(4)};
}

Result<SwapRequest> swap_of(const store::Row& row) {
  const auto state = std::ranges::find(kSwapStates, row.text(6));
  if (state == kSwapStates.end()) return fail(Code::kDataLoss, "a swap's state is not known");
  return SwapRequest{.id = row.text(0),
                     .schedule = ScheduleId(row.text(1)),
                     .from = catalog::PersonId(row.text(2)),
                     .to = catalog::PersonId(row.text(3)),
                     .begin = row.time(4),
                     .end = row.time(5),
                     .state = static_cast<SwapRequest::State>(state - kSwapStates.begin()),
                     .note = row.text(7),
                     .override_id = row.text(8),
                     .created = row.time(9)};
}

Served served_of(const store::Row& row) {
  return Served{.schedule = ScheduleId(row.text(0)),
                .person = catalog::PersonId(row.text(1)),
                .begin = row.time(2),
                .end = row.maybe_time(3),
                .why = row.text(4)};
}

IcalLink link_of(const store::Row& row) {
  return IcalLink{.id = row.text(0),
                  .kind = row.text(1),
                  .name = row.text(2),
                  .made_by = row.text(3),
                  .created = row.time(4)};
}

Result<std::map<std::string, DayCalendar>> read_calendars(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT name, days FROM day_calendar"));
  std::map<std::string, DayCalendar> out;
  for (const auto& row : rows) {
    ASSIGN_OR_RETURN(auto intervals, read_intervals(row.text(1)));
    out[row.text(0)] = DayCalendar{row.text(0), std::move(intervals)};
  }
  return out;
}

void keep_what_concerns(Schedule& schedule, const std::vector<Absence>& absences,
                        const std::map<std::string, DayCalendar>& calendars) {
  std::set<catalog::PersonId> people;
  for (const Version& version : schedule.versions) {
    for (const Layer& layer : version.layers) {
      for (const Participant& one : layer.rotation.participants) {
        people.insert(one.people.begin(), one.people.end());
      }
      for (const std::string& name : layer.off) {
        if (const auto found = calendars.find(name); found != calendars.end()) {
          schedule.calendars.insert(*found);
        }
      }
    }
  }
  for (const Absence& absence : absences) {
    if (people.contains(absence.person)) schedule.absences.push_back(absence);
  }
}

Result<> add_overrides(store::Session& sql, std::string_view id,
                       std::map<std::string, KeptSchedule>& schedules) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT schedule, id, kind, person, replaces, begins, ends, note,"
                             " made_by FROM schedule_override WHERE ($1 = '' OR schedule = $1)"
                             " ORDER BY schedule, made",
                             id));
  for (const auto& row : rows) {
    const auto found = schedules.find(row.text(0));
    if (found == schedules.end()) continue;
    ASSIGN_OR_RETURN(Override one, override_of(row));
    found->second.schedule.overrides.push_back(std::move(one));
  }
  return {};
}

Result<> add_plans(store::Session& sql, std::string_view id,
                   std::map<std::string, KeptSchedule>& schedules) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT schedule, id, begins, ends, shifts, note, made_by"
                             " FROM schedule_plan WHERE ($1 = '' OR schedule = $1)"
                             " ORDER BY schedule, made",
                             id));
  for (const auto& row : rows) {
    const auto found = schedules.find(row.text(0));
    if (found == schedules.end()) continue;
    FixedPlan plan{.id = row.text(1),
                   .begin = row.time(2),
                   .end = row.time(3),
                   .shifts = {},
                   .note = row.text(5),
                   .by = row.text(6)};
    ASSIGN_OR_RETURN(plan.shifts, read_shifts(row.text(4)));
    found->second.schedule.plans.push_back(std::move(plan));
  }
  return {};
}

}  // namespace

std::string_view name_of(SwapRequest::State state) {
  return kSwapStates.at(static_cast<size_t>(state));
}

Result<std::vector<KeptSchedule>> read_schedules_kept(store::Session& sql, std::string_view id) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT id, declared, versions, checked, ended FROM schedule"
                             " WHERE ($1 = '' OR id = $1) ORDER BY id",
                             id));
  std::map<std::string, KeptSchedule> schedules;
  for (const auto& row : rows) {
    ASSIGN_OR_RETURN(schedules[row.text(0)], kept_of(row));
  }
  RETURN_IF_ERROR(add_overrides(sql, id, schedules));
  RETURN_IF_ERROR(add_plans(sql, id, schedules));
  ASSIGN_OR_RETURN(const auto absences, all_absences(sql));
  ASSIGN_OR_RETURN(const auto calendars, read_calendars(sql));
  std::vector<KeptSchedule> out;
  for (auto& [name, kept] : schedules) {
    keep_what_concerns(kept.schedule, absences, calendars);
    out.push_back(std::move(kept));
  }
  return out;
}

Result<> write_schedule(store::Session& sql, const KeptSchedule& kept) {
  return done(
      sql.exec("INSERT INTO schedule (id, declared, versions, checked, ended)"
               " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET"
               " declared = excluded.declared, versions = excluded.versions,"
               " checked = excluded.checked, ended = excluded.ended",
               kept.schedule.id, kept.declared, versions_text(kept.schedule.versions), kept.checked,
               kept.ended));
}

Result<> set_checked(store::Session& sql, const ScheduleId& schedule, Time checked) {
  return done(sql.exec("UPDATE schedule SET checked = $2 WHERE id = $1", schedule, checked));
}

Result<> insert_override(store::Session& sql, const ScheduleId& schedule, const Override& one) {
  return done(sql.exec(
      "INSERT INTO schedule_override (id, schedule, made, kind, person, replaces, begins, ends,"
      " note, made_by) SELECT $1, $2, COALESCE(MAX(made), 0) + 1, $3, $4, $5, $6, $7, $8, $9"
      " FROM schedule_override WHERE schedule = $2",
      one.id, schedule, name_of(one.kind), one.person, one.replaces, one.begin, one.end, one.note,
      one.by));
}

Result<> set_override_end(store::Session& sql, std::string_view id, Time end) {
  return done(sql.exec("UPDATE schedule_override SET ends = $2 WHERE id = $1", id, end));
}

Result<> delete_override(store::Session& sql, std::string_view id) {
  return done(sql.exec("DELETE FROM schedule_override WHERE id = $1", id));
}

Result<> insert_plan(store::Session& sql, const ScheduleId& schedule, const FixedPlan& plan) {
  return done(sql.exec(
      "INSERT INTO schedule_plan (id, schedule, made, begins, ends, shifts, note, made_by)"
      " SELECT $1, $2, COALESCE(MAX(made), 0) + 1, $3, $4, $5, $6, $7"
      " FROM schedule_plan WHERE schedule = $2",
      plan.id, schedule, plan.begin, plan.end, shifts_text(plan.shifts), plan.note, plan.by));
}

Result<> set_plan_end(store::Session& sql, std::string_view id, Time end) {
  return done(sql.exec("UPDATE schedule_plan SET ends = $2 WHERE id = $1", id, end));
}

Result<> delete_plan(store::Session& sql, std::string_view id) {
  return done(sql.exec("DELETE FROM schedule_plan WHERE id = $1", id));
}

Result<std::vector<Absence>> all_absences(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT id, person, begins, ends, note FROM absence"
                                              " ORDER BY begins, id"));
  return all_of(rows, absence_of);
}

Result<std::optional<Absence>> read_absence(store::Session& sql, std::string_view id) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT id, person, begins, ends, note FROM absence"
                                              " WHERE id = $1",
                                              id));
  return first_of(rows, absence_of);
}

Result<> insert_absence(store::Session& sql, const Absence& absence, bool is_imported) {
  return done(
      sql.exec("INSERT INTO absence (id, person, begins, ends, note, is_imported)"
               " VALUES ($1, $2, $3, $4, $5, $6)",
               absence.id, absence.person, absence.begin, absence.end, absence.note, is_imported));
}

Result<> delete_absence(store::Session& sql, std::string_view id) {
  return done(sql.exec("DELETE FROM absence WHERE id = $1", id));
}

Result<int64_t> delete_imported_absences(store::Session& sql, const catalog::PersonId& person) {
  return sql.exec("DELETE FROM absence WHERE person = $1 AND is_imported = 1", person);
}

Result<> put_day_calendar(store::Session& sql, const DayCalendar& calendar) {
  return done(
      sql.exec("INSERT INTO day_calendar (name, days) VALUES ($1, $2)"
               " ON CONFLICT (name) DO UPDATE SET days = excluded.days",
               calendar.name, intervals_text(calendar.days)));
}

Result<> insert_swap(store::Session& sql, const SwapRequest& swap) {
  return done(sql.exec("INSERT INTO swap_request (" SWAP_COLUMNS
                       ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                       swap.id, swap.schedule, swap.from, swap.to, swap.begin, swap.end,
                       name_of(swap.state), swap.note, swap.override_id, swap.created));
}

Result<> update_swap(store::Session& sql, const SwapRequest& swap) {
  return done(
      sql.exec("UPDATE swap_request SET state = $2, asked = $3, override_id = $4"
               " WHERE id = $1",
               swap.id, name_of(swap.state), swap.to, swap.override_id));
}

Result<std::optional<SwapRequest>> read_swap(store::Session& sql, std::string_view id) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " SWAP_COLUMNS " FROM swap_request WHERE id = $1", id));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(SwapRequest swap, swap_of(rows.front()));
  return swap;
}

Result<std::vector<SwapRequest>> swaps_of(store::Session& sql, const ScheduleId& schedule,
                                          int limit) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " SWAP_COLUMNS " FROM swap_request WHERE schedule = $1"
                             " ORDER BY created DESC, id LIMIT $2",
                             schedule, limit));
  std::vector<SwapRequest> out;
  for (const auto& row : rows) {
    ASSIGN_OR_RETURN(SwapRequest swap, swap_of(row));
    out.push_back(std::move(swap));
  }
  return out;
}

Result<std::vector<Served>> serving_now(store::Session& sql, const ScheduleId& schedule) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT schedule, person, begins, ends, why FROM schedule_served"
                             " WHERE schedule = $1 AND ends IS NULL ORDER BY begins, person",
                             schedule));
  return all_of(rows, served_of);
}

Result<std::vector<Served>> served_between(store::Session& sql, const ScheduleId& schedule,
                                           Time begin, Time end, int limit) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT schedule, person, begins, ends, why FROM schedule_served"
                             " WHERE schedule = $1 AND begins < $3 AND (ends IS NULL OR ends > $2)"
                             " ORDER BY begins, person LIMIT $4",
                             schedule, begin, end, limit));
  return all_of(rows, served_of);
}

Result<> begin_served(store::Session& sql, const Served& served) {
  return done(
      sql.exec("INSERT INTO schedule_served (schedule, person, begins, ends, why)"
               " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (schedule, person, begins)"
               " DO UPDATE SET ends = excluded.ends, why = excluded.why",
               served.schedule, served.person, served.begin, served.end, served.why));
}

Result<> end_served(store::Session& sql, const Served& served, Time end) {
  if (end <= served.begin) {
    return done(
        sql.exec("DELETE FROM schedule_served WHERE schedule = $1 AND person = $2"
                 " AND begins = $3",
                 served.schedule, served.person, served.begin));
  }
  return done(
      sql.exec("UPDATE schedule_served SET ends = $4 WHERE schedule = $1 AND person = $2"
               " AND begins = $3",
               served.schedule, served.person, served.begin, end));
}

Result<std::vector<ToldFault>> told_faults(store::Session& sql, const ScheduleId& schedule) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT kind, person, begins, ends FROM schedule_fault"
                             " WHERE schedule = $1 ORDER BY begins",
                             schedule));
  std::vector<ToldFault> out;
  for (const auto& row : rows) out.push_back({row.text(0), row.text(1), row.time(2), row.time(3)});
  return out;
}

Result<> replace_told_faults(store::Session& sql, const ScheduleId& schedule,
                             const std::vector<ToldFault>& faults) {
  RETURN_IF_ERROR(sql.exec("DELETE FROM schedule_fault WHERE schedule = $1", schedule));
  for (const ToldFault& fault : faults) {
    RETURN_IF_ERROR(
        sql.exec("INSERT INTO schedule_fault (schedule, kind, person, begins, ends)"
                 " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                 schedule, fault.kind, fault.person, fault.begin, fault.end));
  }
  return {};
}

Result<> forget_before(store::Session& sql, Time until) {
  for (const char* table : {"schedule_override", "schedule_plan", "absence", "swap_request"}) {
    RETURN_IF_ERROR(sql.exec(std::string("DELETE FROM ") + table + " WHERE ends < $1", until));
  }
  return done(sql.exec("DELETE FROM hand_off_note WHERE handed_off < $1", until));
}

Result<> insert_ical_link(store::Session& sql, const IcalLink& link, std::string_view token_hash) {
  return done(
      sql.exec("INSERT INTO ical_link (id, kind, name, token_hash, made_by, created)"
               " VALUES ($1, $2, $3, $4, $5, $6)",
               link.id, link.kind, link.name, token_hash, link.made_by, link.created));
}

Result<std::vector<IcalLink>> all_ical_links(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT id, kind, name, made_by, created"
                                              " FROM ical_link ORDER BY created, id"));
  return all_of(rows, link_of);
}

Result<std::optional<IcalLink>> find_ical_link(store::Session& sql, std::string_view token_hash) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT id, kind, name, made_by, created"
                                              " FROM ical_link WHERE token_hash = $1",
                                              token_hash));
  return first_of(rows, link_of);
}

Result<int64_t> delete_ical_link(store::Session& sql, std::string_view id) {
  return sql.exec("DELETE FROM ical_link WHERE id = $1", id);
}

}  // namespace tocsin::oncall
