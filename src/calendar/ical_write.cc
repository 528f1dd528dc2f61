#include <fmt/format.h>

#include "calendar/ical.h"
#include "codec/content_line.h"

namespace tocsin::calendar {
namespace {

std::string utc_text(Time time) {
  const CivilSecond civil = Zone().to_civil(time);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", civil.year(), civil.month(), civil.day(),
                     civil.hour(), civil.minute(), civil.second());
}

}  // namespace

std::string write_ical(const std::string& name, const std::vector<IcalEntry>& entries, Time stamp) {
  std::string out;
  const auto line = [&](std::string_view text) { out += codec::fold_line(text); };
  const auto text = [&](std::string_view property, std::string_view value) {
    line(fmt::format("{}:{}", property, codec::escape_text(value)));
  };
  line("BEGIN:VCALENDAR");
  line("VERSION:2.0");
  line("PRODID:-//Tocsin//On call//EN");
  line("CALSCALE:GREGORIAN");
  line("METHOD:PUBLISH");
  text("X-WR-CALNAME", name);
  line("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
  line("X-PUBLISHED-TTL:PT1H");
  for (const IcalEntry& entry : entries) {
    line("BEGIN:VEVENT");
    text("UID", entry.uid);
    line("DTSTAMP:" + utc_text(stamp));
    line("DTSTART:" + utc_text(entry.begin));
    line("DTEND:" + utc_text(entry.end));
    text("SUMMARY", entry.summary);
    if (!entry.description.empty()) text("DESCRIPTION", entry.description);
    line("TRANSP:TRANSPARENT");  // being on call leaves time for meetings
    line("END:VEVENT");
  }
  line("END:VCALENDAR");
  return out;
}

}  // namespace tocsin::calendar
