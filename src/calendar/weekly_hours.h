#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "calendar/zone.h"

namespace tocsin::calendar {

// The hours of a week: "Monday to Friday, 09:00 to 17:00". As the clocks on the wall show them, so
// a day on which the clocks change has an hour more or less. An immutable value; thread-safe.
class WeeklyHours {
 public:
  static constexpr int kMinutesOfDay = 24 * 60;
  static constexpr std::array<const char*, 7> kDays = {"mon", "tue", "wed", "thu",
                                                       "fri", "sat", "sun"};
  // From `from` (minutes since midnight, 0 to 1439) of each of the days to `until` (1 to 1440). An
  // `until` that is not later than `from` lies on the next day: 22:00 to 06:00 of "fri" ends on
  // Saturday; 09:00 to 09:00 is 24 hours.
  struct Piece {
    std::array<bool, 7> days{};  // Monday first
    int from = 0;
    int until = kMinutesOfDay;
    bool operator==(const Piece&) const = default;
  };

  WeeklyHours() = default;  // without a piece: never
  explicit WeeklyHours(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {}
  static WeeklyHours always();

  bool contains(const CivilSecond& civil) const;
  bool contains(const Zone& zone, Time time) const { return contains(zone.to_civil(time)); }
  // The first moment after `time` at which contains() of the zone becomes the other; nothing when
  // that is never.
  std::optional<Time> next_change(const Zone& zone, Time time) const;

  bool empty() const { return pieces_.empty(); }
  const std::vector<Piece>& pieces() const { return pieces_; }
  bool operator==(const WeeklyHours&) const = default;

 private:
  std::vector<Piece> pieces_;
};

// "09:00" to minutes since midnight; "24:00" is 1440. kInvalidArgument says how to write it.
Result<int> parse_clock(std::string_view text);
std::string clock_text(int minutes);  // "09:00"
// "mon", "mon-fri", "sat-mon", "daily"; kInvalidArgument names the word.
Result<std::array<bool, 7>> parse_days(std::string_view text);
// "mon-fri 09:00-17:00, sat 10:00-14:00"; "always"; "never".
std::string to_text(const WeeklyHours& hours);

}  // namespace tocsin::calendar
