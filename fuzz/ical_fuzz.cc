#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "calendar/ical.h"

namespace {

using namespace tocsin;
using namespace tocsin::calendar;

// What was read lies in the window and in order, and comes back when it is written.
void check_read(const IcalCalendar& read, const Zone& zone, Time begin, Time end) {
  std::vector<IcalEntry> entries;
  for (const IcalEvent& event : read.events) {
    if (event.begin >= event.end || event.begin >= end || event.end <= begin) bug("not there");
    if (!entries.empty() && event.begin < entries.back().begin) bug("not in order");
    entries.push_back({event.uid, event.begin, event.end, event.summary, event.uid});
  }
  for (const IcalNote& note : read.notes) {
    if (note.text.empty()) bug("a note that says nothing");
  }
  const std::string text = write_ical(read.name, entries, begin);
  // Escapes make it longer than what may be read.
  if (text.size() > kMostIcalBytes) return;
  const auto back = read_ical(text, zone, begin, end);
  if (!back) bug("does not come back: " + back.error().message);
  if (!back->notes.empty()) bug("comes back with a note: " + back->notes.front().text);
  if (back->events.size() != read.events.size()) bug("comes back with fewer events");
  for (size_t i = 0; i < back->events.size(); ++i) {
    const IcalEvent& one = back->events[i];
    const IcalEvent& other = read.events[i];
    if (one.begin != other.begin || one.end != other.end || one.uid != other.uid ||
        one.summary != other.summary) {
      bug("comes back as another");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Zone zone = Zone::find("Europe/Berlin").value_or(Zone());
  static const Time begin = Zone().to_time(CivilSecond(2026, 3, 1));
  static const Time end = Zone().to_time(CivilSecond(2026, 5, 1));
  const auto read = read_ical({reinterpret_cast<const char*>(data), size}, zone, begin, end);
  if (read) {
    check_read(*read, zone, begin, end);
  } else if (read.error().message.empty() || (read.error().code != Code::kInvalidArgument &&
                                              read.error().code != Code::kResourceExhausted)) {
    bug("an error that says nothing");
  }
  return 0;
}
