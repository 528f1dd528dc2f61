#include "oncall/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/policy_json.h"
#include "oncall/policy_testing.h"
#include "oncall/resolve.h"

namespace tocsin::oncall {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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
metadata: {name: mute}
spec: {}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: payments}
spec: {members: [ada, grace], escalation_policy: payments}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: empty}
spec: {escalation_policy: payments}
)";

struct ReadBack {
  std::vector<Policy> policies;
  std::vector<std::string> problems;
};

ReadBack read(const std::string& policies) {
  codec::Problems problems;
  const auto catalog =
      catalog::load_texts({{"people.yaml", kPeople}, {"policies.yaml", policies}}, problems);
  EXPECT_TRUE(problems.empty()) << problems.as_result().error().message;
  ReadBack back;
  back.policies = read_policies(catalog, {ScheduleId("payments"), ScheduleId("night")}, problems);
  for (const auto& problem : problems.all()) back.problems.push_back(problem.to_text());
  return back;
}

std::string document(const std::string& spec, const std::string& name = "payments") {
  return "apiVersion: tocsin/v1\nkind: EscalationPolicy\nmetadata: {name: " + name + "}\nspec:\n" +
         spec;
}

constexpr const char* kWhole = R"(  steps:
    - notify: [{schedule: payments}, {channel: ops}]
    - after: 5m
      notify: [{person: grace}, {round_robin: payments}]
      when: {severity: [SEV-1, SEV-2], during: [{days: mon-fri, from: "09:00", until: "17:00"}],
             zone: Europe/Berlin}
    - after: 5m
      notify: [{team: payments}]
      when: {outside: [{days: mon-fri, from: "09:00", until: "17:00"}]}
  repeat: 2
  repeat_after: 7m
  acknowledgements: 2
  acknowledged_for: 30m
  bring_in: {after: 20m, severity: [SEV-1], notify: [{team: payments}]}
  fallback: [{team: payments}]
  channels: [{name: ops, slack: "https://hooks.slack.test/ops"}]
)";

TEST(PolicyReader, ReadsAWholePolicy) {
  const auto [policies, problems] = read(document(kWhole));
  ASSERT_THAT(problems, IsEmpty());
  ASSERT_THAT(policies, SizeIs(1));
  const Policy& p = policies[0];
  EXPECT_EQ(p.id.value(), "payments");
  ASSERT_THAT(p.steps, SizeIs(3));
  EXPECT_THAT(p.steps[0].targets,
              ElementsAre(testing::schedule("payments"), testing::channel("ops")));
  EXPECT_EQ(p.steps[1].after, minutes(5));
  EXPECT_EQ(p.steps[1].when.zone.name(), "Europe/Berlin");
  EXPECT_FALSE(p.steps[1].when.is_outside_hours);
  EXPECT_TRUE(p.steps[2].when.is_outside_hours);
  EXPECT_EQ(p.repeat, 2);
  EXPECT_EQ(p.repeat_after, minutes(7));
  EXPECT_EQ(p.acknowledgements, 2);
  EXPECT_EQ(p.acknowledged_for, minutes(30));
  ASSERT_TRUE(p.bring_in);
  EXPECT_EQ(p.bring_in->after, minutes(20));
  EXPECT_THAT(p.bring_in->severities, ElementsAre("SEV-1"));
  EXPECT_THAT(p.fallback, ElementsAre(testing::team("payments")));
  ASSERT_NE(p.channel("ops"), nullptr);
  EXPECT_EQ(p.channel("ops")->contact.kind, catalog::Contact::Kind::kSlack);
}

TEST(PolicyReader, BringsInAfterAQuarterOfAnHourUnlessToldNotTo) {
  const auto plain = read(document("  steps: [{notify: [{person: ada}]}]\n"));
  ASSERT_THAT(plain.problems, IsEmpty());
  ASSERT_TRUE(plain.policies[0].bring_in);
  EXPECT_EQ(plain.policies[0].bring_in->after, minutes(15));
  EXPECT_THAT(plain.policies[0].bring_in->severities, ElementsAre("SEV-1", "SEV-2"));
  const auto without = read(document("  bring_in: false\n  steps: [{notify: [{person: ada}]}]\n"));
  ASSERT_THAT(without.problems, IsEmpty());
  EXPECT_FALSE(without.policies[0].bring_in);
}

struct Wrong {
  const char* name;
  std::string text;
  const char* problem;
};
class PolicyProblems : public ::testing::TestWithParam<Wrong> {};

TEST_P(PolicyProblems, AreSaidWithPlaceAndFix) {
  const auto problems = read(GetParam().text).problems;
  ASSERT_THAT(problems, ::testing::Not(IsEmpty()));
  EXPECT_THAT(problems, ::testing::Contains(HasSubstr(GetParam().problem)));
}

const std::string kGood = "  steps: [{notify: [{person: ada}]}]\n";
INSTANTIATE_TEST_SUITE_P(
    All, PolicyProblems,
    ::testing::Values(
        Wrong{"person", document("  steps: [{notify: [{person: gracy}]}]\n"),
              "spec.steps[0].notify[0].person: 'gracy' is not known; did you mean 'grace'?"},
        Wrong{"mute", document("  steps: [{notify: [{person: mute}]}]\n"), "has no contact"},
        Wrong{"schedule", document("  steps: [{notify: [{schedule: paymnts}]}]\n"),
              "'paymnts' is not known; did you mean 'payments'?"},
        Wrong{"empty_team", document("  steps: [{notify: [{team: empty}]}]\n"), "has no members"},
        Wrong{"channel", document("  steps: [{notify: [{person: ada}, {channel: ops}]}]\n"),
              "steps[0].notify[1].channel: 'ops' is not known"},
        Wrong{"only_channel",
              document("  channels: [{name: ops, mail: ops@shop.test}]\n"
                       "  steps: [{notify: [{channel: ops}]}]\n"),
              "page nobody"},
        Wrong{"phone_channel",
              document("  channels: [{name: ops, sms: \"+4930123456\"}]\n" + kGood),
              "reaches one person"},
        Wrong{"no_steps", document("  repeat: 1\n"), "nobody is paged"},
        Wrong{"two_kinds", document("  steps: [{notify: [{person: ada, team: payments}]}]\n"),
              "exactly one of person"},
        Wrong{"first_after", document("  steps: [{after: 5m, notify: [{person: ada}]}]\n"),
              "the first step begins at once"},
        Wrong{"falling",
              document("  steps: [{notify: [{person: ada}]}, {after: 9m, notify: [{person: ada}]},"
                       " {after: 5m, notify: [{person: ada}]}]\n"),
              "must not be earlier than the step before it (9m)"},
        Wrong{"severity",
              document("  steps: [{notify: [{person: ada}], when: {severity: [SEV-9]}}]\n"),
              "'SEV-9' is not one of SEV-1 to SEV-5"},
        Wrong{
            "both_hours",
            document("  steps: [{notify: [{person: ada}], when: {during: [{}], outside: [{}]}}]\n"),
            "stands beside during"},
        Wrong{"zone_alone",
              document("  steps: [{notify: [{person: ada}], when: {zone: Europe/Berlin}}]\n"),
              "says nothing without during or outside"},
        Wrong{"short", document("  acknowledged_for: 5s\n" + kGood), "at least 1m"},
        Wrong{"unknown_key", document("  repeats: 5\n" + kGood), "repeat"},
        Wrong{"twice", document(kGood) + "---\n" + document(kGood), "already declared"},
        Wrong{"undeclared", document(kGood, "payment"),
              "people.yaml:20:50: spec.escalation_policy: no EscalationPolicy 'payments' is "
              "declared; "
              "did you mean 'payment'?"}),
    [](const auto& wrong) { return std::string(wrong.param.name); });

TEST(PolicyJson, ComesBackAsItWasWrittenButForTheAddressesOfChannels) {
  const Policy p = read(document(kWhole)).policies.at(0);
  const std::string text = codec::to_text(to_json(p));
  EXPECT_EQ(text.find("hooks.slack.test"), std::string::npos);
  const auto back = read_policy(text);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(codec::to_text(to_json(*back)), text);
  EXPECT_EQ(back->steps[1].when, p.steps[1].when);
  EXPECT_TRUE(back->steps[2].when.is_outside_hours);
}

TEST(PolicyJson, ReadsTheListOfAnEarlierVersion) {
  const auto back =
      read_policy(R"({"steps":[{"person":"ada","name":"Ada","after_us":0,"contacts":[]},)"
                  R"({"person":"grace","name":"Grace","after_us":300000000,"contacts":[]}],)"
                  R"("repeat":3,"repeat_after_us":300000000})");
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_THAT(back->steps, SizeIs(2));
  EXPECT_THAT(back->steps[1].targets, ElementsAre(testing::person("grace")));
  EXPECT_EQ(back->steps[1].after, minutes(5));
  EXPECT_EQ(back->repeat, 3);
  EXPECT_FALSE(back->bring_in) << "it began without one";
}

TEST(PolicyJson, DamagedTextIsAnError) {
  for (const char* text : {"", "[]", "{}", R"({"repeat":1,"repeat_after_us":1,"steps":[1]})",
                           R"({"policy":"x","repeat":1,"repeat_after_us":1,"steps":[]})"}) {
    EXPECT_FALSE(read_policy(text)) << text;
  }
}

TEST(Condition, HoldsBySeverityAndByHoursOfItsZone) {
  const Policy p = read(document(kWhole)).policies.at(0);
  const auto berlin = *calendar::Zone::find("Europe/Berlin");
  const Time noon = berlin.to_time(*calendar::parse_civil("2026-11-25 12:00"));
  const Time night = berlin.to_time(*calendar::parse_civil("2026-11-25 02:00"));
  const Condition& both = p.steps[1].when;
  EXPECT_EQ(why_not_played(both, "SEV-1", noon), "");
  EXPECT_EQ(why_not_played(both, "", noon), "") << "not known counts as any";
  EXPECT_EQ(why_not_played(both, "SEV-4", noon), "SEV-4 is none of SEV-1, SEV-2");
  EXPECT_EQ(why_not_played(both, "SEV-1", night),
            "it is outside mon-fri 09:00-17:00 (Europe/Berlin)");
  EXPECT_EQ(why_not_played(p.steps[2].when, "SEV-1", night), "");
  EXPECT_THAT(why_not_played(p.steps[2].when, "SEV-1", noon), HasSubstr("it is within"));
  EXPECT_EQ(why_not_played({}, "SEV-5", night), "");
}

TEST(Condition, HoldsByTheFirstResponse) {
  const auto with = [](std::string_view when, int acknowledgements) {
    return read(document(fmt::format(
        "  acknowledgements: {}\n  steps: [{{notify: [{{person: ada}}], when: {{{}}}}}]\n",
        acknowledgements, when)));
  };
  const auto before = with("first_response: false", 1);
  ASSERT_THAT(before.problems, IsEmpty());
  const Condition& only_before = before.policies.at(0).steps[0].when;
  EXPECT_EQ(why_not_played(only_before, "SEV-1", Time(), false), "");
  EXPECT_EQ(why_not_played(only_before, "SEV-1", Time(), true), "somebody has answered already");
  const auto after = with("first_response: true", 2);
  ASSERT_THAT(after.problems, IsEmpty());
  const Condition& only_after = after.policies.at(0).steps[0].when;
  EXPECT_EQ(why_not_played(only_after, "SEV-1", Time(), false), "nobody has answered yet");
  EXPECT_EQ(why_not_played(only_after, "SEV-1", Time(), true), "");
  const auto kept = read_policy(codec::to_text(to_json(after.policies.at(0))));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->steps[0].when, only_after);
  EXPECT_THAT(with("first_response: true", 1).problems,
              ElementsAre(HasSubstr("spec.acknowledgements: is 1, so the first answer")));
}

class ResolveTest : public ::testing::Test {
 protected:
  ResolveTest() {
    codec::Problems problems;
    catalog_ = catalog::load_texts({{"people.yaml", kPeople}}, problems);
  }
  std::vector<std::string> people(const std::vector<Target>& targets) {
    const Surroundings around{catalog_, &on_call_,
                              [](const std::string&, const std::vector<catalog::PersonId>& who) {
                                return next_in_round(who, catalog::PersonId("ada"));
                              }};
    resolved_ = resolve(targets, around, Time());
    std::vector<std::string> out;
    for (const auto& [person, via] : resolved_.people) {
      out.push_back(person.value() + (via.empty() ? "" : " " + via));
    }
    return out;
  }
  catalog::Catalog catalog_;
  testing::FakeOnCall on_call_;
  Resolved resolved_;
};

TEST_F(ResolveTest, KeepsTheReasonAndEachPersonOnce) {
  on_call_.people["payments"] = {"ada"};
  EXPECT_THAT(people({testing::schedule("payments"), testing::team("payments"),
                      testing::person("ada"), testing::channel("ops")}),
              ElementsAre("ada via schedule payments", "grace via team payments"));
  EXPECT_THAT(resolved_.channels, ElementsAre("ops"));
  EXPECT_THAT(resolved_.nobody, IsEmpty());
}

TEST_F(ResolveTest, SaysWhichTargetsHaveNobody) {
  on_call_.people["payments"] = {};
  on_call_.people["night"] = {"somebody-who-left"};
  EXPECT_THAT(people({testing::schedule("payments"), testing::schedule("night"),
                      testing::schedule("unknown"), testing::team("empty")}),
              IsEmpty());
  EXPECT_THAT(resolved_.nobody,
              ElementsAre("schedule payments", "schedule night", "schedule unknown", "team empty"));
}

TEST_F(ResolveTest, RoundRobinTakesTheNextMember) {
  EXPECT_THAT(people({testing::round_robin("payments")}),
              ElementsAre("grace via the round of team payments"));
}

TEST(RoundRobin, GoesOnBehindTheLastAndBeginsAnewForAStranger) {
  const std::vector<catalog::PersonId> members = {catalog::PersonId("a"), catalog::PersonId("b"),
                                                  catalog::PersonId("c")};
  EXPECT_EQ(next_in_round(members, catalog::PersonId("a")).value(), "b");
  EXPECT_EQ(next_in_round(members, catalog::PersonId("c")).value(), "a");
  EXPECT_EQ(next_in_round(members, catalog::PersonId("x")).value(), "a");
  EXPECT_EQ(next_in_round(members, {}).value(), "a");
}

Policy policy_of_three() {
  catalog::Team team;
  team.escalation = {{catalog::PersonId("ada"), minutes(0)},
                     {catalog::PersonId("grace"), minutes(5)},
                     {catalog::PersonId("alan"), minutes(10)}};
  return policy_of(team);
}

TEST(PolicyOfTeam, IsItsListWithMoreBroughtIn) {
  const Policy p = policy_of_three();
  EXPECT_TRUE(p.id.empty());
  ASSERT_THAT(p.steps, SizeIs(3));
  EXPECT_THAT(p.steps[1].targets, ElementsAre(testing::person("grace")));
  EXPECT_EQ(p.repeat, 3);
  EXPECT_TRUE(p.bring_in);
}

TEST(NextAfter, GivesEachStepTheGapToTheNext) {
  const Next next = next_after(policy_of_three(), {0, 0}, true);
  EXPECT_EQ(next.place, (Place{1, 0}));
  EXPECT_EQ(next.wait, minutes(5));
}

TEST(NextAfter, BeginsTheNextRoundAfterTheLast) {
  const Next next = next_after(policy_of_three(), {2, 1}, true);
  EXPECT_EQ(next.place, (Place{0, 2}));
  EXPECT_EQ(next.wait, minutes(5));
}

TEST(NextAfter, RoundThatReachedNobodyIsFollowedSoon) {
  EXPECT_EQ(next_after(policy_of_three(), {2, 0}, false).wait, kUntoldPause);
}

TEST(NextAfter, GoesOnSlowlyBeyondTheRounds) {
  Policy policy = policy_of_three();
  EXPECT_FALSE(is_beyond(policy, {0, 3}));
  EXPECT_TRUE(is_beyond(policy, {0, 4}));
  EXPECT_EQ(next_after(policy, {2, 4}, true).wait, minutes(15));
  policy.repeat_after = minutes(1);
  EXPECT_EQ(next_after(policy, {2, 4}, false).wait, kSlowLeast);
  policy.repeat_after = hours(2);
  EXPECT_EQ(next_after(policy, {2, 4}, true).wait, kSlowMost);
}

TEST(NextAfter, EmptyListWaitsForTheNextRound) {
  Policy policy;
  EXPECT_EQ(next_after(policy, {0, 0}, false).place, (Place{0, 1}));
  EXPECT_EQ(next_after(policy, {0, 0}, false).wait, kUntoldPause);
}

TEST(NextAfter, NeverStandsStill) {
  Policy policy = policy_of_three();
  policy.repeat_after = Duration(0);
  Place place;
  Duration total{0};
  for (int i = 0; i < 1000; ++i) {
    const Next next = next_after(policy, place, i % 2 == 0);
    EXPECT_TRUE(next.place.round > place.round || next.place.step == place.step + 1);
    EXPECT_GE(next.wait, Duration(0));
    EXPECT_LE(next.wait, kSlowMost);
    place = next.place;
    total += next.wait;
  }
  EXPECT_GT(total, hours(1));
}

}  // namespace
}  // namespace tocsin::oncall
