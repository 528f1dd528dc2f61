#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/policy_json.h"
#include "oncall/testing.h"

// Policies as the pager plays them; what holds for every policy is in pager_test.cc.
namespace tocsin::oncall {
namespace {

using catalog::Contact;
using testing::channel;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::person;
using testing::round_robin;
using testing::schedule;
using ::testing::SizeIs;
using testing::team;
using ::testing::UnorderedElementsAre;
using testing::World;

class PolicyPagerTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_ = std::make_unique<World>(engine::testing::TestEngine::Options{.backend = GetParam()});
  }
  World& w() { return *world_; }

  static Policy steps(std::vector<Step> steps) {
    Policy policy;
    policy.steps = std::move(steps);
    policy.repeat = 1;
    return policy;
  }
  void start(const std::string& severity) {
    ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) {
      auto reason = World::reason();
      reason.message.severity = severity;
      return w().pager->start(tx, reason);
    }));
  }
  void change_ada(const std::function<void(catalog::Person&)>& how) {
    auto next = std::make_shared<catalog::Catalog>(*w().catalog);
    how(next->people[catalog::PersonId("ada")]);
    w().use(next);
  }
  std::vector<std::string> via() {
    std::vector<std::string> out;
    for (const auto& page : w().escalation().pages) {
      out.push_back(page.person.value() + ": " + page.via);
    }
    return out;
  }

 private:
  std::unique_ptr<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Backends, PolicyPagerTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

// --- targets

TEST_P(PolicyPagerTest, RingsEverybodyOfAStepAtOnceAndKeepsTheReason) {
  w().on_call.people["pay"] = {"grace"};
  w().use(steps(
      {{minutes(0), {person("ada"), schedule("pay")}, {}}, {minutes(5), {team("shop")}, {}}}));
  w().start();
  EXPECT_THAT(w().sent(), UnorderedElementsAre("page ada mail", "page grace mail"));
  EXPECT_THAT(via(), UnorderedElementsAre("ada: ", "grace: via schedule pay"));
  const auto e = w().escalation();
  EXPECT_THAT(e.ringing, SizeIs(2));
  ASSERT_THAT(e.coming, SizeIs(1));
  EXPECT_THAT(e.coming[0].people, SizeIs(3));
  EXPECT_EQ(e.coming[0].people[0].via, "via team shop");
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().sent(),
              UnorderedElementsAre("page ada mail", "page grace mail", "page alan mail"));
}

TEST_P(PolicyPagerTest, ScheduleCountsAtTheMomentOfItsStep) {
  w().on_call.people["pay"] = {"grace"};
  w().use(steps({{minutes(0), {person("ada")}, {}}, {minutes(5), {schedule("pay")}, {}}}));
  w().start();
  w().on_call.people["pay"] = {"alan"};
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page alan mail"));
}

TEST_P(PolicyPagerTest, StepIsInTroubleOnlyWhenAllOfItsPeopleAre) {
  w().transport.script = [](const notify::Delivery& d) -> std::optional<Result<>> {
    if (d.person.value() == "ada") return Result<>(fail(Code::kPermissionDenied, "no"));
    return Result<>();
  };
  w().use(steps(
      {{minutes(0), {person("ada"), person("grace")}, {}}, {minutes(5), {person("alan")}, {}}}));
  w().start();
  EXPECT_THAT(w().sent(), Not(Contains("page alan mail"))) << "grace was told";
  w().stop();
  (void)w().sent();
  w().transport.script = [](const notify::Delivery& d) -> std::optional<Result<>> {
    if (d.person.value() != "alan") return Result<>(fail(Code::kPermissionDenied, "no"));
    return Result<>();
  };
  w().start();
  EXPECT_THAT(w().sent(), Contains("page alan mail")) << "at once, when neither can be told";
}

TEST_P(PolicyPagerTest, NobodyOnCallFallsBackAndThenToTheTeam) {
  auto policy = steps({{minutes(0), {schedule("pay")}, {}}, {minutes(30), {person("ada")}, {}}});
  policy.fallback = {schedule("backup")};
  w().on_call.people["backup"] = {"alan"};
  w().use(policy);
  w().start();
  EXPECT_THAT(w().sent(), ElementsAre("page alan mail"));
  EXPECT_THAT(via(), ElementsAre("alan: as fallback: schedule pay has nobody"));
  EXPECT_THAT(w().engine.warnings(), Contains(HasSubstr("falls back")));
  EXPECT_EQ(w().count("escalation.fallback"), 1);
  w().stop();
  w().on_call.people.clear();
  (void)w().sent();
  w().start();
  EXPECT_THAT(w().sent(),
              UnorderedElementsAre("page ada mail", "page grace mail", "page alan mail"));
}

TEST_P(PolicyPagerTest, RoundRobinKeepsItsPlaceOverIncidentsAndCrashes) {
  w().use(steps({{minutes(0), {round_robin("shop")}, {}}}));
  w().start();
  w().stop();
  w().crash();
  w().start();
  w().stop();
  w().start();
  w().stop();
  w().start();
  const auto lines = w().sent();
  std::vector<std::string> pages;
  std::ranges::copy_if(lines, std::back_inserter(pages),
                       [](const std::string& line) { return line.starts_with("page"); });
  EXPECT_THAT(pages,
              ElementsAre("page ada mail", "page grace mail", "page alan mail", "page ada mail"));
}

TEST_P(PolicyPagerTest, ChannelIsToldOnceNotPagedAndHearsTheEnd) {
  auto policy = steps({{minutes(0), {person("ada"), channel("ops")}, {}}});
  policy.channels = {{"ops",
                      {.kind = Contact::Kind::kSlack,
                       .name = "ops",
                       .address = "https://hooks.slack.test/services/T1/B2/x"}}};
  w().use(policy);
  w().start();
  EXPECT_THAT(w().sent(), UnorderedElementsAre("page ada mail", "channel #ops slack"));
  for (const auto& d : w().transport.sent()) {
    EXPECT_EQ(d.message.is_page, d.subject.kind == "page");
    EXPECT_EQ(d.message.answer_url.empty(), d.subject.kind == "channel");
  }
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
  w().stop();
  EXPECT_THAT(w().sent(), UnorderedElementsAre("recovery ada mail", "channel #ops slack"));
  EXPECT_EQ(w().transport.sent().back().message.title, "Recovered: checkout");
}

TEST_P(PolicyPagerTest, ThreadsLearnWhoHasIt) {
  auto policy = steps({{minutes(0), {person("ada"), channel("ops")}, {}}});
  policy.channels = {
      {"ops", {.kind = Contact::Kind::kSlackUser, .name = "ops", .address = "C024BE7LH"}, "de"}};
  w().use(policy);
  w().transport.taken.message_id = "C024BE7LH:17.01";
  w().start();
  EXPECT_THAT(w().sent(), UnorderedElementsAre("page ada mail", "channel #ops slack_user"));
  std::string first;
  for (const auto& d : w().transport.sent()) {
    if (d.subject.kind == "channel") first = d.id;
  }
  ASSERT_TRUE(w().acknowledge("ada"));
  EXPECT_THAT(w().sent(), ElementsAre("channel #ops slack_user")) << "mail has no threads";
  const notify::Delivery told = w().transport.sent().back();
  EXPECT_EQ(told.message.title, "ada kümmert sich darum");
  EXPECT_EQ(told.language, "de") << "a room has a language";
  EXPECT_EQ(told.thread, "C024BE7LH:17.01");
  EXPECT_FALSE(told.message.is_page);
  ASSERT_TRUE(w().acknowledge("ada"));
  EXPECT_THAT(w().sent(), IsEmpty());
  w().stop();
  EXPECT_THAT(w().sent(), UnorderedElementsAre("recovery ada mail", "channel #ops slack_user"));
  for (const auto& d : w().transport.sent()) {
    EXPECT_EQ(d.thread.empty(), d.subject.kind != "channel" || d.id == first) << d.message.title;
  }
}

TEST_P(PolicyPagerTest, StepsArePlayedBySeverity) {
  w().use(steps({{minutes(0), {person("ada")}, {{"SEV-1"}, {}, {}, false}},
                 {minutes(10), {person("grace")}, {}},
                 {minutes(15), {person("ada")}, {{"SEV-1"}, {}, {}, false}},
                 {minutes(20), {person("alan")}, {}}}));
  start("SEV-3");
  EXPECT_THAT(w().sent(), ElementsAre("page grace mail")) << "nobody is waited for";
  EXPECT_EQ(w().count("escalation.step_skipped"), 1);
  w().engine.advance(minutes(9));
  EXPECT_THAT(w().sent(), IsEmpty());
  w().engine.advance(minutes(1));
  EXPECT_THAT(w().sent(), ElementsAre("page alan mail"));
}

TEST_P(PolicyPagerTest, RoundThatRingsNobodyFallsBackToTheTeam) {
  w().use(steps({{minutes(0), {person("ada")}, {{"SEV-1"}, {}, {}, false}}}));
  start("SEV-3");
  EXPECT_THAT(w().sent(),
              UnorderedElementsAre("page ada mail", "page grace mail", "page alan mail"));
}

// --- a person's rules

TEST_P(PolicyPagerTest, RulesBeginEachContactAtItsTime) {
  change_ada(
      [](catalog::Person& ada) { ada.urgent = {{"webhook", seconds(0)}, {"mail", minutes(2)}}; });
  w().start();
  EXPECT_THAT(w().sent(), ElementsAre("page ada webhook"));
  w().engine.advance(minutes(2) - seconds(1));
  EXPECT_THAT(w().sent(), IsEmpty());
  w().engine.advance(seconds(1));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
}

TEST_P(PolicyPagerTest, RuleBeginsAtOnceWhenTheOneBeforeFailsAndOnlyOnce) {
  change_ada(
      [](catalog::Person& ada) { ada.urgent = {{"webhook", seconds(0)}, {"mail", minutes(2)}}; });
  w().fail_way(Contact::Kind::kWebhook, Code::kPermissionDenied);
  w().start();
  EXPECT_THAT(w().sent(), ElementsAre("page ada webhook", "page ada mail"));
  w().engine.advance(minutes(4));
  EXPECT_THAT(w().sent(), IsEmpty());
}

TEST_P(PolicyPagerTest, AnsweredPageBeginsNoMoreRules) {
  change_ada([](catalog::Person& ada) {
    ada.urgent = {{"webhook", seconds(0)}, {"mail", minutes(2)}};
    ada.keep_ringing = minutes(1);
  });
  w().start();
  ASSERT_TRUE(w().acknowledge("ada"));
  (void)w().sent();
  w().engine.advance(hours(1));
  EXPECT_THAT(w().sent(), IsEmpty());
}

TEST_P(PolicyPagerTest, KeepsRingingUntilTheNextIsRung) {
  change_ada([](catalog::Person& ada) {
    ada.urgent = {{"webhook", seconds(0)}, {"mail", minutes(1)}};
    ada.keep_ringing = minutes(1);
  });
  w().start();
  w().engine.advance(minutes(5) - seconds(1));
  EXPECT_THAT(w().sent(), ElementsAre("page ada webhook", "page ada mail", "page ada webhook",
                                      "page ada mail", "page ada webhook"))
      << "at 0, 1, 2, 3 and 4 minutes";
  w().engine.advance(seconds(1) + minutes(4));
  const auto lines = w().sent();
  EXPECT_THAT(lines, Contains("page grace mail"));
  EXPECT_EQ(std::ranges::count(lines, "page ada webhook"), 0) << "grace's turn";
}

TEST_P(PolicyPagerTest, RingingOnSurvivesACrashAndAClockThatIsSet) {
  change_ada([](catalog::Person& ada) { ada.keep_ringing = minutes(2); });
  w().start();
  w().crash();
  w().engine.clock().jump(-hours(3));
  w().engine.settle();
  (void)w().sent();
  w().engine.advance(minutes(2));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
}

TEST_P(PolicyPagerTest, LapBeginsNothingThatTheOutboxStillTries) {
  change_ada([](catalog::Person& ada) {
    ada.urgent = {{"mail", seconds(0)}, {"webhook", seconds(0)}};
    ada.keep_ringing = minutes(1);
  });
  w().transport.script = [](const notify::Delivery& d) -> std::optional<Result<>> {
    if (d.contact.kind == Contact::Kind::kMail) return std::nullopt;  // hangs
    return Result<>();
  };
  w().start();
  w().engine.advance(seconds(59));
  (void)w().sent();
  w().engine.advance(seconds(1));
  EXPECT_THAT(w().sent(), Contains("page ada webhook"));
  std::set<std::string> mails;
  for (const auto& d : w().transport.sent()) {
    if (d.contact.kind == Contact::Kind::kMail) mails.insert(d.id);
  }
  EXPECT_THAT(mails, SizeIs(1));
}

// --- what the provider says later

TEST_P(PolicyPagerTest, UndeliveredMessageIsALostWay) {
  w().start();
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
  w().receipt(0, notify::Receipt::kDelivered);
  EXPECT_THAT(w().sent(), IsEmpty());
  w().receipt(0, notify::Receipt::kUndelivered);
  EXPECT_THAT(w().sent(), ElementsAre("page ada webhook")) << "at once";
  w().receipt(0, notify::Receipt::kUndelivered);
  EXPECT_THAT(w().sent(), IsEmpty()) << "once";
  w().receipt(1, notify::Receipt::kUndelivered);
  EXPECT_THAT(w().sent(), ElementsAre("page grace mail")) << "ada's ways are used up";
  EXPECT_EQ(w().escalation().pages[0].state, "failed");
}

TEST_P(PolicyPagerTest, UndeliveredAfterTheAnswerChangesNothing) {
  w().start();
  ASSERT_TRUE(w().acknowledge("ada"));
  (void)w().sent();
  w().receipt(0, notify::Receipt::kUndelivered);
  EXPECT_THAT(w().sent(), IsEmpty());
  EXPECT_EQ(w().escalation().pages[0].state, "answered");
}

TEST_P(PolicyPagerTest, UndeliveredRecoveryGoesByTheNextWay) {
  w().start();
  w().stop();
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "recovery ada mail"));
  w().receipt(1, notify::Receipt::kUndelivered);
  EXPECT_THAT(w().sent(), ElementsAre("recovery ada webhook"));
}

// --- answers

TEST_P(PolicyPagerTest, RingsOnUntilAsManyHaveAnsweredAsThePolicyWants) {
  auto policy =
      steps({{minutes(0), {person("ada"), person("grace")}, {}}, {minutes(5), {team("shop")}, {}}});
  policy.acknowledgements = 2;
  w().use(policy);
  w().start();
  (void)w().sent();
  ASSERT_TRUE(w().acknowledge("ada"));
  ASSERT_TRUE(w().acknowledge("ada"));
  EXPECT_EQ(w().escalation().state, EscalationState::kRinging);
  EXPECT_THAT(w().escalation().answered_by, ElementsAre("ada"));
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().sent(), UnorderedElementsAre("page grace mail", "page alan mail"))
      << "ada has answered and is left alone";
  ASSERT_TRUE(w().acknowledge("alan"));
  EXPECT_EQ(w().escalation().state, EscalationState::kAcknowledged);
  w().engine.advance(hours(2));
  EXPECT_THAT(w().sent(), IsEmpty());
}

TEST_P(PolicyPagerTest, AStepMayWantThatNobodyHasAnsweredOrThatSomebodyHas) {
  auto policy = steps({{minutes(0), {person("ada")}, {}},
                       {minutes(5), {person("grace")}, {.first_response = false}},
                       {minutes(10), {person("alan")}, {.first_response = true}}});
  policy.acknowledgements = 2;
  w().use(policy);
  w().start();
  (void)w().sent();
  ASSERT_TRUE(w().acknowledge("ada"));
  (void)w().sent();
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().sent(), Not(Contains("page grace mail")));
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().sent(), Contains("page alan mail"));
  EXPECT_EQ(w().count("escalation.step_skipped"), 1);
}

TEST_P(PolicyPagerTest, AcknowledgementForATimeRingsAgainUnlessItIsOver) {
  auto policy = steps({{minutes(0), {person("ada")}, {}}, {minutes(5), {person("grace")}, {}}});
  policy.acknowledged_for = minutes(30);
  w().use(policy);
  w().start();
  w().engine.advance(minutes(5));
  ASSERT_TRUE(w().acknowledge("grace"));
  (void)w().sent();
  const auto coming = w().escalation().coming;
  ASSERT_THAT(coming, SizeIs(1));
  EXPECT_EQ(coming[0].what, Coming::What::kRingAgain);
  EXPECT_EQ(coming[0].at, w().engine.now() + minutes(30));
  w().engine.advance(minutes(30));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail")) << "from the first step";
  EXPECT_EQ(w().escalation().state, EscalationState::kRinging);
  ASSERT_TRUE(w().acknowledge("ada"));
  w().stop();
  (void)w().sent();
  w().engine.advance(hours(2));
  EXPECT_THAT(w().sent(), IsEmpty());
}

TEST_P(PolicyPagerTest, AcknowledgementThatEndsWhileAllIsCalmWaitsForAnAlert) {
  auto policy = steps({{minutes(0), {person("ada")}, {}}});
  policy.acknowledged_for = minutes(30);
  w().use(policy);
  w().start();
  ASSERT_TRUE(w().acknowledge("ada"));
  w().pause();
  (void)w().sent();
  w().engine.advance(hours(1));
  EXPECT_THAT(w().sent(), IsEmpty()) << "nobody is woken for what seems to be over";
  w().start();
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
}

TEST_P(PolicyPagerTest, EscalateRingsTheNextStepAtOnceAlsoAfterAnAcknowledgement) {
  w().start();
  ASSERT_TRUE(w().escalate("ada"));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page grace mail"));
  ASSERT_TRUE(w().acknowledge("grace"));
  ASSERT_TRUE(w().escalate("grace"));
  EXPECT_THAT(w().sent(), ElementsAre("page alan mail"));
  EXPECT_EQ(w().escalation().state, EscalationState::kRinging);
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail")) << "and it rings on";
  w().stop();
  EXPECT_EQ(w().escalate("ada").error().code, Code::kFailedPrecondition);
}

TEST_P(PolicyPagerTest, EscalateIsRefusedWhileNoAlertFires) {
  w().start();
  w().pause();
  EXPECT_EQ(w().escalate("ada").error().code, Code::kFailedPrecondition);
  EXPECT_EQ(w().in_tx([&](engine::Tx& tx) {
                 return w().pager->escalate(tx, "inc_9", store::Actor{"user", "ada"});
               })
                .error()
                .code,
            Code::kNotFound);
}

TEST_P(PolicyPagerTest, SnoozeIsSilentAndThenRingsFromTheFirstStep) {
  w().start();
  w().engine.advance(minutes(5));
  (void)w().sent();
  ASSERT_TRUE(w().snooze(minutes(40), "grace"));
  EXPECT_TRUE(w().escalation().is_snoozed);
  EXPECT_EQ(w().escalation().acknowledged_by, "user:grace");
  w().crash();
  w().engine.advance(minutes(39));
  EXPECT_THAT(w().sent(), IsEmpty());
  w().engine.advance(minutes(1));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
  EXPECT_EQ(w().count("escalation.rings_again"), 1);
}

TEST_P(PolicyPagerTest, SnoozeHasLimits) {
  w().start();
  EXPECT_EQ(w().snooze(seconds(59), "ada").error().code, Code::kInvalidArgument);
  EXPECT_EQ(w().snooze(hours(25), "ada").error().code, Code::kInvalidArgument);
  w().stop();
  EXPECT_EQ(w().snooze(minutes(5), "ada").error().code, Code::kFailedPrecondition);
}

// --- more people

TEST_P(PolicyPagerTest, BringsInEverybodyElseWhenABadOneIsNotResolved) {
  start("SEV-2");
  ASSERT_TRUE(w().acknowledge("ada"));
  (void)w().sent();
  w().engine.advance(minutes(15) - seconds(1));
  EXPECT_THAT(w().sent(), IsEmpty());
  w().engine.advance(seconds(1));
  EXPECT_THAT(w().sent(), UnorderedElementsAre("page grace mail", "page alan mail"));
  EXPECT_EQ(w().escalation().state, EscalationState::kAcknowledged) << "ada still has it";
  EXPECT_EQ(w().escalation().acknowledged_by, "user:ada");
  EXPECT_EQ(w().escalation().pages.back().step, kBringInStep);
  ASSERT_TRUE(w().acknowledge("ada"));
  EXPECT_THAT(w().escalation().ringing, SizeIs(2)) << "she had it already";
  ASSERT_TRUE(w().acknowledge("alan"));
  EXPECT_THAT(w().escalation().ringing, IsEmpty());
  EXPECT_EQ(w().escalation().acknowledged_by, "user:ada");
  w().engine.advance(hours(3));
  EXPECT_THAT(w().sent(), IsEmpty()) << "once";
  EXPECT_EQ(w().count("escalation.brought_in"), 1);
}

TEST_P(PolicyPagerTest, BroughtInPersonWhoseWayFailsIsCalledByTheNext) {
  auto policy = steps({{minutes(0), {person("grace")}, {}}});
  policy.bring_in->targets = {person("ada")};
  w().use(policy);
  start("SEV-1");
  ASSERT_TRUE(w().acknowledge("grace"));
  w().fail_way(Contact::Kind::kMail, Code::kPermissionDenied);
  (void)w().sent();
  w().engine.advance(minutes(15));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page ada webhook"));
  EXPECT_THAT(via(), Contains("ada: brought in"));
}

TEST_P(PolicyPagerTest, BringsNobodyInForWhatIsMildOverOrCalm) {
  start("SEV-3");
  w().engine.advance(minutes(14));
  ASSERT_TRUE(w().acknowledge("ada"));
  w().engine.advance(hours(1));
  EXPECT_EQ(w().count("escalation.brought_in"), 0);
  w().stop();
  start("SEV-1");
  ASSERT_TRUE(w().acknowledge("ada"));
  w().pause();
  (void)w().sent();
  w().engine.advance(hours(1));
  EXPECT_THAT(w().sent(), IsEmpty());
  start("SEV-1");  // it fires again, and is long not resolved
  EXPECT_THAT(w().sent(), UnorderedElementsAre("page grace mail", "page alan mail"));
}

TEST_P(PolicyPagerTest, BringsInWhenItGetsWorseLater) {
  start("SEV-3");
  ASSERT_TRUE(w().acknowledge("ada"));
  w().engine.advance(hours(1));
  (void)w().sent();
  auto message = World::reason().message;
  message.severity = "SEV-1";
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) { return w().pager->refresh(tx, "inc_1", message); }));
  EXPECT_THAT(w().sent(), UnorderedElementsAre("page grace mail", "page alan mail"));
}

TEST_P(PolicyPagerTest, BringsInAtItsTimeThoughTheClockWasSet) {
  start("SEV-1");
  ASSERT_TRUE(w().acknowledge("ada"));
  w().engine.clock().jump(-hours(2));
  w().engine.settle();
  (void)w().sent();
  w().engine.advance(minutes(15));
  EXPECT_THAT(w().sent(), SizeIs(2));
}

// --- nobody told

TEST_P(PolicyPagerTest, FinishedWithNobodyToldPagesTheOperators) {
  w().operators = {{.kind = Contact::Kind::kSlack,
                    .name = "slack",
                    .address = "https://hooks.slack.test/services/T1/B2/y"}};
  w().crash();
  w().fail_way(Contact::Kind::kMail, Code::kPermissionDenied);
  w().fail_way(Contact::Kind::kWebhook, Code::kPermissionDenied);
  w().start();
  w().engine.advance(minutes(10));
  const auto lines = w().sent();
  EXPECT_EQ(std::ranges::count(lines, "operators operators slack"), 1);
  EXPECT_THAT(w().transport.sent(),
              Contains(::testing::Field(
                  &notify::Delivery::message,
                  ::testing::Field(&notify::Message::title,
                                   HasSubstr("Tocsin could tell nobody of team shop")))));
  EXPECT_EQ(w().count("operators.paged"), 1);
}

TEST_P(PolicyPagerTest, OperatorsAreLeftAloneWhenSomebodyWasTold) {
  w().operators = {{.kind = Contact::Kind::kMail, .name = "mail", .address = "ops@shop.test"}};
  w().crash();
  w().start();
  w().engine.advance(hours(3));
  EXPECT_EQ(w().count("escalation.exhausted"), 1);
  EXPECT_THAT(w().sent(), Not(Contains("operators operators mail")));
}

// --- an upgrade in the middle

TEST_P(PolicyPagerTest, EscalationOfAnEarlierVersionGoesOn) {
  w().start();
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) -> Result<> {
    // As the version before wrote it.
    const std::string list =
        R"({"steps":[{"person":"ada","name":"Ada","after_us":0,"contacts":[]},)"
        R"({"person":"grace","name":"Grace","after_us":300000000,"contacts":[]},)"
        R"({"person":"alan","name":"Alan","after_us":600000000,"contacts":[]}],)"
        R"("repeat":3,"repeat_after_us":300000000})";
    for (const auto& done :
         {tx.sql().exec("UPDATE escalation SET plan = $1, plan_at_start = ''", list),
          tx.sql().exec("UPDATE page_call SET plan = ''")}) {
      if (!done) return fail(done.error());
    }
    return {};
  }));
  w().crash();
  EXPECT_THAT(w().escalation().policy->steps, SizeIs(3));
  w().receipt(0, notify::Receipt::kUndelivered);
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page ada webhook"));
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().sent(), ElementsAre("page grace mail"));
  EXPECT_THAT(w().escalation().policy_at_start->steps, SizeIs(3));
  EXPECT_FALSE(w().escalation().policy_at_start->bring_in);
}

}  // namespace
}  // namespace tocsin::oncall
