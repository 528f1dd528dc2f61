#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/rng.h"
#include "oncall/rotation.h"
#include "oncall/schedule_testing.h"

// Whose turn it is around each change of the clocks, in every zone of the database, against a plain
// model that walks over the minutes and reads the clock on the wall.
namespace tocsin::oncall {
namespace {

using calendar::CivilDay;
using calendar::CivilSecond;
using calendar::Zone;
using testing::participants;
using testing::utc;
using testing::zone;
using Unit = Rotation::Unit;

// Prime, so that a turn that is off by a few shows another person.
constexpr size_t kPeople = 7;

int last_day_of(int64_t year, int month) {
  constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && is_leap ? 29 : kDays[static_cast<size_t>(month - 1)];
}

// How many hand-offs the clock on the wall has passed when it shows `civil`, if it were never set.
// The walk over time takes the highest that it has met: what is shown again hands nothing back.
class Plain {
 public:
  explicit Plain(const Rotation& rotation) : rotation_(rotation), month_end_(month_hand_off(1)) {}

  int64_t at(const CivilSecond& civil) {
    if (rotation_.unit == Unit::kMonth) {
      while (civil >= month_end_) month_end_ = month_hand_off(++months_ + 1);
      return months_;
    }
    const int64_t unit = rotation_.unit == Unit::kHour  ? 3600
                         : rotation_.unit == Unit::kDay ? 86'400
                                                        : 604'800;
    const int64_t n = (civil - rotation_.start) / (unit * rotation_.count);  // not before the start
    highest_ = std::max(highest_, n);
    return highest_;
  }

 private:
  CivilSecond month_hand_off(int64_t n) const {
    const CivilSecond& start = rotation_.start;
    int64_t year = start.year();
    int64_t month = start.month() + n * rotation_.count;
    while (month > 12) {
      month -= 12;
      ++year;
    }
    const int day = std::min(start.day(), last_day_of(year, static_cast<int>(month)));
    return CivilSecond(year, month, day, start.hour(), start.minute());
  }

  Rotation rotation_;
  int64_t highest_ = 0;
  int64_t months_ = 0;
  CivilSecond month_end_;
};

struct Jump {
  Time at;
  CivilSecond low, high;  // what is skipped, or shown twice
};

std::vector<Jump> jumps_of(const Zone& in, Time from, Time to) {
  std::vector<Jump> jumps;
  for (auto at = in.next_transition(from); at && *at < to; at = in.next_transition(*at)) {
    const CivilSecond old_clock = in.to_civil(*at - seconds(1)) + 1;
    const CivilSecond new_clock = in.to_civil(*at);
    jumps.push_back({*at, std::min(old_clock, new_clock), std::max(old_clock, new_clock)});
  }
  return jumps;
}

// A hand-off falls on `boundary`, some turns behind the start.
Rotation around(const CivilSecond& boundary, Unit unit, Rng& rng) {
  Rotation rotation;
  rotation.unit = unit;
  rotation.count = 1 + static_cast<int>(rng.below(3));
  rotation.participants = participants({"p0", "p1", "p2", "p3", "p4", "p5", "p6"});
  rotation.first = rng.below(kPeople);
  const int64_t turns_before = 3 + static_cast<int64_t>(rng.below(4));
  const int64_t units = turns_before * rotation.count;
  switch (unit) {
    case Unit::kHour: rotation.start = boundary - (units + 72) * 3600; break;  // 72 is 1, 2, 3 * n
    case Unit::kDay: rotation.start = boundary - units * 86'400; break;
    case Unit::kWeek: rotation.start = boundary - units * 604'800; break;
    case Unit::kMonth: {
      // On the last of a month: from the 31st, which that month may not have.
      const bool is_last = boundary.day() == last_day_of(boundary.year(), boundary.month());
      const cctz::civil_month month = cctz::civil_month(boundary) - units;
      const int last = last_day_of(month.year(), month.month());
      const int day = is_last ? last : std::min(boundary.day(), last);
      rotation.start =
          CivilSecond(month.year(), month.month(), day, boundary.hour(), boundary.minute());
      break;
    }
    case Unit::kRule: break;
  }
  return rotation;
}

// The moments that are looked at: each minute near the jump, and some hours of the days around.
std::vector<std::pair<Time, CivilSecond>> samples(const Zone& in, Time jump) {
  std::vector<std::pair<Time, CivilSecond>> out;
  const auto add = [&](Time at) { out.emplace_back(at, in.to_civil(at)); };
  for (Time at = jump - hours(50); at < jump - minutes(200); at += minutes(17)) add(at);
  for (Time at = jump - minutes(200); at < jump + minutes(200); at += minutes(1)) add(at);
  for (Time at = jump + minutes(200); at < jump + hours(50); at += minutes(17)) add(at);
  return out;
}

void expect_people(const Schedule& schedule, const Rotation& rotation,
                   const std::vector<std::pair<Time, CivilSecond>>& moments) {
  const Time end = moments.back().first + minutes(1);
  const auto found = turns(schedule, moments.front().first, end);
  ASSERT_FALSE(found.empty());
  ASSERT_EQ(found.back().end, end);
  for (size_t i = 0; i < found.size(); ++i) {
    ASSERT_LT(found[i].begin, found[i].end);
    ASSERT_EQ(found[i].people.size(), 1u) << to_rfc3339(found[i].begin);
    ASSERT_EQ(found[i].begin, i == 0 ? moments.front().first : found[i - 1].end);
  }
  const Zone& in = schedule.versions.front().layers.front().zone;
  Plain plain(rotation);
  size_t turn = 0, looked = 0;
  for (const auto& [at, civil] : moments) {
    while (at >= found[turn].end) ++turn;
    const int64_t n = plain.at(civil);
    const auto& wanted = rotation.participants[(rotation.first + static_cast<size_t>(n)) % kPeople];
    ASSERT_EQ(found[turn].why.front().turn, n)
        << to_rfc3339(at) << " is " << calendar::to_text(civil) << " there";
    ASSERT_EQ(found[turn].people, wanted.people) << to_rfc3339(at);
    if (++looked % 7 != 0) continue;
    // Asked for alone, also in an hour that is shown again.
    const auto alone = rotation_turn_at(rotation, in, at);
    ASSERT_TRUE(alone) << to_rfc3339(at);
    ASSERT_EQ(alone->n, n) << to_rfc3339(at);
    ASSERT_TRUE(alone->begin <= at && at < alone->end) << to_rfc3339(at);
  }
}

// Zones that set their clocks alike from 2020 to 2035 (links of each other, most of them) are one
// case: a rotation sees nothing of a zone but these moments and what the clocks show.
std::string behaviour(const Zone& in, const std::vector<Jump>& jumps) {
  std::string text = fmt::format("{}", in.offset(utc("2020-01-01T00:00:00Z")).count());
  for (const Jump& jump : jumps) {
    text += fmt::format(" {} {}", to_micros(jump.at), in.offset(jump.at).count());
  }
  return text;
}

TEST(RotationOfEveryZone, GivesThePeopleThatTheClockOnTheWallSays) {
  const Time from = utc("2020-01-01T00:00:00Z"), to = utc("2036-01-01T00:00:00Z");
  constexpr std::array kUnits = {Unit::kHour, Unit::kDay, Unit::kWeek, Unit::kMonth};
  std::set<std::string> seen;
  size_t count = 0;
  SeededRng rng(20261126);
  for (const std::string& name : calendar::zone_names()) {
    const Zone in = zone(name);
    std::vector<Jump> jumps = jumps_of(in, from, to);
    if (!seen.insert(behaviour(in, jumps)).second) continue;
    // A zone that never sets its clocks is looked at somewhere.
    const Time june = utc("2026-06-30T12:00:00Z");
    if (jumps.empty()) jumps.push_back({june, in.to_civil(june), in.to_civil(june)});
    SCOPED_TRACE(name);
    for (const Jump& jump : jumps) {
      SCOPED_TRACE(to_rfc3339(jump.at));
      const auto moments = samples(in, jump.at);
      const CivilSecond boundaries[] = {jump.low, jump.low + (jump.high - jump.low) / 2, jump.high,
                                        jump.low - 1800, jump.high + 1800};
      for (const Unit unit : kUnits) {
        const CivilSecond& boundary = boundaries[rng.below(std::size(boundaries))];
        Layer layer{.name = "one", .zone = in, .rotation = around(boundary, unit, rng), .off = {}};
        const Rotation rotation = layer.rotation;
        SCOPED_TRACE(fmt::format("{} of unit {} from {}", rotation.count, static_cast<int>(unit),
                                 calendar::to_text(rotation.start)));
        Schedule schedule;
        schedule.versions = {{Time(), {std::move(layer)}}};
        expect_people(schedule, rotation, moments);
        if (HasFatalFailure()) return;
        ++count;
      }
    }
  }
  EXPECT_GT(seen.size(), 80u) << "the database is not the whole one";
  EXPECT_GT(count, 4000u);
}

// --- rules

std::string random_rule(SeededRng& rng) {
  constexpr std::array kDays = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
  const auto interval = 1 + rng.below(3);
  switch (rng.below(5)) {
    case 0: return fmt::format("FREQ=DAILY;INTERVAL={}", interval);
    case 1: return fmt::format("FREQ=DAILY;BYHOUR={},{}", rng.below(12), 12 + rng.below(12));
    case 2:
      return fmt::format("FREQ=WEEKLY;INTERVAL={};BYDAY={},{}", interval, kDays[rng.below(3)],
                         kDays[3 + rng.below(4)]);
    case 3:
      return fmt::format("FREQ=MONTHLY;INTERVAL={};BYDAY=-1{}", interval, kDays[rng.below(7)]);
    default: return "FREQ=MONTHLY;BYMONTHDAY=1,15,-1";
  }
}

// calendar/recurrence is proven by its own plain model; here its occurrences are counted one by one
// from the start.
TEST(RotationByRule, HandsOffAtEachOccurrence) {
  constexpr std::array kZones = {"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                                 "Africa/Casablanca"};
  SeededRng rng(5);
  for (int round = 0; round < 40; ++round) {
    const Zone in = zone(kZones[rng.below(kZones.size())]);
    Rotation rotation;
    rotation.unit = Unit::kRule;
    rotation.start = CivilSecond(2025, 1, 1, static_cast<int>(rng.below(4)), 30) +
                     86'400 * static_cast<int64_t>(rng.below(200));
    const std::string text = random_rule(rng);
    rotation.rule = calendar::Recurrence::parse(text, rotation.start, in).value();
    SCOPED_TRACE(fmt::format("round {}: {} from {} in {}", round, text,
                             calendar::to_text(rotation.start), in.name()));
    const Time begin = in.to_time(rotation.start) + hours(rng.below(24L * 500)) - hours(48);
    const Time end = begin + hours(1 + rng.below(24L * 90));
    std::vector<RotationTurn> wanted;
    int64_t n = 0;
    for (auto one = rotation.rule->first_from(Time::min()); one && one->time < end; ++n) {
      const auto next = rotation.rule->first_from(one->time + microseconds(1));
      if (!next) break;
      if (next->time > begin) wanted.push_back({n, one->time, next->time});
      one = next;
    }
    const auto found = rotation_turns(rotation, in, begin, end);
    ASSERT_EQ(found, wanted) << to_rfc3339(begin) << " to " << to_rfc3339(end);
    for (const RotationTurn& turn : found) {
      ASSERT_EQ(rotation_turn_at(rotation, in, turn.begin), turn);
      ASSERT_EQ(rotation_turn_at(rotation, in, turn.end - microseconds(1)), turn);
    }
  }
}

}  // namespace
}  // namespace tocsin::oncall
