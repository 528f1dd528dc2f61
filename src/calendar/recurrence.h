#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "calendar/zone.h"

namespace tocsin::calendar {

// A rule such as "every Saturday and Sunday" (RRULE of RFC 5545, section 3.3.10) with its start, its
// zone and the dates that are left out. The days are counted on the calendar of the zone; then each
// becomes a moment by Zone::to_time(): an occurrence that the clocks skip is at the moment of the
// jump, one that they show twice is the first of both. Two that fall together are one. So the
// moments rise strictly. An immutable value, thread-safe; the expansion is libical's.
//
// Known parts: FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT or UNTIL, WKST, BYMONTH,
// BYWEEKNO, BYYEARDAY, BYMONTHDAY, BYDAY, BYHOUR, BYMINUTE, BYSETPOS. Only what the rule yields is
// an occurrence: a start that does not fit the rule is none, which the RFC leaves open. COUNT counts
// from the start, those that are left out included. UNTIL is a moment in UTC (20261231T120000Z), a
// time of the zone, or a day, whose whole is meant.
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
  Recurrence() = default;
  bool is_over(const Occurrence& occurrence) const;

  std::string rule_;
  std::string expanded_;  // the rule without COUNT and UNTIL, which are ours
  CivilSecond start_;
  Zone zone_;
  std::vector<CivilSecond> exceptions_;
  std::optional<size_t> count_;
  std::optional<CivilSecond> until_civil_;  // the last one that counts
  std::optional<Time> until_time_;
};

}  // namespace tocsin::calendar
