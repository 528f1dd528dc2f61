#include "calendar/zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/text.h"

namespace tocsin::calendar {
namespace {

namespace fs = std::filesystem;

// The same place where cctz looks.
fs::path database() {
  const char* dir = std::getenv("TZDIR");
  return dir != nullptr && *dir != '\0' ? dir : "/usr/share/zoneinfo";
}

// cctz would also read any path that it is given, this machine's own zone ("localtime"), zones that
// count leap seconds ("right/...") and its own fixed offsets.
bool is_zone_name(std::string_view name) {
  constexpr std::string_view kNotOurs[] = {"localtime", "posixrules", "Factory"};
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  return !name.empty() && name.size() <= 64 && name.front() >= 'A' && name.front() <= 'Z' &&
         name.back() != '/' && std::ranges::all_of(name, is_allowed) &&
         std::ranges::find(kNotOurs, name) == std::end(kNotOurs) && !name.starts_with("Fixed/");
}

Error unknown_zone(std::string_view name) {
  const std::vector<std::string> names = zone_names();
  if (names.empty()) {
    return {Code::kFailedPrecondition,
            fmt::format("there is no time zone database in {}; install the package tzdata, or "
                        "point TZDIR at one",
                        database().string())};
  }
  const auto near = name.size() <= 64 ? nearest(name, names) : std::nullopt;
  return {Code::kInvalidArgument, fmt::format("time zone '{}' is not known; {}", name.substr(0, 64),
                                              near ? fmt::format("did you mean '{}'?", *near)
                                                   : "use an IANA name such as Europe/Berlin")};
}

// Reads digits of a fixed width and one character of `after` behind them, unless the text ends
// there.
bool take(std::string_view& text, size_t width, std::string_view after, int& value) {
  if (text.size() < width) return false;
  value = 0;
  for (const char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(width);
  if (text.empty() || after.empty()) return text.empty();
  if (after.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return !text.empty();
}

}  // namespace

Result<CivilSecond> parse_civil(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::string_view rest = text;
  bool is_valid = take(rest, 4, "-", year) && take(rest, 2, "-", month) && take(rest, 2, " T", day);
  if (is_valid && !rest.empty()) {
    is_valid = take(rest, 2, ":", hour) && take(rest, 2, ":", minute);
    if (is_valid && !rest.empty()) is_valid = take(rest, 2, "", second);
  }
  const CivilSecond civil(year, month, day, hour, minute, second);
  // The calendar carries February 30 over into March; then it is not what was written.
  is_valid = is_valid && year >= 1970 && year < 3000 && civil.month() == month &&
             civil.day() == day && civil.hour() == hour && civil.minute() == minute &&
             civil.second() == second;
  if (is_valid) return civil;
  return invalid(
      fmt::format("'{}' is not a date of the calendar; write it as 2026-01-31 or "
                  "2026-01-31 12:30:00",
                  text.substr(0, 64)));
}

std::string to_text(const CivilSecond& civil) {
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", civil.year(), civil.month(),
                     civil.day(), civil.hour(), civil.minute(), civil.second());
}

Result<Zone> Zone::find(std::string_view name) {
  if (name == "UTC") return Zone();
  cctz::time_zone zone;
  if (is_zone_name(name) && cctz::load_time_zone(std::string(name), &zone)) {
    return Zone(zone, std::string(name));
  }
  return fail(unknown_zone(name));
}

CivilSecond Zone::to_civil(Time time) const {
  return zone_.lookup(std::chrono::floor<seconds>(time)).cs;
}

Time Zone::to_time(const CivilSecond& civil) const {
  const cctz::time_zone::civil_lookup found = zone_.lookup(civil);
  return found.kind == cctz::time_zone::civil_lookup::SKIPPED ? found.trans : found.pre;
}

seconds Zone::offset(Time time) const {
  return seconds(zone_.lookup(std::chrono::floor<seconds>(time)).offset);
}

std::optional<Time> Zone::next_transition(Time time) const {
  cctz::time_zone::civil_transition change;
  if (!zone_.next_transition(std::chrono::floor<seconds>(time), &change)) return std::nullopt;
  // Forward, the hours between `from` and `to` are shown never; back, those between `to` and `from`
  // twice. Either way the lookup of their beginning knows the moment of the jump.
  const auto found = zone_.lookup(std::min(change.from, change.to));
  return Time(change.from == change.to ? found.pre : found.trans);
}

std::string Zone::abbreviation(Time time) const {
  return zone_.lookup(std::chrono::floor<seconds>(time)).abbr;
}

std::vector<std::string> zone_names() {
  std::vector<std::string> names;
  const fs::path root = database();
  std::error_code error;
  for (fs::recursive_directory_iterator file(root, error), end; !error && file != end;
       file.increment(error)) {
    std::string name = file->path().lexically_relative(root).string();
    std::error_code ignored;
    const bool is_file = file->is_regular_file(ignored);
    if (is_file && is_zone_name(name)) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace tocsin::calendar
