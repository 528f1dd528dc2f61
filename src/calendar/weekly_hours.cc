#include "calendar/weekly_hours.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::calendar {
namespace {

constexpr int kDaysOfWeek = 7;

int weekday_of(const CivilSecond& civil) {
  return static_cast<int>(cctz::get_weekday(CivilDay(civil)));  // Monday is 0
}

int minute_of(const CivilSecond& civil) { return civil.hour() * 60 + civil.minute(); }

std::optional<int> day_of(std::string_view word) {
  for (size_t i = 0; i < WeeklyHours::kDays.size(); ++i) {
    if (word == WeeklyHours::kDays[i]) return static_cast<int>(i);
  }
  return std::nullopt;
}

std::string days_text(const std::array<bool, 7>& days) {
  if (std::ranges::all_of(days, std::identity())) return "daily";
  std::string text;
  for (size_t i = 0; i < days.size(); ++i) {
    if (!days[i] || (i > 0 && days[i - 1])) continue;
    size_t last = i;
    while (last + 1 < days.size() && days[last + 1]) ++last;
    if (!text.empty()) text += ",";
    text += WeeklyHours::kDays[i];
    if (last > i) text += fmt::format("-{}", WeeklyHours::kDays[last]);
  }
  return text;
}

}  // namespace

WeeklyHours WeeklyHours::always() {
  Piece piece;
  piece.days.fill(true);
  return WeeklyHours({piece});
}

bool WeeklyHours::contains(const CivilSecond& civil) const {
  const int day = weekday_of(civil);
  const int yesterday = (day + kDaysOfWeek - 1) % kDaysOfWeek;
  const int minute = minute_of(civil);
  return std::ranges::any_of(pieces_, [&](const Piece& piece) {
    const bool is_over_midnight = piece.until <= piece.from;
    const bool is_today = piece.days[static_cast<size_t>(day)] && minute >= piece.from &&
                          (is_over_midnight || minute < piece.until);
    return is_today ||
           (is_over_midnight && piece.days[static_cast<size_t>(yesterday)] && minute < piece.until);
  });
}

std::optional<Time> WeeklyHours::next_change(const Zone& zone, Time time) const {
  const bool now = contains(zone, time);
  // Where the hours can change: at the edges of the pieces, and where the clocks jump over one or
  // back behind it. Zone::to_time gives the moment of the jump for an edge that is skipped; after
  // a jump back, the local hour is seen twice, so both hours around it are candidates as well.
  std::vector<Time> candidates;
  const CivilDay first = CivilDay(zone.to_civil(time));
  for (int n = 0; n <= kDaysOfWeek + 1; ++n) {
    const CivilDay day = first + n;
    for (const Piece& piece : pieces_) {
      for (const int minute : {piece.from, piece.until % kMinutesOfDay}) {
        candidates.push_back(zone.to_time(CivilSecond(day) + minute * 60));
      }
    }
    candidates.push_back(zone.to_time(CivilSecond(day)));
    // The change of the clocks within this day, if there is one.
    const Time begin = zone.to_time(CivilSecond(day));
    const Time end = zone.to_time(CivilSecond(day + 1));
    if (const auto jump = zone.next_transition(begin); jump && *jump < end) {
      candidates.push_back(*jump);
      const seconds back = zone.offset(begin) - zone.offset(*jump);
      if (back > seconds(0)) {
        for (const Piece& piece : pieces_) {
          for (const int minute : {piece.from, piece.until % kMinutesOfDay}) {
            // The second time that this edge is shown.
            candidates.push_back(zone.to_time(CivilSecond(day) + minute * 60) + back);
          }
        }
      }
    }
  }
  std::ranges::sort(candidates);
  for (const Time at : candidates) {
    if (at > time && contains(zone, at) != now) return at;
  }
  return std::nullopt;
}

Result<int> parse_clock(std::string_view text) {
  const auto digit = [&](size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() == 5 && text[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4)) {
    const int hour = (text[0] - '0') * 10 + (text[1] - '0');
    const int minute = (text[3] - '0') * 10 + (text[4] - '0');
    if (minute < 60 && (hour < 24 || (hour == 24 && minute == 0))) return hour * 60 + minute;
  }
  return fail(Code::kInvalidArgument,
              "is no time of day; write hours and minutes from 00:00 to 24:00, like \"09:30\"");
}

std::string clock_text(int minutes) {
  return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

Result<std::array<bool, 7>> parse_days(std::string_view text) {
  std::array<bool, 7> days{};
  if (text == "daily") {
    days.fill(true);
    return days;
  }
  const size_t dash = text.find('-');
  const auto first = day_of(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : day_of(text.substr(dash + 1));
  if (!first || !last) {
    return fail(Code::kInvalidArgument,
                "is no day of the week; write mon, tue, wed, thu, fri, sat, sun, a span like "
                "mon-fri, or daily");
  }
  for (int day = *first;; day = (day + 1) % kDaysOfWeek) {
    days[static_cast<size_t>(day)] = true;
    if (day == *last) break;
  }
  return days;
}

std::string to_text(const WeeklyHours& hours) {
  if (hours.empty()) return "never";
  if (hours == WeeklyHours::always()) return "always";
  std::string text;
  for (const auto& piece : hours.pieces()) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {}-{}", days_text(piece.days), clock_text(piece.from),
                        clock_text(piece.until));
  }
  return text;
}

}  // namespace tocsin::calendar
