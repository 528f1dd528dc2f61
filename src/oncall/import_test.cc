#include "oncall/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "codec/yaml_writer.h"
#include "oncall/import_proof.h"
#include "oncall/import_reading.h"
#include "oncall/import_testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Read = testing::Loaded;

const Time kNow = *parse_rfc3339("2026-11-26T00:00:00Z");

// --- PagerDuty

const char* kUsers = R"({"users": [
  {"id": "PADA", "name": "Ada", "email": "ada@example.org", "time_zone": "Europe/Berlin",
   "teams": [{"id": "PT1"}],
   "contact_methods": [
     {"id": "C1", "type": "email_contact_method", "address": "ada@example.org"},
     {"id": "C2", "type": "sms_contact_method", "country_code": 49, "address": "030 123456"},
     {"id": "C3", "type": "phone_contact_method", "country_code": 49, "address": "030123456"},
     {"id": "C4", "type": "push_notification_contact_method", "address": "token"},
     {"id": "C5", "type": "whatsapp_contact_method", "address": "1"}],
   "notification_rules": [
     {"id": "N2", "urgency": "high", "start_delay_in_minutes": 5, "contact_method": {"id": "C3"}},
     {"id": "N1", "urgency": "high", "start_delay_in_minutes": 0, "contact_method": {"id": "C2"}},
     {"id": "N3", "urgency": "low", "start_delay_in_minutes": 0, "contact_method": {"id": "C1"}}]},
  {"id": "PGRA", "name": "Grace", "email": "grace@example.org", "teams": [{"id": "PT1"}],
   "contact_methods": [], "notification_rules": []}], "more": false})";

const char* kTeams =
    R"({"teams": [{"id": "PT1", "name": "Payments"}, {"id": "PT2", "name": "Empty"}]})";

// The night layer stands first in the answer, so it is the higher one.
const char* kSchedule = R"({"schedule": {"id": "PS1", "name": "Payments primary",
  "time_zone": "Europe/Berlin", "teams": [{"id": "PT1"}], "schedule_layers": [
  {"id": "L2", "name": "Nights", "start": "2026-01-05T08:00:00Z", "end": null,
   "rotation_virtual_start": "2026-01-05T08:00:00Z", "rotation_turn_length_seconds": 86400,
   "users": [{"user": {"id": "PGRA"}}],
   "restrictions": [{"type": "daily_restriction", "start_time_of_day": "22:00:00", "duration_seconds": 28800}]},
  {"id": "L0", "name": "Gone", "start": "2025-01-05T08:00:00Z", "end": "2025-02-05T08:00:00Z",
   "rotation_virtual_start": "2025-01-05T08:00:00Z", "rotation_turn_length_seconds": 86400,
   "users": [{"user": {"id": "PGRA"}}], "restrictions": []},
  {"id": "L1", "name": "Weeks", "start": "2026-01-05T08:00:00Z", "end": null,
   "rotation_virtual_start": "2026-01-05T08:00:00Z", "rotation_turn_length_seconds": 604800,
   "users": [{"user": {"id": "PADA"}}, {"user": {"id": "PGRA"}}, {"user": {"id": "PGONE"}}],
   "restrictions": [{"type": "weekly_restriction", "start_day_of_week": 1, "start_time_of_day": "06:00:00", "duration_seconds": 432000}]}]}})";

const char* kPolicies =
    R"({"escalation_policies": [{"id": "PE1", "name": "Payments", "num_loops": 2,
  "teams": [{"id": "PT1"}], "escalation_rules": [
  {"escalation_delay_in_minutes": 10, "targets": [{"id": "PS1", "type": "schedule_reference"}]},
  {"escalation_delay_in_minutes": 15, "targets": [{"id": "PADA", "type": "user_reference"}, {"id": "PGONE", "type": "user_reference"}],
   "escalation_rule_assignment_strategy": {"type": "round_robin"}},
  {"escalation_delay_in_minutes": 15, "targets": [{"id": "PADA", "type": "user_reference"}, {"id": "PS1", "type": "schedule_reference"}],
   "escalation_rule_assignment_strategy": {"type": "round_robin"}}]},
  {"id": "PE2", "name": "Nobody", "num_loops": 0, "escalation_rules": [
  {"escalation_delay_in_minutes": 10, "targets": [{"id": "PGONE", "type": "user_reference"}]}]}]})";

const char* kServices = R"({"services": [
  {"id": "PV1", "name": "Checkout API", "description": "Takes money", "escalation_policy": {"id": "PE1"}},
  {"id": "PV2", "name": "Lost", "escalation_policy": {"id": "PE2"}}]})";

Import pagerduty() {
  auto made = import_pagerduty(testing::export_of({{"users", kUsers},
                                                   {"teams", kTeams},
                                                   {"schedules-PS1", kSchedule},
                                                   {"escalation_policies", kPolicies},
                                                   {"services", kServices}}),
                               kNow);
  if (!made) throw std::runtime_error(made.error().message);
  return *std::move(made);
}

TEST(ImportPagerDuty, SaysWhatBecomesOfEachThing) {
  const Import import = pagerduty();
  EXPECT_THAT(
      testing::plan_of(import),
      ElementsAre("person Ada -> ada: changed", "person Grace -> grace: ok",
                  "team Payments -> payments: ok", "team Empty -> : not possible",
                  "team Payments round robin -> payments-round-robin: changed",
                  "schedule Payments primary -> payments-primary: changed",
                  "policy Payments -> payments: changed", "policy Nobody -> : not possible",
                  "service Checkout API -> checkout-api: ok", "service Lost -> : not possible"));
  EXPECT_THAT(testing::notes_of(import), HasSubstr("whatsapp_contact_method"));
  EXPECT_THAT(testing::notes_of(import), HasSubstr("person PGONE is not in the export"));
  EXPECT_THAT(testing::notes_of(import), HasSubstr("step 3 took turns between schedules"));
}

TEST(ImportPagerDuty, PeopleKeepTheirContactsAndRules) {
  const Read out = testing::loaded(pagerduty());
  const catalog::Person& ada = *out.catalog.person(catalog::PersonId("ada"));
  EXPECT_EQ(ada.zone.name(), "Europe/Berlin");
  EXPECT_EQ(ada.contact("sms")->address, "+4930123456");
  EXPECT_EQ(ada.contact("voice")->address, "+4930123456");
  EXPECT_EQ(ada.contact("push")->kind, catalog::Contact::Kind::kPush);
  EXPECT_THAT(ada.urgent, ElementsAre(catalog::NotificationRule{"sms", minutes(0)},
                                      catalog::NotificationRule{"voice", minutes(5)}));
  EXPECT_THAT(ada.not_urgent, ElementsAre(catalog::NotificationRule{"mail", minutes(0)}));
  EXPECT_EQ(out.catalog.person(catalog::PersonId("grace"))->contacts.at(0).address,
            "grace@example.org");
}

TEST(ImportPagerDuty, SchedulesKeepTheirTurnsHoursAndLayers) {
  const Read out = testing::loaded(pagerduty());
  const Schedule& schedule = out.schedules.at("payments-primary");
  // Hand-off on Monday 09:00 in Berlin, in winter and in summer; grace each night from 22 to 06.
  EXPECT_EQ(testing::on_call(schedule, "2026-01-06T12:00:00Z"), "ada");
  EXPECT_EQ(testing::on_call(schedule, "2026-01-13T12:00:00Z"), "grace");
  EXPECT_EQ(testing::on_call(schedule, "2026-07-06T06:59:00Z"),
            testing::on_call(schedule, "2026-07-03T12:00:00Z"));
  EXPECT_NE(testing::on_call(schedule, "2026-07-06T07:01:00Z"),
            testing::on_call(schedule, "2026-07-06T06:59:00Z"));
  EXPECT_EQ(testing::on_call(schedule, "2026-01-06T21:00:00Z"), "grace");
  EXPECT_EQ(testing::on_call(schedule, "2026-01-07T05:00:00Z"), "ada");
  // The restriction of the weeks: from Monday 06:00 for five days.
  EXPECT_EQ(testing::on_call(schedule, "2026-01-10T04:59:00Z"), "grace");  // the night
  EXPECT_EQ(testing::on_call(schedule, "2026-01-10T12:00:00Z"), "");
}

TEST(ImportPagerDuty, PoliciesAndServicesFitTogether) {
  const Read out = testing::loaded(pagerduty());
  const Policy& policy = out.policies.at("payments");
  ASSERT_EQ(policy.steps.size(), 3U);
  EXPECT_THAT(policy.steps[0].targets,
              ElementsAre(Target{Target::Kind::kSchedule, "payments-primary"}));
  EXPECT_EQ(policy.steps[1].after, minutes(10));
  EXPECT_THAT(policy.steps[1].targets,
              ElementsAre(Target{Target::Kind::kRoundRobin, "payments-round-robin"}));
  const catalog::Team* turns = out.catalog.team(catalog::TeamId("payments-round-robin"));
  ASSERT_NE(turns, nullptr);
  EXPECT_THAT(turns->members, ElementsAre(catalog::PersonId("ada")));
  EXPECT_THAT(policy.steps[2].targets,
              ElementsAre(Target{Target::Kind::kPerson, "ada"},
                          Target{Target::Kind::kSchedule, "payments-primary"}));
  EXPECT_EQ(policy.repeat, 2);
  EXPECT_EQ(policy.repeat_after, minutes(15));
  EXPECT_FALSE(policy.bring_in);
  const catalog::Team* team = out.catalog.team_of(catalog::ServiceId("checkout-api"));
  ASSERT_NE(team, nullptr);
  EXPECT_EQ(team->escalation_policy, "payments");
}

TEST(ImportPagerDuty, IsRepeatable) {
  std::string first, second;
  for (const auto& d : pagerduty().documents) first += codec::to_yaml(d);
  for (const auto& d : pagerduty().documents) second += codec::to_yaml(d);
  EXPECT_EQ(first, second);
}

TEST(ImportPagerDuty, AFileOfAnotherShapeIsNamed) {
  const auto made = import_pagerduty(
      testing::export_of({{"users", R"({"error": {"message": "Unauthorized"}})"}}), kNow);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("users.json has no list under 'users'"));
}

TEST(ImportPagerDuty, SurvivesObjectsThatLackEverything) {
  const auto made = import_pagerduty(
      testing::export_of({{"users", "[{}, 1, null, {\"id\": \"a\", \"name\": [1]}]"},
                          {"teams", "[{}]"},
                          {"schedules", "[{\"schedule_layers\": [{}, 3]}]"},
                          {"escalation_policies", "[{\"escalation_rules\": 4}]"},
                          {"services", "[{}]"}}),
      kNow);
  ASSERT_TRUE(made);
  EXPECT_THAT(testing::plan_of(*made), Contains(HasSubstr("schedule  -> : not possible")));
}

// --- Opsgenie

Import opsgenie() {
  auto made = import_opsgenie(
      testing::export_of(
          {{"users-1", R"({"data": {"id": "u1", "username": "ada@example.org", "fullName": "Ada",
                "timeZone": "America/New_York", "userContacts": [
                {"to": "ada@example.org", "contactMethod": "email", "enabled": true},
                {"to": "1-2125550123", "contactMethod": "sms", "enabled": true},
                {"to": "1-2125550123", "contactMethod": "voice", "enabled": true}]}})"},
           {"users-2",
            R"({"data": {"id": "u2", "username": "grace@example.org", "fullName": "Grace"}})"},
           {"notification_rules-u1",
            R"({"data": [{"name": "New", "actionType": "create-alert", "enabled": true,
                "steps": [{"contact": {"method": "sms", "to": "1-2125550123"}, "sendAfter": {"timeAmount": 0, "timeUnit": "minutes"}, "enabled": true},
                          {"contact": {"method": "voice", "to": "1-2125550123"}, "sendAfter": {"timeAmount": 2, "timeUnit": "minutes"}, "enabled": true}]}]})"},
           {"teams",
            R"({"data": [{"id": "t1", "name": "SRE", "members": [{"user": {"id": "u1"}}, {"user": {"id": "u2"}}]},
                                    {"id": "t2", "name": "Ops", "members": [{"user": {"id": "u2"}}]}]})"},
           {"routing_rules-t1",
            R"({"data": [{"name": "Default", "isDefault": true, "notify": {"type": "escalation", "id": "e1"}}]})"},
           {"routing_rules-t2",
            R"({"data": [{"name": "Default", "isDefault": true, "notify": {"type": "schedule", "id": "s1"}}]})"},
           {"schedules",
            R"({"data": [{"id": "s1", "name": "SRE", "timezone": "America/New_York", "enabled": true, "ownerTeam": {"id": "t1"},
                "rotations": [{"id": "r1", "name": "Week", "startDate": "2026-01-05T14:00:00Z", "type": "weekly", "length": 1,
                  "participants": [{"type": "user", "id": "u1"}, {"type": "user", "id": "u2"}, {"type": "none"}],
                  "timeRestriction": {"type": "weekday-and-time-of-day", "restrictions": [
                    {"startDay": "monday", "startHour": 9, "startMin": 0, "endDay": "friday", "endHour": 17, "endMin": 30}]}}]}]})"},
           {"escalations",
            R"({"data": [{"id": "e1", "name": "SRE escalation", "repeat": {"count": 2, "waitInterval": 10}, "rules": [
                {"condition": "if-not-acked", "notifyType": "default", "delay": {"timeAmount": 0, "timeUnit": "minutes"}, "recipient": {"type": "schedule", "id": "s1"}},
                {"condition": "if-not-acked", "notifyType": "next", "delay": {"timeAmount": 10, "timeUnit": "minutes"}, "recipient": {"type": "schedule", "id": "s1"}},
                {"condition": "if-not-closed", "notifyType": "all", "delay": {"timeAmount": 1, "timeUnit": "hours"}, "recipient": {"type": "team", "id": "t1"}}]}]})"}}),
      kNow);
  if (!made) throw std::runtime_error(made.error().message);
  return *std::move(made);
}

TEST(ImportOpsgenie, BecomesACatalogThatLoads) {
  const Import import = opsgenie();
  const Read out = testing::loaded(import);
  EXPECT_THAT(
      testing::plan_of(import),
      ElementsAre("person Ada -> ada: ok", "person Grace -> grace: ok", "team SRE -> sre: ok",
                  "team Ops -> ops: ok", "schedule SRE -> sre: changed",
                  "policy SRE escalation -> sre-escalation: changed",
                  "policy Ops -> ops: changed"));
  EXPECT_THAT(out.catalog.person(catalog::PersonId("ada"))->urgent,
              ElementsAre(catalog::NotificationRule{"sms", minutes(0)},
                          catalog::NotificationRule{"voice", minutes(2)}));
  const Policy& policy = out.policies.at("sre-escalation");
  ASSERT_EQ(policy.steps.size(), 3U);
  EXPECT_EQ(policy.steps[2].after, hours(1));
  EXPECT_THAT(policy.steps[2].targets, ElementsAre(Target{Target::Kind::kTeam, "sre"}));
  EXPECT_EQ(out.catalog.team(catalog::TeamId("ops"))->escalation_policy, "ops");
}

TEST(ImportOpsgenie, RotationsThatOverlapAreOnCallTogether) {
  const auto import = testing::made(import_opsgenie(
      testing::export_of(
          {{"users",
            R"({"data": [{"id": "u1", "username": "ada@example.org", "fullName": "Ada"},
                         {"id": "u2", "username": "grace@example.org", "fullName": "Grace"}]})"},
           {"schedules",
            R"({"data": [{"id": "s1", "name": "SRE", "timezone": "Europe/Berlin", "enabled": true,
                "rotations": [
                {"id": "r1", "name": "Week", "startDate": "2026-01-05T08:00:00Z", "type": "weekly", "length": 1,
                 "participants": [{"type": "user", "id": "u1"}]},
                {"id": "r2", "name": "Day", "startDate": "2026-01-05T08:00:00Z", "type": "daily", "length": 1,
                 "participants": [{"type": "user", "id": "u2"}],
                 "timeRestriction": {"type": "time-of-day", "restriction": {"startHour": 9, "startMin": 0, "endHour": 17, "endMin": 0}}}]}]})"}}),
      kNow));
  EXPECT_THAT(testing::notes_of(import), ::testing::Not(HasSubstr("overlap")));
  const Schedule schedule = testing::loaded(import).schedules.at("sre");
  EXPECT_EQ(testing::on_call(schedule, "2026-03-27T08:00:00Z"), "ada grace");  // 09:00
  EXPECT_EQ(testing::on_call(schedule, "2026-03-30T06:59:00Z"), "ada");  // in summer time, 08:59
  EXPECT_EQ(testing::on_call(schedule, "2026-03-30T07:00:00Z"), "ada grace");
  EXPECT_EQ(testing::on_call(schedule, "2026-03-30T15:00:00Z"), "ada");
}

TEST(ImportOpsgenie, HoursReachFromADayToAnother) {
  const Read out = testing::loaded(opsgenie());
  const Schedule& schedule = out.schedules.at("sre");
  EXPECT_EQ(testing::on_call(schedule, "2026-01-05T13:59:00Z"), "");     // Monday 08:59
  EXPECT_EQ(testing::on_call(schedule, "2026-01-05T14:01:00Z"), "ada");  // 09:01
  EXPECT_EQ(testing::on_call(schedule, "2026-01-07T03:00:00Z"), "ada");  // the night between
  EXPECT_EQ(testing::on_call(schedule, "2026-01-09T22:29:00Z"), "ada");  // Friday 17:29
  EXPECT_EQ(testing::on_call(schedule, "2026-01-09T22:31:00Z"), "");
  EXPECT_EQ(testing::on_call(schedule, "2026-01-12T14:01:00Z"), "grace");
}

// --- the proof

// Events of the first three weeks as PagerDuty writes them: UTC, with the night's shifts apart.
std::string feed(const std::vector<Turn>& shifts) {
  std::vector<calendar::IcalEntry> entries;
  for (const Turn& turn : shifts) {
    for (const auto& person : turn.people) {
      const std::string name = person.value() == "ada" ? "Ada" : "Grace";
      entries.push_back({fmt::format("{}{}", name, entries.size()), turn.begin, turn.end,
                         fmt::format("On Call - {} - Payments primary", name), ""});
    }
  }
  return calendar::write_ical("Payments primary", entries, kNow);
}

ImportProof proof_of(const Schedule& schedule, const std::string& ical) {
  const auto calendar = calendar::read_ical(ical, calendar::Zone(), kNow, kNow + kProveAhead);
  if (!calendar) throw std::runtime_error(calendar.error().message);
  return prove(schedule, pagerduty().people, *calendar, kNow);
}

TEST(ImportProof, TheSameCalendarAgreesHourByHour) {
  const Schedule schedule = testing::loaded(pagerduty()).schedules.at("payments-primary");
  const ImportProof proof = proof_of(schedule, feed(turns(schedule, kNow, kNow + kProveAhead)));
  EXPECT_EQ(proof.hours, 90 * 24);
  EXPECT_EQ(proof.same, proof.hours);
  EXPECT_THAT(proof.differences, IsEmpty());
  EXPECT_THAT(proof.strangers, IsEmpty());
}

TEST(ImportProof, NamesWhereTheyDiffer) {
  const Schedule schedule = testing::loaded(pagerduty()).schedules.at("payments-primary");
  auto shifts = turns(schedule, kNow, kNow + kProveAhead);
  ASSERT_FALSE(shifts[0].people.empty());
  const Turn moved = shifts[0];
  shifts[0].people = {catalog::PersonId(moved.people[0].value() == "ada" ? "grace" : "ada")};
  const ImportProof proof = proof_of(schedule, feed(shifts));
  ASSERT_EQ(proof.differences.size(), 1U);
  EXPECT_EQ(proof.differences[0].begin, kNow);
  EXPECT_EQ(proof.differences[0].here, moved.people[0].value());
  EXPECT_LT(proof.same, proof.hours);
}

TEST(ImportProof, SaysWhomTheCalendarNamesThatNobodyKnows) {
  const Schedule schedule = testing::loaded(pagerduty()).schedules.at("payments-primary");
  const std::string ical = calendar::write_ical(
      "x", {{"1", kNow, kNow + hours(2), "On Call - Alan - Payments primary", ""}}, kNow);
  EXPECT_THAT(proof_of(schedule, ical).strangers, ElementsAre(HasSubstr("Alan")));
}

TEST(ImportPagerDuty, WhatTheCatalogRefusesIsLeftOutAlone) {
  auto made = import_pagerduty(
      testing::export_of(
          {{"users", R"([{"id": "1", "name": "Ada", "email": "ada@example.org"},
                           {"id": "2", "name": "Mute", "email": "nowhere"},
                           {"id": "1", "name": "Ada again", "email": "a@b.c"}])"},
           {"schedules", R"([{"id": "S", "name": "Far", "time_zone": "UTC", "schedule_layers": [
               {"name": "L", "rotation_virtual_start": "3330-01-05T08:00:00Z", "rotation_turn_length_seconds": 3600,
                "users": [{"user": {"id": "1"}}]}]}])"},
           {"escalation_policies", R"([{"id": "E", "name": "Far", "escalation_rules": [
               {"escalation_delay_in_minutes": 5, "targets": [{"id": "S", "type": "schedule_reference"}]}]}])"}}),
      kNow);
  ASSERT_TRUE(made);
  const Read out = testing::loaded(*made);
  EXPECT_EQ(out.catalog.people.size(), 1U);
  EXPECT_THAT(testing::plan_of(*made),
              ElementsAre("person Ada again -> : not possible", "person Ada -> ada: ok",
                          "person Mute -> : not possible", "schedule Far -> : not possible",
                          "policy Far -> : not possible"));
  EXPECT_THAT(testing::notes_of(*made), HasSubstr("is not a date of the calendar"));
  EXPECT_THAT(testing::notes_of(*made), HasSubstr("is there twice"));
  EXPECT_THAT(made->schedules, IsEmpty());
}

TEST(ImportPagerDuty, AnAddressReadsNothingFromTheEnvironment) {
  const auto made = import_pagerduty(
      testing::export_of({{"users", R"([{"id": "1", "name": "Eve", "email": "${HOME}@example.org"},
                           {"id": "2", "name": "Rich", "email": "a$$b$@example.org"}])"}}),
      kNow);
  ASSERT_TRUE(made);
  const Read out = testing::loaded(*made);
  const auto mail_of = [&](const char* id) {
    return out.catalog.person(catalog::PersonId(id))->contacts.at(0).address;
  };
  EXPECT_EQ(mail_of("eve"), "${HOME}@example.org");
  EXPECT_EQ(mail_of("rich"), "a$$b$@example.org");
}

TEST(ImportPagerDuty, AScheduleWithoutATeamGetsOne) {
  auto made = import_pagerduty(
      testing::export_of(
          {{"users", kUsers},
           {"schedules", R"([{"id": "S", "name": "Lonely", "time_zone": "UTC", "schedule_layers": [
               {"name": "L", "rotation_virtual_start": "2026-01-05T08:00:00Z", "rotation_turn_length_seconds": 3600,
                "users": [{"user": {"id": "PADA"}}]}]}])"}}),
      kNow);
  ASSERT_TRUE(made);
  const Read out = testing::loaded(*made);
  EXPECT_EQ(out.schedules.at("lonely").team.value(), "lonely");
  EXPECT_THAT(testing::notes_of(*made), HasSubstr("belonged to no team"));
}

// --- what both need

TEST(ImportNames, AreFitForTheCatalog) {
  EXPECT_EQ(catalog_name("Ada Lovelace"), "ada-lovelace");
  EXPECT_EQ(catalog_name("--Ops / 24x7!--"), "ops-24x7");
  EXPECT_EQ(catalog_name("\xc3\x84"), "unnamed");
  EXPECT_EQ(catalog_name(std::string(80, 'a')).size(), 63U);
  EXPECT_EQ(catalog_name(std::string(62, 'a') + " b"), std::string(62, 'a'));
}

TEST(ImportNames, TwoOfTheSameAreNumbered) {
  const auto made = import_pagerduty(
      testing::export_of(
          {{"users",
            R"([{"id": "1", "name": "Ada", "email": "a@b.c"}, {"id": "2", "name": "ada", "email": "d@e.f"}])"}}),
      kNow);
  ASSERT_TRUE(made);
  EXPECT_THAT(testing::plan_of(*made),
              ElementsAre("person Ada -> ada: ok", "person ada -> ada-2: ok"));
}

TEST(ImportReading, TelephoneNumbers) {
  EXPECT_EQ(phone_number("49", "030 / 123456"), "+4930123456");
  EXPECT_EQ(phone_number("1", "(212) 555-0123"), "+12125550123");
  EXPECT_EQ(phone_number("", "+4930123456"), "+4930123456");
  EXPECT_EQ(phone_number("49", ""), "");
}

}  // namespace
}  // namespace tocsin::oncall
