#include "alert/change_queue.h"

#include <gtest/gtest.h>

#include "alert/testing.h"
#include "engine/testing.h"

namespace tocsin::alert {
namespace {

using testing::clears;
using testing::fires;

class ChangeQueueTest : public ::testing::Test {
 protected:
  Result<> write(engine::Tx& tx, std::span<const slo::TierChange> changes) {
    for (const auto& change : changes) {
      if (change.objective.value() == refused_) return fail(Code::kInternal, "refused by the test");
    }
    tx.after_commit([this, count = changes.size()] { commits_.push_back(count); });
    for (const auto& change : changes) {
      tx.after_commit([this, change] {
        written_.push_back(change.objective.value() + "/" + change.tier +
                           (change.state == slo::TierState::kFiring ? "+" : "-"));
      });
    }
    return {};
  }

  engine::testing::TestEngine t_;
  std::string refused_;
  std::vector<std::string> written_;
  std::vector<size_t> commits_;
  ChangeQueue queue_{t_.engine(),
                     [this](engine::Tx& tx, std::span<const slo::TierChange> changes) {
                       return write(tx, changes);
                     },
                     t_.log(), t_.metrics()};
};

TEST_F(ChangeQueueTest, WritesChangesOfAnObjectiveInTheirOrder) {
  queue_.add(fires("a", "fast", t_.now()));
  queue_.add(fires("a", "page-1h", t_.now()));
  queue_.add(clears("a", "fast", t_.now()));
  t_.settle();
  EXPECT_EQ(written_, (std::vector<std::string>{"a/fast+", "a/page-1h+", "a/fast-"}));
  EXPECT_EQ(queue_.waiting(), 0u);
}

TEST_F(ChangeQueueTest, KeepsWhatFailedAndWritesItTogetherOnceItCan) {
  refused_ = "a";
  queue_.add(fires("a", "fast", t_.now()));
  t_.settle();
  queue_.add(clears("a", "fast", t_.now()));
  queue_.retry();
  t_.settle();
  EXPECT_TRUE(written_.empty());
  EXPECT_EQ(queue_.waiting(), 2u);
  refused_.clear();
  queue_.retry();
  t_.settle();
  EXPECT_EQ(written_, (std::vector<std::string>{"a/fast+", "a/fast-"}));
  EXPECT_EQ(commits_, (std::vector<size_t>{2}));
  EXPECT_EQ(queue_.waiting(), 0u);
}

TEST_F(ChangeQueueTest, OneThatCannotBeWrittenHoldsUpNobodyElse) {
  refused_ = "a";
  queue_.add(fires("a", "fast", t_.now()));
  queue_.add(fires("b", "fast", t_.now()));
  t_.settle();
  EXPECT_EQ(written_, (std::vector<std::string>{"b/fast+"}));
  EXPECT_EQ(queue_.waiting(), 1u);
}

TEST_F(ChangeQueueTest, ComplainsOnceAndThenAsAnErrorWhenItLasts) {
  refused_ = "a";
  queue_.add(fires("a", "fast", t_.now()));
  t_.settle();
  EXPECT_EQ(t_.warnings().size(), 1u);
  for (int i = 0; i < 29; ++i) {
    queue_.retry();
    t_.settle();
  }
  EXPECT_EQ(t_.errors().size(), 1u);
  EXPECT_EQ(t_.warnings().size(), 1u);
}

TEST_F(ChangeQueueTest, LongLaneKeepsTheNewestOfEachTier) {
  refused_ = "a";
  queue_.add(fires("a", "fast", t_.now()));
  t_.settle();
  for (int i = 0; i < 100; ++i) {
    queue_.add(i % 2 == 0 ? clears("a", "page-1h", t_.now()) : fires("a", "page-1h", t_.now()));
  }
  EXPECT_LE(queue_.waiting(), ChangeQueue::kMaxLane);
  refused_.clear();
  queue_.retry();
  t_.settle();
  EXPECT_EQ(queue_.waiting(), 0u);
  ASSERT_GE(written_.size(), 2u);
  EXPECT_EQ(written_.back(), "a/page-1h+");
  EXPECT_NE(std::ranges::find(written_, "a/fast+"), written_.end());
}

TEST_F(ChangeQueueTest, KeepsWhatTheFullQueueOfTheEngineRefuses) {
  engine::testing::TestEngine tight({.engine = {.max_queue = 1}});
  size_t count = 0;
  ChangeQueue queue(
      tight.engine(),
      [&](engine::Tx&, std::span<const slo::TierChange> changes) -> Result<> {
        count += changes.size();
        return {};
      },
      tight.log(), tight.metrics());
  for (const char* name : {"a", "b", "c"}) queue.add(fires(name, "fast", tight.now()));
  tight.settle();
  EXPECT_LT(count, 3u);
  for (int i = 0; i < 3; ++i) {
    queue.retry();
    tight.settle();
  }
  EXPECT_EQ(count, 3u);
  EXPECT_EQ(queue.waiting(), 0u);
}

TEST_F(ChangeQueueTest, ThreadTriesAgainByItself) {
  std::atomic<int> tries = 0;
  std::promise<void> done;
  t_.engine().start();
  {
    ChangeQueue queue(
        t_.engine(),
        [&](engine::Tx&, std::span<const slo::TierChange>) -> Result<> {
          if (++tries < 2) return fail(Code::kUnavailable, "busy");
          return {};
        },
        t_.log(), t_.metrics());
    queue.start();
    queue.add(fires("a", "fast", t_.now()));
    auto finished = std::async(std::launch::async, [&] {
      while (queue.waiting() > 0) std::this_thread::yield();
    });
    EXPECT_EQ(finished.wait_for(seconds(20)), std::future_status::ready);
    queue.stop();
    t_.engine().stop(seconds(5));
  }
  EXPECT_EQ(tries, 2);
}

}  // namespace
}  // namespace tocsin::alert
