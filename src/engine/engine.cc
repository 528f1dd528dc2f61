#include "engine/engine.h"

#include <fmt/format.h>

#include "engine/writer.h"

namespace tocsin::engine {
namespace {

// The longest sleep of the writer's thread. The wall clock may be set, and a suspended machine may
// wake up, at any time; this bounds how late that is noticed.
constexpr Duration kLongestSleep = std::chrono::seconds(1);

// Thread-safe where engine.h says so: mutex_ guards the queue and what other threads ask for; the
// writer belongs to the thread that runs step_once().
class EngineImpl final : public Engine {
 public:
  EngineImpl(std::unique_ptr<Writer> writer, Log& log, Metrics& metrics)
      : writer_(std::move(writer)),
        log_(log),
        waiting_(metrics.gauge("tocsin_engine_queue_commands", "Commands that wait.")),
        next_due_(writer_->next_due()) {}

  ~EngineImpl() override { stop(Duration(0)); }

  void on_timer(std::string kind, TimerHandler handler) override {
    writer_->on_timer(std::move(kind), std::move(handler));
  }
  void on_commit(std::function<void(int64_t)> listener) override {
    writer_->on_commit(std::move(listener));
  }
  void on_lost(std::function<void(const Error&)> listener) override {
    on_lost_ = std::move(listener);
  }

  void submit(Turn turn, Command command, Done done) override {
    Result<> refusal;
    {
      std::unique_lock lock(mutex_);
      std::deque<Waiting>& queue = turn == Turn::kFirst ? first_ : in_order_;
      refusal = accepts(queue);
      if (!refusal) {
        lock.unlock();
        return done(std::move(refusal));
      }
      queue.push_back(Waiting{std::move(command), std::move(done)});
      waiting_.set(static_cast<double>(first_.size() + in_order_.size()));
    }
    wake_.notify_one();
  }

  Result<> run(Turn turn, Command command) override;
  Result<bool> step() override {
    if (started_) bug("Engine::step() beside start()");
    return step_once(true);
  }

  Result<std::optional<Time>> next_due() override {
    std::scoped_lock lock(mutex_);
    return next_due_;
  }
  Time now() const override { return writer_->now(); }
  std::optional<Error> lost() const override {
    std::scoped_lock lock(mutex_);
    return lost_;
  }

  void start() override {
    if (started_.exchange(true)) bug("Engine::start() twice");
    thread_ = std::thread([this] { loop(); });
  }
  void stop(Duration patience) override;

 private:
  Result<> accepts(const std::deque<Waiting>& queue) const;                 // under mutex_
  bool any_waits() const { return !first_.empty() || !in_order_.empty(); }  // under mutex_
  std::vector<Waiting> take_commands();
  Result<bool> step_once(bool with_timers);
  void publish();
  void loop();
  void wait_for_work(Duration timers_rest_until);
  void refuse_queue();

  const std::unique_ptr<Writer> writer_;
  Log& log_;
  Gauge& waiting_;
  std::function<void(const Error&)> on_lost_;
  std::thread thread_;
  std::atomic<bool> started_ = false;
  std::atomic<std::thread::id> writing_thread_;  // while it writes

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> first_, in_order_;  // by their turn
  std::optional<Time> next_due_;
  std::optional<Error> lost_;
  bool stopping_ = false;
  Duration stop_at_{0};  // monotonic; set with stopping_
};

Result<> EngineImpl::accepts(const std::deque<Waiting>& queue) const {
  if (lost_) return fail(*lost_);
  if (stopping_) return fail(Code::kUnavailable, "the server is stopping; try again");
  if (queue.size() >= writer_->options().max_queue) {
    return fail(
        Code::kResourceExhausted,
        fmt::format("{} changes wait to be written already; try again later", queue.size()));
  }
  return {};
}

std::vector<Waiting> EngineImpl::take_commands() {
  std::scoped_lock lock(mutex_);
  // Commands go first, so that an acknowledgement that is here already stops an escalation that is
  // due; but they leave the timers their half.
  const size_t all = writer_->options().max_batch;
  const size_t most = writer_->has_work() ? all / 2 : all;
  std::vector<Waiting> taken;
  const auto take = [&](std::deque<Waiting>& queue, size_t until) {
    while (!queue.empty() && taken.size() < until) {
      taken.push_back(std::move(queue.front()));
      queue.pop_front();
    }
  };
  // They too leave the others their half.
  take(first_, in_order_.empty() ? most : most - most / 2);
  take(in_order_, most);
  waiting_.set(static_cast<double>(first_.size() + in_order_.size()));
  return taken;
}

Result<bool> EngineImpl::step_once(bool with_timers) {
  std::vector<Waiting> commands = take_commands();
  if (commands.empty() && !(with_timers && writer_->has_work())) {
    if (writer_->lost()) return fail(*writer_->lost());
    return false;
  }
  const bool was_lost = writer_->lost().has_value();
  writing_thread_ = std::this_thread::get_id();
  const Result<> written = writer_->write(std::move(commands), with_timers);
  writing_thread_ = std::thread::id();
  publish();
  if (!was_lost && writer_->lost()) {
    log_.error("this process may not write any more", {{"error", *writer_->lost()}});
    if (on_lost_) on_lost_(*writer_->lost());
  }
  if (!written) return fail(written.error());
  return true;
}

void EngineImpl::publish() {
  std::scoped_lock lock(mutex_);
  next_due_ = writer_->next_due();
  lost_ = writer_->lost();
}

Result<> EngineImpl::run(Turn turn, Command command) {
  if (writing_thread_.load() == std::this_thread::get_id()) {
    bug("Engine::run() on the writer's thread would wait for itself");
  }
  std::promise<Result<>> promise;
  std::future<Result<>> future = promise.get_future();
  submit(turn, std::move(command), [&](Result<> result) { promise.set_value(std::move(result)); });
  if (!started_) {
    // Without timers: while the server is put together not every handler is there yet.
    while (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      (void)step_once(false);
    }
  }
  return future.get();
}

void EngineImpl::loop() {
  // While commits fail, timers would fail again and again; commands answer for themselves.
  Duration timers_rest_until{0};
  while (true) {
    wait_for_work(timers_rest_until);
    {
      std::scoped_lock lock(mutex_);
      if (stopping_ && (!any_waits() || writer_->monotonic() >= stop_at_)) return;
      if (stopping_) timers_rest_until = Duration::max();
    }
    const bool with_timers = writer_->monotonic() >= timers_rest_until;
    const Result<bool> done = step_once(with_timers);
    if (done || writer_->lost()) continue;
    log_.error("a commit failed; nothing of it has happened", {{"error", done.error()}});
    timers_rest_until = writer_->monotonic() + writer_->options().timer_retry;
  }
}

void EngineImpl::wait_for_work(Duration timers_rest_until) {
  std::unique_lock lock(mutex_);
  if (any_waits() || stopping_) return;
  Duration sleep = kLongestSleep;
  if (lost_) {
    // Nothing but stop() is left.
  } else if (const Duration rest = timers_rest_until - writer_->monotonic(); rest > Duration(0)) {
    sleep = std::min(sleep, rest);
  } else if (writer_->has_work()) {
    return;
  } else if (next_due_) {
    sleep = std::min(sleep, *next_due_ - writer_->now());
  }
  if (sleep <= Duration(0)) return;
  wake_.wait_for(lock, sleep, [this] { return any_waits() || stopping_; });
}

void EngineImpl::stop(Duration patience) {
  {
    std::scoped_lock lock(mutex_);
    stopping_ = true;
    stop_at_ = writer_->monotonic() + patience;
  }
  wake_.notify_one();
  if (thread_.joinable()) {
    thread_.join();
  } else {
    while (true) {
      {
        std::scoped_lock lock(mutex_);
        if (!any_waits() || writer_->monotonic() >= stop_at_) break;
      }
      (void)step_once(false);
    }
  }
  refuse_queue();
}

void EngineImpl::refuse_queue() {
  std::deque<Waiting> first, in_order;
  {
    std::scoped_lock lock(mutex_);
    first.swap(first_);
    in_order.swap(in_order_);
  }
  for (auto* left : {&first, &in_order}) {
    for (Waiting& waiting : *left) {
      waiting.done(
          fail(Code::kUnavailable, "the server stopped before this was written; try again"));
    }
  }
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::open(store::Database& database, store::Lease& lease,
                                             const Clock& clock, Rng& rng, Log& log,
                                             Metrics& metrics, EngineOptions options) {
  if (options.max_batch < 2) return invalid("engine: max_batch must be at least 2");
  ASSIGN_OR_RETURN(auto writer, Writer::open({database, lease, clock, rng, log, metrics, options}));
  return std::make_unique<EngineImpl>(std::move(writer), log, metrics);
}

}  // namespace tocsin::engine
