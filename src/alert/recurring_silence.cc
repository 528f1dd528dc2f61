#include "alert/recurring_silence.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tocsin::alert {
namespace {

using Occurrence = calendar::Recurrence::Occurrence;

// Occurrences that are looked at to see whether they overlap.
constexpr size_t kCompared = 50;
// A night without the hour that the clocks skip is no overlap.
constexpr Duration kOfAnHour = std::chrono::hours(1);

Result<> check_length(const RecurringSilence& silence, Time now) {
  if (silence.lasts < kShortestOccurrence || silence.lasts > kLongestOccurrence) {
    return invalid(fmt::format("lasts: {} is not from {} to {}", to_text(silence.lasts),
                               to_text(kShortestOccurrence), to_text(kLongestOccurrence)));
  }
  const auto ahead = silence.when.next(now - silence.lasts + Duration(1), kCompared);
  if (ahead.empty()) {
    return invalid(fmt::format("rule: '{}' has no occurrence that lies ahead; look at its end",
                               silence.when.rule()));
  }
  for (size_t i = 1; i < ahead.size(); ++i) {
    if (ahead[i - 1].time + silence.lasts <= ahead[i].time + kOfAnHour) continue;
    return invalid(
        fmt::format("lasts: {} is longer than from one occurrence to the next ({} and "
                    "{}); make it shorter, or one silence of all",
                    to_text(silence.lasts), calendar::to_text(ahead[i - 1].civil),
                    calendar::to_text(ahead[i].civil)));
  }
  return {};
}

}  // namespace

Result<> check(const RecurringSilence& silence, Time now) {
  if (trim(silence.created_by).empty()) {
    return invalid("author is missing; say who wants the silence");
  }
  if (trim(silence.comment).empty()) return invalid("comment is missing; say what it is for");
  RETURN_IF_ERROR(check_length(silence, now));
  return routing::check(silence_of(silence, {{}, now}), now);
}

DueOccurrences due_occurrences(const RecurringSilence& silence, Time now) {
  DueOccurrences due;
  if (!silence.next) return due;
  Time from = std::max(*silence.next, now - silence.lasts + Duration(1));
  while (true) {
    const auto one = silence.when.first_from(from);
    if (!one) return due;
    if (one->time - kMadeBefore > now) {
      due.next = one->time;
      return due;
    }
    due.now.push_back(*one);
    from = one->time + Duration(1);
  }
}

routing::Silence silence_of(const RecurringSilence& silence, const Occurrence& occurrence) {
  routing::Silence out;
  out.matchers = silence.matchers;
  out.starts = occurrence.time;
  out.ends = occurrence.time + silence.lasts;
  out.created_by = silence.created_by;
  out.comment = silence.comment;
  out.annotations = routing::Labels::of({{kRecurringAnnotation, silence.id}});
  return out;
}

}  // namespace tocsin::alert
