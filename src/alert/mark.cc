#include "alert/mark.h"

#include <fmt/format.h>

namespace tocsin::alert {

Result<> check_snooze(Time until, Time now) {
  if (until < now + kShortestSnooze) {
    return invalid("the snooze would be over at once; name a time at least 1s from now");
  }
  if (until > now + kLongestSnooze) {
    return invalid(fmt::format("a snooze lasts at most {}; make a silence for longer",
                               to_text(kLongestSnooze)));
  }
  return {};
}

Result<> check_mark_comment(std::string_view comment) {
  if (comment.size() <= kLongestMarkComment) return {};
  return invalid(fmt::format("comment is longer than {} bytes; shorten it", kLongestMarkComment));
}

std::optional<Mark> acknowledge(const Mark& mark, Mark::Acknowledged what) {
  if (mark.acknowledged) return std::nullopt;
  Mark next = mark;
  next.acknowledged = std::move(what);
  return next;
}

std::optional<Mark> unacknowledge(const Mark& mark) {
  if (!mark.acknowledged) return std::nullopt;
  Mark next = mark;
  next.acknowledged.reset();
  return next;
}

std::optional<Mark> snooze(const Mark& mark, Mark::Snoozed what) {
  Mark next = mark;
  next.snoozed = std::move(what);
  return next;
}

std::optional<Mark> unsnooze(const Mark& mark, Time now) {
  if (!mark.is_snoozed(now)) return std::nullopt;
  Mark next = mark;
  next.snoozed->until = now;
  return next;
}

std::string name_in_api(const Mark::Snoozed& snoozed) {
  // Whatever its kind: clients of the API know no actors of ours.
  const std::string name = snoozed.by.substr(snoozed.by.find(':') + 1);
  return fmt::format("snoozed by {} until {}", name, to_rfc3339(snoozed.until));
}

}  // namespace tocsin::alert
