#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "calendar/zone.h"

// Calendars as others write and read them: RFC 5545.
namespace tocsin::calendar {

// --- written

struct IcalEntry {
  std::string uid;  // the same for the same thing in each writing, so that readers replace it
  Time begin, end;
  std::string summary;
  std::string description;  // may be empty
};

// `stamp` is when it is written; readers are asked to come again after an hour.
std::string write_ical(const std::string& name, const std::vector<IcalEntry>& entries, Time stamp);

// --- read

struct IcalEvent {
  Time begin, end;  // end not included; begin < end
  bool is_all_day = false;
  std::string uid;
  std::string summary;
  std::vector<std::string> attendees;  // addresses without mailto:
  bool operator==(const IcalEvent&) const = default;
};

// What was left out or had to be guessed, for whoever imports the calendar.
struct IcalNote {
  int line = 0;
  std::string text;
};

struct IcalCalendar {
  std::string name;               // X-WR-CALNAME
  std::vector<IcalEvent> events;  // rising begin
  std::vector<IcalNote> notes;    // at most kMostIcalNotes and one that counts the rest
};

inline constexpr size_t kMostIcalBytes = 4 << 20;
inline constexpr size_t kMostIcalEvents = 20'000;  // as written, and as they come in the window
inline constexpr size_t kMostIcalRules = 500;
inline constexpr size_t kMostIcalNotes = 100;

// The events that touch [begin, end), each whole; those that recur, each time.
//
// Days (VALUE=DATE) are those of `home`, and so are times without a zone, unless the calendar says
// X-WR-TIMEZONE. TZID is an IANA name; one that is not is read as `home`, with a note. Known of an
// event: DTSTART, DTEND or DURATION, RRULE as Recurrence has it (another rule comes once, with a
// note), EXDATE, RECURRENCE-ID, UID, SUMMARY, ATTENDEE, STATUS:CANCELLED (left out). RDATE is
// ignored with a note. An event that cannot be read is left out with a note.
//
// kInvalidArgument names the line: the text is no calendar, or ends in the middle of one.
// kResourceExhausted: it passes a limit. Never throws.
Result<IcalCalendar> read_ical(std::string_view text, const Zone& home, Time begin, Time end);

}  // namespace tocsin::calendar
