#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "calendar/ical.h"
#include "oncall/import_proof.h"
#include "oncall/import_testing.h"

namespace tocsin::oncall {
namespace {

using calendar::CivilSecond;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::loaded;
using testing::made;
using testing::notes_of;
using testing::on_call;
using testing::plan_of;

// Clocks are set in New York on 8 March and in Berlin on 29 March.
const Time kNow = *parse_rfc3339("2026-02-10T00:00:00Z");

const char* kUsers =
    R"({"data": {"users": {"pageInfo": {"hasNextPage": false, "endCursor": "x"}, "nodes": [
  {"id": "u1", "name": "Ada", "email": "ada@example.org",
   "contactMethods": [
     {"id": "c1", "type": "SMS", "name": "mine", "value": "+4930123456", "disabled": false},
     {"id": "c2", "type": null, "dest": {"type": "builtin-twilio-voice", "args": {"phone_number": "+4930123456"}}, "name": "call", "disabled": false},
     {"id": "c3", "type": "WEBHOOK", "name": "hook", "value": "https://example.org", "disabled": false},
     {"id": "c4", "type": "EMAIL", "name": "old", "value": "old@example.org", "disabled": true}],
   "notificationRules": [
     {"id": "n2", "delayMinutes": 5, "contactMethodID": "c2"},
     {"id": "n1", "delayMinutes": 0, "contactMethodID": "c1"},
     {"id": "n3", "delayMinutes": 0, "contactMethodID": "c3"}]},
  {"id": "u2", "name": "Grace", "email": "grace@example.org", "contactMethods": [], "notificationRules": []},
  {"id": "u3", "name": "Alan", "email": "alan@example.org", "contactMethods": [], "notificationRules": []}]}}})";

// The week's hand-off is on Monday 09:00 in Berlin; ada has it until 16 February.
const char* kRotations = R"({"data": {"rotations": {"nodes": [
  {"id": "r1", "name": "Weeks", "type": "weekly", "shiftLength": 1, "start": "2025-12-01T08:00:00Z",
   "timeZone": "Europe/Berlin", "activeUserIndex": 0, "nextHandoffTimes": ["2026-02-16T08:00:00Z"],
   "users": [{"id": "u1"}, {"id": "u2"}, {"id": "u3"}]},
  {"id": "r2", "name": "Days", "type": "daily", "shiftLength": 2, "start": "2026-01-01T13:00:00Z",
   "timeZone": "Europe/Berlin", "activeUserIndex": 1, "userIDs": ["u2", "u3"]},
  {"id": "r3", "name": "Far", "type": "weekly", "shiftLength": 1, "start": "2026-01-05T14:00:00Z",
   "timeZone": "America/New_York", "activeUserIndex": 0, "users": [{"id": "u1"}, {"id": "u2"}]}]}}})";

const char* kEveryDay = "[true, true, true, true, true, true, true]";
const char* kWeekdays = "[false, true, true, true, true, true, false]";  // Sunday first

Import import_of(std::vector<std::pair<std::string, std::string>> files) {
  files.emplace_back("users", kUsers);
  files.emplace_back("rotations", kRotations);
  return made(import_goalert(testing::export_of(std::move(files)), kNow));
}

std::string schedule_of(const std::string& targets) {
  return fmt::format(R"({{"data": {{"schedules": {{"nodes": [{{"id": "s1", "name": "SRE",
      "description": "", "timeZone": "Europe/Berlin", "targets": [{}]}}]}}}}}})",
                     targets);
}
std::string target(const char* type, const char* id, const std::string& rules) {
  return fmt::format(R"({{"target": {{"id": "{}", "type": "{}", "name": "x"}}, "rules": [{}]}})",
                     id, type, rules);
}
std::string rule(const char* start, const char* end, const char* days) {
  return fmt::format(R"({{"start": "{}", "end": "{}", "weekdayFilter": {}}})", start, end, days);
}

Import whole() {
  return import_of(
      {{"schedules", schedule_of(target("rotation", "r1", rule("00:00", "00:00", kEveryDay)))},
       {"overrides",
        R"({"data": {"userOverrides": {"nodes": [
          {"id": "o1", "start": "2026-07-01T00:00:00Z", "end": "2026-07-02T00:00:00Z", "addUser": {"name": "Alan"}, "removeUser": {"name": "Ada"}, "target": {"id": "s1"}},
          {"id": "o2", "start": "2025-07-01T00:00:00Z", "end": "2025-07-02T00:00:00Z", "addUser": {"name": "Alan"}, "removeUser": null, "target": {"id": "s1"}}]}}})"},
       {"policies",
        R"({"data": {"escalationPolicies": {"nodes": [{"id": "p1", "name": "SRE", "repeat": 3, "steps": [
          {"id": "st2", "stepNumber": 1, "delayMinutes": 10, "targets": [{"id": "u3", "type": "user"}, {"id": "c", "type": "slackChannel"}]},
          {"id": "st1", "stepNumber": 0, "delayMinutes": 15, "targets": [{"id": "s1", "type": "schedule"}]},
          {"id": "st3", "stepNumber": 2, "delayMinutes": 30, "actions": [{"type": "builtin-rotation", "args": {"rotation_id": "r2"}}]}]}]},
         "services": {"nodes": [{"id": "sv1", "name": "Checkout", "description": "Takes money", "escalationPolicyID": "p1"},
                                {"id": "sv2", "name": "Lost", "description": "", "escalationPolicyID": "gone"}]}}})"}});
}

TEST(ImportGoAlert, SaysWhatBecomesOfEachThing) {
  const Import import = whole();
  EXPECT_THAT(plan_of(import),
              ElementsAre("person Ada -> ada: changed", "person Grace -> grace: ok",
                          "person Alan -> alan: ok", "schedule SRE -> sre: changed",
                          "schedule Days -> days: changed", "policy SRE -> sre: changed",
                          "service Checkout -> checkout: ok", "service Lost -> : not possible"));
  const std::string notes = notes_of(import);
  EXPECT_THAT(notes, HasSubstr("contact method 'hook' (WEBHOOK) was left out"));
  EXPECT_THAT(notes, HasSubstr("contact method 'old' (EMAIL) is off and was left out"));
  EXPECT_THAT(notes, HasSubstr("override: Alan in the place of Ada from 2026-07-01T00:00:00Z"));
  EXPECT_THAT(notes, ::testing::Not(HasSubstr("2025-07")));
  EXPECT_THAT(notes, HasSubstr("a step for slackChannel was left out"));
}

TEST(ImportGoAlert, BecomesACatalogThatLoads) {
  const auto out = loaded(whole());
  const catalog::Person& ada = *out.catalog.person(catalog::PersonId("ada"));
  EXPECT_EQ(ada.contact("sms")->address, "+4930123456");
  EXPECT_EQ(ada.contact("voice")->address, "+4930123456");
  EXPECT_THAT(ada.urgent, ElementsAre(catalog::NotificationRule{"sms", minutes(0)},
                                      catalog::NotificationRule{"voice", minutes(5)}));
  const Policy& policy = out.policies.at("sre");
  ASSERT_EQ(policy.steps.size(), 3U);
  EXPECT_THAT(policy.steps[0].targets, ElementsAre(Target{Target::Kind::kSchedule, "sre"}));
  EXPECT_EQ(policy.steps[1].after, minutes(15));
  EXPECT_THAT(policy.steps[1].targets, ElementsAre(Target{Target::Kind::kPerson, "alan"}));
  EXPECT_EQ(policy.steps[2].after, minutes(25));
  EXPECT_THAT(policy.steps[2].targets, ElementsAre(Target{Target::Kind::kSchedule, "days"}));
  EXPECT_EQ(policy.repeat, 3);
  EXPECT_EQ(policy.repeat_after, minutes(30));
  EXPECT_EQ(out.catalog.team_of(catalog::ServiceId("checkout"))->escalation_policy, "sre");
}

// --- who is on call, against a walk over the hours as oncall/state.go has it

struct Rule {
  int from, until;  // hours
  bool is_weekdays;
};
struct Walked {
  std::vector<std::string> users;
  CivilSecond start;
  int64_t days;   // of a turn
  Time known;     // at this moment ...
  size_t active;  // ... this one is on call
  std::vector<Rule> rules;
};

bool is_active(const Rule& rule, const CivilSecond& at) {
  const auto is_on = [&](const CivilSecond& day) {
    return !rule.is_weekdays || static_cast<int>(cctz::get_weekday(cctz::civil_day(day))) < 5;
  };
  if (rule.from < rule.until) return is_on(at) && at.hour() >= rule.from && at.hour() < rule.until;
  return (is_on(at) && at.hour() >= rule.from) || (is_on(at - 86'400) && at.hour() < rule.until);
}

void expect_walk(const Import& import, const std::vector<Walked>& targets) {
  const auto berlin = calendar::Zone::find("Europe/Berlin").value();
  calendar::IcalCalendar walked;
  for (Time at = kNow; at < kNow + kProveAhead; at += hours(1)) {
    for (const Walked& one : targets) {
      const auto turn_at = [&](Time time) {
        int64_t n = 0;
        while (berlin.to_time(one.start + (n + 1) * one.days * 86'400) <= time) ++n;
        return n;
      };
      const int64_t since = turn_at(at) - turn_at(one.known);
      const auto size = static_cast<int64_t>(one.users.size());
      const auto index = (static_cast<int64_t>(one.active) + since % size + size) % size;
      const CivilSecond civil = berlin.to_civil(at);
      if (std::ranges::none_of(one.rules, [&](const Rule& r) { return is_active(r, civil); })) {
        continue;
      }
      // As calsub/renderical.go writes the shifts of a whole schedule.
      walked.events.push_back(
          {.begin = at,
           .end = at + hours(1),
           .summary = one.users[static_cast<size_t>(index)] + " On-Call (GoAlert: SRE)"});
    }
  }
  const ImportProof proof = prove(loaded(import).schedules.at("sre"), import.people, walked, kNow);
  EXPECT_EQ(proof.same, proof.hours);
  for (const auto& one : proof.differences) {
    ADD_FAILURE() << to_rfc3339(one.begin) << " to " << to_rfc3339(one.end) << ": there "
                  << one.there << ", here " << one.here;
  }
}

const Walked kWeeks{{"Ada", "Grace", "Alan"}, CivilSecond(2025, 12, 1, 9), 7, kNow, 0, {}};
const Walked kTwoDays{{"Grace", "Alan"}, CivilSecond(2026, 1, 1, 14), 2, kNow, 1, {}};

TEST(ImportGoAlert, WhoeverIsOnCallNowStaysSo) {
  const Import import = import_of(
      {{"schedules", schedule_of(target("rotation", "r1", rule("00:00", "00:00", kEveryDay)))}});
  EXPECT_EQ(on_call(loaded(import).schedules.at("sre"), "2026-02-10T12:00:00Z"), "ada");
  EXPECT_EQ(on_call(loaded(import).schedules.at("sre"), "2026-02-16T08:00:00Z"), "grace");
  Walked weeks = kWeeks;
  weeks.rules = {{0, 0, false}};
  expect_walk(import, {weeks});
}

TEST(ImportGoAlert, EverybodyOfActiveRulesIsOnCall) {
  const Import import = import_of(
      {{"schedules", schedule_of(target("rotation", "r1", rule("00:00", "00:00", kEveryDay)) + "," +
                                 target("rotation", "r2",
                                        rule("20:00", "06:00", kWeekdays) + "," +
                                            rule("10:00", "12:00", kEveryDay)) +
                                 "," + target("user", "u3", rule("08:00", "18:00", kWeekdays)))}});
  Walked weeks = kWeeks, two = kTwoDays;
  weeks.rules = {{0, 0, false}};
  two.rules = {{20, 6, true}, {10, 12, false}};
  const Walked alan{{"Alan"}, CivilSecond(2026, 1, 1), 1, kNow, 0, {{8, 18, true}}};
  expect_walk(import, {weeks, two, alan});
}

TEST(ImportGoAlert, HoursOfOtherClocksAreSaid) {
  const Import import = import_of(
      {{"schedules", schedule_of(target("rotation", "r3", rule("08:00", "18:00", kEveryDay)))}});
  EXPECT_THAT(notes_of(import),
              HasSubstr("rotation 'Far' hands off by the clocks of America/New_York"));
  const Import always = import_of(
      {{"schedules", schedule_of(target("rotation", "r3", rule("00:00", "00:00", kEveryDay)))}});
  EXPECT_THAT(notes_of(always), ::testing::Not(HasSubstr("by the clocks of")));
  const Schedule schedule = loaded(always).schedules.at("sre");
  EXPECT_EQ(schedule.versions[0].layers[0].zone.name(), "America/New_York");
  // The hand-off stays at 09:00 in New York.
  EXPECT_NE(on_call(schedule, "2026-03-09T12:59:00Z"), on_call(schedule, "2026-03-09T13:00:00Z"));
}

TEST(ImportGoAlert, IsTheSameAgainAWeekLater) {
  const auto documents = [](Time now, const char* active, const char* next) {
    const std::string rotation = fmt::format(
        R"({{"data": {{"rotations": {{"nodes": [{{"id": "r1", "name": "Weeks", "type": "weekly",
            "shiftLength": 1, "start": "2025-12-01T08:00:00Z", "timeZone": "Europe/Berlin",
            "activeUserIndex": {}, "nextHandoffTimes": ["{}"], "userIDs": ["u1", "u2", "u3"]}}]}}}}}})",
        active, next);
    std::string text;
    for (const auto& one :
         made(import_goalert(
                  testing::export_of(
                      {{"users", kUsers},
                       {"rotations", rotation},
                       {"schedules",
                        schedule_of(target("rotation", "r1", rule("00:00", "00:00", kEveryDay)))}}),
                  now))
             .documents) {
      text += codec::to_yaml(one);
    }
    return text;
  };
  EXPECT_EQ(documents(kNow, "0", "2026-02-16T08:00:00Z"),
            documents(kNow + days(7), "1", "2026-02-23T08:00:00Z"));
}

TEST(ImportGoAlert, AnswersThatAreNoneAreNamed) {
  const auto error = [](const char* text) {
    const auto import = import_goalert(testing::export_of({{"export", text}}), kNow);
    return import ? std::string() : import.error().message;
  };
  EXPECT_THAT(error(R"({"errors": [{"message": "wrong query for API key"}], "data": null})"),
              HasSubstr("export.json holds an error instead of an answer: wrong query"));
  EXPECT_THAT(error("[]"), HasSubstr("export.json has no object under 'data'"));
}

TEST(ImportGoAlert, SurvivesObjectsThatLackEverything) {
  const Import import =
      import_of({{"export",
                  R"({"data": {"users": {"nodes": [{}, 3]}, "rotations": {"nodes": [{}, null]},
            "schedules": {"nodes": [{}, {"targets": [{}, {"rules": [{}, 2]}, {"target": {"id": "r1"}, "rules": [{"start": "24:00", "end": "24:00", "weekdayFilter": [1,2,3,4,5,6,7]}]}]}]},
            "escalationPolicies": {"nodes": [{}, {"id": "p", "steps": [{}, {"targets": [{}]}]}]},
            "services": {"nodes": [{}]}, "userOverrides": {"nodes": [{}]}}})"}});
  EXPECT_THAT(plan_of(import), ::testing::Contains("schedule  -> : not possible"));
}

}  // namespace
}  // namespace tocsin::oncall
