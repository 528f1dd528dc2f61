// Failures that other tools had, each as a test that names it. The sources, which were read for the
// project's survey of its peers ("How a page is kept from getting lost"):
//   - OneUptime: the comments in its escalation job that record its audit's findings (a cron job
//     each minute behind a queue)
//   - GoAlert: engine/message/db.go, engine/message/ratelimit.go, notification/twilio/message.go,
//     notification/webhook/sender.go, and the smoke test twiliosmsfailure_test.go
//   - PagerDuty: its report on 2023-01-06 (a stream stood still; its backlog was played in order)
#include <gmock/gmock.h>

#include <algorithm>
#include <utility>

#include "notify/provider_answer.h"
#include "oncall/testing.h"
#include "store/lease.h"

namespace tocsin::oncall {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::person;
using testing::schedule;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using testing::World;

Policy steps(std::vector<Step> all, int repeat = 1) {
  Policy policy;
  policy.steps = std::move(all);
  policy.repeat = repeat;
  policy.bring_in.reset();
  return policy;
}

void change_ada(World& world, const std::function<void(catalog::Person&)>& how) {
  auto next = std::make_shared<catalog::Catalog>(*world.catalog);
  how(next->people[catalog::PersonId("ada")]);
  world.use(next);
}

// --- OneUptime

// "Overlapping runs paged twice": two runs of the job found the same rows due. Here a second
// process may not write while the first one does, and a due timer is taken in the commit that plays
// its step, however often it is looked for.
TEST(OneUptimeFailures, OverlappingRunsPagedTwice) {
  World world;
  world.start();
  EXPECT_THAT(world.sent(), ElementsAre("page ada mail"));
  const auto second = store::Lease::acquire(world.engine.database(), "second", world.engine.now());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kFailedPrecondition);

  world.engine.clock().advance(minutes(5));
  for (int run = 0; run < 5; ++run) EXPECT_TRUE(world.engine.engine().step());
  EXPECT_THAT(world.sent(), ElementsAre("page grace mail"));
}

// The answer to the COMMIT that played the step is lost, and the step is played again.
TEST(OneUptimeFailures, ARunThatIsRepeatedPagedTwice) {
  World world;
  world.start();
  world.sent();
  bool has_failed = false;
  world.engine.faults().before = [&](std::string_view sql) -> std::optional<Error> {
    if (sql != "COMMIT" || has_failed) return std::nullopt;
    has_failed = true;
    return Error{Code::kUnavailable, "the database is gone"};
  };
  world.engine.advance(minutes(6));
  EXPECT_TRUE(has_failed);
  EXPECT_THAT(world.sent(), ElementsAre("page grace mail"));
}

// "Rows stuck 'Scheduled' or 'Started' after a crash": nobody took them up again.
TEST(OneUptimeFailures, RowsWereStuckAfterACrash) {
  World world;
  world.transport.script = [](const notify::Delivery&) -> std::optional<Result<>> {
    return std::nullopt;  // no answer: the process dies with the try under way
  };
  world.start();
  EXPECT_THAT(world.sent(), ElementsAre("page ada mail"));
  world.transport.script = [](const notify::Delivery&) { return std::optional(Result<>()); };
  world.crash();
  EXPECT_THAT(world.sent(), ElementsAre("page ada mail again"));
  world.crash();
  world.engine.advance(minutes(5));
  EXPECT_THAT(world.sent(), ElementsAre("page grace mail"));
  world.crash();
  world.engine.advance(minutes(5));
  EXPECT_THAT(world.sent(), ElementsAre("page alan mail"));
}

// "A former 3-hour cut-off ended healthy escalations".
TEST(OneUptimeFailures, ACutOffEndedHealthyEscalations) {
  World world;
  world.start();
  world.engine.advance(hours(72));
  world.sent();
  world.engine.advance(hours(1));
  const auto last_hour = world.sent();
  // A round of 10 minutes and the slowest pause of 15.
  EXPECT_GE(std::ranges::count(last_hour, "page ada mail"), 2);
  EXPECT_GE(std::ranges::count(last_hour, "page alan mail"), 2);
  EXPECT_EQ(world.escalation().state, EscalationState::kExhausted);
  EXPECT_THAT(world.pager->troubles(world.engine.reader()).value(), SizeIs(1));
}

// "'Repeat N' ran N-1 times".
TEST(OneUptimeFailures, RepeatRanOneRoundTooFew) {
  for (const int repeat : {0, 1, 2, 3}) {
    World world;
    world.use(steps({{Duration(0), {person("ada")}, {}}}, repeat));
    world.start();
    std::vector<std::string> all = world.sent();
    while (world.count("escalation.exhausted") == 0) {
      world.engine.advance(minutes(1));
      if (world.count("escalation.exhausted") > 0) break;
      std::ranges::copy(world.sent(), std::back_inserter(all));
    }
    EXPECT_THAT(all, SizeIs(repeat + 1)) << "repeat: " << repeat;
  }
}

// "'Completed' shown although every rule hit an empty schedule".
TEST(OneUptimeFailures, CompletedWasShownThoughEveryRuleHitAnEmptySchedule) {
  World world;
  world.on_call.people["empty"] = {};
  world.use(steps({{Duration(0), {schedule("empty")}, {}}, {minutes(5), {schedule("empty")}, {}}}));
  world.start();
  EXPECT_THAT(world.sent(),
              UnorderedElementsAre("page ada mail", "page grace mail", "page alan mail"));
  EXPECT_THAT(world.engine.kinds(), Contains("escalation.fallback"));
  EXPECT_EQ(world.escalation().state, EscalationState::kRinging);
}

// The same with a team of whom nobody can be reached: an error, and others are called.
TEST(OneUptimeFailures, CompletedWasShownThoughNobodyCouldBeReached) {
  World world;
  world.operators = {{.kind = catalog::Contact::Kind::kTelegram, .name = "ops", .address = "4711"}};
  world.crash();
  world.on_call.people["empty"] = {};
  auto nobody = std::make_shared<catalog::Catalog>(*world.catalog);
  for (auto& [_, one] : nobody->people) one.contacts.clear();
  world.use(nobody);
  world.use(steps({{Duration(0), {schedule("empty")}, {}}}));
  world.start();
  world.engine.advance(minutes(10));
  EXPECT_EQ(world.escalation().state, EscalationState::kExhausted);
  EXPECT_THAT(world.sent(), ElementsAre("operators operators telegram"));
  EXPECT_THAT(world.engine.errors(), Contains(::testing::HasSubstr("nobody told")));
}

// --- GoAlert

// "Crash or DB loss after `sending`: send deadline expired, failed, not retried": what was on its
// way was lost unless a later rule came.
TEST(GoAlertFailures, ACrashAfterSendingWasNotRetried) {
  World world;
  world.transport.script = [](const notify::Delivery&) -> std::optional<Result<>> {
    return std::nullopt;
  };
  world.start();
  world.sent();
  world.crash();
  EXPECT_THAT(world.sent(), ElementsAre("page ada mail again"));
}

// The same when the database is gone while the provider answers: what it took is not sent again.
TEST(GoAlertFailures, AnAnswerThatCouldNotBeStoredWasLost) {
  World world;
  bool was_gone = false;
  world.transport.script = [&](const notify::Delivery&) {
    if (std::exchange(was_gone, true)) return std::optional(Result<>());
    world.engine.faults().before = [](std::string_view sql) -> std::optional<Error> {
      if (sql != "COMMIT") return std::nullopt;
      return Error{Code::kUnavailable, "the database is gone"};
    };
    return std::optional(Result<>());
  };
  world.start();
  EXPECT_THAT(world.sent(), ElementsAre("page ada mail"));
  EXPECT_EQ(world.escalation().pages.front().state, "trying");
  world.engine.faults().before = nullptr;
  world.engine.advance(minutes(2));
  EXPECT_THAT(world.sent(), Not(Contains(::testing::StartsWith("page ada mail"))));
  EXPECT_EQ(world.escalation().pages.front().state, "told");
}

// "`undelivered` mapped to sent: undelivered SMS looks fine; no failover".
TEST(GoAlertFailures, UndeliveredWasTakenForSent) {
  World world;
  world.start();
  const std::string delivery = world.transport.sent().front().id;
  EXPECT_THAT(world.sent(), ElementsAre("page ada mail"));
  EXPECT_TRUE(world.in_tx([&](engine::Tx& tx) {
    return world.outbox->report_receipt(
        tx, {.delivery = delivery, .attempt = 1, .receipt = notify::Receipt::kUndelivered});
  }));
  EXPECT_THAT(world.sent(), ElementsAre("page ada webhook"));
}

// "Webhook result ignores the HTTP status (500 counts as sent)".
TEST(GoAlertFailures, AWebhookThatAnswered500CountedAsSent) {
  World world;
  change_ada(world, [](catalog::Person& ada) { std::ranges::reverse(ada.contacts); });
  world.transport.script = [](const notify::Delivery& d) -> std::optional<Result<>> {
    const bool is_webhook = d.contact.kind == catalog::Contact::Kind::kWebhook;
    return notify::judge_answer("webhook", is_webhook ? 500 : 204, "");
  };
  world.start();
  EXPECT_THAT(world.sent(), ElementsAre("page ada webhook", "page ada mail"));
  EXPECT_EQ(world.count("delivery.sent"), 1);
  EXPECT_EQ(world.count("delivery.retrying"), 1);
}

// "No reaction to delivery failure: next contact only by time".
TEST(GoAlertFailures, ADeliveryThatFailedWasFollowedOnlyByTime) {
  World world;
  change_ada(world, [](catalog::Person& ada) {
    ada.urgent = {{"mail", Duration(0)}, {"webhook", minutes(10)}};
  });
  world.fail_way(catalog::Contact::Kind::kMail, Code::kPermissionDenied);
  world.start();
  EXPECT_THAT(world.sent(), ElementsAre("page ada mail", "page ada webhook"));
}

// "1 message/s per channel type, whole installation": 600 pages took ten minutes.
TEST(GoAlertFailures, OneMessageASecondLeftTheHouseForEverybody) {
  constexpr int kPeople = 600;
  World world;
  auto crowd = std::make_shared<catalog::Catalog>();
  for (int i = 0; i < kPeople; ++i) {
    const std::string name = fmt::format("p{}", i);
    catalog::Person one{.id = catalog::PersonId(name), .name = name};
    one.contacts.push_back(
        {.kind = catalog::Contact::Kind::kMail, .name = "mail", .address = name + "@shop.test"});
    crowd->people[one.id] = one;
    catalog::Team team{.id = catalog::TeamId(name), .name = name};
    team.escalation = {{one.id, Duration(0)}};
    crowd->teams[team.id] = team;
  }
  world.use(crowd);
  const Time before = world.engine.now();
  EXPECT_TRUE(world.in_tx([&](engine::Tx& tx) -> Result<> {
    for (int i = 0; i < kPeople; ++i) {
      PageReason reason = World::reason();
      reason.incident_id = fmt::format("inc_{}", i);
      reason.team = catalog::TeamId(fmt::format("p{}", i));
      reason.message.incident_id = reason.incident_id;
      RETURN_IF_ERROR(world.pager->start(tx, reason));
    }
    return {};
  }));
  EXPECT_THAT(world.sent(), SizeIs(kPeople));
  EXPECT_EQ(world.engine.now(), before);
}

// --- PagerDuty

// "Backlog replayed FIFO gave unexpected escalations and repeats": after two hours in which nothing
// ran, one step is due and not all that would have been.
TEST(PagerDutyFailures, ABacklogWasReplayedAsEscalationsAndRepeats) {
  World world;
  world.start();
  world.sent();
  world.engine.clock().advance(hours(2));
  world.crash();
  EXPECT_THAT(world.sent(), ElementsAre("page grace mail"));
  world.engine.advance(minutes(4));
  EXPECT_THAT(world.sent(), IsEmpty());
  world.engine.advance(minutes(1));
  EXPECT_THAT(world.sent(), ElementsAre("page alan mail"));
}

}  // namespace
}  // namespace tocsin::oncall
