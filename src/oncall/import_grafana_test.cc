#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calendar/ical.h"
#include "oncall/import_proof.h"
#include "oncall/import_testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::loaded;
using testing::made;
using ::testing::Not;
using testing::notes_of;
using testing::on_call;
using testing::plan_of;

// Clocks are set in New York on 8 March and in Berlin on 29 March.
const Time kNow = *parse_rfc3339("2026-02-10T00:00:00Z");

std::string page(const std::string& results) {
  return fmt::format(R"({{"count": 1, "next": null, "previous": null, "results": [{}],
      "current_page_number": 1, "page_size": 50, "total_pages": 1}})",
                     results);
}

const std::string kUsers = page(R"(
  {"id": "UADA", "email": "ada@example.org", "username": "ada", "slack": null, "role": "admin",
   "is_phone_number_verified": true, "timezone": "Europe/Berlin", "teams": ["TSRE"]},
  {"id": "UGRA", "email": "grace@example.org", "username": "grace", "timezone": null, "teams": ["TSRE"]},
  {"id": "UALA", "email": "alan@example.org", "username": "alan", "timezone": "UTC", "teams": []})");

Import import_of(std::vector<std::pair<std::string, std::string>> files) {
  files.emplace_back("users", kUsers);
  return made(import_grafana_oncall(testing::export_of(std::move(files)), kNow));
}

// One schedule in Berlin with these shifts.
Import import_of_shifts(const std::string& shifts, const std::string& ids,
                        const std::string& type = "calendar") {
  return import_of(
      {{"on_call_shifts", page(shifts)},
       {"schedules", page(fmt::format(R"({{"id": "S1", "team_id": null, "name": "SRE", "type": "{}",
            "time_zone": "Europe/Berlin", "on_call_now": [], "shifts": [{}], "slack": null,
            "ical_url_overrides": null}})",
                                      type, ids))}});
}

// --- everything but shifts

Import whole() {
  return import_of(
      {{"teams", page(R"({"id": "TSRE", "name": "SRE", "email": null, "avatar_url": "x"},
                         {"id": "TNON", "name": "Empty"})")},
       {"personal_notification_rules",
        page(
            R"({"id": "N1", "user_id": "UADA", "position": 0, "important": false, "type": "notify_by_sms"},
             {"id": "N3", "user_id": "UADA", "position": 2, "important": false, "type": "notify_by_email"},
             {"id": "N2", "user_id": "UADA", "position": 1, "duration": 300, "important": false, "type": "wait"},
             {"id": "N4", "user_id": "UADA", "position": 0, "important": true, "type": "notify_by_mobile_app_critical"},
             {"id": "N5", "user_id": "UGRA", "position": 0, "important": false, "type": "notify_by_email"})")},
       {"on_call_shifts", page(R"({"id": "O1", "name": "weeks", "type": "rolling_users", "level": 0,
            "start": "2026-01-05T09:00:00", "rotation_start": "2026-01-05T09:00:00", "duration": 604800,
            "frequency": "weekly", "interval": 1, "week_start": "MO", "by_day": null, "until": null,
            "rolling_users": [["UADA"], ["UGRA"]], "start_rotation_from_user_index": 0})")},
       {"schedules",
        page(R"({"id": "S1", "team_id": "TSRE", "name": "SRE primary", "type": "calendar",
            "time_zone": "Europe/Berlin", "shifts": ["O1"], "ical_url_overrides": null})")},
       {"escalation_chains", page(R"({"id": "F1", "name": "SRE chain", "team_id": "TSRE"},
                                     {"id": "F2", "name": "Nothing", "team_id": null})")},
       {"escalation_policies",
        page(
            R"({"id": "E3", "escalation_chain_id": "F1", "position": 2, "type": "notify_persons", "important": false, "persons_to_notify": ["UALA"]},
             {"id": "E1", "escalation_chain_id": "F1", "position": 0, "type": "notify_on_call_from_schedule", "important": true, "notify_on_call_from_schedule": "S1"},
             {"id": "E2", "escalation_chain_id": "F1", "position": 1, "type": "wait", "duration": 300},
             {"id": "E4", "escalation_chain_id": "F1", "position": 3, "type": "notify_person_next_each_time", "persons_to_notify_next_each_time": ["UADA", "UGRA"]},
             {"id": "E5", "escalation_chain_id": "F1", "position": 4, "type": "notify_user_group", "group_to_notify": "G1"},
             {"id": "E6", "escalation_chain_id": "F1", "position": 5, "type": "wait", "duration": 900},
             {"id": "E7", "escalation_chain_id": "F1", "position": 6, "type": "notify_if_time_from_to", "notify_if_time_from": "07:00:00Z", "notify_if_time_to": "16:00:00Z"},
             {"id": "E8", "escalation_chain_id": "F1", "position": 7, "type": "notify_team_members", "important": false, "team_to_notify": "TSRE"},
             {"id": "E9", "escalation_chain_id": "F1", "position": 8, "type": "wait", "duration": 1800},
             {"id": "EA", "escalation_chain_id": "F1", "position": 9, "type": "repeat_escalation"},
             {"id": "EB", "escalation_chain_id": "F1", "position": 10, "type": "resolve"},
             {"id": "EC", "escalation_chain_id": "F2", "position": 0, "type": "trigger_webhook", "action_to_trigger": "W1"})")},
       {"integrations",
        page(R"({"id": "C1", "name": "Grafana :blush:", "team_id": "TSRE", "type": "grafana",
            "default_route": {"id": "R2", "escalation_chain_id": "F1"}},
            {"id": "C2", "name": "Lost", "team_id": null, "type": "webhook", "default_route": {"id": "R3", "escalation_chain_id": null}})")},
       {"routes",
        page(
            R"json({"id": "R1", "integration_id": "C1", "escalation_chain_id": "F2", "routing_regex": "us-(east|west)", "position": 0, "is_the_last_route": false},
                          {"id": "R2", "integration_id": "C1", "escalation_chain_id": "F1", "routing_regex": ".*", "position": 1, "is_the_last_route": true})json")}});
}

TEST(ImportGrafanaOnCall, SaysWhatBecomesOfEachThing) {
  const Import import = whole();
  EXPECT_THAT(
      plan_of(import),
      ElementsAre("person ada -> ada: changed", "person grace -> grace: ok",
                  "person alan -> alan: ok", "team SRE -> sre: ok", "team Empty -> : not possible",
                  "team SRE chain round robin -> sre-chain-round-robin: changed",
                  "schedule SRE primary -> sre-primary: ok",
                  "policy SRE chain -> sre-chain: changed", "policy Nothing -> : not possible",
                  "service Grafana :blush: -> grafana-blush: changed",
                  "service Lost -> : not possible"));
  const std::string notes = notes_of(import);
  EXPECT_THAT(notes, HasSubstr("notify_by_sms: the API does not tell the telephone number"));
  EXPECT_THAT(notes, HasSubstr("only Slack knows who is in the group"));
  EXPECT_THAT(notes, HasSubstr("outside of daily 07:00-16:00 UTC it waited"));
  EXPECT_THAT(notes, HasSubstr("what stands behind its repetition was left out"));
  EXPECT_THAT(notes, HasSubstr("its route 'us-(east|west)' was left out"));
}

TEST(ImportGrafanaOnCall, PeopleKeepTheirRulesByImportance) {
  const auto out = loaded(whole());
  const catalog::Person& ada = *out.catalog.person(catalog::PersonId("ada"));
  EXPECT_THAT(ada.urgent, ElementsAre(catalog::NotificationRule{"push", minutes(0)}));
  EXPECT_THAT(ada.not_urgent, ElementsAre(catalog::NotificationRule{"mail", minutes(5)}));
  EXPECT_EQ(ada.zone.name(), "Europe/Berlin");
  const catalog::Person& grace = *out.catalog.person(catalog::PersonId("grace"));
  EXPECT_THAT(grace.urgent, ElementsAre(catalog::NotificationRule{"mail", minutes(0)}))
      << "without important rules the others are for pages, too";
}

TEST(ImportGrafanaOnCall, ChainsBecomePolicies) {
  const auto out = loaded(whole());
  const Policy& policy = out.policies.at("sre-chain");
  ASSERT_EQ(policy.steps.size(), 3U);
  EXPECT_THAT(policy.steps[0].targets, ElementsAre(Target{Target::Kind::kSchedule, "sre-primary"}));
  EXPECT_EQ(policy.steps[1].after, minutes(5));
  EXPECT_THAT(policy.steps[1].targets,
              ElementsAre(Target{Target::Kind::kPerson, "alan"},
                          Target{Target::Kind::kRoundRobin, "sre-chain-round-robin"}));
  EXPECT_EQ(policy.steps[2].after, minutes(20));
  EXPECT_EQ(calendar::to_text(policy.steps[2].when.hours), "daily 07:00-16:00");
  EXPECT_EQ(policy.steps[2].when.zone.name(), "UTC");
  EXPECT_TRUE(policy.steps[1].when.hours.empty());
  EXPECT_EQ(policy.repeat, 5);
  EXPECT_EQ(policy.repeat_after, minutes(30));
  EXPECT_EQ(out.catalog.team(catalog::TeamId("sre"))->escalation_policy, "sre-chain");
  EXPECT_EQ(out.catalog.team_of(catalog::ServiceId("grafana-blush"))->escalation_policy,
            "sre-chain");
}

// --- shifts, against the events that OnCall itself makes of them

struct Event {
  std::string user, begin, end, rule;  // wall times of the zone
};
calendar::IcalCalendar calendar_of(const std::vector<Event>& events, const std::string& zone) {
  std::string text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//web schedule//oncall//\r\n";
  for (size_t i = 0; i < events.size(); ++i) {
    const Event& one = events[i];
    text += fmt::format(
        "BEGIN:VEVENT\r\nUID:oncall-{}\r\nSUMMARY:{} \r\nDTSTART;TZID={}:{}\r\n"
        "DTEND;TZID={}:{}\r\nDTSTAMP:20260101T000000Z\r\nRRULE:{}\r\nEND:VEVENT\r\n",
        i, one.user, zone, one.begin, zone, one.end, one.rule);
  }
  auto read =
      calendar::read_ical(text + "END:VCALENDAR\r\n", calendar::Zone(), kNow, kNow + kProveAhead);
  if (!read) throw std::runtime_error(read.error().message);
  EXPECT_THAT(read->notes, IsEmpty());
  return *std::move(read);
}

// An event of iCalendar has its length in hours, also where clocks are set while it lasts; our
// turns and hours stay on the clock. `set` are the hours in which that shows.
void expect_same(const Import& import, const std::vector<Event>& events,
                 const std::string& zone = "Europe/Berlin",
                 const std::vector<std::string>& set = {}) {
  const auto out = loaded(import);
  const ImportProof proof =
      prove(out.schedules.at("sre"), import.people, calendar_of(events, zone), kNow);
  EXPECT_EQ(proof.same + static_cast<int>(set.size()), proof.hours);
  std::vector<std::string> differences;
  for (const auto& one : proof.differences) {
    differences.push_back(
        fmt::format("{}: there {}, here {}", to_rfc3339(one.begin), one.there, one.here));
  }
  EXPECT_EQ(differences, set);
  EXPECT_THAT(proof.strangers, IsEmpty());
}

TEST(ImportGrafanaShifts, WeeksOfGroupsBeginWithTheNamedOne) {
  const Import import = import_of_shifts(
      R"({"id": "O1", "name": "weeks", "type": "rolling_users", "level": 0, "time_zone": null,
          "start": "2026-01-05T09:00:00", "rotation_start": "2026-01-05T09:00:00", "duration": 604800,
          "frequency": "weekly", "interval": 1, "week_start": "SU", "by_day": null,
          "rolling_users": [["UADA"], ["UGRA", "UALA"], ["UALA"]], "start_rotation_from_user_index": 1})",
      R"("O1")");
  EXPECT_THAT(notes_of(import), Not(HasSubstr("left out")));
  const std::string rule = "FREQ=WEEKLY;INTERVAL=3;WKST=SU";
  expect_same(import,
              {{"grace", "20260105T090000", "20260112T090000", rule},
               {"alan", "20260105T090000", "20260112T090000", rule},
               {"alan", "20260112T090000", "20260119T090000", rule},
               {"ada", "20260119T090000", "20260126T090000", rule}},
              "Europe/Berlin",
              {"2026-03-30T07:00:00.000Z: there ada, alan, grace, here alan, grace"});
}

TEST(ImportGrafanaShifts, OfficeHoursChangeHandsWithTheWeek) {
  // The start is a Wednesday: the first group has what is left of that week.
  const Import import = import_of_shifts(
      R"({"id": "O1", "name": "office", "type": "rolling_users", "level": 0, "time_zone": "America/New_York",
          "start": "2026-01-07T09:00:00", "rotation_start": "2026-01-07T09:00:00", "duration": 28800,
          "frequency": "weekly", "interval": 1, "week_start": "MO", "by_day": ["MO", "TU", "WE", "TH", "FR"],
          "rolling_users": [["UADA"], ["UGRA"]], "start_rotation_from_user_index": 0})",
      R"("O1")");
  const std::string rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR;WKST=MO";
  expect_same(import,
              {{"ada", "20260107T090000", "20260107T170000", rule},
               {"grace", "20260112T090000", "20260112T170000", rule}},
              "America/New_York");
}

TEST(ImportGrafanaShifts, DaysOfTheWeekGoRound) {
  // The events of CustomOnCallShift._daily_by_day_to_ical for two days and three groups.
  const Import import = import_of_shifts(
      R"({"id": "O1", "name": "days", "type": "rolling_users", "level": 0, "time_zone": null,
          "start": "2026-01-07T20:00:00", "rotation_start": "2026-01-07T20:00:00", "duration": 43200,
          "frequency": "daily", "interval": 1, "by_day": ["WE", "FR"],
          "rolling_users": [["UADA"], ["UGRA"], ["UALA"]], "start_rotation_from_user_index": 0})",
      R"("O1")");
  const auto rule = [](const char* day) {
    return fmt::format("FREQ=WEEKLY;INTERVAL=3;BYDAY={}", day);
  };
  expect_same(import, {{"ada", "20260107T200000", "20260108T080000", rule("WE")},
                       {"grace", "20260109T200000", "20260110T080000", rule("FR")},
                       {"alan", "20260114T200000", "20260115T080000", rule("WE")},
                       {"ada", "20260116T200000", "20260117T080000", rule("FR")},
                       {"grace", "20260121T200000", "20260122T080000", rule("WE")},
                       {"alan", "20260123T200000", "20260124T080000", rule("FR")}});
}

TEST(ImportGrafanaShifts, NightsAndEventsThatComeAgain) {
  const Import import = import_of_shifts(
      R"({"id": "O1", "name": "nights", "type": "rolling_users", "level": 0, "time_zone": null,
          "start": "2026-01-05T21:00:00", "rotation_start": "2026-01-05T21:00:00", "duration": 36000,
          "frequency": "daily", "interval": 1, "by_day": null,
          "rolling_users": [["UADA"], ["UGRA"]], "start_rotation_from_user_index": 0},
         {"id": "O2", "name": "weekend", "type": "recurrent_event", "level": 0, "time_zone": null,
          "start": "2026-01-10T12:00:00", "rotation_start": "2026-01-10T12:00:00", "duration": 43200,
          "frequency": "weekly", "interval": 1, "week_start": "MO", "by_day": ["SA", "SU"],
          "users": ["UALA"]})",
      R"("O1", "O2")");
  expect_same(import,
              {{"ada", "20260105T210000", "20260106T070000", "FREQ=DAILY;INTERVAL=2"},
               {"grace", "20260106T210000", "20260107T070000", "FREQ=DAILY;INTERVAL=2"},
               {"alan", "20260110T120000", "20260111T000000",
                "FREQ=WEEKLY;INTERVAL=1;BYDAY=SA,SU;WKST=MO"}},
              "Europe/Berlin", {"2026-03-29T05:00:00.000Z: there ada, here nobody"});
}

TEST(ImportGrafanaShifts, OfAWebScheduleAreInUtc) {
  const Import import = import_of_shifts(
      R"({"id": "O1", "name": "days", "type": "rolling_users", "level": 1, "time_zone": null,
          "start": "2026-01-05T08:00:00", "rotation_start": "2026-01-05T08:00:00", "duration": 86400,
          "frequency": "daily", "interval": 1, "by_day": null,
          "rolling_users": [["UADA"], ["UGRA"]], "start_rotation_from_user_index": 0})",
      R"("O1")", "web");
  expect_same(import,
              {{"ada", "20260105T080000", "20260106T080000", "FREQ=DAILY;INTERVAL=2"},
               {"grace", "20260106T080000", "20260107T080000", "FREQ=DAILY;INTERVAL=2"}},
              "UTC");
}

// Level 0: alan always. Level 1: ada from 09 to 15, grace from 12 to 18.
TEST(ImportGrafanaShifts, TheHighestLevelThatHasSomebodyCounts) {
  const auto shift = [](const char* id, int level, const char* user, const char* start,
                        int length) {
    return fmt::format(
        R"({{"id": "{0}", "name": "{0}", "type": "recurrent_event", "level": {1}, "users": ["{2}"],
            "start": "2026-01-05T{3}:00:00", "rotation_start": "2026-01-05T{3}:00:00",
            "duration": {4}, "frequency": "daily", "interval": 1, "by_day": null}})",
        id, level, user, start, length);
  };
  const Import import = import_of_shifts(shift("O1", 1, "UADA", "09", 21'600) + "," +
                                             shift("O2", 0, "UALA", "00", 86'400) + "," +
                                             shift("O3", 1, "UGRA", "12", 21'600),
                                         R"("O1", "O2", "O3")");
  const Schedule schedule = loaded(import).schedules.at("sre");
  EXPECT_EQ(on_call(schedule, "2026-03-30T06:30:00Z"), "alan");  // 08:30 in summer time
  EXPECT_EQ(on_call(schedule, "2026-03-30T07:30:00Z"), "ada");
  EXPECT_EQ(on_call(schedule, "2026-03-30T11:00:00Z"), "ada grace");
  EXPECT_EQ(on_call(schedule, "2026-03-30T14:00:00Z"), "grace");
  EXPECT_EQ(on_call(schedule, "2026-03-30T16:30:00Z"), "alan");
}

TEST(ImportGrafanaShifts, SaysWhatCannotBe) {
  const Import import = import_of_shifts(
      R"({"id": "O1", "name": "always", "type": "recurrent_event", "level": 0, "users": ["UALA"],
          "start": "2026-01-05T00:00:00", "duration": 86400, "frequency": "daily", "interval": 1},
         {"id": "O2", "name": "odd", "type": "rolling_users", "level": 0, "start": "2026-01-05T09:00:00",
          "duration": 3600, "frequency": "daily", "interval": 2, "rolling_users": [["UADA"]]},
         {"id": "O3", "name": "seasons", "type": "rolling_users", "level": 0, "start": "2026-01-05T09:00:00",
          "duration": 3600, "frequency": "daily", "interval": 1, "by_month": [1, 2], "rolling_users": [["UADA"]]},
         {"id": "O4", "name": "over", "type": "rolling_users", "level": 0, "start": "2025-01-05T09:00:00",
          "duration": 86400, "frequency": "daily", "interval": 1, "until": "2025-02-05T09:00:00", "rolling_users": [["UADA"]]},
         {"id": "O5", "name": "party", "type": "single_event", "level": 0, "start": "2026-07-05T09:00:00",
          "duration": 3600, "users": ["UGRA"]},
         {"id": "O6", "name": "long", "type": "rolling_users", "level": 0, "start": "2026-01-05T09:00:00",
          "duration": 90000, "frequency": "daily", "interval": 1, "rolling_users": [["UADA"], ["UGRA"]]})",
      R"("O1", "O2", "O3", "O4", "O5", "O6", "GONE")");
  const std::string notes = notes_of(import);
  EXPECT_THAT(notes, HasSubstr("shift 'odd' was left out: it covers a part of each turn"));
  EXPECT_THAT(notes, HasSubstr("shift 'seasons' was left out: only some months"));
  EXPECT_THAT(notes, Not(HasSubstr("'over'")));
  EXPECT_THAT(notes, HasSubstr("single shift of grace from 2026-07-05T07:00:00.000Z to "
                               "2026-07-05T08:00:00.000Z: enter it with `tocsin schedule"));
  EXPECT_THAT(notes, HasSubstr("shifts of 'long' overlap there"));
  EXPECT_THAT(notes, HasSubstr("shift GONE is not in the export"));

  const Import calendar =
      import_of({{"schedules", page(R"({"id": "S1", "name": "SRE", "type": "ical", "team_id": null,
            "ical_url_primary": "https://example.org/secret.ics", "ical_url_overrides": null})")}});
  EXPECT_THAT(notes_of(calendar), HasSubstr("events of a calendar elsewhere"));
  EXPECT_THAT(notes_of(calendar), Not(HasSubstr("secret")));
}

TEST(ImportGrafanaOnCall, AFileOfAnotherShapeIsNamed) {
  const auto import = import_grafana_oncall(
      testing::export_of({{"users", R"({"detail": "Invalid token."})"}}), kNow);
  ASSERT_FALSE(import);
  EXPECT_THAT(import.error().message, HasSubstr("users.json has no list under 'results'"));
}

TEST(ImportGrafanaOnCall, SurvivesObjectsThatLackEverything) {
  const Import import = made(import_grafana_oncall(
      testing::export_of(
          {{"users", "[{}, 1, null]"},
           {"teams", "[{}]"},
           {"personal_notification_rules", "[{}, 3]"},
           {"on_call_shifts", R"([{}, {"id": "O1", "rolling_users": [3, [4, []]]}])"},
           {"schedules", R"([{}, {"id": "S", "shifts": ["", "O1", 3, []]}])"},
           {"escalation_chains", "[{}]"},
           {"escalation_policies", "[{}, {\"type\": \"repeat_escalation\"}]"},
           {"integrations", "[{}]"},
           {"routes", "[{}]"}}),
      kNow));
  EXPECT_THAT(plan_of(import), ::testing::Contains(HasSubstr("not possible")));
}

}  // namespace
}  // namespace tocsin::oncall
