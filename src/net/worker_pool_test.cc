#include "net/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace tocsin::net {
namespace {

TEST(WorkerPool, RefusesWhenTheQueueIsFullAndLeavesTheJobAlone) {
  WorkerPool pool(1, 1);
  std::promise<void> running;
  std::promise<void> go_on;
  WorkerPool::Job first = [&] {
    running.set_value();
    go_on.get_future().wait();
  };
  ASSERT_TRUE(pool.try_post(first));
  running.get_future().wait();
  std::promise<void> second_ran;
  WorkerPool::Job second = [&] { second_ran.set_value(); };
  EXPECT_TRUE(pool.try_post(second));
  WorkerPool::Job third = [] {};
  EXPECT_FALSE(pool.try_post(third));
  EXPECT_TRUE(third != nullptr);
  EXPECT_EQ(pool.queued(), 1u);
  go_on.set_value();
  second_ran.get_future().wait();
}

TEST(WorkerPool, StopWaitsForRunningJobsAndDropsTheRest) {
  std::atomic<int> ran = 0;
  WorkerPool pool(1, 10);
  std::promise<void> running;
  std::promise<void> go_on;
  WorkerPool::Job first = [&] {
    running.set_value();
    go_on.get_future().wait();
    ++ran;
  };
  ASSERT_TRUE(pool.try_post(first));
  running.get_future().wait();
  WorkerPool::Job never = [&] { ran += 100; };
  ASSERT_TRUE(pool.try_post(never));
  std::thread stopper([&] { pool.stop(); });
  while (pool.queued() > 0) std::this_thread::yield();
  go_on.set_value();
  stopper.join();
  EXPECT_EQ(ran, 1);
  WorkerPool::Job late = [] {};
  EXPECT_FALSE(pool.try_post(late));
}

}  // namespace
}  // namespace tocsin::net
