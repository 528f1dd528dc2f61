#include "engine/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>

namespace tocsin::engine {
namespace {

constexpr std::array<double, 10> kBatchBounds = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
constexpr std::array<double, 9> kLagBounds = {0.01, 0.05, 0.1, 0.5, 1, 5, 30, 300, 3600};

}  // namespace

WriterMetrics::WriterMetrics(Metrics& m)
    : commands_ok(m.counter("tocsin_engine_commands_total", "Commands by how they ended.",
                            {{"result", "ok"}})),
      commands_failed(m.counter("tocsin_engine_commands_total", "Commands by how they ended.",
                                {{"result", "failed"}})),
      timers_fired(m.counter("tocsin_engine_timers_fired_total", "Timers whose handler ran.")),
      timers_failed(m.counter("tocsin_engine_timer_failures_total",
                              "Timer handlers that failed; each is tried again.")),
      commits(m.counter("tocsin_engine_commits_total", "Transactions of the writer, committed.")),
      commits_failed(m.counter("tocsin_engine_commit_failures_total",
                               "Transactions of the writer that failed whole.")),
      clock_jumps(m.counter("tocsin_engine_clock_jumps_total",
                            "Times that the wall clock was set and engine time followed.")),
      commit_seconds(m.histogram("tocsin_engine_commit_seconds",
                                 "From the begin of a batch until it is durable.")),
      batch_size(
          m.histogram("tocsin_engine_batch_commands", "Commands in a commit.", {}, kBatchBounds)),
      timer_lag_seconds(m.histogram("tocsin_engine_timer_lag_seconds",
                                    "How long after its due time a timer fired.", {}, kLagBounds)) {
}

// The commands of a batch and how each ended.
struct Writer::Outcome {
  struct Entry {
    Waiting waiting;
    Result<> result;
  };
  std::vector<Entry> entries;
  std::vector<std::move_only_function<void()>> effects;
  int64_t last_seq = 0;
  std::optional<Time> next_due;
};

Writer::Writer(Parts parts, std::unique_ptr<store::Session> session)
    : parts_(parts), metrics_(parts.metrics), clock_(parts.clock), session_(std::move(session)) {}

Result<std::unique_ptr<Writer>> Writer::open(Parts parts) {
  ASSIGN_OR_RETURN(auto session, parts.database.connect());
  std::unique_ptr<Writer> writer(new Writer(parts, std::move(session)));
  ASSIGN_OR_RETURN(writer->last_seq_, store::last_logbook_seq(*writer->session_));
  ASSIGN_OR_RETURN(writer->next_due_, read_next_due(*writer->session_));
  RETURN_IF_ERROR(writer->go_on_from_the_last());
  return writer;
}

// Due times in the rows were written by the clock of the last writer. When that clock was ahead of
// ours (ours was set back while nobody ran, or was wrong on another machine), its delays would wait
// longer by the difference. So engine time begins where the last one was seen; the first batch then
// finds the wall clock apart from it, and follows as it does after any other jump.
Result<> Writer::go_on_from_the_last() {
  ASSIGN_OR_RETURN(const auto entry, store::last_logbook_time(*session_));
  ASSIGN_OR_RETURN(const auto delay, read_newest_setting(*session_));
  const Time now = clock_.now();
  const Time seen = std::max(entry.value_or(now), delay.value_or(now));
  if (seen - now > parts_.options.jump_tolerance) clock_.move(seen - now);
  return {};
}

void Writer::on_timer(std::string kind, TimerHandler handler) {
  if (!handlers_.emplace(kind, std::move(handler)).second) {
    bug(fmt::format("two handlers for timers of kind {}", kind));
  }
}

// How far engine time has to move; zero while the clocks agree.
Duration Writer::jump() const {
  const Duration apart = clock_.apart();
  return std::chrono::abs(apart) > parts_.options.jump_tolerance ? apart : Duration(0);
}

bool Writer::has_work() const {
  return jump() != Duration(0) || (next_due_ && *next_due_ <= clock_.now());
}

Result<> Writer::write(std::vector<Waiting> commands, bool with_timers) {
  const Duration began = clock_.monotonic();
  Outcome outcome{.last_seq = last_seq_, .next_due = next_due_};
  for (Waiting& waiting : commands) outcome.entries.push_back({std::move(waiting), {}});

  const Duration moved = jump();
  const Time now = clock_.now() + moved;
  Batch batch(*session_, parts_.rng, parts_.log, now, last_seq_);
  Result<> committed = lost_ ? Result<>(fail(*lost_)) : batch.begin();
  if (committed && moved != Duration(0)) committed = follow_clock(batch, moved, now - moved);
  if (committed) committed = write_all(batch, outcome, with_timers);
  if (committed) committed = batch.commit(parts_.lease);

  if (committed) {
    clock_.move(moved);
    if (moved != Duration(0)) metrics_.clock_jumps.add();
    metrics_.commits.add();
    metrics_.commit_seconds.observe(to_seconds(clock_.monotonic() - began));
    metrics_.batch_size.observe(static_cast<double>(outcome.entries.size()));
  } else {
    metrics_.commits_failed.add();
    if (batch.has_lost()) lost_ = committed.error();
  }
  complete(outcome, committed);
  return committed;
}

Result<> Writer::write_all(Batch& batch, Outcome& outcome, bool with_timers) {
  for (Outcome::Entry& entry : outcome.entries) {
    entry.result = batch.run(entry.waiting.command);
    if (batch.is_open()) continue;
    if (!entry.result) return entry.result;
    return fail(Code::kInternal, "a command ended the transaction that it ran in");
  }
  if (with_timers) {
    // Pages are timers: commands that keep every batch full must not hold them back.
    const size_t most = parts_.options.max_batch;
    const size_t left = most - std::min(outcome.entries.size(), most);
    RETURN_IF_ERROR(fire_timers(batch, batch.now(), std::max({left, most / 2, size_t{1}})));
  }
  if (batch.has_changed_timers()) {
    ASSIGN_OR_RETURN(outcome.next_due, read_next_due(*session_));
  }
  outcome.last_seq = batch.last_seq();
  outcome.effects = batch.take_effects();
  return {};
}

Result<> Writer::follow_clock(Batch& batch, Duration by, Time before) {
  int64_t moved = 0;
  Command command = [&](Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(moved, move_delays(tx.sql(), by));
    return tx.append({.happened = tx.now(),
                      .actor = store::system_actor("engine"),
                      .kind = "clock.jumped",
                      .subject_kind = "clock",
                      .subject_id = "engine",
                      .data = {{"by_seconds", to_seconds(by)},
                               {"was", to_rfc3339(before)},
                               {"delays_moved", moved}}});
  };
  RETURN_IF_ERROR(batch.run(command));
  batch.note_changed_timers();
  parts_.log.warn("the wall clock was set; engine time follows and pending delays move along",
                  {{"by_seconds", to_seconds(by)}, {"delays_moved", moved}});
  return {};
}

Result<> Writer::fire_timers(Batch& batch, Time now, size_t most) {
  ASSIGN_OR_RETURN(const std::vector<DueTimer> due, read_due_timers(*session_, now, most));
  for (const DueTimer& timer : due) {
    batch.note_changed_timers();
    RETURN_IF_ERROR(fire(batch, timer, now));
  }
  return {};
}

// A handler that fails costs only itself: its timer waits and is tried again.
Result<> Writer::fire(Batch& batch, const DueTimer& timer, Time now) {
  bool fired = false;
  Command command = [&](Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(fired, take_timer(tx.sql(), timer));
    if (!fired) return {};
    const auto handler = handlers_.find(timer.kind);
    if (handler == handlers_.end()) {
      return fail(Code::kUnimplemented, "no part of this binary handles timers of this kind");
    }
    return handler->second(tx, timer.subject);
  };
  const Result<> done = batch.run(command);
  if (done && fired) {
    metrics_.timers_fired.add();
    metrics_.timer_lag_seconds.observe(to_seconds(now - timer.due));
  }
  if (done || !batch.is_open()) return done;

  report_failure(timer, done.error());
  Command postpone = [&](Tx& tx) {
    return postpone_timer(tx.sql(), timer, now + parts_.options.timer_retry, now);
  };
  return batch.run(postpone);
}

void Writer::report_failure(const DueTimer& timer, const Error& error) {
  metrics_.timers_failed.add();
  // A kind that nobody handles fails for ever; once is enough.
  if (!handlers_.contains(timer.kind) && !complained_.insert(timer.kind).second) return;
  parts_.log.error("a timer failed; it is tried again", {{"kind", timer.kind},
                                                         {"subject", timer.subject},
                                                         {"error", error},
                                                         {"again_in", parts_.options.timer_retry}});
}

void Writer::complete(Outcome& outcome, const Result<>& committed) {
  if (committed) {
    next_due_ = outcome.next_due;
    for (auto& effect : outcome.effects) call_safely("an after_commit effect", std::move(effect));
    if (outcome.last_seq != last_seq_) {
      last_seq_ = outcome.last_seq;
      if (on_commit_) call_safely("a listener of commits", [&] { on_commit_(last_seq_); });
    }
  }
  for (Outcome::Entry& entry : outcome.entries) {
    if (!committed && entry.result) entry.result = committed;
    (entry.result ? metrics_.commands_ok : metrics_.commands_failed).add();
    call_safely("the completion of a command",
                [&] { entry.waiting.done(std::move(entry.result)); });
  }
}

// The commit stands whatever they do.
void Writer::call_safely(std::string_view what, std::move_only_function<void()> call) {
  try {
    call();
  } catch (const std::exception& e) {
    parts_.log.error("an exception after a commit", {{"in", what}, {"what", e.what()}});
  } catch (...) {
    parts_.log.error("an exception after a commit", {{"in", what}});
  }
}

}  // namespace tocsin::engine
