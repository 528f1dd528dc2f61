#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calendar/recurrence.h"
#include "routing/silence.h"

namespace tocsin::alert {

// A silence that comes again: each occurrence of `when` becomes an ordinary silence of `lasts`
// (real time, whatever the clocks do meanwhile). A value.
struct RecurringSilence {
  std::string id;  // rec_...
  routing::Matchers matchers;
  calendar::Recurrence when;
  Duration lasts{};
  std::string created_by;
  std::string comment;
  Time created;
  std::optional<Time> next;  // the occurrence that is made next; nothing: there are no more
};

inline constexpr Duration kShortestOccurrence = std::chrono::minutes(1);
inline constexpr Duration kLongestOccurrence = std::chrono::days(31);
// Its silence is made this long before an occurrence begins, so that everybody sees it coming.
inline constexpr Duration kMadeBefore = std::chrono::minutes(5);
inline constexpr std::string_view kRecurringAnnotation = "recurring_silence";  // holds the id

// kInvalidArgument: matchers that no silence may have, no comment or author, a length out of range
// or longer than from one occurrence to the next, nothing that lies ahead.
Result<> check(const RecurringSilence& silence, Time now);

// What is to be made at `now`: occurrences from `next` on that begin within kMadeBefore and are not
// over; those that passed while nobody ran are left out. And which comes then.
struct DueOccurrences {
  std::vector<calendar::Recurrence::Occurrence> now;
  std::optional<Time> next;
};
DueOccurrences due_occurrences(const RecurringSilence& silence, Time now);

// The silence of one occurrence; its annotation names the recurring one.
routing::Silence silence_of(const RecurringSilence& silence,
                            const calendar::Recurrence::Occurrence& occurrence);

}  // namespace tocsin::alert
