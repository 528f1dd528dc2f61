#include "calendar/period.h"

#include <algorithm>

namespace tocsin::calendar {
namespace {

// Days, or months, of one period; the other is 0.
struct Step {
  int64_t days = 0;
  int64_t months = 0;
};

Step step_of(const Periods& periods) {
  switch (periods.unit) {
    case Periods::Unit::kDay: return {.days = periods.count};
    case Periods::Unit::kWeek: return {.days = int64_t{7} * periods.count};
    case Periods::Unit::kMonth: return {.months = periods.count};
    case Periods::Unit::kQuarter: return {.months = int64_t{3} * periods.count};
    case Periods::Unit::kYear: return {.months = int64_t{12} * periods.count};
  }
  bug("unknown unit of a period");
}

CivilSecond at(const CivilDay& day, const CivilSecond& clock) {
  return CivilSecond(day.year(), day.month(), day.day(), clock.hour(), clock.minute(),
                     clock.second());
}

// Where the n-th period begins. Counted from the start each time, so that a short month does not
// move the later ones.
CivilSecond begin_of(const Periods& periods, const Step& step, int64_t n) {
  const CivilSecond& start = periods.start;
  if (step.days > 0) return at(CivilDay(start) + n * step.days, start);
  const cctz::civil_month month = cctz::civil_month(start) + n * step.months;
  const CivilDay last = CivilDay(month + 1) - 1;
  return at(std::min(CivilDay(month) + (start.day() - 1), last), start);
}

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

Period period_at(const Periods& periods, Time time) {
  if (periods.count <= 0) bug("a period must have at least one unit");
  const Step step = step_of(periods);
  const CivilSecond civil = periods.zone.to_civil(time);
  int64_t n = step.days > 0 ? floor_div(CivilDay(civil) - CivilDay(periods.start), step.days)
                            : floor_div(cctz::civil_month(civil) - cctz::civil_month(periods.start),
                                        step.months);
  const auto begin = [&](int64_t k) { return periods.zone.to_time(begin_of(periods, step, k)); };
  // The guess looks at days and months only; the time of day, short months and changes of the clock
  // (which may show the end of a day again after midnight) move it by one or two.
  while (time < begin(n)) --n;
  while (time >= begin(n + 1)) ++n;
  return {begin(n), begin(n + 1)};
}

}  // namespace tocsin::calendar
