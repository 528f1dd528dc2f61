// Thousands of made-up rules, expanded by us and by Debian's libical, come on the same dates. Where
// libical 3.0.16 departs from RFC 5545 a rule is counted in a class of kDepartures, not compared.
// Each class has a test of its own, which fails as soon as libical is mended; then the class goes.
//
// libical reckons in wall time without a zone, so that its own zone data plays no part. We expand
// in a zone and compare what its clocks show; what our zone puts on one moment is one here, too.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libical/ical.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "base/rng.h"
#include "calendar/recurrence.h"

namespace tocsin::calendar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr size_t kShown = 8;  // occurrences that are compared of a rule
constexpr std::array kDayNames = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

struct Rule {
  std::string freq;
  int interval = 1;
  std::vector<int> months, weeks, year_days, month_days, hours, minutes, positions;
  std::vector<std::pair<int, int>> days;  // ordinal (0: each) and weekday, Monday 0
  int week_start = 0;
  std::vector<std::string> parts;  // all but FREQ
  CivilSecond start;
  bool is_date = false;  // a calendar's DTSTART;VALUE=DATE: no time of day anywhere

  bool is(std::string_view frequency) const { return freq == frequency; }
  size_t times_a_day() const {
    return std::max<size_t>(hours.size(), 1) * std::max<size_t>(minutes.size(), 1);
  }
  std::string text() const {
    return fmt::format("FREQ={}{}{}", freq, parts.empty() ? "" : ";", fmt::join(parts, ";"));
  }
};

// --- both expansions

struct Freed {
  void operator()(icalrecur_iterator* it) const { icalrecur_iterator_free(it); }
};

// The first ones, `limit` at most; nothing where libical refuses the rule.
std::optional<std::vector<CivilSecond>> by_libical(const std::string& text,
                                                   const CivilSecond& start, bool is_date,
                                                   const Zone& zone, size_t limit) {
  const icalrecurrencetype parsed = icalrecurrencetype_from_string(text.c_str());
  if (parsed.freq == ICAL_NO_RECURRENCE) return std::nullopt;
  icaltimetype from = icaltime_null_time();
  from.year = static_cast<int>(start.year());
  from.month = start.month();
  from.day = start.day();
  from.hour = start.hour();
  from.minute = start.minute();
  from.second = start.second();
  from.is_date = is_date ? 1 : 0;
  const std::unique_ptr<icalrecur_iterator, Freed> it(icalrecur_iterator_new(parsed, from));
  if (!it) return std::nullopt;
  std::vector<CivilSecond> out;
  std::optional<Time> last;
  while (out.size() < limit) {
    const icaltimetype at = icalrecur_iterator_next(it.get());
    if (icaltime_is_null_time(at)) break;
    const CivilSecond civil(at.year, at.month, at.day, at.hour, at.minute, at.second);
    if (std::exchange(last, zone.to_time(civil)) != last) out.push_back(civil);
  }
  return out;
}

std::vector<CivilSecond> civils(const std::vector<Recurrence::Occurrence>& occurrences) {
  std::vector<CivilSecond> out;
  for (const auto& one : occurrences) out.push_back(one.civil);
  return out;
}

std::vector<std::string> texts(const std::vector<CivilSecond>& civils) {
  std::vector<std::string> out;
  for (const CivilSecond& one : civils) out.push_back(to_text(one));
  return out;
}

// --- made-up rules

class RuleMaker {
 public:
  explicit RuleMaker(uint64_t seed) : rng_(seed) {}

  Rule next() {
    Rule rule;
    constexpr std::array kFrequencies = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
    rule.freq = kFrequencies[rng_.below(4)];
    if (one_in(2)) rule.interval = one_in(6) ? from_to(6, 60) : from_to(2, 5);
    if (one_in(3)) rule.week_start = from_to(0, 6);
    rule.is_date = one_in(8);
    choose_days(rule);
    if (!rule.is_date) choose_times(rule);
    choose_positions(rule);
    choose_start(rule);
    write(rule);
    return rule;
  }

  // Moves most starts to where the rule first comes, as the RFC wants it (3.8.5.3), and ends some.
  void settle(Rule& rule, const CivilSecond& first, const Zone& zone) {
    if (!one_in(4)) rule.start = first;
    if (one_in(4)) {
      rule.parts.push_back(fmt::format("COUNT={}", from_to(1, 15)));
    } else if (one_in(4)) {
      rule.parts.push_back("UNTIL=" + until(rule, zone));
    }
    shuffle(rule.parts);
  }

 private:
  bool one_in(uint64_t n) { return rng_.below(n) == 0; }
  int from_to(int least, int most) {
    return least + static_cast<int>(rng_.below(static_cast<uint64_t>(most) - least + 1));
  }
  int either_end(int most, uint64_t negative_one_in) {
    const int value = from_to(1, most);
    return one_in(negative_one_in) ? -value : value;
  }
  template <typename Pick>
  std::vector<std::invoke_result_t<Pick>> some(int most, Pick pick) {
    std::vector<std::invoke_result_t<Pick>> out;
    for (int i = from_to(1, most); i > 0; --i) {
      auto value = pick();
      if (std::ranges::find(out, value) == out.end()) out.push_back(value);
    }
    return out;
  }
  template <typename Value>
  void shuffle(std::vector<Value>& values) {
    for (size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[rng_.below(i)]);
  }

  void choose_days(Rule& rule) {
    const bool is_year = rule.is("YEARLY");
    if (one_in(3)) rule.months = some(5, [&] { return from_to(1, 12); });
    if (is_year && one_in(5)) {
      rule.year_days = some(5, [&] { return either_end(366, 3); });
    } else if (is_year && one_in(5)) {
      rule.weeks = some(5, [&] { return either_end(53, 10); });
    }
    keep_some_months(rule);
    const bool has_list = !rule.weeks.empty() || !rule.year_days.empty();
    if (!rule.is("WEEKLY") && one_in(has_list ? 20 : 3)) {
      rule.month_days = some(has_list ? 20 : 8, [&] { return either_end(31, 3); });
    }
    if (rule.weeks.empty() && one_in(2)) return;
    const bool may_count = (is_year && rule.weeks.empty()) || rule.is("MONTHLY");
    const bool counts = may_count && rule.month_days.empty() && !has_list && one_in(2);
    const int last = is_year && rule.months.empty() ? 53 : 5;
    rule.days = some(4, [&] {
      const int most = one_in(3) ? last : 4;
      return std::pair{counts && !one_in(4) ? either_end(most, 3) : 0, from_to(0, 6)};
    });
  }

  // Beside lists of days or weeks only some, and then one that falls into the month.
  void keep_some_months(Rule& rule) {
    if (rule.months.empty() || (rule.year_days.empty() && rule.weeks.empty())) return;
    const int day_of_year = rule.months.front() * 30 - 12;
    if (!one_in(3)) {
      rule.months.clear();
    } else if (rule.weeks.empty()) {
      rule.year_days.push_back(day_of_year);
    } else {
      rule.weeks.push_back(day_of_year / 7 + 1);
    }
  }

  void choose_times(Rule& rule) {
    if (one_in(5)) rule.hours = some(3, [&] { return from_to(0, 23); });
    if (one_in(5)) rule.minutes = some(3, [&] { return from_to(0, 59); });
    if (one_in(8)) return;
    std::ranges::sort(rule.hours);
    std::ranges::sort(rule.minutes);
  }

  // Not beyond what one day or week has: of such a rule nothing would be left.
  void choose_positions(Rule& rule) {
    const bool picks = !rule.months.empty() || !rule.weeks.empty() || !rule.year_days.empty() ||
                       !rule.month_days.empty() || !rule.days.empty() || rule.times_a_day() > 1;
    if (!picks || !one_in(5)) return;
    size_t most = rule.times_a_day();
    if (!rule.is("DAILY") && rule.year_days.empty()) {
      most *= std::max({rule.days.size(), rule.month_days.size(), size_t{1}});
    }
    rule.positions =
        some(2, [&] { return either_end(static_cast<int>(std::min<size_t>(most, 4)), 2); });
  }

  void choose_start(Rule& rule) {
    const CivilDay day = CivilDay(2024, 1, 1) + from_to(0, 1500);
    rule.start = CivilSecond(day);
    if (rule.is_date) return;
    rule.start += from_to(0, 24 * 60 - 1) * 60;
    if (one_in(4)) rule.start += from_to(0, 59);
  }

  std::string until(const Rule& rule, const Zone& zone) {
    CivilSecond last = rule.start + static_cast<int64_t>(from_to(0, 2000)) * 86'400;
    if (!rule.is_date) last += from_to(0, 86'399);
    std::string day = fmt::format("{:04}{:02}{:02}", last.year(), last.month(), last.day());
    if (rule.is_date) return day;
    // libical has no zone here: only in UTC is its wall time a moment.
    const char* utc = zone == Zone() && one_in(2) ? "Z" : "";
    return fmt::format("{}T{:02}{:02}{:02}{}", day, last.hour(), last.minute(), last.second(), utc);
  }

  static void write(Rule& rule) {
    const auto list = [&](const char* name, const std::vector<int>& values) {
      if (!values.empty()) rule.parts.push_back(fmt::format("{}={}", name, fmt::join(values, ",")));
    };
    if (rule.interval != 1) rule.parts.push_back(fmt::format("INTERVAL={}", rule.interval));
    if (rule.week_start != 0) {
      rule.parts.push_back(fmt::format("WKST={}", kDayNames.at(rule.week_start)));
    }
    list("BYMONTH", rule.months);
    list("BYWEEKNO", rule.weeks);
    list("BYYEARDAY", rule.year_days);
    list("BYMONTHDAY", rule.month_days);
    list("BYHOUR", rule.hours);
    list("BYMINUTE", rule.minutes);
    list("BYSETPOS", rule.positions);
    std::vector<std::string> days;
    for (const auto& [ordinal, day] : rule.days) {
      days.push_back((ordinal == 0 ? "" : std::to_string(ordinal)) + kDayNames.at(day));
    }
    if (!days.empty()) rule.parts.push_back(fmt::format("BYDAY={}", fmt::join(days, ",")));
  }

  SeededRng rng_;
};

// --- where libical departs from section 3.3.10 of RFC 5545

bool has_negative(const std::vector<int>& values) {
  return std::ranges::any_of(values, [](int value) { return value < 0; });
}

// The table of the RFC lets these stand beside each other in a yearly rule; libical refuses it.
bool has_lists_of_days_together(const Rule& rule) {
  const bool has_month_days = !rule.month_days.empty();
  if (!rule.weeks.empty() && has_month_days) return true;
  return !rule.year_days.empty() && (!rule.weeks.empty() || !rule.months.empty() || has_month_days);
}

// BYSETPOS comes last and counts instances, which have a time; libical counts days.
bool picks_among_times(const Rule& rule) {
  return !rule.positions.empty() && rule.times_a_day() > 1;
}

// In a weekly rule BYSETPOS counts within one week; libical does not look at it.
bool picks_in_a_week(const Rule& rule) {
  return !rule.positions.empty() && rule.is("WEEKLY") && rule.days.size() > 1;
}

// BYSETPOS counts in a set, in which each day is once. libical counts one that is named from both
// ends of its month or year twice, so that places from the end are wrong.
bool picks_where_a_day_is_named_twice(const Rule& rule) {
  const auto is_twice = [](const std::vector<int>& days, int shortest, int longest) {
    return std::ranges::any_of(days, [&](int from_end) {
      return from_end < 0 && std::ranges::any_of(
                                 days,
                                 [&](int day) {
                                   const int length = day - from_end - 1;
                                   return day > 0 && length >= shortest && length <= longest;
                                 });
    });
  };
  return has_negative(rule.positions) && rule.days.empty() &&
         (is_twice(rule.month_days, 28, 31) || is_twice(rule.year_days, 365, 366));
}

// COUNT keeps the first instances; libical goes through a day as BYHOUR and BYMINUTE are written.
bool has_times_out_of_order(const Rule& rule) {
  return !std::ranges::is_sorted(rule.hours) || !std::ranges::is_sorted(rule.minutes);
}

// -1 is the last day of the month, and in a daily rule BYMONTHDAY limits; to libical no day is it.
bool has_days_from_the_end_daily(const Rule& rule) {
  return rule.is("DAILY") && has_negative(rule.month_days);
}

// In a yearly rule BYMONTHDAY expands, to each month; libical stays in the month of the start.
bool has_days_of_every_month_yearly(const Rule& rule) {
  return rule.is("YEARLY") && !rule.month_days.empty() && rule.months.empty();
}

// Week 1 is the first with four days in the year, and not every year has a week 53. libical gives
// one where there is none, and loses days near the turn of the year. (Whether the days that hang
// over count to the one year or to the other the RFC leaves open, which INTERVAL and BYSETPOS show:
// to dateutil and to us a day is in the year of its date.)
bool has_weeks_at_the_turn_of_the_year(const Rule& rule) {
  return std::ranges::any_of(
      rule.weeks, [](int week) { return week == 1 || week == -1 || std::abs(week) >= 52; });
}

// libical numbers on from the week that January 1 is in, be it the 53rd of the year before.
bool has_weeks_of_january(const Rule& rule) {
  return !rule.weeks.empty() && std::ranges::find(rule.months, 1) != rule.months.end();
}

// A week begins on WKST; counting from the end libical takes it to begin on Monday.
bool has_weeks_from_the_end_with_wkst(const Rule& rule) {
  return has_negative(rule.weeks) && rule.week_start != 0;
}

// INTERVAL counts from the week of the start. Where all days are before WKST in a week from Sunday
// on, and the start is not on the first of them, libical begins a week early.
bool skips_weeks_with_days_before_wkst(const Rule& rule) {
  if (!rule.is("WEEKLY") || rule.interval == 1 || rule.days.empty()) return false;
  const auto from_sunday = [](int day) { return (day + 1) % 7; };
  const auto place = [&](const auto& day) { return (day.second - rule.week_start + 7) % 7; };
  const int first = std::ranges::min_element(rule.days, {}, place)->second;
  return from_sunday(first) < from_sunday(rule.week_start) &&
         first != static_cast<int>(cctz::get_weekday(CivilDay(rule.start)));
}

struct Departure {
  std::string_view name;
  bool (*holds)(const Rule&);
};

constexpr Departure kDepartures[] = {
    {"BYYEARDAY or BYWEEKNO beside other lists of days", has_lists_of_days_together},
    {"BYSETPOS among times of a day", picks_among_times},
    {"BYSETPOS in a week", picks_in_a_week},
    {"BYSETPOS from the end, a day named twice", picks_where_a_day_is_named_twice},
    {"BYHOUR or BYMINUTE out of order", has_times_out_of_order},
    {"DAILY with BYMONTHDAY from the end", has_days_from_the_end_daily},
    {"YEARLY with BYMONTHDAY, no BYMONTH", has_days_of_every_month_yearly},
    {"BYWEEKNO at the turn of the year", has_weeks_at_the_turn_of_the_year},
    {"BYWEEKNO in January", has_weeks_of_january},
    {"BYWEEKNO from the end with WKST", has_weeks_from_the_end_with_wkst},
    {"WEEKLY with INTERVAL, all days before WKST", skips_weeks_with_days_before_wkst},
};

// The first class that the rule is in, or nullptr.
const Departure* departure_of(const Rule& rule) {
  const auto* found =
      std::ranges::find_if(kDepartures, [&](const Departure& one) { return one.holds(rule); });
  return found == std::end(kDepartures) ? nullptr : found;
}

// --- the comparison

struct Counts {
  size_t compared = 0, starts_off_rule = 0, rare = 0;
  std::map<std::string_view, size_t> departed;
  std::map<std::string, size_t> parts;  // of the compared: "BYDAY", and "FREQ=DAILY"

  void count_compared(const Rule& rule, const CivilSecond& first) {
    ++compared;
    if (first != rule.start) ++starts_off_rule;
    ++parts["FREQ=" + rule.freq];
    for (const std::string& part : rule.parts) ++parts[part.substr(0, part.find('='))];
  }
};

// Gives the rule its start and end. False for one that seldom or never comes: both sides would leaf
// through centuries of days, and the test would take minutes.
bool settle(RuleMaker& maker, Rule& rule, const Zone& zone) {
  const auto endless = Recurrence::parse(rule.text(), rule.start, zone);
  if (!endless) return false;
  const auto first = civils(endless->next(Time::min(), kShown));
  const int64_t years = rule.is("DAILY") || rule.is("WEEKLY") ? 8 : 40;
  if (first.back().year() - rule.start.year() > years) return false;
  maker.settle(rule, first.front(), zone);
  return true;
}

void compare(RuleMaker& maker, Rule& rule, const Zone& zone, Counts& counts) {
  if (!settle(maker, rule, zone)) {
    ++counts.rare;
    return;
  }
  if (const Departure* departure = departure_of(rule)) {
    ++counts.departed[departure->name];
    return;
  }
  const std::string what =
      fmt::format("{} from {} in {}", rule.text(), to_text(rule.start), zone.name());
  const auto theirs = by_libical(rule.text(), rule.start, rule.is_date, zone, kShown);
  const auto parsed = Recurrence::parse(rule.text(), rule.start, zone);
  if (!parsed) {  // UNTIL is before the first
    EXPECT_THAT(theirs.value_or(std::vector<CivilSecond>{}), IsEmpty()) << what;
    return;
  }
  ASSERT_TRUE(theirs) << what;
  const auto ours = parsed->next(Time::min(), kShown);
  ASSERT_EQ(civils(ours), *theirs) << what;
  counts.count_compared(rule, theirs->front());
  // Asked from the middle on, we jump there.
  const auto middle = static_cast<int64_t>(ours.size() / 2);
  const auto rest = parsed->next(ours.at(ours.size() / 2).time, ours.size() - ours.size() / 2);
  EXPECT_EQ(rest, std::vector(ours.begin() + middle, ours.end())) << what;
}

TEST(RecurrenceLibical, ComesOnTheSameDates) {
  const Zone zones[] = {Zone(), Zone::find("Europe/Berlin").value(),
                        Zone::find("America/New_York").value(),
                        Zone::find("Australia/Lord_Howe").value()};
  RuleMaker maker(5545);
  Counts counts;
  for (int round = 0; round < 3000 && !HasFatalFailure(); ++round) {
    Rule rule = maker.next();
    compare(maker, rule, zones[round % std::size(zones)], counts);
  }
  fmt::print("{} compared, {} of them with a start that is no occurrence; {} rare ones\n",
             counts.compared, counts.starts_off_rule, counts.rare);
  EXPECT_GE(counts.compared, 2000u);
  EXPECT_LE(counts.rare, 300u) << "what seldom comes is not compared";
  EXPECT_GE(counts.starts_off_rule, 300u);
  for (const auto& [part, count] : counts.parts) fmt::print("  {:5} {}\n", count, part);
  for (const char* part :
       {"FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", "INTERVAL", "COUNT", "UNTIL",
        "WKST", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE"}) {
    EXPECT_GE(counts.parts[part], 200u) << part;
  }
  for (const char* part : {"BYYEARDAY", "BYSETPOS", "BYWEEKNO"}) {
    EXPECT_GE(counts.parts[part], 30u) << part;
  }
  fmt::print("where libical departs from the RFC:\n");
  for (const Departure& departure : kDepartures) {
    fmt::print("  {:5} {}\n", counts.departed[departure.name], departure.name);
    EXPECT_GE(counts.departed[departure.name], 1u) << departure.name;
  }
}

TEST(RecurrenceLibical, FindsNoDateWhereNoneFits) {
  for (const char* rule : {"FREQ=YEARLY;INTERVAL=40;BYMONTH=2;BYMONTHDAY=30",
                           "FREQ=YEARLY;INTERVAL=40;BYMONTHDAY=31;BYMONTH=4,6",
                           "FREQ=YEARLY;INTERVAL=40;BYYEARDAY=-366"}) {
    EXPECT_FALSE(Recurrence::parse(rule, CivilSecond(2026, 1, 1), Zone())) << rule;
    EXPECT_EQ(by_libical(rule, CivilSecond(2026, 1, 1), false, Zone(), 1), std::nullopt) << rule;
  }
}

// --- one rule of each class: what libical says, and what the RFC, dateutil 2.9 and we do

using Dates = std::vector<std::string>;

Dates libical(const char* rule, const char* start, size_t limit) {
  const auto found = by_libical(rule, parse_civil(start).value(), false, Zone(), limit);
  return found ? texts(*found) : Dates{"refused"};
}
Dates ours(const char* rule, const char* start, size_t limit) {
  const auto parsed = Recurrence::parse(rule, parse_civil(start).value(), Zone());
  return parsed ? texts(civils(parsed->next(Time::min(), limit))) : Dates{parsed.error().message};
}

TEST(RecurrenceLibicalDeparts, RefusesADayOfTheYearInAMonth) {
  const char* rule = "FREQ=YEARLY;BYMONTH=4;BYYEARDAY=100";
  EXPECT_THAT(libical(rule, "2026-04-10 09:00", 3), ElementsAre("refused"));
  EXPECT_THAT(ours(rule, "2026-04-10 09:00", 3),
              ElementsAre("2026-04-10 09:00:00", "2027-04-10 09:00:00", "2028-04-09 09:00:00"));
}

TEST(RecurrenceLibicalDeparts, RefusesADayOfTheMonthInAWeek) {
  const char* rule = "FREQ=YEARLY;BYWEEKNO=20;BYMONTHDAY=13;BYDAY=TU,WE";
  EXPECT_THAT(libical(rule, "2026-05-13 09:00", 3), ElementsAre("refused"));
  EXPECT_THAT(ours(rule, "2026-05-13 09:00", 3),
              ElementsAre("2026-05-13 09:00:00", "2031-05-13 09:00:00", "2036-05-13 09:00:00"));
}

TEST(RecurrenceLibicalDeparts, CountsPlacesByDayNotByTime) {
  const char* rule = "FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=9,17;BYSETPOS=-1";
  EXPECT_THAT(libical(rule, "2026-01-01 17:00", 3),
              ElementsAre("2026-01-01 17:00:00", "2026-02-01 09:00:00", "2026-02-01 17:00:00"));
  EXPECT_THAT(ours(rule, "2026-01-01 17:00", 3),
              ElementsAre("2026-01-01 17:00:00", "2026-02-01 17:00:00", "2026-03-01 17:00:00"));
}

TEST(RecurrenceLibicalDeparts, LeavesOutPlacesInAWeek) {
  const char* rule = "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1";
  EXPECT_THAT(libical(rule, "2026-01-02 09:00", 3),
              ElementsAre("2026-01-02 09:00:00", "2026-01-05 09:00:00", "2026-01-07 09:00:00"));
  EXPECT_THAT(ours(rule, "2026-01-02 09:00", 3),
              ElementsAre("2026-01-02 09:00:00", "2026-01-09 09:00:00", "2026-01-16 09:00:00"));
}

TEST(RecurrenceLibicalDeparts, CountsADayTwiceThatIsNamedFromBothEnds) {
  // In a month of 30 days the 21st from the end is the 10th.
  const char* rule = "FREQ=MONTHLY;BYMONTHDAY=10,-21,20;BYSETPOS=-2";
  EXPECT_THAT(libical(rule, "2026-04-10 09:00", 3),
              ElementsAre("2026-04-20 09:00:00", "2026-05-11 09:00:00", "2026-06-20 09:00:00"));
  EXPECT_THAT(ours(rule, "2026-04-10 09:00", 3),
              ElementsAre("2026-04-10 09:00:00", "2026-05-11 09:00:00", "2026-06-10 09:00:00"));
}

TEST(RecurrenceLibicalDeparts, CountsADayOfTheYearTwiceToo) {
  const char* rule = "FREQ=YEARLY;BYYEARDAY=43,219,-147;BYSETPOS=-1";
  EXPECT_THAT(libical(rule, "2026-08-07 09:00", 3),
              ElementsAre("2028-08-07 09:00:00", "2032-08-07 09:00:00", "2036-08-07 09:00:00"));
  EXPECT_THAT(ours(rule, "2026-08-07 09:00", 3),
              ElementsAre("2026-08-07 09:00:00", "2027-08-07 09:00:00", "2028-08-07 09:00:00"));
}

TEST(RecurrenceLibicalDeparts, GivesTimesAsTheyAreWritten) {
  const char* rule = "FREQ=DAILY;BYHOUR=17,9;COUNT=3";
  EXPECT_THAT(libical(rule, "2026-01-01 09:00", 3),
              ElementsAre("2026-01-01 17:00:00", "2026-01-01 09:00:00", "2026-01-02 17:00:00"));
  EXPECT_THAT(ours(rule, "2026-01-01 09:00", 3),
              ElementsAre("2026-01-01 09:00:00", "2026-01-01 17:00:00", "2026-01-02 09:00:00"));
}

TEST(RecurrenceLibicalDeparts, KnowsNoLastDayOfTheMonthInDaily) {
  const char* rule = "FREQ=DAILY;BYMONTHDAY=1,-1";
  EXPECT_THAT(libical(rule, "2026-01-31 09:00", 3),
              ElementsAre("2026-02-01 09:00:00", "2026-03-01 09:00:00", "2026-04-01 09:00:00"));
  EXPECT_THAT(ours(rule, "2026-01-31 09:00", 3),
              ElementsAre("2026-01-31 09:00:00", "2026-02-01 09:00:00", "2026-02-28 09:00:00"));
}

TEST(RecurrenceLibicalDeparts, TakesOneMonthOfTheYear) {
  const char* rule = "FREQ=YEARLY;BYMONTHDAY=13";
  EXPECT_THAT(libical(rule, "2026-01-13 09:00", 3),
              ElementsAre("2026-01-13 09:00:00", "2027-01-13 09:00:00", "2028-01-13 09:00:00"));
  EXPECT_THAT(ours(rule, "2026-01-13 09:00", 3),
              ElementsAre("2026-01-13 09:00:00", "2026-02-13 09:00:00", "2026-03-13 09:00:00"));
}

TEST(RecurrenceLibicalDeparts, LosesTheEndOfTheLastWeek) {
  const char* rule = "FREQ=YEARLY;BYWEEKNO=52;BYDAY=SU";
  EXPECT_THAT(libical(rule, "2024-12-29 09:00", 3),
              ElementsAre("2025-12-28 09:00:00", "2026-12-27 09:00:00", "2030-12-29 09:00:00"));
  EXPECT_THAT(ours(rule, "2024-12-29 09:00", 3),
              ElementsAre("2024-12-29 09:00:00", "2025-12-28 09:00:00", "2026-12-27 09:00:00"));
}

TEST(RecurrenceLibicalDeparts, HasA53rdWeekTooOften) {
  // December 29, 2031 is in week 1 of 2032.
  const char* rule = "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO";
  EXPECT_THAT(libical(rule, "2026-12-28 09:00", 3),
              ElementsAre("2026-12-28 09:00:00", "2031-12-29 09:00:00", "2032-12-27 09:00:00"));
  EXPECT_THAT(ours(rule, "2026-12-28 09:00", 3),
              ElementsAre("2026-12-28 09:00:00", "2032-12-27 09:00:00", "2037-12-28 09:00:00"));
}

// January 2, 2027 is in week 53 of 2026, so the Saturday of week 3 is the 23rd.
TEST(RecurrenceLibicalDeparts, NumbersTheWeeksOfJanuaryOnFromLastYear) {
  const char* rule = "FREQ=YEARLY;BYMONTH=1;BYWEEKNO=3;BYDAY=TU,SA";
  EXPECT_THAT(libical(rule, "2027-01-19 09:00", 3),
              ElementsAre("2027-01-19 09:00:00", "2028-01-18 09:00:00", "2029-01-16 09:00:00"));
  EXPECT_THAT(ours(rule, "2027-01-19 09:00", 3),
              ElementsAre("2027-01-19 09:00:00", "2027-01-23 09:00:00", "2028-01-18 09:00:00"));
}

TEST(RecurrenceLibicalDeparts, CountsWeeksFromTheEndAsIfTheyBeganOnMonday) {
  const char* rule = "FREQ=YEARLY;BYWEEKNO=-20;BYDAY=FR;WKST=TU";
  EXPECT_THAT(libical(rule, "2025-08-15 09:00", 3),
              ElementsAre("2025-08-15 09:00:00", "2026-08-21 09:00:00", "2027-08-13 09:00:00"));
  EXPECT_THAT(ours(rule, "2025-08-15 09:00", 3),
              ElementsAre("2025-08-15 09:00:00", "2026-08-14 09:00:00", "2027-08-20 09:00:00"));
}

TEST(RecurrenceLibicalDeparts, BeginsAWeekEarlyBeforeWkst) {
  // The start is in its week the second day of the rule.
  const char* rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=TU";
  EXPECT_THAT(libical(rule, "2026-01-05 09:00", 3),
              ElementsAre("2026-01-11 09:00:00", "2026-01-12 09:00:00", "2026-01-25 09:00:00"));
  EXPECT_THAT(ours(rule, "2026-01-05 09:00", 3),
              ElementsAre("2026-01-05 09:00:00", "2026-01-18 09:00:00", "2026-01-19 09:00:00"));
}

}  // namespace
}  // namespace tocsin::calendar
