#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tocsin::alert {

// What a person has said of one posted alert, for as long as this firing lasts: its end ends the
// mark. A value.
struct Mark {
  struct Acknowledged {
    std::string by;  // the actor: "user:ada"
    Time at;
    std::string comment;  // may be empty
    bool operator==(const Acknowledged&) const = default;
  };
  struct Snoozed {
    std::string by;
    Time at;
    Time until;  // stays when it has passed: whoever was told before is told again
    std::string comment;
    bool operator==(const Snoozed&) const = default;
  };
  std::optional<Acknowledged> acknowledged;
  std::optional<Snoozed> snoozed;

  bool empty() const { return !acknowledged && !snoozed; }
  // Not told meanwhile, like a silenced alert.
  bool is_snoozed(Time at) const { return snoozed && at < snoozed->until; }
  // Whether a receiver that was told last at `told` is told again at `at`, as of a new alert: the
  // snooze has ended in between.
  bool is_new_again(Time told, Time at) const {
    return snoozed && told < snoozed->until && snoozed->until <= at;
  }
  bool operator==(const Mark&) const = default;
};
using MarkRef = std::shared_ptr<const Mark>;

inline constexpr Duration kShortestSnooze = std::chrono::seconds(1);
inline constexpr Duration kLongestSnooze = std::chrono::days(31);
inline constexpr size_t kLongestMarkComment = 1000;  // bytes

// kInvalidArgument that says what to write instead.
Result<> check_snooze(Time until, Time now);
Result<> check_mark_comment(std::string_view comment);

// What becomes of a mark. The first acknowledgement holds; a new snooze takes the old one's place;
// a snooze that is ended is over now, as if its time had come. Nothing: it stays as it is.
std::optional<Mark> acknowledge(const Mark& mark, Mark::Acknowledged what);
std::optional<Mark> unacknowledge(const Mark& mark);
std::optional<Mark> snooze(const Mark& mark, Mark::Snoozed what);
std::optional<Mark> unsnooze(const Mark& mark, Time now);

// How a snooze stands in `mutedBy` of the API: "snoozed by ada until 2026-01-05T12:00:00.000Z".
std::string name_in_api(const Mark::Snoozed& snoozed);

}  // namespace tocsin::alert
