#include "routing/go_time.h"

#include <re2/re2.h>

#include <string>

namespace tocsin::routing {
namespace {

constexpr size_t kSecondAt = 17, kSecondLength = 2, kShortest = 20;

// What both read alike, and nearly all are: 2026-01-02T03:04:05.678Z.
bool is_plain(std::string_view text) {
  return text.size() >= kShortest && text[10] == 'T' && text.back() != 'z' &&
         text.substr(kSecondAt, kSecondLength) != "60";
}

struct Parts {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::string between, with_second, fraction, offset;
};

bool split(std::string_view text, Parts& parts) {
  static const RE2 kForm(
      R"((\d{4})-(\d\d)-(\d\d)(T| +)(\d\d?):(\d\d)((?::\d\d)?)(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)?)");
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), kForm, &parts.year,
                        &parts.month, &parts.day, &parts.between, &parts.hour, &parts.minute,
                        &parts.with_second, &parts.fraction, &parts.offset);
}

// Not every form goes with every other: each is a layout of its own.
bool is_a_layout(const Parts& parts) {
  if (parts.with_second.empty()) {
    return parts.fraction.empty() && parts.between == "T" && parts.offset.size() <= 1;
  }
  if (parts.between != "T") return parts.offset.empty();
  const bool lacks_colon = parts.offset.size() == 5;  // +0100
  return !lacks_colon || parts.fraction.size() == 3 || parts.fraction.size() == 6;
}

Duration micros_of(std::string_view fraction) {
  int64_t micros = 0;
  for (size_t i = 0; i < 6; ++i)
    micros = micros * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  return Duration(micros);
}

// "", "Z", "+0100" or "+01:00". Go 1.19 takes any two digits.
std::chrono::minutes offset_of(std::string_view text) {
  if (text.size() < 5) return std::chrono::minutes(0);
  const auto two = [&](size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  const int value = two(1) * 60 + two(text.size() - 2);
  return std::chrono::minutes(text[0] == '-' ? -value : value);
}

}  // namespace

std::optional<Time> parse_go_date_time(std::string_view text) {
  if (text.empty()) return Time{};
  if (is_plain(text)) {
    if (const auto time = parse_rfc3339(text)) return *time;
  }
  Parts parts;
  if (!split(text, parts) || !is_a_layout(parts)) return std::nullopt;
  if (!parts.with_second.empty()) parts.second = std::stoi(parts.with_second.substr(1));
  const std::chrono::year_month_day date{std::chrono::year(parts.year),
                                         std::chrono::month(static_cast<unsigned>(parts.month)),
                                         std::chrono::day(static_cast<unsigned>(parts.day))};
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 59) return std::nullopt;
  return Time(std::chrono::sys_days(date)) + hours(parts.hour) + minutes(parts.minute) +
         seconds(parts.second) + micros_of(parts.fraction) - offset_of(parts.offset);
}

}  // namespace tocsin::routing
