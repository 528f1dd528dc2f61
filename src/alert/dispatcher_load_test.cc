#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/dispatch_testing.h"
#include "alert/notification_store.h"
#include "alert/sends.h"

// How the dispatcher bears much at once, and what takes long.
namespace tocsin::alert {
namespace {

using ::testing::IsEmpty;
using testing::Mood;
using testing::World;

std::string one_route(const std::string& receiver) {
  return "route:\n  receiver: " + receiver +
         "\n  group_by: [group]\n  group_wait: 0s\n  group_interval: 5m\n"
         "receivers:\n- name: " +
         receiver + "\n  webhook_configs: [{url: 'http://team.test/'}]\n";
}

class DispatcherLoadTest : public store::testing::BackendTest {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, DispatcherLoadTest,
                         ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

// Thousands of groups that are due at once leave room in the engine's queue for everybody else.
TEST_P(DispatcherLoadTest, StormOfGroupsLeavesOthersRoomToWrite) {
  constexpr int kGroups = 2 * Sends::kMostWriting;
  World w({.backend = GetParam(), .engine = {.max_queue = Sends::kMostWriting + 100}},
          one_route("team"));
  std::vector<routing::PostedAlert> alerts;
  for (int i = 0; i < kGroups; ++i) {
    const std::string name = std::to_string(i);
    w.labels[name] = {{"group", name}};
    alerts.push_back(w.alert(name));
  }
  ASSERT_TRUE(w.book->put(alerts));
  w.dispatcher->step(w.t.now());
  bool is_refused = false;
  w.t.engine().submit([](engine::Tx&) { return Result<>(); },
                      [&](const Result<>& result) { is_refused = !result; });
  w.settle();
  EXPECT_FALSE(is_refused);
  EXPECT_EQ(w.provider.arrivals.size(), size_t{kGroups}) << "at this very moment";
}

TEST_P(DispatcherLoadTest, SilentReceiverIsAskedAgainAfterTheTimeoutOfItsSettings) {
  for (const auto& [receiver, lasts] :
       {std::pair("team", seconds(30)), std::pair("patient-team", seconds(45))}) {
    World w({.backend = GetParam()}, one_route(receiver));
    w.provider.set_mood(receiver, Mood::kSilent);
    w.fire({"A"});
    w.advance(lasts - milliseconds(1));
    EXPECT_EQ(w.provider.tries[receiver], 1) << receiver;
    w.advance(seconds(1));
    EXPECT_EQ(w.provider.tries[receiver], 2) << receiver;
  }
}

TEST_P(DispatcherLoadTest, OldNotificationsAreForgottenAsFastAsTheyCame) {
  World w({.backend = GetParam()}, one_route("team"));
  constexpr int kMany = 1200;
  ASSERT_TRUE(w.t.run([&](engine::Tx& tx) -> Result<> {
    for (int i = 0; i < kMany; ++i) {
      NotificationRecord old;
      old.id = tx.new_id("ntf");
      old.key = {"{}:{}", "team", "webhook", 0};
      old.reason = "first notification";
      old.began = w.t.now() - hours(200);
      RETURN_IF_ERROR(insert_notification(tx.sql(), old));
    }
    return {};
  }));
  ASSERT_EQ(notifications_of_group(w.t.reader(), "{}:{}", 2 * kMany)->size(), size_t{kMany});
  w.advance(minutes(6));
  EXPECT_THAT(*notifications_of_group(w.t.reader(), "{}:{}", 2 * kMany), IsEmpty());
}

}  // namespace
}  // namespace tocsin::alert
