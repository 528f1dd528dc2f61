#include "alert/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/dispatch_testing.h"
#include "alert/history_store.h"
#include "alert/notification_store.h"
#include "alert/posted_store.h"

namespace tocsin::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Mood;
using testing::World;

std::string one_route(const std::string& receiver, const std::string& times,
                      const std::string& more = "") {
  return "route:\n  receiver: " + receiver + "\n  group_by: [group]\n" + times + more +
         "receivers:\n- name: " + receiver + "\n  webhook_configs: [{url: 'http://team.test/'}]\n";
}
const std::string kTimes = "  group_wait: 10s\n  group_interval: 1m\n  repeat_interval: 1h\n";
const std::string kPlain = one_route("team", kTimes);
const std::string kQuiet = one_route("quiet-team", kTimes);
const std::string kTwin = one_route("twin-team", kTimes);
const std::string kAtOnce =
    one_route("team", "  group_wait: 0s\n  group_interval: 1m\n  repeat_interval: 1h\n");
const std::string kInhibiting =
    "inhibit_rules:\n- source_matchers: [role=source]\n  target_matchers: [role=target]\n" + kPlain;
// From 00:05 to 00:10; a world begins on a Monday at 00:00.
const std::string kMuted =
    "time_intervals:\n- name: break\n  time_intervals:\n"
    "  - times: [{start_time: '00:05', end_time: '00:10'}]\n" +
    one_route("root", "",
              "  routes:\n  - receiver: team\n    matchers: [name=~\".+\"]\n    group_by: [group]\n"
              "    group_wait: 10s\n    group_interval: 1m\n    repeat_interval: 1h\n"
              "    mute_time_intervals: [break]\n") +
    "- name: team\n  webhook_configs: [{url: 'http://team.test/'}]\n";
const std::string kTwoReceivers =
    one_route("root", kTimes,
              "  routes:\n  - {receiver: slow, matchers: [name=~\".+\"], continue: true}\n"
              "  - {receiver: fast, matchers: [name=~\".+\"]}\n") +
    "- name: slow\n  webhook_configs: [{url: 'http://slow.test/'}]\n"
    "- name: fast\n  webhook_configs: [{url: 'http://fast.test/'}]\n";

class DispatcherTest : public store::testing::BackendTest {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
  }
  World& world(const std::string& config = kPlain, Dispatcher::Options options = {}) {
    world_.reset();
    world_.emplace(World::Options{GetParam(), 1, options}, config);
    return *world_;
  }
  std::optional<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Backends, DispatcherTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

// --- whose turn it is

TEST_P(DispatcherTest, WaitsForTheGroupThenTellsWhatIsNewEachInterval) {
  World& w = world();
  w.fire({"A"});
  w.advance(seconds(20));
  w.fire({"B"});
  w.advance(seconds(60));
  w.resolve({"A"});
  w.advance(seconds(60));
  w.resolve({"B"});
  w.advance(hours(3));
  EXPECT_THAT(w.story(),
              ElementsAre("10s first notification: A", "70s new alerts added: A B",
                          "130s some alerts resolved: B / A", "190s all alerts resolved: / B"));
  EXPECT_THAT(w.dispatcher->groups(w.t.now()), IsEmpty());
}

TEST_P(DispatcherTest, RepeatsAtTheRepeatIntervalExactly) {
  World& w = world();
  w.fire({"A"});
  w.advance(hours(2) + seconds(20));
  EXPECT_THAT(w.story(),
              ElementsAre("10s first notification: A", "3610s repeat interval elapsed: A",
                          "7210s repeat interval elapsed: A"));
}

TEST_P(DispatcherTest, WithoutGroupWaitTheFirstIsToldAtOnce) {
  World& w = world(kAtOnce);
  w.fire({"A"});
  EXPECT_THAT(w.story(), ElementsAre("0s first notification: A"));
  w.fire({"B"});
  w.advance(minutes(1));
  EXPECT_THAT(w.story().back(), "60s new alerts added: A B");
}

TEST_P(DispatcherTest, AlertThatHasWaitedElsewhereIsToldAtOnce) {
  World& w = world();
  auto old = w.alert("A");
  old.starts -= minutes(5);
  ASSERT_TRUE(w.put({old}));
  EXPECT_THAT(w.story(), ElementsAre("0s first notification: A"));
}

TEST_P(DispatcherTest, StartDelayHoldsTheFirstFlush) {
  World& w = world(kAtOnce, {.start_delay = seconds(30)});
  w.fire({"A"});
  w.advance(minutes(2));
  EXPECT_THAT(w.story(), ElementsAre("30s first notification: A"));
}

TEST_P(DispatcherTest, GroupsAreToldApart) {
  World& w = world();
  w.labels = {{"A", {{"group", "x"}}}, {"B", {{"group", "y"}}}, {"C", {{"group", "x"}}}};
  w.fire({"A"});
  w.advance(seconds(5));
  w.fire({"B", "C"});
  EXPECT_EQ(w.dispatcher->groups(w.t.now()).size(), 2u);
  w.advance(seconds(15));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A C", "15s first notification: B"));
  EXPECT_EQ(w.provider.arrivals[0].group_key, "{}:{group=\"x\"}");
}

TEST_P(DispatcherTest, AlertThatEndsWithinTheGroupWaitIsNotTold) {
  World& w = world();
  w.fire({"A"});
  w.advance(seconds(5));
  w.resolve({"A"});
  w.advance(hours(2));
  EXPECT_THAT(w.story(), IsEmpty());
  EXPECT_THAT(w.dispatcher->groups(w.t.now()), IsEmpty());
}

TEST_P(DispatcherTest, AlertThatNobodyPostsAgainIsToldAsResolved) {
  World& w = world();
  ASSERT_TRUE(w.put({w.alert("A", minutes(4))}));
  w.advance(hours(1));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A", "250s all alerts resolved: / A"));
}

TEST_P(DispatcherTest, RepeatedPostsKeepItFiringAndCostNoCommit) {
  World& w = world();
  ASSERT_TRUE(w.put({w.alert("A", minutes(4))}));
  w.advance(minutes(1));
  const auto before = w.commits();
  for (int i = 0; i < 30; ++i) {
    auto again = w.alert("A", minutes(4));
    again.starts = w.start;
    ASSERT_TRUE(w.put({again}));
    w.advance(minutes(1));
  }
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A"));
  EXPECT_LE(w.commits() - before, 7u);  // housekeeping, every five minutes
}

// --- silences, inhibition, time intervals

TEST_P(DispatcherTest, SilencedAlertIsToldWhenTheSilenceEnds) {
  World& w = world();
  w.silence("A", minutes(5));
  w.fire({"A", "B"});
  w.advance(minutes(10));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: B", "310s new alerts added: A B"));
}

TEST_P(DispatcherTest, ResolveIsToldThoughTheAlertIsSilencedMeanwhile) {
  World& w = world();
  w.fire({"A"});
  w.advance(seconds(20));
  w.silence("A", hours(5));
  w.resolve({"A"});
  w.advance(hours(2));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A", "70s all alerts resolved: / A"));
}

TEST_P(DispatcherTest, ResolveOfASilencedAlertIsToldThoughTheOthersWereToldSince) {
  World& w = world();
  w.fire({"A", "B"});
  w.advance(seconds(20));
  w.silence("A", hours(5));
  w.fire({"C"});
  w.advance(minutes(1));  // B and C are told, A is left out
  w.resolve({"A"});
  w.advance(minutes(5));
  w.resolve({"B", "C"});
  w.advance(minutes(5));
  EXPECT_THAT(w.story(),
              ElementsAre("10s first notification: A B", "70s new alerts added: B C",
                          "130s some alerts resolved: B C / A", "430s all alerts resolved: / B C"));
}

TEST_P(DispatcherTest, AlertThatWasSilencedAllItsLifeIsNotToldAsResolved) {
  World& w = world();
  w.silence("A", hours(5));
  w.fire({"A", "B"});
  w.advance(minutes(2));
  w.resolve({"A", "B"});
  w.advance(minutes(5));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: B", "130s all alerts resolved: / B"));
  EXPECT_THAT(w.dispatcher->groups(w.t.now()), IsEmpty());
}

TEST_P(DispatcherTest, InhibitedAlertIsToldWhenItsSourceIsOver) {
  World& w = world(kInhibiting);
  w.labels = {{"S", {{"role", "source"}, {"group", "s"}}}, {"T", {{"role", "target"}}}};
  w.fire({"S", "T"});
  w.advance(minutes(2));
  const auto status = w.dispatcher->status_of(w.alert("T"), w.t.now());
  EXPECT_THAT(status.inhibited_by, ElementsAre(w.alert("S").fingerprint()));
  w.resolve({"S"});
  w.advance(minutes(2));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: S", "130s all alerts resolved: / S",
                                     "130s first notification: T"));
}

TEST_P(DispatcherTest, SourceInhibitsAsLongAsItIsPostedAndNoLonger) {
  World& w = world(kInhibiting);
  w.labels = {{"S", {{"role", "source"}, {"group", "s"}}}, {"T", {{"role", "target"}}}};
  ASSERT_TRUE(w.put({w.alert("S", minutes(2))}));
  w.fire({"T"});
  for (int i = 0; i < 5; ++i) {
    w.advance(minutes(1));
    auto again = w.alert("S", minutes(2));
    again.starts = w.start;
    ASSERT_TRUE(w.put({again}));
  }
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: S"));
  w.advance(minutes(3));
  EXPECT_THAT(w.story(), ::testing::UnorderedElementsAre("10s first notification: S",
                                                         "430s all alerts resolved: / S",
                                                         "430s first notification: T"));
}

TEST_P(DispatcherTest, ResolveIsToldThoughTheAlertIsInhibitedMeanwhile) {
  World& w = world(kInhibiting);
  w.labels = {{"S", {{"role", "source"}, {"group", "s"}}}, {"T", {{"role", "target"}}}};
  w.fire({"T"});
  w.advance(seconds(20));
  w.fire({"S"});
  w.resolve({"T"});
  w.advance(minutes(2));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: T", "30s first notification: S",
                                     "70s all alerts resolved: / T"));
}

TEST_P(DispatcherTest, MutedGroupIsToldAfterwardsAndItsResolvesAlways) {
  World& w = world(kMuted);
  w.fire({"A"});
  w.advance(minutes(6));
  w.fire({"B"});
  EXPECT_THAT(w.dispatcher->groups(w.t.now())[0].muted_by, ElementsAre("break"));
  w.advance(minutes(1));
  w.resolve({"A"});
  w.advance(minutes(5));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A", "430s all alerts resolved: / A",
                                     "610s new alerts added: B"));
}

// --- providers that fail

TEST_P(DispatcherTest, RefusalIsNotTriedAgainBeforeTheNextTurn) {
  World& w = world();
  w.provider.set_mood("team", Mood::kRefuses);
  w.fire({"A"});
  w.advance(seconds(60));
  EXPECT_EQ(w.provider.tries["team"], 1);
  w.provider.all_well();
  w.advance(seconds(20));
  EXPECT_THAT(w.story(), ElementsAre("70s first notification: A"));
  EXPECT_THAT(w.t.kinds(),
              ElementsAre("posted_alert.fired", "notification.failed", "notification.sent"));
  const auto failed = w.t.logbook()[1].entry;
  EXPECT_EQ(failed.subject_id, "{}:{}");
  EXPECT_EQ(failed.data.at("answer"), "as the test wished");
  EXPECT_EQ(failed.data.at("failure"), "clientError");
}

TEST_P(DispatcherTest, FailureThatMayPassIsTriedAgainWithinTheFlush) {
  World& w = world();
  w.provider.set_mood("team", Mood::kFails);
  w.fire({"A"});
  w.advance(seconds(20));
  EXPECT_GE(w.provider.tries["team"], 4);
  w.provider.all_well();
  w.advance(seconds(30));
  ASSERT_EQ(w.provider.arrivals.size(), 1u);
  EXPECT_LT(w.provider.arrivals[0].at - w.start, seconds(50));
}

TEST_P(DispatcherTest, LostAnswerMakesTheNextTryAPossibleDuplicate) {
  World& w = world();
  w.provider.set_mood("team", Mood::kTakesAndFails);
  w.fire({"A"});
  w.advance(seconds(10));
  w.provider.all_well();
  w.advance(seconds(10));
  ASSERT_EQ(w.provider.arrivals.size(), 2u);
  EXPECT_EQ(w.provider.arrivals[0].to_text(), "first notification: A");
  EXPECT_EQ(w.provider.arrivals[1].to_text(), "maybe first notification: A");
}

TEST_P(DispatcherTest, ResolveClosesWhatMayHaveArrived) {
  World& w = world();
  w.provider.set_mood("team", Mood::kTakesAndFails);
  w.fire({"A"});
  w.advance(seconds(69));
  w.resolve({"A"});
  w.provider.all_well();
  w.advance(minutes(5));
  EXPECT_EQ(w.provider.arrivals.back().to_text(), "maybe all alerts resolved: / A");
  EXPECT_THAT(w.dispatcher->groups(w.t.now()), IsEmpty());
}

TEST_P(DispatcherTest, DeadReceiverHoldsUpOnlyItself) {
  World& w = world(kTwoReceivers);
  w.labels = {{"A", {{"group", "x"}}}, {"B", {{"group", "y"}}}};
  w.provider.set_mood("slow", Mood::kSilent);
  w.fire({"A", "B"});
  w.advance(minutes(3));
  EXPECT_THAT(w.story("fast"),
              ElementsAre("10s first notification: A", "10s first notification: B"));
  w.provider.all_well();
  w.advance(minutes(3));
  EXPECT_EQ(w.story("fast").size(), 2u);
  EXPECT_THAT(w.story("slow").back(), HasSubstr("maybe first notification"));
}

TEST_P(DispatcherTest, IntegrationsOfAReceiverGoTheirOwnWays) {
  World& w = world(kTwin);
  w.fire({"A"});
  w.advance(minutes(1));
  ASSERT_EQ(w.provider.arrivals.size(), 2u);
  EXPECT_NE(w.provider.arrivals[0].index, w.provider.arrivals[1].index);
}

TEST_P(DispatcherTest, WhoDoesNotWantToHearOfResolvesHearsOfTheNextOne) {
  World& w = world(kQuiet);
  w.fire({"A", "B"});
  w.advance(seconds(20));
  w.resolve({"A"});
  w.advance(minutes(2));
  w.fire({"A"});
  w.advance(minutes(2));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A B", "190s new alerts added: A B"));
}

// --- crashes and reloads

TEST_P(DispatcherTest, AfterACrashNothingIsToldAgain) {
  World& w = world();
  w.fire({"A"});
  w.advance(seconds(20));
  for (int i = 0; i < 5; ++i) {
    w.crash();
    w.advance(minutes(2));
  }
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A"));
}

TEST_P(DispatcherTest, AfterACrashTheNextFlushRespectsTheLastOne) {
  World& w = world();
  w.fire({"A"});
  w.advance(seconds(30));
  w.crash();
  w.fire({"B"});
  w.advance(minutes(2));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A", "70s new alerts added: A B"));
}

TEST_P(DispatcherTest, CrashBeforeTheIntentIsNoDuplicate) {
  World& w = world();
  w.fire({"A"});
  w.crash_at_commit(1, false);
  EXPECT_THROW(w.advance(seconds(10)), World::Crash);
  EXPECT_THAT(w.story(), IsEmpty());
  w.crash();
  w.advance(minutes(1));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A"));
}

TEST_P(DispatcherTest, SendThatACrashCutOffIsMadeAgainAndMarked) {
  for (const bool has_arrived : {false, true}) {
    World& w = world();
    w.fire({"A"});
    // The intent's commit, or the outcome's.
    w.crash_at_commit(has_arrived ? 2 : 1, !has_arrived);
    EXPECT_THROW(w.advance(seconds(10)), World::Crash);
    EXPECT_EQ(w.story().size(), has_arrived ? 1u : 0u);
    w.t.clock().advance(seconds(1));
    w.crash();
    w.advance(minutes(5));
    EXPECT_EQ(w.story().back(), "11s maybe first notification: A");
    EXPECT_EQ(w.story().size(), has_arrived ? 2u : 1u);
    const auto told = *notifications_of_group(w.t.reader(), "{}:{}", 10);
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[0].state, "cut off");
    EXPECT_EQ(told[1].state, "sent");
    EXPECT_TRUE(told[1].maybe_duplicate);
  }
}

TEST_P(DispatcherTest, CrashAfterTheOutcomeIsNoDuplicate) {
  World& w = world();
  w.fire({"A"});
  w.crash_at_commit(2, true);
  EXPECT_THROW(w.advance(seconds(10)), World::Crash);
  w.crash();
  w.advance(minutes(5));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A"));
}

TEST_P(DispatcherTest, ResolveThatACrashKeptFromBeingToldIsTold) {
  World& w = world();
  w.fire({"A"});
  w.advance(seconds(20));
  w.resolve({"A"});
  w.crash();
  w.advance(minutes(30));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A", "70s all alerts resolved: / A"));
  w.crash();
  w.advance(minutes(30));
  EXPECT_EQ(w.story().size(), 2u);
}

TEST_P(DispatcherTest, ReloadKeepsWhatWasToldAndWhoseTurnItIs) {
  World& w = world();
  w.fire({"A"});
  w.advance(seconds(30));
  w.use(kPlain);
  w.fire({"B"});
  w.advance(minutes(2));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A", "70s new alerts added: A B"));
}

TEST_P(DispatcherTest, ReloadWhileASendIsUnderWayTellsOnce) {
  World& w = world();
  w.provider.set_mood("team", Mood::kFails);
  w.fire({"A"});
  w.advance(seconds(12));
  w.use(kPlain);
  w.provider.all_well();
  w.advance(minutes(5));
  EXPECT_EQ(w.provider.arrivals.size(), 1u);
}

TEST_P(DispatcherTest, DatabaseThatRefusesDelaysAndLosesNothing) {
  World& w = world();
  w.fire({"A"});
  w.fault = [](std::string_view sql) -> std::optional<Error> {
    if (sql == "COMMIT") return Error{Code::kUnavailable, "busy"};
    return std::nullopt;
  };
  w.advance(seconds(30));
  EXPECT_THAT(w.story(), IsEmpty());
  w.fault = {};
  w.advance(seconds(5));
  EXPECT_EQ(w.provider.arrivals.size(), 1u);
  w.advance(minutes(5));
  EXPECT_EQ(w.provider.arrivals.size(), 1u);
}

TEST_P(DispatcherTest, OutcomeThatTheDatabaseRefusesIsWrittenLater) {
  World& w = world();
  w.fire({"A"});
  w.fault = [&](std::string_view sql) -> std::optional<Error> {
    if (sql == "COMMIT" && !w.provider.arrivals.empty()) return Error{Code::kUnavailable, "busy"};
    return std::nullopt;
  };
  w.advance(minutes(3));
  w.fault = {};
  w.advance(minutes(5));
  EXPECT_THAT(w.story(), ElementsAre("10s first notification: A"));
  EXPECT_EQ(w.t.kinds().back(), "notification.sent");
}

// --- what can be asked

TEST_P(DispatcherTest, HistoryCanBeAskedByAlertAndByGroup) {
  World& w = world();
  w.fire({"A", "B"});
  w.advance(seconds(20));
  w.resolve({"A"});
  w.advance(minutes(1));
  const auto history_of = [&](const std::string& name) {
    const uint64_t fingerprint = w.alert(name).fingerprint();
    return *history_of_alert(w.t.reader(), fingerprint, w.book->last_entry(fingerprint), 10);
  };
  const auto history = history_of("A");
  ASSERT_EQ(history.entries.size(), 2u);
  EXPECT_EQ(history.entries[0].entry.kind, "posted_alert.fired");
  EXPECT_EQ(history.entries[1].entry.kind, "posted_alert.resolved");
  ASSERT_EQ(history.notifications.size(), 2u);
  EXPECT_TRUE(history.notifications[0].is_firing);
  EXPECT_FALSE(history.notifications[1].is_firing);
  EXPECT_EQ(history.notifications[1].state, "sent");
  EXPECT_EQ(history_of("B").notifications.size(), 1u);
  const auto told = *notifications_of_group(w.t.reader(), "{}:{}", 10);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1].reason, "some alerts resolved");
  EXPECT_EQ(told[1].firing, 1);
  EXPECT_EQ(told[1].resolved, 1);
  EXPECT_EQ(told[1].tries, 1);
}

TEST_P(DispatcherTest, AnswersTheApi) {
  World& w = world(kTwoReceivers);
  w.fire({"A"});
  const std::string silence = w.silence("A", hours(1));
  EXPECT_THAT(w.dispatcher->receivers_of(w.alert("A").labels), ElementsAre("slow", "fast"));
  EXPECT_THAT(w.dispatcher->status_of(w.alert("A"), w.t.now()).silenced_by, ElementsAre(silence));
  const auto groups = w.dispatcher->groups(w.t.now());
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].alerts.size(), 1u);
  EXPECT_EQ(groups[0].route->receiver, "slow");
  EXPECT_EQ(groups[0].next_flush, w.start + seconds(10));
}

TEST_P(DispatcherTest, CountsUnderTheReferencesNames) {
  World& w = world();
  w.silence("B", minutes(7));
  w.fire({"A", "B"});
  w.provider.set_mood("team", Mood::kRefuses);
  w.advance(seconds(20));
  const std::string text = w.t.metrics().to_text();
  for (const char* line :
       {"alertmanager_alerts{state=\"active\"} 1\n",
        "alertmanager_alerts{state=\"suppressed\"} 1\n",
        "alertmanager_alerts_received_total{status=\"firing\",version=\"v2\"} 2\n",
        "alertmanager_notifications_total{integration=\"webhook\"} 1\n",
        "alertmanager_notifications_failed_total{integration=\"webhook\",reason=\"clientError\"} "
        "1\n",
        "alertmanager_notification_requests_total{integration=\"webhook\"} 1\n",
        "alertmanager_notifications_suppressed_total{reason=\"silence\"} 1\n",
        "alertmanager_silences{state=\"active\"} 1\n",
        "alertmanager_dispatcher_aggregation_groups 1\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  w.advance(minutes(7));
  EXPECT_THAT(w.t.metrics().to_text(), HasSubstr("alertmanager_silences{state=\"active\"} 0\n"));
  EXPECT_THAT(w.t.metrics().to_text(), HasSubstr("alertmanager_silences{state=\"expired\"} 1\n"));
}

TEST_P(DispatcherTest, OldNotificationsAreForgottenAndWhatIsOpenIsNot) {
  World& w = world();
  ASSERT_TRUE(w.put({w.alert("A", hours(24 * 30))}));
  w.advance(hours(24 * 7));
  const auto told = *notifications_of_group(w.t.reader(), "{}:{}", 1000);
  EXPECT_GE(told.front().began, w.t.now() - hours(121));
  EXPECT_GE(told.size(), 119u);
}

// --- a clock that is set

TEST_P(DispatcherTest, ClockThatIsSetEndsNothingAndBringsNothingBack) {
  World& w = world();
  ASSERT_TRUE(w.put({w.alert("A", minutes(4)), w.alert("B", minutes(4))}));
  w.advance(minutes(1));
  w.resolve({"B"});
  w.advance(minutes(2));
  size_t told = w.story().size();
  for (const Duration by : {hours(5), -hours(9)}) {
    w.t.clock().jump(by);
    w.advance(minutes(2));
  }
  const auto story = w.story();
  for (; told < story.size(); ++told) {
    EXPECT_THAT(story[told], HasSubstr("repeat interval elapsed: A")) << "an early reminder";
  }
  w.advance(minutes(8));
  EXPECT_THAT(w.story().back(), HasSubstr("all alerts resolved: / A"));
}

// --- the page gate

TEST_P(DispatcherTest, GateKeepsAnAlertFromOneReceiverOnly) {
  World& w = world(kTwoReceivers);
  bool is_open = false;
  w.dispatcher->hold_back([&](const routing::PostedAlert&, const std::string& receiver) {
    return receiver == "slow" && !is_open;
  });
  w.fire({"A"});
  w.advance(minutes(2));
  EXPECT_THAT(w.story("slow"), IsEmpty());
  EXPECT_EQ(w.story("fast").size(), 1u);
  is_open = true;
  w.advance(minutes(1));
  EXPECT_THAT(w.story("slow"), ElementsAre(HasSubstr("first notification: A")));
}

}  // namespace
}  // namespace tocsin::alert
