#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tocsin::net {

// Threads that take jobs from one bounded queue, in order. A job must not throw. Thread-safe.
class WorkerPool {
 public:
  using Job = std::move_only_function<void()>;

  WorkerPool(int threads, size_t max_queue);
  ~WorkerPool() { stop(); }

  // False, and the job is left alone, when the queue is full or the pool has stopped.
  bool try_post(Job& job);
  // Drops what is queued, waits for the jobs that run. Again is harmless.
  void stop();
  size_t queued() const;

 private:
  void work();

  const size_t max_queue_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tocsin::net
