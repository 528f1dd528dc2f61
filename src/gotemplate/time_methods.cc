// The methods that times and durations have in templates.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "gotemplate/builtins.h"
#include "gotemplate/time_layout.h"

namespace tocsin::gotemplate {
namespace {

using Args = std::span<const Value>;

CivilMoment civil(Args args) { return civil_of(args[0].moment()); }
Time at(const Value& value) { return value.moment().at; }
int64_t number(const Value& value) { return value.integer().number; }
Value int64(int64_t value) { return Integer{value, IntType::kInt64}; }

// Times beyond what a Time can hold stop at its ends, some 290,000 years away.
Time later(Time time, Wide micros) {
  const Wide sum = to_micros(time) + micros;
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max() / 2;
  return from_micros(static_cast<int64_t>(
      std::clamp<Wide>(sum, -static_cast<Wide>(kMost), static_cast<Wide>(kMost))));
}
Value with_time(const Value& value, Time time) {
  Moment moment = value.moment();
  moment.at = time;
  return moment;
}

Result<Value> add_date(Args args, const Call&) {
  constexpr int64_t kMost = 1'000'000;
  for (const Value& count : args.subspan(1)) {
    if (std::abs(number(count)) > kMost) return invalid("AddDate moves by at most a million");
  }
  const Moment& moment = args[0].moment();
  const CivilMoment now = civil_of(moment);
  const calendar::CivilSecond moved(now.year + number(args[1]), now.month + number(args[2]),
                                    now.day + number(args[3]), now.hour, now.minute, now.second);
  const int64_t total = moved - calendar::CivilSecond(1970, 1, 1);
  const Time wall = from_micros(total * 1'000'000 + now.micros);
  Time result = wall - now.offset;
  if (!moment.fixed) result = wall - moment.zone.offset(result);
  return with_time(args[0], result);
}

Result<Value> truncate_time(Args args, const Call&) {
  const int64_t step = number(args[1]) / 1000;
  if (step <= 0) return args[0];
  // Go counts from the year 1.
  const Wide since = static_cast<Wide>(to_micros(at(args[0]))) - to_micros(kZeroTime);
  const Wide rest = (since % step + step) % step;
  return with_time(args[0], later(at(args[0]), -rest));
}

const std::vector<Function>& time_methods() {
  using P = Param;
  static const std::vector<Function> methods = {
      {"Format",
       {P::kText},
       {},
       [](Args a, const Call&) -> Result<Value> {
         return Value(format_time(a[0].moment(), a[1].text()));
       }},
      {"String",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> { return Value(to_text(a[0].moment())); }},
      {"Unix",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> {
         return int64(std::chrono::floor<seconds>(at(a[0])).time_since_epoch().count());
       }},
      {"UnixMilli",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> { return int64(to_millis(at(a[0]))); }},
      {"UnixMicro",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> { return int64(to_micros(at(a[0]))); }},
      {"UnixNano",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> {
         // Outside of the years 1678 to 2262 it wraps around, as it does in Go.
         return int64(static_cast<int64_t>(static_cast<uint64_t>(to_micros(at(a[0]))) * 1000));
       }},
      {"UTC",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> { return Value(Moment{.at = at(a[0])}); }},
      // The machine's own zone is UTC for us: a message must not depend on where it is made.
      {"Local",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> { return Value(Moment{.at = at(a[0])}); }},
      {"Add",
       {P::kDuration},
       {},
       [](Args a, const Call&) -> Result<Value> {
         return with_time(a[0], later(at(a[0]), number(a[1]) / 1000));
       }},
      {"AddDate", {P::kInt, P::kInt, P::kInt}, {}, add_date},
      {"Truncate", {P::kDuration}, {}, truncate_time},
      {"Sub",
       {P::kTime},
       {},
       [](Args a, const Call&) -> Result<Value> {
         return Value::duration(nanoseconds_between(at(a[1]), at(a[0])));
       }},
      {"After",
       {P::kTime},
       {},
       [](Args a, const Call&) -> Result<Value> { return Value(at(a[0]) > at(a[1])); }},
      {"Before",
       {P::kTime},
       {},
       [](Args a, const Call&) -> Result<Value> { return Value(at(a[0]) < at(a[1])); }},
      {"Equal",
       {P::kTime},
       {},
       [](Args a, const Call&) -> Result<Value> { return Value(at(a[0]) == at(a[1])); }},
      {"Compare",
       {P::kTime},
       {},
       [](Args a, const Call&) -> Result<Value> {
         return Value(at(a[0]) < at(a[1]) ? -1 : at(a[0]) > at(a[1]) ? 1 : 0);
       }},
      {"IsZero",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> { return Value(at(a[0]) == kZeroTime); }},
      {"Year", {}, {}, [](Args a, const Call&) -> Result<Value> { return Value(civil(a).year); }},
      {"Month",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> {
         return Value(Integer{civil(a).month, IntType::kMonth});
       }},
      {"Day", {}, {}, [](Args a, const Call&) -> Result<Value> { return Value(civil(a).day); }},
      {"Weekday",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> {
         return Value(Integer{civil(a).weekday, IntType::kWeekday});
       }},
      {"YearDay",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> { return Value(civil(a).year_day); }},
      {"Hour", {}, {}, [](Args a, const Call&) -> Result<Value> { return Value(civil(a).hour); }},
      {"Minute",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> { return Value(civil(a).minute); }},
      {"Second",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> { return Value(civil(a).second); }},
      {"Nanosecond",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> { return Value(civil(a).micros * 1000); }},
  };
  return methods;
}

// Half away from zero, as Duration.Round does; stops at the ends of int64.
Result<Value> round_duration(Args args, const Call&) {
  const int64_t step = number(args[1]);
  if (step <= 0) return args[0];
  const Wide value = number(args[0]);
  const Wide half = value < 0 ? -static_cast<Wide>(step) : step;
  const Wide rounded = (value * 2 + half) / (static_cast<Wide>(step) * 2) * step;
  constexpr Wide kMost = std::numeric_limits<int64_t>::max();
  constexpr Wide kLeast = std::numeric_limits<int64_t>::min();
  return Value::duration(static_cast<int64_t>(std::clamp(rounded, kLeast, kMost)));
}

template <int64_t kUnit>
Result<Value> in_units(Args args, const Call&) {
  // As Go does it, so that no precision is lost in the whole part.
  const int64_t value = number(args[0]);
  const int64_t whole = value / kUnit, rest = value % kUnit;
  return Value(static_cast<double>(whole) + static_cast<double>(rest) / static_cast<double>(kUnit));
}

const std::vector<Function>& duration_methods() {
  using P = Param;
  static const std::vector<Function> methods = {
      {"String",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> { return Value(duration_text(number(a[0]))); }},
      {"Seconds", {}, {}, in_units<1'000'000'000>},
      {"Minutes", {}, {}, in_units<60'000'000'000>},
      {"Hours", {}, {}, in_units<3'600'000'000'000>},
      {"Milliseconds",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> { return int64(number(a[0]) / 1'000'000); }},
      {"Microseconds",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> { return int64(number(a[0]) / 1'000); }},
      {"Nanoseconds",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> { return int64(number(a[0])); }},
      {"Abs",
       {},
       {},
       [](Args a, const Call&) -> Result<Value> {
         constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
         const int64_t value = number(a[0]);
         return Value::duration(value >= 0 ? value : value < -kMost ? kMost : -value);
       }},
      {"Truncate",
       {P::kDuration},
       {},
       [](Args a, const Call&) -> Result<Value> {
         const int64_t step = number(a[1]);
         return step <= 0 ? a[0] : Value::duration(number(a[0]) - number(a[0]) % step);
       }},
      {"Round", {P::kDuration}, {}, round_duration},
  };
  return methods;
}

const std::vector<Function>& name_methods() {
  static const std::vector<Function> methods = {
      {"String", {}, {}, [](Args a, const Call&) -> Result<Value> {
         const auto index = static_cast<int>(number(a[0]));
         return Value(a[0].integer().type == IntType::kMonth ? month_name(index)
                                                             : weekday_name(index));
       }}};
  return methods;
}

}  // namespace

const Function* find_time_method(const Value& receiver, std::string_view name) {
  const std::vector<Function>* methods = nullptr;
  if (receiver.kind() == Value::Kind::kTime) {
    methods = &time_methods();
  } else if (receiver.kind() == Value::Kind::kInt) {
    const IntType type = receiver.integer().type;
    if (type == IntType::kDuration) methods = &duration_methods();
    if (type == IntType::kMonth || type == IntType::kWeekday) methods = &name_methods();
  }
  if (methods == nullptr) return nullptr;
  const auto found = std::ranges::find(*methods, name, &Function::name);
  return found == methods->end() ? nullptr : &*found;
}

}  // namespace tocsin::gotemplate
