#include "oncall/pager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/ringing.h"
#include "oncall/testing.h"

namespace tocsin::oncall {
namespace {

using catalog::Contact;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using testing::World;

const auto kNoAnswer = [](const notify::Delivery&) { return std::optional<Result<>>(); };

std::vector<std::string> names(const std::vector<catalog::PersonId>& people) {
  std::vector<std::string> out;
  for (const auto& person : people) out.push_back(person.value());
  return out;
}

class PagerTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_ = std::make_unique<World>(engine::testing::TestEngine::Options{.backend = GetParam()});
  }
  World& w() { return *world_; }

 private:
  std::unique_ptr<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Backends, PagerTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(PagerTest, RingsTheFirstPersonAtOnceByTheirFirstContact) {
  w().start();
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
  const Escalation e = w().escalation();
  EXPECT_EQ(e.state, EscalationState::kRinging);
  EXPECT_THAT(names(e.ringing), ElementsAre("ada"));
  ASSERT_THAT(e.coming, SizeIs(1));
  EXPECT_EQ(e.coming[0].people[0].person.value(), "grace");
  EXPECT_EQ(e.coming[0].at, w().engine.now() + minutes(5));
  ASSERT_THAT(e.pages, SizeIs(1));
  EXPECT_EQ(e.pages[0].state, "told");
  EXPECT_EQ(e.pages[0].first_sent, w().engine.now());
}

TEST_P(PagerTest, RingingOfManyIsThatOfEach) {
  Policy policy;
  policy.steps = {{minutes(0), {testing::person("ada"), testing::person("grace")}, {}},
                  {minutes(5), {testing::person("alan")}, {}}};
  policy.bring_in = BringIn{minutes(2), {}, {testing::person("alan")}};
  w().use(policy);
  std::vector<std::string> incidents = {"inc_none"};
  for (int i = 0; i < 140; ++i) {  // more than the smaller lists take
    incidents.push_back(fmt::format("inc_{}", i));
    ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) {
      PageReason reason = World::reason();
      reason.incident_id = incidents.back();
      return w().pager->start(tx, reason);
    }));
  }
  ASSERT_TRUE(w().acknowledge("ada"));
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) { return w().pager->pause(tx, "inc_2"); }));
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) {
    return w().pager->escalate(tx, "inc_3", store::Actor{"user", "ada"});
  }));
  for (const Duration by : {Duration(0), Duration(minutes(3)), Duration(minutes(3))}) {
    w().engine.advance(by);
    for (const size_t count : {size_t{1}, size_t{8}, incidents.size()}) {
      const auto some = std::span(incidents).first(count);
      const auto ringing = read_ringing(w().engine.reader(), some);
      ASSERT_TRUE(ringing) << ringing.error().message;
      std::map<std::string, std::vector<catalog::PersonId>> each;
      for (const std::string& incident : some) {
        const auto one = w().pager->read(w().engine.reader(), incident);
        ASSERT_TRUE(one);
        if (*one && !(*one)->ringing.empty()) each[incident] = (*one)->ringing;
      }
      EXPECT_EQ(*ringing, each);
      EXPECT_EQ(each.empty(), count == 1);
    }
  }
}

TEST_P(PagerTest, PageCarriesItsOwnLinkAndTheImpact) {
  w().start();
  const auto& message = w().transport.sent()[0].message;
  EXPECT_EQ(message.impact, "Customers cannot pay");
  const std::string prefix = "https://tocsin.shop.test/p/";
  ASSERT_TRUE(message.answer_url.starts_with(prefix));
  const auto page =
      w().links->page_of(message.answer_url.substr(prefix.size()), w().engine.now(), "en");
  ASSERT_TRUE(page);
  EXPECT_EQ(*page, w().escalation().pages[0].id);
}

TEST_P(PagerTest, RingsTheNextPeopleInTheirTurn) {
  w().start();
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page grace mail"));
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().sent(), ElementsAre("page alan mail"));
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
  EXPECT_EQ(w().escalation().round, 1);
}

TEST_P(PagerTest, AcknowledgementEndsTheRinging) {
  w().start();
  w().engine.advance(minutes(5));
  ASSERT_TRUE(w().acknowledge("grace"));
  (void)w().sent();
  w().engine.advance(hours(6));
  EXPECT_THAT(w().sent(), IsEmpty());
  const Escalation e = w().escalation();
  EXPECT_EQ(e.state, EscalationState::kAcknowledged);
  EXPECT_EQ(e.acknowledged_by, "user:grace");
  EXPECT_THAT(e.coming, IsEmpty());
  EXPECT_TRUE(e.ringing.empty());
  EXPECT_EQ(e.pages[0].state, "told");
  EXPECT_EQ(e.pages[1].state, "answered");
}

TEST_P(PagerTest, AcknowledgingTwiceChangesNothing) {
  w().start();
  ASSERT_TRUE(w().acknowledge("ada"));
  const auto at = w().escalation().acknowledged_at;
  w().engine.advance(minutes(1));
  ASSERT_TRUE(w().acknowledge("grace"));
  EXPECT_EQ(w().escalation().acknowledged_by, "user:ada");
  EXPECT_EQ(w().escalation().acknowledged_at, at);
}

TEST_P(PagerTest, AcknowledgingWhatIsOverOrUnknownIsRefused) {
  EXPECT_EQ(w().acknowledge("ada").error().code, Code::kNotFound);
  w().start();
  w().stop();
  EXPECT_EQ(w().acknowledge("ada").error().code, Code::kFailedPrecondition);
}

TEST_P(PagerTest, StartingAgainWhileItRingsDoesNothing) {
  w().start();
  w().start();
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
  EXPECT_EQ(w().count("escalation.started"), 1);
}

TEST_P(PagerTest, FailedWayMovesToTheNextContactAtOnce) {
  w().fail_way(Contact::Kind::kMail, Code::kPermissionDenied);
  w().start();
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page ada webhook"));
  EXPECT_EQ(w().escalation().pages[0].state, "told");
  EXPECT_EQ(w().transport.sent()[1].contact.secret.reveal(), "ada-key");
}

TEST_P(PagerTest, TroubleMovesToTheNextContactAndTheFirstGoesOnTrying) {
  w().fail_way(Contact::Kind::kMail, Code::kUnavailable);
  w().start();
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page ada webhook"));
  w().engine.advance(seconds(4));
  EXPECT_THAT(w().sent(), Contains("page ada mail"));
  EXPECT_EQ(w().count("page.other_way"), 1);
}

TEST_P(PagerTest, WayThatHangsIsLeftForTheNextAfterThirtySeconds) {
  w().transport.script = [](const notify::Delivery& d) -> std::optional<Result<>> {
    if (d.contact.kind == Contact::Kind::kMail) return std::nullopt;
    return Result<>();
  };
  w().start();
  w().engine.advance(seconds(29));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
  w().engine.advance(seconds(1));
  EXPECT_THAT(w().sent(), ElementsAre("page ada webhook"));
}

TEST_P(PagerTest, PersonWithNoWorkingWayIsFollowedByTheNextAtOnce) {
  w().transport.script = [](const notify::Delivery& d) -> std::optional<Result<>> {
    if (d.person.value() == "ada") return Result<>(fail(Code::kPermissionDenied, "no"));
    return Result<>();
  };
  w().start();
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page ada webhook", "page grace mail"));
  const Escalation e = w().escalation();
  EXPECT_EQ(e.pages[0].state, "failed");
  EXPECT_THAT(names(e.ringing), ElementsAre("grace"));
  ASSERT_THAT(e.coming, SizeIs(1));
  EXPECT_EQ(e.coming[0].at, w().engine.now() + minutes(5)) << "grace has her whole time";
}

TEST_P(PagerTest, TroubleOfEveryWayMovesOnOnce) {
  w().transport.script = [](const notify::Delivery& d) -> std::optional<Result<>> {
    if (d.person.value() == "ada") return Result<>(fail(Code::kUnavailable, "refused"));
    return Result<>();
  };
  w().start();
  w().engine.advance(minutes(2));
  const auto lines = w().sent();
  EXPECT_EQ(std::ranges::count(lines, "page grace mail"), 1);
  EXPECT_EQ(std::ranges::count(lines, "page alan mail"), 0);
}

TEST_P(PagerTest, PersonWithoutContactIsSkippedAndTheLogbookSaysSo) {
  auto changed = alert::testing::small_catalog();
  changed->people[catalog::PersonId("ada")].contacts.clear();
  w().use(changed);
  w().start();
  EXPECT_THAT(w().sent(), ElementsAre("page grace mail"));
  EXPECT_EQ(w().count("page.skipped"), 1);
}

TEST_P(PagerTest, NobodyAnsweringIsAnErrorAndRingingGoesOnSlowly) {
  w().start();
  w().engine.advance(minutes(59));
  EXPECT_EQ(w().count("escalation.exhausted"), 0);
  EXPECT_THAT(w().sent(), SizeIs(12)) << "three people, four rounds";
  EXPECT_THAT(w().engine.errors(), IsEmpty());
  w().engine.advance(minutes(1));
  EXPECT_EQ(w().count("escalation.exhausted"), 1);
  EXPECT_THAT(w().engine.errors(), ElementsAre(HasSubstr("nobody has answered")));
  EXPECT_EQ(w().escalation().state, EscalationState::kExhausted);
  EXPECT_THAT(*w().pager->troubles(w().engine.reader()),
              ElementsAre(HasSubstr("was told but nobody answered")));
  EXPECT_THAT(w().sent(), SizeIs(1));
  w().engine.advance(hours(24));
  // A round takes 10 minutes and 15 minutes of pause.
  const auto lines = w().sent();
  EXPECT_GE(lines.size(), 3u * 56);
  EXPECT_EQ(w().count("escalation.exhausted"), 1);
  ASSERT_TRUE(w().acknowledge("alan"));
  EXPECT_THAT(*w().pager->troubles(w().engine.reader()), IsEmpty());
}

TEST_P(PagerTest, FinishedWithNobodyToldIsAnErrorWithinMinutes) {
  w().fail_way(Contact::Kind::kMail, Code::kPermissionDenied);
  w().fail_way(Contact::Kind::kWebhook, Code::kPermissionDenied);
  w().start();
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().engine.errors(), ElementsAre(HasSubstr("finished with nobody told")));
  EXPECT_THAT(*w().pager->troubles(w().engine.reader()),
              ElementsAre(HasSubstr("could not be told")));
  // The channels are mended.
  w().transport.script = [](const notify::Delivery&) { return std::optional(Result<>()); };
  (void)w().sent();
  w().engine.advance(minutes(15));
  EXPECT_THAT(w().sent(), Contains("page ada mail"));
}

TEST_P(PagerTest, TeamWithNobodyIsAnErrorAndAMendedListIsUsed) {
  auto empty = alert::testing::small_catalog();
  empty->teams[catalog::TeamId("shop")].escalation.clear();
  w().use(empty);
  w().start();
  w().engine.advance(minutes(10));
  EXPECT_THAT(w().engine.errors(), ElementsAre(HasSubstr("finished with nobody told")));
  EXPECT_THAT(w().sent(), IsEmpty());
  w().use(alert::testing::small_catalog());
  w().engine.advance(minutes(15));
  EXPECT_THAT(w().sent(), Contains("page ada mail"));
}

TEST_P(PagerTest, EditCountsFromTheNextStepAndBothPoliciesCanBeRead) {
  w().start();
  auto changed = alert::testing::small_catalog();
  changed->teams[catalog::TeamId("shop")].escalation = {{catalog::PersonId("ada"), minutes(0)},
                                                        {catalog::PersonId("alan"), minutes(20)}};
  w().use(changed);
  w().engine.advance(minutes(4));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail")) << "the wait that had begun stays";
  EXPECT_THAT(w().escalation().policy->steps, SizeIs(3));
  w().engine.advance(minutes(1));
  EXPECT_THAT(w().sent(), ElementsAre("page alan mail"));
  EXPECT_EQ(w().count("escalation.policy_changed"), 1);
  EXPECT_THAT(w().escalation().policy->steps, SizeIs(2));
  EXPECT_THAT(w().escalation().policy_at_start->steps, SizeIs(3));
}

TEST_P(PagerTest, EditThatHasFewerStepsGoesOnWithTheNextRound) {
  w().start();
  w().engine.advance(minutes(5));
  auto changed = alert::testing::small_catalog();
  changed->teams[catalog::TeamId("shop")].escalation = {{catalog::PersonId("alan"), minutes(0)}};
  w().use(changed);
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page grace mail", "page alan mail"));
  EXPECT_EQ(w().escalation().round, 1);
}

TEST_P(PagerTest, TeamThatIsGoneDoesNotEndItsEscalations) {
  w().start();
  auto changed = alert::testing::small_catalog();
  changed->teams.clear();
  w().use(changed);
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page grace mail"));
}

TEST_P(PagerTest, ClockSetBackWhilePausedDoesNotHoldUpTheNext) {
  w().start();
  w().engine.advance(minutes(1));
  w().pause();
  w().engine.clock().jump(-hours(2));
  w().engine.settle();
  (void)w().sent();
  w().start();
  w().engine.advance(minutes(5));
  EXPECT_THAT(w().sent(), ElementsAre("page grace mail"));
}

TEST_P(PagerTest, StopTellsEverybodyWhoWasToldOfTheRecovery) {
  w().start();
  w().engine.advance(minutes(5));
  (void)w().sent();
  w().stop();
  EXPECT_THAT(w().sent(), UnorderedElementsAre("recovery ada mail", "recovery grace mail"));
  EXPECT_FALSE(w().transport.sent().back().message.is_page);
  w().stop();
  w().engine.advance(hours(1));
  EXPECT_THAT(w().sent(), IsEmpty());
}

TEST_P(PagerTest, RecoveryComesByTheWayThatReachedThem) {
  w().fail_way(Contact::Kind::kMail, Code::kPermissionDenied);
  w().start();
  (void)w().sent();
  w().stop();
  EXPECT_THAT(w().sent(), ElementsAre("recovery ada webhook"));
}

TEST_P(PagerTest, RecoveryThatFailsGoesByTheNextWay) {
  w().start();
  (void)w().sent();
  w().fail_way(Contact::Kind::kMail, Code::kPermissionDenied);
  w().stop();
  EXPECT_THAT(w().sent(), ElementsAre("recovery ada mail", "recovery ada webhook"));
}

TEST_P(PagerTest, RecoveryThatGetsNowhereGoesByTheNextWayOnceWhileItIsTriedOn) {
  w().start();
  (void)w().sent();
  w().fail_way(Contact::Kind::kMail, Code::kUnavailable);
  w().stop();
  w().engine.advance(minutes(15));
  EXPECT_EQ(std::ranges::count(w().sent(), "recovery ada webhook"), 1);
  w().engine.advance(hours(3));  // the mail is given up
  const auto later = w().sent();
  EXPECT_EQ(std::ranges::count(later, "recovery ada webhook"), 0);
  EXPECT_GE(std::ranges::count(later, "recovery ada mail"), 4);
}

TEST_P(PagerTest, StopDropsWhatIsStillUnderWay) {
  w().fail_way(Contact::Kind::kMail, Code::kUnavailable);
  w().fail_way(Contact::Kind::kWebhook, Code::kUnavailable);
  w().start();
  (void)w().sent();
  w().stop();
  w().engine.advance(hours(1));
  EXPECT_THAT(w().sent(), IsEmpty()) << "nobody was told, so nobody hears of the recovery";
  EXPECT_EQ(w().escalation().pages[0].state, "dropped");
}

TEST_P(PagerTest, WhoHearsOfItJustAsItEndsHearsOfTheRecovery) {
  w().transport.script = kNoAnswer;
  w().start();
  const auto page = w().transport.sent()[0];
  w().stop();
  w().transport.script = [](const notify::Delivery&) { return std::optional(Result<>()); };
  ASSERT_TRUE(w().transport.answer(page.id, 1, {}));
  w().engine.settle();
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "recovery ada mail"));
}

TEST_P(PagerTest, PauseIsSilentAndGoesOnWhereItWas) {
  w().start();
  w().engine.advance(minutes(5));
  (void)w().sent();
  w().pause();
  w().engine.advance(minutes(2));
  EXPECT_THAT(w().sent(), IsEmpty());
  EXPECT_EQ(w().escalation().state, EscalationState::kStopped);
  w().start();
  EXPECT_THAT(w().sent(), IsEmpty()) << "grace was told and still has her time";
  w().engine.advance(minutes(3));
  EXPECT_THAT(w().sent(), ElementsAre("page alan mail"));
}

TEST_P(PagerTest, FlappingDoesNotKeepItFromTheSecondPerson) {
  w().start();
  for (int i = 0; i < 12; ++i) {
    w().engine.advance(seconds(30));
    w().pause();
    w().start();
  }
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page grace mail"));
}

TEST_P(PagerTest, PausedPageThatNobodyHeardIsRungAnew) {
  w().transport.script = kNoAnswer;
  w().start();
  w().pause();
  w().transport.script = [](const notify::Delivery&) { return std::optional(Result<>()); };
  (void)w().sent();
  w().start();
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
}

TEST_P(PagerTest, RingAgainBeginsAnewAfterAnAcknowledgement) {
  w().start();
  ASSERT_TRUE(w().acknowledge("ada"));
  (void)w().sent();
  ASSERT_TRUE(
      w().in_tx([&](engine::Tx& tx) { return w().pager->ring_again(tx, World::reason()); }));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
  EXPECT_EQ(w().escalation().state, EscalationState::kRinging);
}

TEST_P(PagerTest, RefreshedTextIsInTheNextPage) {
  w().start();
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) {
    return w().pager->refresh(tx, "inc_1", World::reason("5,000 requests failed").message);
  }));
  w().engine.advance(minutes(5));
  EXPECT_EQ(w().transport.sent().back().message.impact, "5,000 requests failed");
}

TEST_P(PagerTest, CrashLosesNoTurn) {
  w().start();
  w().engine.advance(minutes(3));
  w().crash();
  w().engine.advance(minutes(2));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page grace mail"));
}

TEST_P(PagerTest, CrashWithATryUnderWayRepeatsItMarked) {
  w().transport.script = kNoAnswer;
  w().start();
  w().transport.script = [](const notify::Delivery&) { return std::optional(Result<>()); };
  w().crash();
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page ada mail again"));
}

TEST_P(PagerTest, LongStopOfTheServerDoesNotWakeEverybodyAtOnce) {
  w().start();
  w().engine.clock().advance(hours(3));
  w().engine.settle();
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page grace mail"));
  EXPECT_EQ(w().escalation().coming.at(0).at, w().engine.now() + minutes(5));
}

TEST_P(PagerTest, WallClockThatJumpsDoesNotMoveTheDelays) {
  w().start();
  w().engine.clock().jump(hours(-5));
  w().engine.settle();
  (void)w().sent();
  w().engine.advance(minutes(4));
  EXPECT_THAT(w().sent(), IsEmpty());
  w().engine.advance(minutes(1));
  EXPECT_THAT(w().sent(), ElementsAre("page grace mail"));
}

TEST_P(PagerTest, BusyDatabaseIsTriedAgain) {
  w().start();
  int refusals = 3;
  w().engine.faults().before = [&](std::string_view sql) -> std::optional<Error> {
    if (sql.starts_with("INSERT INTO page ") && refusals-- > 0) {
      return Error{Code::kUnavailable, "busy"};
    }
    return std::nullopt;
  };
  w().engine.advance(minutes(6));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page grace mail"));
}

TEST_P(PagerTest, ListenersHearOfTheFirstPageTakenAndOfTheAnswer) {
  struct Heard final : PagerListener {
    Result<> on_first_told(engine::Tx&, const std::string&, Time at) override {
      told.push_back(at);
      return {};
    }
    Result<> on_acknowledged(engine::Tx&, const std::string&, const store::Actor& by,
                             Time) override {
      by_whom.push_back(by.to_text());
      return {};
    }
    std::vector<Time> told;
    std::vector<std::string> by_whom;
  } heard;
  w().pager->listen(heard);
  w().start();
  w().engine.advance(minutes(6));
  EXPECT_THAT(heard.told, SizeIs(1));
  ASSERT_TRUE(w().acknowledge("grace"));
  EXPECT_THAT(heard.by_whom, ElementsAre("user:grace"));
}

}  // namespace
}  // namespace tocsin::oncall
