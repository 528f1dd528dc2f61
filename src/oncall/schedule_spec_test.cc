#include "oncall/schedule_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "oncall/schedule_testing.h"

namespace tocsin::oncall {
namespace {

using testing::civil;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::participants;
using testing::person;
using ::testing::SizeIs;
using Unit = Rotation::Unit;

constexpr const char* kPeople = R"(
apiVersion: tocsin/v1
kind: Person
metadata: {name: ada}
spec: {contacts: [{mail: ada@shop.test}]}
---
apiVersion: tocsin/v1
kind: Person
metadata: {name: grace}
spec: {contacts: [{mail: grace@shop.test}]}
---
apiVersion: tocsin/v1
kind: Person
metadata: {name: alan}
spec: {contacts: [{mail: alan@shop.test}]}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: payments}
spec: {members: [grace, alan], escalation: [{person: ada}]}
)";

struct Read {
  std::vector<ScheduleSpec> schedules;
  std::vector<std::string> problems;
};

Read read(const std::string& text) {
  codec::Problems problems;
  const auto catalog =
      catalog::load_texts({{"people.yaml", kPeople}, {"schedule.yaml", text}}, problems);
  Read out;
  out.schedules = read_schedules(catalog, problems);
  for (const auto& problem : problems.all()) out.problems.push_back(problem.to_text());
  return out;
}

std::string with_layers(const std::string& layers) {
  return "apiVersion: tocsin/v1\nkind: Schedule\nmetadata: {name: payments}\nspec:\n"
         "  team: payments\n  zone: Europe/Berlin\n  layers:\n" +
         layers;
}

// One layer on line 8; `fields` stand beside a name that is fine.
Read read_layer(const std::string& fields) {
  return read(with_layers("    - {name: primary, " + fields + "}\n"));
}
Layer layer(const std::string& fields) {
  const Read found = read_layer(fields);
  EXPECT_THAT(found.problems, IsEmpty());
  return found.schedules.at(0).schedule.versions.at(0).layers.at(0);
}
std::vector<std::string> problems(const std::string& fields) {
  std::vector<std::string> out = read_layer(fields).problems;
  for (std::string& one : out) {
    const size_t at = one.find("spec.layers[0]");
    EXPECT_TRUE(one.starts_with("schedule.yaml:8:")) << one;
    if (at != std::string::npos) one = one.substr(at + 15);
  }
  return out;
}

TEST(ScheduleSpec, ReadsTheWholeForm) {
  const Read found = read(R"(apiVersion: tocsin/v1
kind: Schedule
metadata: {name: payments}
spec:
  name: Payments
  team: payments
  zone: Europe/Berlin
  slack_user_group: S0604QSJC
  longest_shift: 10d
  layers:
    - name: primary
      every: 1w
      hand_off: 2026-01-05 09:00
      first: grace
      people: [ada, grace, [alan, ada]]
    - name: office
      rule: "FREQ=WEEKLY;BYDAY=MO,FR"
      hand_off: 2026-01-05 08:00
      people: {team: payments}
      hours: [{days: mon-fri, from: "09:00", until: "17:00"}]
      off: [holidays-us]
      zone: America/New_York
    - {name: new-people, every: 2mo, hand_off: 2026-01-31, people: [alan], shadow: true}
    - {name: second, every: 1w, hand_off: 2026-01-05, people: [grace], joins: true}
)");
  EXPECT_THAT(found.problems, IsEmpty());
  ASSERT_THAT(found.schedules, SizeIs(1));
  const auto& [schedule, anchored, group, origin] = found.schedules[0];
  EXPECT_EQ(group, "S0604QSJC");
  EXPECT_EQ(origin.field, "metadata.name");
  EXPECT_GT(origin.place.line, 0);
  EXPECT_EQ(schedule.id, ScheduleId("payments"));
  EXPECT_EQ(schedule.name, "Payments");
  EXPECT_EQ(schedule.team, catalog::TeamId("payments"));
  EXPECT_EQ(schedule.zone.name(), "Europe/Berlin");
  EXPECT_EQ(schedule.longest_shift, days(10));
  ASSERT_THAT(schedule.versions, SizeIs(1));
  const auto& layers = schedule.versions[0].layers;
  ASSERT_THAT(layers, SizeIs(4));
  EXPECT_EQ(anchored,
            (std::map<std::string, bool>{
                {"primary", true}, {"office", false}, {"new-people", false}, {"second", false}}));

  EXPECT_EQ(layers[0].name, "primary");
  EXPECT_EQ(layers[0].zone.name(), "Europe/Berlin");
  EXPECT_EQ(layers[0].rotation.unit, Unit::kWeek);
  EXPECT_EQ(layers[0].rotation.count, 1);
  EXPECT_EQ(layers[0].rotation.start, civil("2026-01-05 09:00"));
  EXPECT_EQ(layers[0].rotation.first, 1u);
  EXPECT_EQ(layers[0].rotation.participants, participants({"ada", "grace", "alan ada"}));
  EXPECT_EQ(layers[0].hours, calendar::WeeklyHours::always());
  EXPECT_FALSE(layers[0].is_shadow);

  EXPECT_EQ(layers[1].rotation.unit, Unit::kRule);
  ASSERT_TRUE(layers[1].rotation.rule);
  EXPECT_EQ(layers[1].rotation.rule->start(), civil("2026-01-05 08:00"));
  EXPECT_EQ(layers[1].rotation.rule->zone().name(), "America/New_York");
  EXPECT_EQ(layers[1].rotation.participants, participants({"grace", "alan"}));
  EXPECT_EQ(to_text(layers[1].hours), "mon-fri 09:00-17:00");
  EXPECT_THAT(layers[1].off, ElementsAre("holidays-us"));

  EXPECT_EQ(layers[2].rotation.unit, Unit::kMonth);
  EXPECT_EQ(layers[2].rotation.count, 2);
  EXPECT_TRUE(layers[2].is_shadow);
  EXPECT_FALSE(layers[2].joins);

  EXPECT_TRUE(layers[3].joins);
  EXPECT_FALSE(layers[3].is_shadow);
}

TEST(ScheduleSpec, WhatIsLeftOutHasAFallback) {
  const Read found = read(R"(apiVersion: tocsin/v1
kind: Schedule
metadata: {name: night}
spec:
  team: payments
  layers: [{name: all, every: 12h, hand_off: 2026-01-05 20:00, people: [ada]}]
)");
  EXPECT_THAT(found.problems, IsEmpty());
  ASSERT_THAT(found.schedules, SizeIs(1));
  const Schedule& schedule = found.schedules[0].schedule;
  EXPECT_EQ(schedule.name, "night");
  EXPECT_EQ(schedule.zone.name(), "UTC");
  EXPECT_EQ(schedule.longest_shift, days(14));
  EXPECT_EQ(schedule.versions[0].layers[0].rotation.unit, Unit::kHour);
  EXPECT_EQ(schedule.versions[0].layers[0].rotation.count, 12);
}

TEST(ScheduleSpec, FirstPrefersATurnOfThePersonAlone) {
  const std::string rest = "every: 1d, hand_off: 2026-01-05, people: [[ada, grace], grace, alan]";
  EXPECT_EQ(layer("first: grace, " + rest).rotation.first, 1u);
  EXPECT_EQ(layer("first: ada, " + rest).rotation.first, 0u);
}

TEST(ScheduleSpec, SaysWhatIsWrongWithALayer) {
  const std::string people = ", people: [ada]";
  const std::string start = ", hand_off: 2026-01-05 09:00" + people;
  EXPECT_THAT(problems("every: 1w" + people), ElementsAre("hand_off: is missing"));
  EXPECT_THAT(
      problems("every: 1w, hand_off: 2026-02-30" + people),
      ElementsAre(HasSubstr("hand_off: '2026-02-30' is not a date of the calendar; write")));
  EXPECT_THAT(problems("x: 1" + start),
              ElementsAre("every: is missing; write 12h, 1d, 2w or 1mo, or a rule",
                          HasSubstr("x: is not a known field")));
  EXPECT_THAT(problems("every: 1w, rule: FREQ=DAILY" + start),
              ElementsAre("rule: stands beside every; remove one of the two"));
  for (const char* wrong : {"weekly", "1", "w", "1m", "-", "1.5d", "1 d", "99999999999"}) {
    EXPECT_THAT(problems(std::string("every: \"") + wrong + "\"" + start),
                ElementsAre(std::string("every: '") + wrong +
                            "' is no length of a turn; write 12h, 1d, 2w or 1mo"));
  }
  for (const char* wrong : {"0w", "-1w", "1001w", "99999999999w"}) {
    EXPECT_THAT(problems(std::string("every: ") + wrong + start),
                ElementsAre("every: must be from 1w to 1000w"));
  }
  EXPECT_THAT(problems("rule: FREQ=HOURLY" + start),
              ElementsAre("rule: FREQ=HOURLY is wrong; use DAILY, WEEKLY, MONTHLY or YEARLY"));
  EXPECT_THAT(problems("rule: FREQ=DAILY;COUNT=9" + start),
              ElementsAre("rule: hand-offs do not end; leave out COUNT"));
  EXPECT_THAT(problems("rule: FREQ=WEEKLY;UNTIL=20270101" + start),
              ElementsAre("rule: hand-offs do not end; leave out UNTIL"));
  EXPECT_THAT(problems("rule: FREQ=WEEKLY;BYDAY=FR" + start),
              ElementsAre("hand_off: is no hand-off of the rule; its first one behind it is "
                          "2026-01-09 09:00:00"));
  EXPECT_THAT(problems("every: 1w, zone: Europe/Berln" + start),
              ElementsAre(HasSubstr("zone: time zone 'Europe/Berln' is not known; did you mean")));
  EXPECT_THAT(problems("every: 1w, hours: []" + start),
              ElementsAre(HasSubstr("hours: holds no hours")));
  EXPECT_THAT(problems("every: 1w, hours: [{days: mon-fry}]" + start),
              ElementsAre(HasSubstr("hours[0].days: 'mon-fry' is no day of the week")));
  EXPECT_THAT(problems("every: 1w, off: [Feiertage, x, x]" + start),
              ElementsAre(HasSubstr("off: 'Feiertage' "), "off: 'x' is listed twice"));
  EXPECT_THAT(problems("every: 1w, shadow: maybe" + start),
              ElementsAre("shadow: must be true or false, not 'maybe'"));
  EXPECT_THAT(problems("every: 1w, joins: 2" + start),
              ElementsAre("joins: must be true or false, not '2'"));
  EXPECT_THAT(
      read_layer("every: 1w, joins: true, shadow: true" + start).problems,
      Contains(HasSubstr("joins: stands beside shadow, whose people are not on call; remove one")));
}

TEST(ScheduleSpec, SaysWhatIsWrongWithPeople) {
  const std::string start = "every: 1w, hand_off: 2026-01-05 09:00, ";
  EXPECT_THAT(read_layer("every: 1w, hand_off: 2026-01-05 09:00").problems,
              ElementsAre(HasSubstr("people: is missing; list at least one person")));
  EXPECT_THAT(problems(start + "people: []"), ElementsAre(HasSubstr("people: is empty")));
  EXPECT_THAT(problems(start + "people: ada"), ElementsAre(HasSubstr("must be a list of people")));
  EXPECT_THAT(problems(start + "people: [ada, grce]"),
              ElementsAre("people[1]: person 'grce' is not known; did you mean 'grace'?"));
  EXPECT_THAT(problems(start + "people: [ada, [grace, alam]]"),
              ElementsAre("people[1][1]: person 'alam' is not known; did you mean 'alan'?"));
  EXPECT_THAT(problems(start + "people: [[ada, ada]]"),
              ElementsAre("people[0][1]: 'ada' is listed twice"));
  EXPECT_THAT(problems(start + "people: [ada, []]"),
              ElementsAre(HasSubstr("people[1]: must be a person, or a list")));
  EXPECT_THAT(problems(start + "people: [ada, [[grace]]]"),
              ElementsAre("people[1][0]: must be the name of a person"));
  EXPECT_THAT(problems(start + "people: [{team: payments}]"),
              ElementsAre(HasSubstr("take turns with people: {team: NAME}")));
  EXPECT_THAT(problems(start + "people: {team: paymnts}"),
              ElementsAre("people.team: 'paymnts' is not known; did you mean 'payments'?"));
  EXPECT_THAT(problems(start + "people: {tema: payments}"),
              ElementsAre(HasSubstr("people.team: is missing"), HasSubstr("people.tema: is not")));
  EXPECT_THAT(problems(start + "people: [ada, grace], first: alan"),
              ElementsAre(HasSubstr("first: 'alan' is not among the people of this layer")));
}

TEST(ScheduleSpec, SaysWhatIsWrongWithTheSchedule) {
  const std::string one = "    - {name: a, every: 1w, hand_off: 2026-01-05, people: [ada]}\n";
  EXPECT_THAT(read(with_layers(one + one)).problems,
              ElementsAre(HasSubstr("schedule.yaml:9:14: spec.layers[1].name: layer 'a' is there "
                                    "already; rename one of the two")));
  EXPECT_THAT(read(with_layers(one) + "---\n" + with_layers(one)).problems,
              ElementsAre(HasSubstr("metadata.name: schedule 'payments' is already declared in "
                                    "schedule.yaml:1; remove or rename one of the two")));
  EXPECT_THAT(read(with_layers("    []\n")).problems, ElementsAre(HasSubstr("nobody would be")));
  EXPECT_THAT(read("apiVersion: tocsin/v1\nkind: Schedule\nmetadata: {name: Payments}\nspec:\n"
                   "  team: paymets\n  longest_shift: 10m\n  zone: Berlin\n")
                  .problems,
              ElementsAre(HasSubstr("metadata.name: 'Payments' "),
                          HasSubstr("spec.team: 'paymets' is not known; did you mean 'payments'?"),
                          HasSubstr("spec.zone: time zone 'Berlin' is not known"),
                          HasSubstr("spec.longest_shift: must be from 1h to 366d, not 10m"),
                          HasSubstr("spec.layers: nobody would be on call; write at least one")));
  EXPECT_THAT(
      read(with_layers("    - {name: a, every: 1w, hand_off: 2026-01-05, people: [ada], shadow: "
                       "true}\n"))
          .problems,
      ElementsAre(HasSubstr("all of them are shadows, so nobody would be on call")));
}

TEST(ScheduleSpec, TheExamplesOfTheDocsAreRight) {
  std::ifstream file(std::filesystem::path(TOCSIN_DOCS) / "schedules.md");
  ASSERT_TRUE(file);
  size_t examples = 0;
  std::string text;
  bool is_yaml = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "```yaml") {
      is_yaml = true;
      text.clear();
    } else if (line == "```" && is_yaml) {
      is_yaml = false;
      if (text.find("kind: Schedule") == std::string::npos) continue;
      ++examples;
      EXPECT_THAT(read(text).problems, IsEmpty()) << text;
    } else if (is_yaml) {
      text += line + "\n";
    }
  }
  EXPECT_GE(examples, 3u);
}

}  // namespace
}  // namespace tocsin::oncall
