#include "calendar/ical.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "base/text.h"

namespace tocsin::calendar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Time utc(std::string_view text) { return parse_rfc3339(text).value(); }
Zone zone(std::string_view name) { return Zone::find(name).value(); }

std::string calendar_of(const std::string& lines) {
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Shop//Test//EN\r\n" + lines +
         "END:VCALENDAR\r\n";
}
// `lines` divided by |.
std::string event(const std::string& lines) {
  std::string out = "BEGIN:VEVENT\r\n";
  for (const std::string_view line : split(lines, '|')) out.append(line).append("\r\n");
  return out + "END:VEVENT\r\n";
}

Result<IcalCalendar> read(const std::string& text, std::string_view begin = "2026-01-01T00:00:00Z",
                          std::string_view end = "2027-01-01T00:00:00Z") {
  return read_ical(text, zone("Europe/Berlin"), utc(begin), utc(end));
}
// "2026-01-05T08:00Z 2026-01-05T09:00Z summary"
std::vector<std::string> events(const Result<IcalCalendar>& read) {
  if (!read) return {read.error().message};
  std::vector<std::string> out;
  for (const IcalEvent& one : read->events) {
    out.push_back(to_rfc3339(one.begin).substr(0, 16) + "Z " + to_rfc3339(one.end).substr(0, 16) +
                  "Z" + (one.summary.empty() ? "" : " " + one.summary));
  }
  return out;
}
std::vector<std::string> notes(const Result<IcalCalendar>& read) {
  if (!read) return {read.error().message};
  std::vector<std::string> out;
  for (const IcalNote& one : read->notes) out.push_back(fmt::format("{}: {}", one.line, one.text));
  return out;
}
std::string error(const std::string& text) {
  const auto found = read(text);
  return found ? "" : found.error().message;
}

TEST(IcalRead, KnowsTheWaysToSayWhen) {
  const auto found = read(
      calendar_of(event("DTSTART:20260105T080000Z|DTEND:20260105T090000Z|SUMMARY:utc") +
                  event("DTSTART;TZID=America/New_York:20260105T080000|DTEND;TZID=America/New_York:"
                        "20260105T090000|SUMMARY:zone") +
                  event("DTSTART:20260106T080000|DURATION:PT1H30M|SUMMARY:floating") +
                  event("DTSTART;VALUE=DATE:20260107|DTEND;VALUE=DATE:20260109|SUMMARY:days") +
                  event("DTSTART;VALUE=DATE:20260110|SUMMARY:day") +
                  event("DTSTART;VALUE=DATE:20260111|DTEND;VALUE=DATE:20260111|SUMMARY:same day") +
                  event("DTSTART;VALUE=DATE:20260112|DURATION:P2W|SUMMARY:weeks") +
                  event("DTSTART:20261231T235960Z|DURATION:+P1DT2H3M4S|SUMMARY:leap")));
  EXPECT_THAT(events(found), ElementsAre("2026-01-05T08:00Z 2026-01-05T09:00Z utc",
                                         "2026-01-05T13:00Z 2026-01-05T14:00Z zone",
                                         "2026-01-06T07:00Z 2026-01-06T08:30Z floating",
                                         "2026-01-06T23:00Z 2026-01-08T23:00Z days",
                                         "2026-01-09T23:00Z 2026-01-10T23:00Z day",
                                         "2026-01-10T23:00Z 2026-01-11T23:00Z same day",
                                         "2026-01-11T23:00Z 2026-01-25T23:00Z weeks"))
      << "the leap second is 2027 already";
  EXPECT_THAT(notes(found), IsEmpty());
  EXPECT_FALSE(found->events[0].is_all_day);
  EXPECT_TRUE(found->events[3].is_all_day);
}

TEST(IcalRead, DaysAreThoseOfHomeTimesThoseOfTheCalendar) {
  EXPECT_THAT(events(read(calendar_of("X-WR-TIMEZONE:America/New_York\r\nX-WR-CALNAME:x\r\n" +
                                      event("DTSTART;VALUE=DATE:20260107|SUMMARY:day") +
                                      event("DTSTART:20260110T080000|DURATION:PT1H")))),
              ElementsAre("2026-01-06T23:00Z 2026-01-07T23:00Z day",
                          "2026-01-10T13:00Z 2026-01-10T14:00Z"));
}

TEST(IcalRead, ADayHasTheHoursThatTheClocksGiveIt) {
  EXPECT_THAT(
      events(read(calendar_of(event("DTSTART;VALUE=DATE:20260329") +
                              event("DTSTART;VALUE=DATE:20261025") +
                              event("DTSTART;TZID=Europe/Berlin:20260328T120000|"
                                    "DURATION:P1D|SUMMARY:nominal") +
                              event("DTSTART;TZID=Europe/Berlin:20260328T120000|"
                                    "DURATION:PT24H|SUMMARY:exact")))),
      ElementsAre("2026-03-28T11:00Z 2026-03-29T10:00Z nominal",
                  "2026-03-28T11:00Z 2026-03-29T11:00Z exact",
                  "2026-03-28T23:00Z 2026-03-29T22:00Z", "2026-10-24T22:00Z 2026-10-25T23:00Z"));
}

TEST(IcalRead, KeepsWhoAndWhat) {
  const auto found = read(calendar_of(
      "X-WR-CALNAME:Holidays\\, all\r\n" +
      event("UID:1@shop.test|DTSTART:20260105T080000Z|DURATION:PT1H|SUMMARY:Away\\; really|"
            "ATTENDEE;CN=\"Lovelace: A\":MAILTO:ada@shop.test|ATTENDEE:mailto:alan@shop.test|"
            "BEGIN:VALARM|SUMMARY:not this|END:VALARM|DESCRIPTION:x")));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "Holidays, all");
  ASSERT_THAT(found->events, SizeIs(1));
  EXPECT_EQ(found->events[0].uid, "1@shop.test");
  EXPECT_EQ(found->events[0].summary, "Away; really");
  EXPECT_THAT(found->events[0].attendees, ElementsAre("ada@shop.test", "alan@shop.test"));
}

TEST(IcalRead, GivesWhatTouchesTheWindow) {
  const std::string text = calendar_of(
      event("DTSTART:20260105T080000Z|DTEND:20260105T090000Z|SUMMARY:before") +
      event("DTSTART:20260104T080000Z|DTEND:20260105T090001Z|SUMMARY:into") +
      event("DTSTART:20260106T085959Z|DTEND:20260107T090000Z|SUMMARY:out of") +
      event("DTSTART:20260106T090000Z|DTEND:20260107T090000Z|SUMMARY:behind") +
      event("DTSTART;TZID=Europe/Berlin:20250101T080000|DTEND;TZID=Europe/Berlin:20250103T080000|"
            "RRULE:FREQ=WEEKLY;BYDAY=WE,SU|SUMMARY:again"));
  EXPECT_THAT(events(read(text, "2026-01-05T09:00:00Z", "2026-01-06T09:00:00Z")),
              ElementsAre("2026-01-04T07:00Z 2026-01-06T07:00Z again",
                          "2026-01-04T08:00Z 2026-01-05T09:00Z into",
                          "2026-01-06T08:59Z 2026-01-07T09:00Z out of"));
}

TEST(IcalRead, RecursByItsRuleWithoutTheExceptions) {
  EXPECT_THAT(
      events(read(calendar_of(event(
          "DTSTART;TZID=Europe/Berlin:20260325T090000|DTEND;TZID=Europe/Berlin:20260325T100000|"
          "RRULE:FREQ=DAILY;COUNT=8|EXDATE;TZID=Europe/Berlin:20260326T090000,20260327T090000|"
          "EXDATE:20260328T080000Z|EXDATE;VALUE=DATE:20260330")))),
      ElementsAre("2026-03-25T08:00Z 2026-03-25T09:00Z", "2026-03-29T07:00Z 2026-03-29T08:00Z",
                  "2026-03-31T07:00Z 2026-03-31T08:00Z", "2026-04-01T07:00Z 2026-04-01T08:00Z"));
  EXPECT_THAT(events(read(calendar_of(event("DTSTART;VALUE=DATE:20260101|RRULE:FREQ=YEARLY|"
                                            "EXDATE;VALUE=DATE:20270101|SUMMARY:New Year")),
                          "2026-01-01T00:00:00Z", "2029-01-01T00:00:00Z")),
              ElementsAre("2025-12-31T23:00Z 2026-01-01T23:00Z New Year",
                          "2027-12-31T23:00Z 2028-01-01T23:00Z New Year",
                          "2028-12-31T23:00Z 2029-01-01T23:00Z New Year"));
}

TEST(IcalRead, OneTimeCanBeMovedOrCancelled) {
  EXPECT_THAT(
      events(read(calendar_of(
          event("UID:1|DTSTART:20260105T090000Z|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=4") +
          event("UID:1|RECURRENCE-ID:20260106T090000Z|DTSTART:20260106T120000Z|DURATION:PT2H|"
                "SUMMARY:moved") +
          event("UID:1|RECURRENCE-ID;TZID=Europe/Berlin:20260107T100000|STATUS:cancelled|"
                "DTSTART:20260107T090000Z|DURATION:PT1H") +
          event("UID:2|RECURRENCE-ID:20260108T090000Z|DTSTART:20260109T120000Z|DURATION:PT2H|"
                "SUMMARY:of another")))),
      ElementsAre(
          "2026-01-05T09:00Z 2026-01-05T10:00Z", "2026-01-06T12:00Z 2026-01-06T14:00Z moved",
          "2026-01-08T09:00Z 2026-01-08T10:00Z", "2026-01-09T12:00Z 2026-01-09T14:00Z of another"));
}

TEST(IcalRead, NotesWhatItLeavesOutOrGuesses) {
  const auto found = read(calendar_of(
      "what is this\r\n" +                                                  // 4
      event("SUMMARY:a|DTEND:20260105T080000Z") +                           // 5
      event("SUMMARY:b|DTSTART:20260230T080000Z") +                         // 9
      event("SUMMARY:c|DTSTART:20260105T080000Z|DTEND:20260105T070000Z") +  // 13
      event("SUMMARY:d|DTSTART:20260105T080000Z") +                         // 18
      event("SUMMARY:e|DTSTART:20260105T080000Z|DURATION:P1X") +            // 22
      event("SUMMARY:f|DTSTART:20260105T080000Z|DURATION:P9999D") +         // 27
      event("SUMMARY:g|DTSTART;TZID=W. Europe Standard Time:20260105T080000|DURATION:PT1H") +
      event("SUMMARY:h|DTSTART:20260106T080000Z|DURATION:PT1H|RRULE:FREQ=HOURLY") +  // 37
      event("SUMMARY:i|DTSTART:20260107T080000Z|DURATION:PT1H|RDATE:20260108T080000Z")));
  EXPECT_THAT(events(found), ElementsAre("2026-01-05T07:00Z 2026-01-05T08:00Z g",
                                         "2026-01-06T08:00Z 2026-01-06T09:00Z h",
                                         "2026-01-07T08:00Z 2026-01-07T09:00Z i"));
  EXPECT_THAT(
      notes(found),
      ElementsAre(
          "4: the line is none of iCalendar's and was left out",
          "47: RDATE is not read: the dates that it adds are left out",
          "5: event 'a' was left out: it has no DTSTART",
          "11: DTSTART '20260230T080000' is no date of the calendar such as 20260105T090000Z",
          "9: event 'b' was left out: its DTSTART cannot be read",
          "13: event 'c' was left out: it ends before it begins",
          "18: event 'd' was left out: it has no length",
          "22: event 'e' was left out: its end cannot be read",
          "27: event 'f' was left out: its end cannot be read",
          "34: time zone 'W. Europe Standard Time' is no IANA name such as Europe/Berlin; its "
          "times are read as those of Europe/Berlin",
          "41: event 'h' is read only once, at its start: rule: FREQ=HOURLY is wrong; use DAILY, "
          "WEEKLY, MONTHLY or YEARLY"));
}

TEST(IcalRead, FindsTheZoneBehindWordsOfOthers) {
  const auto found = read(calendar_of(
      event("DTSTART;TZID=/shop.test/20260101_1/America/New_York:20260105T080000|DURATION:PT1H")));
  EXPECT_THAT(events(found), ElementsAre("2026-01-05T13:00Z 2026-01-05T14:00Z"));
  EXPECT_THAT(notes(found), IsEmpty());
}

TEST(IcalRead, SaysWhatIsNoCalendar) {
  EXPECT_THAT(error(""), HasSubstr("the calendar is empty"));
  EXPECT_THAT(error("<html>\n<body>Please sign in"),
              HasSubstr("line 1: 'text' where BEGIN:VCALENDAR should stand"));
  EXPECT_THAT(error("BEGIN:VCARD\r\nEND:VCARD\r\n"), HasSubstr("line 1: 'BEGIN' where"));
  EXPECT_THAT(error("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260105T080000Z\r\n"),
              HasSubstr("the calendar ends at line 3 within vevent; it was not loaded whole"));
  EXPECT_THAT(error("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n"),
              HasSubstr("line 3: END:VCALENDAR where END:vevent should stand"));
  EXPECT_THAT(error("END:VCALENDAR\r\n"), HasSubstr("where BEGIN:VCALENDAR should stand"));
  EXPECT_THAT(error("BEGIN:VCALENDAR\r\nX:\xff\r\nEND:VCALENDAR\r\n"), HasSubstr("no UTF-8"));
  EXPECT_THAT(error(std::string("BEGIN:VCALENDAR\0", 16)), HasSubstr("no UTF-8"));
  std::string deep;
  for (int i = 0; i < 9; ++i) deep += i == 0 ? "BEGIN:VCALENDAR\n" : "BEGIN:X\n";
  EXPECT_THAT(error(deep), HasSubstr("line 9: components lie too deep"));
  EXPECT_EQ(error("\xEF\xBB\xBF" + calendar_of("")), "") << "with a byte order mark";
}

TEST(IcalRead, HasLimits) {
  std::string many;
  for (size_t i = 0; i <= kMostIcalEvents; ++i) many += "BEGIN:VEVENT\nEND:VEVENT\n";
  EXPECT_THAT(error(calendar_of(many)), HasSubstr("more than 20000 events; export a part"));
  std::string often;
  for (int i = 0; i < 60; ++i) {
    often += event("DTSTART:20260105T080000Z|DURATION:PT1H|RRULE:FREQ=DAILY");
  }
  EXPECT_THAT(error(calendar_of(often)), HasSubstr("more than 20000 events in this time"));
  EXPECT_THAT(error(std::string(kMostIcalBytes + 1, ' ')), HasSubstr("more than 4 MiB"));
  std::string rules;
  for (size_t i = 0; i <= kMostIcalRules; ++i) {
    rules += event("DTSTART:20200105T080000Z|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=1");
  }
  EXPECT_THAT(error(calendar_of(rules)), HasSubstr("more than 500 recurring events"));
  std::string zones;
  for (int i = 0; i < 2000; ++i) {
    zones += event(fmt::format("DTSTART;TZID=/x/Zone{}/No:20260105T080000|DURATION:PT1H", i));
  }
  EXPECT_THAT(events(read(calendar_of(zones))), SizeIs(2000)) << "as those of home";
  std::string wrong;
  for (size_t i = 0; i < kMostIcalNotes + 7; ++i) wrong += "nonsense\r\n";
  const auto found = read(calendar_of(wrong));
  ASSERT_TRUE(found);
  ASSERT_THAT(found->notes, SizeIs(kMostIcalNotes + 1));
  EXPECT_EQ(found->notes.back().text, "7 more of this kind");
}

TEST(IcalWrite, IsWhatTheRfcSays) {
  const std::string text = write_ical(
      "Payments, on call",
      {{.uid = "payments-1@tocsin.shop.test",
        .begin = utc("2026-01-05T08:00:00.5Z"),
        .end = utc("2026-01-12T08:00:00Z"),
        .summary = "ada; Payments",
        .description = "first line\nand a second one that is long enough to be folded: ä"}},
      utc("2026-01-01T12:00:00Z"));
  EXPECT_EQ(text,
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tocsin//On call//EN\r\n"
            "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nX-WR-CALNAME:Payments\\, on call\r\n"
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n"
            "BEGIN:VEVENT\r\nUID:payments-1@tocsin.shop.test\r\nDTSTAMP:20260101T120000Z\r\n"
            "DTSTART:20260105T080000Z\r\nDTEND:20260112T080000Z\r\nSUMMARY:ada\\; Payments\r\n"
            "DESCRIPTION:first line\\nand a second one that is long enough to be folded: \r\n"
            " ä\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
}

TEST(IcalWrite, ComesBackAsItWasWritten) {
  SeededRng rng(17);
  std::vector<IcalEntry> entries;
  std::vector<std::string> wanted;
  Time at = utc("2026-01-01T00:00:00Z");
  for (int i = 0; i < 300; ++i) {
    at += minutes(1 + rng.below(3000));
    const Time end = at + seconds(1 + rng.below(1'000'000));
    std::string summary = "Schicht für ada, grace; \\ ";
    for (uint64_t k = rng.below(60); k > 0; --k) summary += k % 2 == 0 ? "€" : "\n";
    entries.push_back({fmt::format("{}@x", i), at, end, summary, ""});
  }
  const auto back = read_ical(write_ical("x", entries, at), zone("Asia/Tokyo"),
                              utc("2025-01-01T00:00:00Z"), utc("2036-01-01T00:00:00Z"));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_THAT(back->notes, IsEmpty());
  ASSERT_EQ(back->events.size(), entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(back->events[i], (IcalEvent{.begin = entries[i].begin,
                                          .end = entries[i].end,
                                          .is_all_day = false,
                                          .uid = entries[i].uid,
                                          .summary = entries[i].summary,
                                          .attendees = {}}));
  }
}

}  // namespace
}  // namespace tocsin::calendar
