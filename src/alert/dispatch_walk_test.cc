#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/dispatch_testing.h"

namespace tocsin::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using testing::World;

const std::string kTree =
    "time_intervals:\n- name: break\n  time_intervals:\n"
    "  - times: [{start_time: '00:05', end_time: '00:10'}]\n"
    "inhibit_rules:\n- source_matchers: [role=source]\n  target_matchers: [role=target]\n"
    "route:\n  receiver: root\n  group_by: [group]\n  group_wait: 10s\n  group_interval: 1m\n"
    "  repeat_interval: 1h\n  routes:\n"
    "  - {receiver: muted, matchers: [role=muted], mute_time_intervals: [break]}\n"
    "receivers:\n- name: root\n  webhook_configs: [{url: 'http://root.test/'}]\n"
    "- name: muted\n  webhook_configs: [{url: 'http://muted.test/'}]\n";

class DispatchWalk : public ::testing::Test {
 protected:
  World w{World::Options{}, kTree};
  Dispatcher::WalkedGroup walk(const std::string& name) {
    const auto walk =
        w.dispatcher->walk(w.alert(name).labels, w.t.now(), Dispatcher::Depth::kForetell);
    EXPECT_THAT(walk.groups, SizeIs(1));
    return walk.groups.at(0);
  }
};

TEST_F(DispatchWalk, SaysWhatWouldComeOfAnAlertThatIsNotThere) {
  const auto group = walk("A");
  EXPECT_FALSE(group.exists);
  EXPECT_EQ(group.next_flush, w.t.now() + seconds(10));
  ASSERT_THAT(group.told_by, SizeIs(1));
  EXPECT_EQ(group.told_by[0].reason, receiver::Reason::kFirst);
  EXPECT_THAT(w.dispatcher->groups(w.t.now()), SizeIs(0));  // asking changes nothing
}

TEST_F(DispatchWalk, SaysWhenAndWhyTheNextFlushTells) {
  w.fire({"A"});
  EXPECT_EQ(walk("A").next_flush, w.t.now() + seconds(10));
  EXPECT_TRUE(walk("A").holds_alert);
  w.advance(seconds(20));
  auto group = walk("A");
  EXPECT_EQ(group.next_flush, w.t.now() + seconds(50));
  EXPECT_FALSE(group.told_by[0].reason);
  EXPECT_THAT(group.told_by[0].why_not, HasSubstr("nothing new"));
  EXPECT_EQ(group.told_by[0].last_told, w.start + seconds(10));
  EXPECT_EQ(walk("B").told_by[0].reason, receiver::Reason::kNewAlerts);
  EXPECT_FALSE(walk("B").holds_alert);
}

TEST_F(DispatchWalk, NamesAllThatSuppressesNowAndAtTheFlush) {
  w.labels = {{"S", {{"role", "source"}}}, {"T", {{"role", "target"}}}, {"M", {{"role", "muted"}}}};
  const std::string id = w.silence("T", seconds(30));
  w.fire({"S", "T"});
  w.advance(seconds(15));
  const auto source = routing::fingerprint_text(w.alert("S").fingerprint());
  const auto group = walk("T");
  EXPECT_THAT(group.suppressed_by,
              ElementsAre(Suppressor{"inhibition", source}, Suppressor{"silence", id}));
  EXPECT_THAT(group.suppressed_at_flush, ElementsAre(Suppressor{"inhibition", source}));
  w.resolve({"S"});
  w.advance(minutes(2));
  EXPECT_THAT(walk("T").suppressed_by, SizeIs(0));
  w.advance(minutes(4));  // 00:06
  EXPECT_THAT(walk("M").suppressed_by, ElementsAre(Suppressor{"mute_time_interval", "break"}));
  EXPECT_FALSE(walk("M").told_by[0].reason);
  EXPECT_THAT(walk("M").told_by[0].why_not, HasSubstr("may be told"));
}

// What the walk says is what the flush does: asked before each flush of a life with silences,
// resolves and repeats.
TEST_F(DispatchWalk, ForetellsTheNextFlush) {
  int told = 0, not_told = 0;
  for (int turn = 0; turn < 150; ++turn) {
    if (turn % 11 == 0) w.fire({"A"});
    if (turn % 17 == 5) w.resolve({"B"});
    if (turn % 13 == 3) w.fire({"B"});
    if (turn % 29 == 7) w.silence("B", minutes(3));
    const auto group = walk("A");
    const auto arrivals = w.provider.arrivals.size();
    w.advance(group.next_flush - w.t.now());
    const bool was_told = w.provider.arrivals.size() > arrivals;
    ASSERT_EQ(was_told, group.told_by[0].reason.has_value()) << "turn " << turn;
    if (was_told) {
      EXPECT_EQ(w.provider.arrivals.back().reason, receiver::name_of(*group.told_by[0].reason));
    }
    ++(was_told ? told : not_told);
  }
  EXPECT_GT(told, 15);
  EXPECT_GT(not_told, 20);
}

}  // namespace
}  // namespace tocsin::alert
