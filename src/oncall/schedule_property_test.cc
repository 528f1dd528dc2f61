#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/rng.h"
#include "oncall/schedule_testing.h"

// turns() of random schedules with all that a schedule can have, against a model that asks for each
// moment alone.
namespace tocsin::oncall {
namespace {

using calendar::CivilSecond;
using calendar::Zone;
using catalog::PersonId;
using testing::names;
using testing::person;
using testing::utc;
using testing::zone;
using Unit = Rotation::Unit;

// --- the plain model

CivilSecond later(const Rotation& rotation, int64_t n) {
  const CivilSecond& start = rotation.start;
  const int64_t units = n * rotation.count;
  if (rotation.unit == Unit::kHour) return start + units * 3600;
  if (rotation.unit == Unit::kDay) return start + units * 86'400;
  if (rotation.unit == Unit::kWeek) return start + units * 604'800;
  cctz::civil_month month(start);
  month += units;
  for (int day = start.day();; --day) {
    const CivilSecond at(month.year(), month.month(), day, start.hour(), start.minute());
    if (at.month() == month.month()) return at;
  }
}

class Model {
 public:
  Model(const Schedule& schedule, Time end) : schedule_(schedule) {
    for (const Version& version : schedule.versions) {
      for (const Layer& layer : version.layers) {
        std::vector<Time> begins;
        if (layer.rotation.rule) {
          for (const auto& one : layer.rotation.rule->next(Time::min(), 1000)) {
            begins.push_back(one.time);
          }
        } else {
          for (int64_t n = 0; begins.empty() || begins.back() < end; ++n) {
            begins.push_back(layer.zone.to_time(later(layer.rotation, n)));
          }
        }
        begins_[&layer] = std::move(begins);
      }
    }
  }

  struct Answer {
    std::string people, shadows;
    std::string layers;  // their names and turns, unless a plan or nobody counts
  };
  Answer at(Time time) const {
    std::vector<PersonId> people, shadows;
    std::string from;
    const FixedPlan* plan = nullptr;
    for (const FixedPlan& one : schedule_.plans) {
      if (one.begin <= time && time < one.end) plan = &one;
    }
    if (plan != nullptr) {
      for (const auto& shift : plan->shifts) {
        if (shift.begin <= time && time < shift.end) add(people, shift.people);
      }
    } else if (const Version* version = version_at(time)) {
      for (const Layer& layer : version->layers) {
        const std::vector<PersonId> here = in_layer(layer, time);
        if (here.empty()) continue;
        if (layer.is_shadow) {
          add(shadows, here);
        } else {
          if (!layer.joins) people.clear(), from.clear();
          add(people, here);
          from += fmt::format("{} {};", layer.name, number(layer, time));
        }
      }
    }
    for (const Override& one : schedule_.overrides) {
      if (one.begin <= time && time < one.end) change(one, people);
    }
    std::erase_if(shadows, [&](const PersonId& p) { return has(people, p); });
    return {names(people), names(shadows), from};
  }

 private:
  static bool has(const std::vector<PersonId>& people, const PersonId& one) {
    return std::ranges::count(people, one) > 0;
  }
  static void add(std::vector<PersonId>& people, const std::vector<PersonId>& more) {
    for (const PersonId& one : more) {
      if (!has(people, one)) people.push_back(one);
    }
  }
  static void change(const Override& one, std::vector<PersonId>& people) {
    if (one.kind == Override::Kind::kAdd) add(people, {one.person});
    if (one.kind == Override::Kind::kRemove) std::erase(people, one.person);
    if (one.kind != Override::Kind::kReplace) return;
    if (one.replaces.empty()) people = {one.person};
    std::vector<PersonId> after;
    for (const PersonId& p : people) {
      const PersonId& now = p == one.replaces ? one.person : p;
      // Who is there already keeps their place.
      if (p == one.replaces && p != one.person && has(people, one.person)) continue;
      after.push_back(now);
    }
    people = after;
  }
  const Version* version_at(Time time) const {
    const Version* found = nullptr;
    for (const Version& one : schedule_.versions) {
      if (one.from <= time) found = &one;
    }
    return found;
  }
  int64_t number(const Layer& layer, Time time) const {
    return std::ranges::count_if(begins_.at(&layer), [&](Time one) { return one <= time; }) - 1;
  }
  bool is_away(const PersonId& who, Time time) const {
    return std::ranges::any_of(schedule_.absences, [&](const Absence& one) {
      return one.person == who && one.begin <= time && time < one.end;
    });
  }
  // Whoever took over a turn keeps it when its owner is away then.
  bool is_handed_on(const PersonId& who, Time time) const {
    for (const Override& one : schedule_.overrides) {
      if (one.begin > time || time >= one.end) continue;
      if (one.kind == Override::Kind::kRemove && one.person == who) return false;
      if (one.kind == Override::Kind::kReplace && one.replaces == who && one.person != who) {
        return true;
      }
    }
    return false;
  }
  std::vector<PersonId> in_layer(const Layer& layer, Time time) const {
    const int64_t n = number(layer, time);
    if (n < 0 || !layer.hours.contains(layer.zone, time)) return {};
    for (const std::string& off : layer.off) {
      for (const Interval& day : schedule_.calendars.at(off).days) {
        if (day.begin <= time && time < day.end) return {};
      }
    }
    const auto& all = layer.rotation.participants;
    for (size_t i = 0; i < all.size(); ++i) {
      std::vector<PersonId> here;
      for (const PersonId& p :
           all[(layer.rotation.first + static_cast<size_t>(n) + i) % all.size()].people) {
        const bool is_kept = i == 0 && !layer.is_shadow && is_handed_on(p, time);
        if (is_kept || !is_away(p, time)) here.push_back(p);
      }
      if (!here.empty()) return here;
    }
    return {};
  }

  const Schedule& schedule_;
  std::map<const Layer*, std::vector<Time>> begins_;
};

// --- random schedules

class Maker {
 public:
  Maker(SeededRng& rng, Time begin, Time end) : rng_(rng), begin_(begin), end_(end) {}

  Schedule make() {
    Schedule schedule;
    schedule.zone = zone("Europe/Berlin");
    const size_t versions = 1 + rng_.below(3);
    for (size_t i = 0; i < versions; ++i) {
      Version version{i == 0 && !one_in(4) ? begin_ - hours(5) : moment(), {}};
      const size_t layers = one_in(8) ? 0 : 1 + rng_.below(4);
      for (size_t k = 0; k < layers; ++k) version.layers.push_back(layer(fmt::format("l{}", k)));
      schedule.versions.push_back(std::move(version));
    }
    std::ranges::sort(schedule.versions, {}, &Version::from);
    for (size_t i = rng_.below(5); i > 0; --i) schedule.overrides.push_back(override_at(i));
    for (size_t i = rng_.below(3); i > 0; --i) schedule.plans.push_back(plan(i));
    for (size_t i = rng_.below(6); i > 0; --i) {
      const auto [from, until] = span();
      schedule.absences.push_back({fmt::format("abs_{}", i), anybody(), from, until, ""});
    }
    for (const char* name : {"holidays", "bridge-days"}) {
      DayCalendar days{name, {}};
      for (Time at = begin_ - hours(rng_.below(48)); at < end_;) {
        at += hours(rng_.below(120));
        const Time until = at + hours(1 + rng_.below(30));
        days.days.push_back({at, until});
        at = until;
      }
      schedule.calendars[name] = std::move(days);
    }
    return schedule;
  }

 private:
  bool one_in(uint64_t n) { return rng_.below(n) == 0; }
  PersonId anybody() { return person(fmt::format("p{}", rng_.below(5))); }
  Time moment() {
    const auto length = static_cast<uint64_t>((end_ - begin_) / minutes(1));
    return begin_ - minutes(600) + minutes(rng_.below(length + 1200));
  }
  std::pair<Time, Time> span() {
    const Time from = moment();
    return {from, from + minutes(rng_.below(4000))};  // sometimes of no length
  }
  Layer layer(std::string name) {
    constexpr std::array kZones = {"UTC",
                                   "Europe/Berlin",
                                   "America/New_York",
                                   "Australia/Lord_Howe",
                                   "America/Santiago",
                                   "Asia/Kathmandu"};
    Layer out{.name = std::move(name),
              .zone = zone(kZones[rng_.below(kZones.size())]),
              .rotation = {},
              .off = {}};
    Rotation& rotation = out.rotation;
    rotation.unit = static_cast<Unit>(rng_.below(5));
    rotation.count = rotation.unit == Unit::kRule ? 1 : 1 + static_cast<int>(rng_.below(4));
    const int64_t back = rotation.unit == Unit::kHour ? 5 : rotation.unit == Unit::kDay ? 20 : 100;
    const CivilSecond now = out.zone.to_civil(begin_);
    rotation.start =
        CivilSecond(now.year(), now.month(), now.day(), rng_.below(5), 15 * rng_.below(4)) -
        86'400 * (static_cast<int64_t>(rng_.below(static_cast<uint64_t>(back))) - 2);
    if (rotation.unit == Unit::kRule) {
      constexpr std::array kRules = {"FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE,SU",
                                     "FREQ=DAILY;INTERVAL=2;BYHOUR=2,14"};
      rotation.rule =
          calendar::Recurrence::parse(kRules[rng_.below(kRules.size())], rotation.start, out.zone)
              .value();
    }
    const size_t turns = 1 + rng_.below(4);
    for (size_t i = 0; i < turns; ++i) {
      Participant one{{anybody()}};
      const PersonId other = anybody();
      if (one_in(3) && other != one.people.front()) one.people.push_back(other);
      rotation.participants.push_back(std::move(one));
    }
    rotation.first = rng_.below(turns);
    if (one_in(2)) out.hours = some_hours();
    if (one_in(3)) out.off.emplace_back("holidays");
    if (one_in(3)) out.off.emplace_back("bridge-days");
    out.is_shadow = one_in(4);
    out.joins = !out.is_shadow && one_in(2);
    return out;
  }
  calendar::WeeklyHours some_hours() {
    std::vector<calendar::WeeklyHours::Piece> pieces(1 + rng_.below(2));
    for (auto& piece : pieces) {
      for (bool& day : piece.days) day = !one_in(3);
      piece.from = static_cast<int>(15 * rng_.below(96));
      piece.until = static_cast<int>(15 * (1 + rng_.below(96)));
    }
    return calendar::WeeklyHours(std::move(pieces));
  }
  Override override_at(size_t i) {
    const auto [from, until] = span();
    return {.id = fmt::format("ovr_{}", i),
            .kind = static_cast<Override::Kind>(rng_.below(3)),
            .person = anybody(),
            .replaces = one_in(2) ? anybody() : PersonId(),
            .begin = from,
            .end = until,
            .note = "",
            .by = ""};
  }
  FixedPlan plan(size_t i) {
    const auto [from, until] = span();
    FixedPlan out{fmt::format("fix_{}", i), from, until, {}, "", ""};
    for (size_t k = rng_.below(3); k > 0; --k) {
      const auto [begin, end] = span();
      out.shifts.push_back({{anybody(), anybody()}, begin, end});
    }
    return out;
  }

  SeededRng& rng_;
  Time begin_, end_;
};

// --- the comparison

void expect_tiles(const std::vector<Turn>& found, Time begin, Time end) {
  ASSERT_FALSE(found.empty());
  ASSERT_EQ(found.front().begin, begin);
  ASSERT_EQ(found.back().end, end);
  for (size_t i = 0; i < found.size(); ++i) {
    ASSERT_LT(found[i].begin, found[i].end);
    ASSERT_FALSE(found[i].why.empty());
    const std::set<PersonId> each(found[i].people.begin(), found[i].people.end());
    ASSERT_EQ(each.size(), found[i].people.size()) << names(found[i].people);
    if (i == 0) continue;
    ASSERT_EQ(found[i].begin, found[i - 1].end);
    ASSERT_FALSE(found[i].people == found[i - 1].people && found[i].why == found[i - 1].why &&
                 found[i].shadows == found[i - 1].shadows)
        << "neighbours are the same at " << to_rfc3339(found[i].begin);
  }
}

std::string layers_of(const Turn& turn) {
  std::string out;
  for (const Why& why : turn.why) {
    if (why.kind == Why::Kind::kLayer) out += fmt::format("{} {};", why.layer, why.turn);
  }
  return out;
}

// Each seventh minute, and both sides of every edge, of the answer's and of the schedule's.
std::vector<Time> moments(const Schedule& schedule, const std::vector<Turn>& found, Time begin,
                          Time end) {
  std::vector<Time> out;
  for (Time at = begin; at < end; at += minutes(7)) out.push_back(at);
  const auto add = [&](Time edge) {
    for (const Time at : {edge - microseconds(1), edge}) {
      if (at >= begin && at < end) out.push_back(at);
    }
  };
  for (const Turn& turn : found) add(turn.begin);
  for (const auto& one : schedule.overrides) add(one.begin), add(one.end);
  for (const auto& one : schedule.absences) add(one.begin), add(one.end);
  for (const auto& one : schedule.plans) {
    add(one.begin), add(one.end);
    for (const auto& shift : one.shifts) add(shift.begin), add(shift.end);
  }
  for (const auto& [name, days] : schedule.calendars) {
    for (const Interval& day : days.days) add(day.begin), add(day.end);
  }
  for (const Version& version : schedule.versions) add(version.from);
  std::ranges::sort(out);
  return out;
}

void expect_model(const Schedule& schedule, Time begin, Time end, SeededRng& rng) {
  const std::vector<Turn> found = turns(schedule, begin, end);
  expect_tiles(found, begin, end);
  if (::testing::Test::HasFatalFailure()) return;
  const Model model(schedule, end);
  size_t turn = 0;
  for (const Time at : moments(schedule, found, begin, end)) {
    while (at >= found[turn].end) ++turn;
    const Model::Answer wanted = model.at(at);
    ASSERT_EQ(names(found[turn].people), wanted.people) << to_rfc3339(at);
    ASSERT_EQ(names(found[turn].shadows), wanted.shadows) << to_rfc3339(at);
    ASSERT_EQ(layers_of(found[turn]), wanted.layers) << to_rfc3339(at);
    if (rng.below(500) != 0) continue;
    const Turn one = turn_at(schedule, at);
    ASSERT_EQ(one.people, found[turn].people) << to_rfc3339(at);
    ASSERT_EQ(one.why, found[turn].why) << to_rfc3339(at);
    ASSERT_EQ(std::max(one.begin, begin), found[turn].begin) << to_rfc3339(at);
    ASSERT_EQ(std::min(one.end, end), found[turn].end) << to_rfc3339(at);
  }
}

TEST(RandomSchedules, AreWhatAModelOfSingleMomentsSays) {
  // Clocks are set in Berlin, New York (one begins in the hour that comes again), on Lord Howe and
  // in Santiago; and a week without.
  constexpr std::array kBegins = {"2026-03-25T17:23:00Z", "2026-10-21T03:00:00Z",
                                  "2026-03-04T00:00:00Z", "2026-11-01T06:30:00Z",
                                  "2026-04-03T12:00:00Z", "2026-09-04T12:00:00Z",
                                  "2028-02-26T00:00:00Z"};
  for (uint64_t seed = 1; seed <= 175; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    SeededRng rng(seed);
    const Time begin = utc(kBegins[seed % kBegins.size()]);
    const Time end = begin + minutes(1 + rng.below(12 * 1440));
    const Schedule schedule = Maker(rng, begin, end).make();
    expect_model(schedule, begin, end, rng);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace tocsin::oncall
