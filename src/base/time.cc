#include "base/time.h"

#include <fmt/format.h>

#include <limits>

namespace tocsin {
namespace {

struct Unit {
  std::string_view name;
  int64_t micros;
};

// Falling order, as the grammar wants it.
constexpr Unit kUnits[] = {
    {"y", 365LL * 86400 * 1'000'000},
    {"w", 7LL * 86400 * 1'000'000},
    {"d", 86400LL * 1'000'000},
    {"h", 3600LL * 1'000'000},
    {"m", 60LL * 1'000'000},
    {"s", 1'000'000},
    {"ms", 1'000},
};

// Reads exactly `width` digits at `pos`; -1 if there are not that many.
int digits(std::string_view text, size_t pos, size_t width) {
  if (pos + width > text.size()) return -1;
  int value = 0;
  for (size_t i = pos; i < pos + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool is_at(std::string_view text, size_t pos, char c) {
  return pos < text.size() && text[pos] == c;
}

}  // namespace

std::string to_rfc3339(Time t) {
  const auto day = std::chrono::floor<days>(t);
  const std::chrono::year_month_day date(day);
  const auto ms = std::chrono::floor<milliseconds>(t - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int(date.year()),
                     unsigned(date.month()), unsigned(date.day()), ms / 3600000, ms / 60000 % 60,
                     ms / 1000 % 60, ms % 1000);
}

Result<Time> parse_rfc3339(std::string_view text) {
  const auto bad = [&] {
    return invalid(
        fmt::format("'{}' is not a time; write it like 2026-11-22T21:37:00Z (RFC 3339)", text));
  };
  const int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) return bad();
  if (!is_at(text, 4, '-') || !is_at(text, 7, '-') || !is_at(text, 13, ':') ||
      !is_at(text, 16, ':') || !(is_at(text, 10, 'T') || is_at(text, 10, 't'))) {
    return bad();
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  // 60 is a leap second; it is read as the second that follows, as POSIX time does.
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return bad();

  size_t pos = 19;
  int64_t micros = 0;
  if (is_at(text, pos, '.')) {
    ++pos;
    const size_t first = pos;
    for (int64_t unit = 100'000; pos < text.size() && text[pos] >= '0' && text[pos] <= '9';
         ++pos, unit /= 10) {
      micros += (text[pos] - '0') * unit;
    }
    if (pos == first || pos - first > 9) return bad();
  }
  int64_t offset_minutes = 0;
  if (is_at(text, pos, 'Z') || is_at(text, pos, 'z')) {
    ++pos;
  } else if (is_at(text, pos, '+') || is_at(text, pos, '-')) {
    const int sign = text[pos] == '+' ? 1 : -1;
    const int off_hour = digits(text, pos + 1, 2), off_minute = digits(text, pos + 4, 2);
    if (off_hour < 0 || off_minute < 0 || off_hour > 23 || off_minute > 59 ||
        !is_at(text, pos + 3, ':')) {
      return bad();
    }
    offset_minutes = sign * (off_hour * 60 + off_minute);
    pos += 6;
  } else {
    return bad();
  }
  if (pos != text.size()) return bad();
  return Time(std::chrono::sys_days(date)) + hours(hour) + minutes(minute - offset_minutes) +
         seconds(second) + Duration(micros);
}

Result<Duration> parse_duration(std::string_view text) {
  const auto bad = [&] {
    return invalid(
        fmt::format("'{}' is not a duration; write it like 30s, 5m, 1h30m or 30d", text));
  };
  if (text == "0") return Duration(0);
  if (text.empty()) return bad();
  int64_t total = 0;
  size_t pos = 0, next_unit = 0;
  while (pos < text.size()) {
    int64_t count = 0;
    const size_t first = pos;
    for (; pos < text.size() && text[pos] >= '0' && text[pos] <= '9'; ++pos) {
      if (count > 1'000'000'000'000) return bad();
      count = count * 10 + (text[pos] - '0');
    }
    if (pos == first) return bad();
    size_t unit = next_unit;
    for (; unit < std::size(kUnits); ++unit) {
      if (!text.substr(pos).starts_with(kUnits[unit].name)) continue;
      // "5ms" is not "5m" followed by a stray "s".
      if (kUnits[unit].name == "m" && text.substr(pos).starts_with("ms")) continue;
      break;
    }
    if (unit == std::size(kUnits)) return bad();
    int64_t part = 0;
    if (__builtin_mul_overflow(count, kUnits[unit].micros, &part) ||
        __builtin_add_overflow(total, part, &total)) {
      return bad();
    }
    pos += kUnits[unit].name.size();
    next_unit = unit + 1;
  }
  return Duration(total);
}

std::string to_text(Duration d) {
  int64_t left = d.count();
  std::string out;
  if (left < 0) {
    out = "-";
    left =
        left == std::numeric_limits<int64_t>::min() ? std::numeric_limits<int64_t>::max() : -left;
  }
  const size_t sign = out.size();
  for (const Unit& unit : kUnits) {
    // Weeks and years are read but not written: "30d" is what people expect to see.
    if (unit.name == "y" || unit.name == "w") continue;
    if (const int64_t count = left / unit.micros; count > 0) {
      out += fmt::format("{}{}", count, unit.name);
      left -= count * unit.micros;
    }
  }
  return out.size() == sign ? "0s" : out;
}

}  // namespace tocsin
