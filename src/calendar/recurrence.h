#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "calendar/zone.h"

namespace tocsin::calendar {

// A rule such as "every Saturday and Sunday" (RRULE of RFC 5545, section 3.3.10) with its start,
// its zone and the dates that are left out. The days are counted on the calendar of the zone; then
// each becomes a moment by Zone::to_time(): an occurrence that the clocks skip is at the moment of
// the jump, one that they show twice is the first of both. Two that fall together are one. So the
// moments rise strictly. An immutable value, thread-safe.
//
// Known parts: FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT or UNTIL, WKST, BYMONTH,
// BYWEEKNO, BYYEARDAY, BYMONTHDAY, BYDAY, BYHOUR, BYMINUTE, BYSETPOS. Only what the rule yields is
// an occurrence: a start that does not fit the rule is none, which the RFC leaves open. COUNT
// counts from the start, those that are left out included. INTERVAL counts days, weeks, months and
// years of the calendar from the one that holds the start. BYWEEKNO wants BYDAY beside it; a day of
// a week that two years share is in the year of its date. The calendar ends with the year 2999.
// UNTIL is a moment in UTC (20261231T120000Z), a time of the zone, or a day, whose whole is meant.
class Recurrence {
 public:
  struct Occurrence {
    CivilSecond civil;  // as the rule says it
    Time time;
    bool operator==(const Occurrence&) const = default;
  };
  static constexpr size_t kMostExceptions = 1000;
  static constexpr size_t kMostAtOnce = 1000;

  // kInvalidArgument names the part that is wrong and how to write it, also for a rule that no date
  // fits. "RRULE:" in front is taken, small letters, too.
  static Result<Recurrence> parse(std::string_view rule, const CivilSecond& start, Zone zone,
                                  std::vector<CivilSecond> exceptions = {});

  // The occurrences at `from` and later, oldest first; `limit` at most, and kMostAtOnce. Fewer when
  // there are no more.
  std::vector<Occurrence> next(Time from, size_t limit) const;
  std::optional<Occurrence> first_from(Time from) const;

  const std::string& rule() const { return rule_; }  // as given, in capitals, without "RRULE:"
  const CivilSecond& start() const { return start_; }
  const Zone& zone() const { return zone_; }
  const std::vector<CivilSecond>& exceptions() const { return exceptions_; }  // sorted

 private:
  struct Parser;
  struct Weekday {
    int ordinal = 0;  // 0: each; negative: from the end of the month, or of the year
    int day = 0;      // Monday 0
  };
  enum class Unit { kDay, kWeek, kMonth, kYear };

  Recurrence() = default;
  void set_defaults();
  // The n-th day, week, month or year that is in turn: its first day, and the first one behind it.
  std::pair<CivilDay, CivilDay> period(int64_t n) const;
  int64_t period_before(const CivilDay& day) const;  // one that begins before it, or 0
  std::vector<CivilSecond> occurrences_in(int64_t n) const;
  bool fits(const CivilDay& day) const;
  bool fits_weekday(const CivilDay& day) const;
  bool fits_week(const CivilDay& day) const;
  CivilDay week_of(const CivilDay& day) const;  // its first day
  bool is_over(const Occurrence& occurrence) const;

  std::string rule_;
  CivilSecond start_;
  Zone zone_;
  std::vector<CivilSecond> exceptions_;

  Unit unit_ = Unit::kDay;
  int interval_ = 1;
  int week_start_ = 0;  // Monday 0
  std::vector<int> months_, weeks_, year_days_, month_days_, hours_, minutes_, positions_;
  std::vector<Weekday> weekdays_;
  std::optional<size_t> count_;
  std::optional<CivilSecond> until_civil_;  // the last one that counts
  std::optional<Time> until_time_;
};

}  // namespace tocsin::calendar
