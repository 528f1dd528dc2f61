#pragma once

#include "base/time.h"
#include "calendar/zone.h"

namespace tocsin::calendar {

// Monday, and the first day of a month, a quarter and a year: counted from here, every unit begins
// where people expect it.
inline constexpr CivilSecond kFirstMonday(2001, 1, 1);

// Equal pieces of the calendar, one after the other, before and after `start`: the n-th begins at
// `start` + n * `count` units on the calendar of `zone`. Where a month has no such day it begins on
// the month's last day (from January 31: February 28, March 31).
struct Periods {
  enum class Unit { kDay, kWeek, kMonth, kQuarter, kYear };
  Unit unit = Unit::kMonth;
  int count = 1;  // > 0
  Zone zone;
  CivilSecond start = kFirstMonday;  // with it weeks begin on Monday, months on the first
};

struct Period {
  Time begin;
  Time end;  // not included; the begin of the next one
  bool operator==(const Period&) const = default;
};

// The one period that contains `time`; all of them tile the time without gap or overlap, also where
// clocks are changed (a boundary that the clocks skip is the moment of the jump; of one that they
// show twice the first counts). Pure.
Period period_at(const Periods& periods, Time time);

}  // namespace tocsin::calendar
