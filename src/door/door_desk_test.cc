#include "door/door_desk.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "door/testing.h"

namespace tocsin::door {
namespace {

const store::Actor kBy{"token", "t"};

class DoorDeskTest : public testing::DoorTest {
 protected:
  routing::PostedAlert keyed(const std::string& key, const std::string& severity,
                             bool is_over = false) {
    Draft draft;
    draft.label("source", "test");
    draft.label("dedup_key", key);
    if (!severity.empty()) draft.label("severity", severity);
    const Time now = t_->clock().now();
    return is_over ? draft.resolved(now, now, now) : draft.firing(now, now);
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, DoorDeskTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(DoorDeskTest, OneRequestMayFireAndResolveTheSameKey) {
  ASSERT_TRUE(desk_->post(
      {keyed("a", "info"), keyed("b", "info"), keyed("a", "critical"), keyed("b", "", true)}, kBy));
  ASSERT_TRUE(only());
  EXPECT_EQ(only()->labels.get("severity"), "critical");
  EXPECT_EQ(desk_->find({"test", "", "a"})->labels.get("severity"), "critical");
}

TEST_P(DoorDeskTest, AResolveOfNothingIsNothing) {
  ASSERT_TRUE(desk_->post({keyed("a", "", true)}, kBy));
  EXPECT_EQ(book_->size(), 0u);
  EXPECT_TRUE(t_->logbook().empty());
  EXPECT_EQ(desk_->find({"test", "", "a"}), nullptr);
}

TEST_P(DoorDeskTest, AfterItsEndAKeyFiresAnew) {
  ASSERT_TRUE(desk_->post({keyed("a", "info")}, kBy));
  t_->clock().advance(minutes(1));
  ASSERT_TRUE(desk_->post({keyed("a", "", true)}, kBy));
  t_->clock().advance(minutes(1));
  ASSERT_TRUE(desk_->post({keyed("a", "critical")}, kBy));
  ASSERT_TRUE(only());
  EXPECT_EQ(only()->starts, t_->clock().now());
  restart();
  EXPECT_EQ(desk_->find({"test", "", "a"})->labels.get("severity"), "critical")
      << "of two under one key the open one is found";
}

TEST_P(DoorDeskTest, KeysThatAreForgottenCostNoMemory) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(desk_->post({keyed(fmt::format("{}", i), "info")}, kBy));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(desk_->post({keyed(fmt::format("{}", i), "", true)}, kBy));
  }
  for (int i = 0; i < 3; ++i) {
    t_->clock().advance(minutes(15));
    book_->expire(t_->clock().now(), [](uint64_t) { return false; });
    t_->settle();
  }
  EXPECT_EQ(book_->size(), 0u);
  EXPECT_EQ(desk_->find({"test", "", "1"}), nullptr);
}

TEST_P(DoorDeskTest, PostsOfOneKeyAtOnceLeaveOneAlert) {
  t_->engine().start();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 10; ++n) {
        EXPECT_TRUE(desk_->post(
            {keyed("a", fmt::format("level {}", i)), keyed(fmt::format("b{}", n), "info")}, kBy));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  t_->engine().stop(seconds(5));
  const auto all = firing();
  EXPECT_EQ(
      std::ranges::count_if(all, [](const auto& a) { return a->labels.get("dedup_key") == "a"; }),
      1);
  EXPECT_EQ(all.size(), 11u);
}

}  // namespace
}  // namespace tocsin::door
