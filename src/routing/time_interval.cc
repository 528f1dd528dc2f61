#include "routing/time_interval.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <span>
#include <system_error>

#include "base/text.h"

namespace tocsin::routing {
namespace {

using calendar::CivilDay;
using calendar::CivilSecond;
using codec::Fields;
using codec::shown;

// A list of the configuration that holds no item contains no moment, where a missing list contains
// them all.
constexpr Span kNever{1, 0};

constexpr std::string_view kWeekdays[] = {"sunday",   "monday", "tuesday", "wednesday",
                                          "thursday", "friday", "saturday"};
constexpr std::string_view kMonths[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};

// ---- reading

// strconv.Atoi: a sign is allowed, white space is not. What is beyond any calendar is cut to a
// number that is, too.
std::optional<int> to_int(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  constexpr int64_t kFar = 1'000'000'000;
  return static_cast<int>(std::clamp(value, -kFar, kFar));
}

std::optional<int> position_of(std::string_view word, std::span<const std::string_view> words) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<int>(found - words.begin());
}

std::optional<int> to_weekday(std::string_view text) { return position_of(text, kWeekdays); }

std::optional<int> to_month(std::string_view text) {
  if (const auto position = position_of(text, kMonths)) return *position + 1;
  return to_int(text);
}

// What is wrong with a span whose ends were read; empty: nothing.
using CheckSpan = std::string (*)(const Span&);

std::string check_order(const Span& span) {
  return span.first > span.last ? "ends before it starts; write the smaller one first" : "";
}

std::string check_days(const Span& span) {
  for (const int day : {span.first, span.last}) {
    if (day == 0 || day < -31 || day > 31) {
      return fmt::format("day {} is in no month; write 1 to 31, or -1 for the last day to -31",
                         day);
    }
  }
  if (span.first < 0 && span.last > 0) {
    return "starts at a day counted from the month's end and must end at one, too";
  }
  // The shortest month tells whether the end comes before the start in every month.
  const auto in_february = [](int day) { return day < 0 ? 28 + day : day; };
  return in_february(span.first) > in_february(span.last) ? "ends before it starts in every month"
                                                          : "";
}

struct SpanField {
  std::string_view key;
  std::vector<Span> TimeInterval::* spans;
  std::optional<int> (*read)(std::string_view);
  CheckSpan check;
  std::string_view help;
};

constexpr SpanField kSpanFields[] = {
    {"weekdays", &TimeInterval::weekdays, to_weekday, check_order, "a weekday such as monday"},
    {"days_of_month", &TimeInterval::days_of_month, to_int, check_days, "a day such as 1 or -1"},
    {"months", &TimeInterval::months, to_month, check_order, "a month such as may or 5"},
    {"years", &TimeInterval::years, to_int, check_order, "a year such as 2026"},
};

// "monday:friday", "monday", in any case.
void read_span(Fields& fields, const SpanField& field, std::string_view text,
               std::vector<Span>& spans) {
  const std::string lower = to_lower(text);
  const std::vector<std::string_view> ends = split(lower, ':');
  if (ends.size() > 2) {
    fields.problem(field.key, fmt::format("'{}' is no range; write first:last", shown(text)));
    return;
  }
  std::vector<int> numbers;
  for (const std::string_view end : ends) {
    const auto number = field.read(end);
    if (!number) {
      fields.problem(field.key, fmt::format("'{}' is not {}", shown(end), field.help));
      return;
    }
    numbers.push_back(*number);
  }
  const Span span{numbers.front(), numbers.back()};
  if (const std::string wrong = field.check(span); !wrong.empty()) {
    fields.problem(field.key, fmt::format("'{}' {}", shown(text), wrong));
    return;
  }
  spans.push_back(span);
}

bool is_given_empty(const Fields& fields, std::string_view key) {
  const codec::Node* node = fields.node().find(key);
  return node != nullptr && node->kind == codec::Node::Kind::kSequence && node->items.empty();
}

// HH:MM with two digits each, up to 24:00; the minute of the day.
std::optional<int> to_minute(std::string_view text) {
  const auto digit = [&](size_t i) {
    return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : 99;
  };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const int hour = digit(0) * 10 + digit(1), minute = digit(3) * 10 + digit(4);
  if (hour > 24 || minute > 59 || (hour == 24 && minute > 0)) return std::nullopt;
  return hour * 60 + minute;
}

std::optional<int> read_minute(Fields& fields, std::string_view key) {
  const std::string text = fields.text(key);
  const auto minute = to_minute(text);
  if (!minute && !text.empty()) {
    fields.problem(
        key, fmt::format("'{}' is not a time of day; write 09:30, at most 24:00", shown(text)));
  }
  return minute;
}

void read_times(Fields& fields, TimeInterval& interval) {
  for (Fields& range : fields.children("times")) {
    const auto start = read_minute(range, "start_time"), end = read_minute(range, "end_time");
    range.finish();
    if (!start || !end) continue;
    if (*start >= *end) {
      range.problem("end_time",
                    "must be after start_time; a range over midnight is written as two");
      continue;
    }
    interval.minutes.push_back({*start, *end});
  }
  if (is_given_empty(fields, "times")) interval.minutes.push_back(kNever);
}

// The name of this machine's zone.
std::string local_zone_name() {
  if (const char* variable = std::getenv("TZ"); variable != nullptr) {
    std::string_view name = variable;
    if (name.starts_with(':')) name.remove_prefix(1);
    return name.empty() ? "UTC" : std::string(name);
  }
  std::error_code error;
  const std::string file = std::filesystem::read_symlink("/etc/localtime", error).string();
  constexpr std::string_view kFolder = "zoneinfo/";
  const size_t at = file.rfind(kFolder);
  if (error || at == std::string::npos) return "UTC";
  return file.substr(at + kFolder.size());
}

void read_location(Fields& fields, TimeInterval& interval) {
  std::string name = fields.text("location", "");
  if (name.empty()) return;
  if (name == "Local") name = local_zone_name();
  if (name == "Etc/UTC") name = "UTC";
  auto zone = calendar::Zone::find(name);
  if (zone) {
    interval.zone = *std::move(zone);
  } else {
    fields.problem("location", zone.error().message);
  }
}

TimeInterval read_interval(Fields& fields) {
  TimeInterval interval;
  read_times(fields, interval);
  for (const SpanField& field : kSpanFields) {
    std::vector<Span>& spans = interval.*field.spans;
    for (const std::string& text : fields.texts(field.key)) read_span(fields, field, text, spans);
    if (is_given_empty(fields, field.key)) spans.push_back(kNever);
  }
  read_location(fields, interval);
  fields.finish();
  return interval;
}

// ---- asking

bool holds(const std::vector<Span>& spans, int number) {
  return spans.empty() || std::ranges::any_of(spans, [&](const Span& span) {
           return span.first <= number && number <= span.last;
         });
}

bool holds_day(const std::vector<Span>& spans, const CivilDay& day) {
  if (spans.empty()) return true;
  const cctz::civil_month month(day);
  const auto length = static_cast<int>(CivilDay(month + 1) - CivilDay(month));
  const auto from_start = [&](int number) { return number < 0 ? length + number + 1 : number; };
  return std::ranges::any_of(spans, [&](const Span& span) {
    return from_start(span.first) <= day.day() && day.day() <= from_start(span.last);
  });
}

int weekday_of(const CivilDay& day) {
  return (static_cast<int>(cctz::get_weekday(day)) + 1) % 7;  // cctz counts from Monday
}

}  // namespace

bool TimeInterval::contains(Time time) const {
  const CivilSecond civil = zone.to_civil(time);
  const CivilDay day(civil);
  const int minute = civil.hour() * 60 + civil.minute();
  const bool is_in_minutes = minutes.empty() || std::ranges::any_of(minutes, [&](const Span& span) {
                               return span.first <= minute && minute < span.last;
                             });
  return is_in_minutes && holds_day(days_of_month, day) && holds(months, civil.month()) &&
         holds(weekdays, weekday_of(day)) && holds(years, static_cast<int>(civil.year()));
}

bool NamedTimeInterval::contains(Time time) const {
  return std::ranges::any_of(intervals,
                             [&](const TimeInterval& part) { return part.contains(time); });
}

NamedTimeInterval read_time_interval(Fields& fields) {
  NamedTimeInterval named;
  named.name = fields.text("name");
  for (Fields& part : fields.children("time_intervals")) {
    named.intervals.push_back(read_interval(part));
  }
  fields.finish();
  return named;
}

}  // namespace tocsin::routing
