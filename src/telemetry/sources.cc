#include "telemetry/sources.h"

#include <algorithm>
#include <set>
#include <utility>

#include "telemetry/query_source.h"
#include "telemetry/scrape_target.h"

namespace tocsin::telemetry {
namespace {

constexpr Duration kFilesEvery = seconds(5);

// How long after its missed turn a source that is not asked any more has ended.
Duration grace_of(const Source& source) { return source.interval() + source.interval() / 10; }

}  // namespace

std::string_view name_of(SourceKind kind) {
  return kind == SourceKind::kScrape ? "scrape" : "query";
}

std::string_view name_of(SourceState state) {
  return state == SourceState::kUp ? "up" : state == SourceState::kDown ? "down" : "unknown";
}

std::unique_ptr<SourceRunner> SourceRunner::make(Telemetry& telemetry, net::Client& client,
                                                 const Clock& clock, Rng& rng, Log& log,
                                                 Metrics& metrics) {
  return std::unique_ptr<SourceRunner>(new SourceRunner(
      {telemetry, client, clock, rng, log,
       metrics.counter("tocsin_source_asked_total", "Scrapes and queries begun"),
       metrics.counter("tocsin_source_failures_total", "Scrapes and queries that gave nothing")}));
}

SourceRunner::SourceRunner(Parts parts) : parts_(parts), known_(std::make_shared<KnownUntil>()) {}

SourceRunner::~SourceRunner() { stop(); }

void SourceRunner::use(Sources sources) {
  std::unique_lock lock(mailbox_->mutex);
  sources_ = std::move(sources);
  files_.has_changed(sources_.scrape);  // from here on
  replace(make_sources());
  if (!thread_.joinable() && !mailbox_->is_stopping) thread_ = std::thread([this] { run(); });
  mailbox_->changed.notify_one();
}

void SourceRunner::stop() {
  {
    std::scoped_lock lock(mailbox_->mutex);
    mailbox_->is_stopping = true;
    mailbox_->changed.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

std::vector<SourceStatus> SourceRunner::status() const {
  std::vector<SourceStatus> all;
  std::scoped_lock lock(mailbox_->mutex);
  for (const Turn& turn : turns_) {
    if (!turn.ends_at) all.push_back(turn.source->status());
  }
  return all;
}

void SourceRunner::backfill(const Sources& sources) {
  std::set<SignalName> asked;
  for (const CompiledSignal& signal : parts_.telemetry.signals()->signals()) {
    if (signal.spec->query) asked.insert(signal.spec->name);
  }
  known_->keep_only(asked);
  for (const QuerySource& source : sources.query) {
    backfill_from(source, parts_.telemetry, parts_.client, parts_.log, *known_);
  }
}

std::vector<std::shared_ptr<Source>> SourceRunner::make_sources() {
  std::vector<std::shared_ptr<Source>> made;
  for (const ScrapeJob& job : sources_.scrape) {
    for (const ScrapeAddress& target : files_.targets_of(job, parts_.log)) {
      made.push_back(std::make_shared<ScrapeTarget>(job, target, parts_.telemetry, parts_.client));
    }
  }
  for (const QuerySource& source : sources_.query) {
    made.push_back(std::make_shared<QueryAsker>(source, parts_.telemetry, parts_.client, known_));
  }
  return made;
}

// A source that was there before keeps its turn, its state and what it knows.
void SourceRunner::replace(std::vector<std::shared_ptr<Source>> sources) {
  std::vector<Turn> turns;
  const Duration now = parts_.clock.monotonic();
  for (std::shared_ptr<Source>& source : sources) {
    const auto old = std::ranges::find_if(
        turns_, [&](const Turn& turn) { return turn.source && turn.source->is_same(*source); });
    if (old != turns_.end()) {
      Turn& kept = turns.emplace_back(std::exchange(*old, Turn{}));
      if (std::exchange(kept.ends_at, std::nullopt)) kept.due -= grace_of(*kept.source);
      continue;
    }
    // Offsets are spread at random, so that many targets do not answer at one moment.
    const auto span = static_cast<uint64_t>(std::max<int64_t>(source->interval().count(), 1));
    turns.push_back(
        {std::move(source), now + Duration(static_cast<int64_t>(parts_.rng.below(span)))});
  }
  for (Turn& turn : turns_) {
    if (turn.source) retire(std::move(turn), now, turns);
  }
  turns_ = std::move(turns);
}

void SourceRunner::retire(Turn turn, Duration now, std::vector<Turn>& turns) {
  if (!turn.ends_at) {
    turn.ends_at = parts_.clock.now() + (turn.due - now);
    turn.due += grace_of(*turn.source);
  }
  turns.push_back(std::move(turn));
}

Duration SourceRunner::ask_due(std::unique_lock<std::mutex>& lock) {
  const Duration now = parts_.clock.monotonic();
  Duration wait = kFilesEvery;
  std::vector<std::shared_ptr<Source>> due;
  std::vector<Turn> ended;
  std::erase_if(turns_, [&](Turn& turn) {
    if (!turn.ends_at || turn.due > now) return false;
    ended.push_back(std::move(turn));
    return true;
  });
  for (Turn& turn : turns_) {
    if (turn.due <= now) {
      // A source that has not answered yet misses its turn: its own timeout ends the wait.
      if (!turn.is_asking) {
        turn.is_asking = true;
        due.push_back(turn.source);
      }
      while (turn.due <= now) turn.due += turn.source->interval();
    }
    wait = std::min(wait, turn.due - now);
  }
  lock.unlock();
  for (const Turn& turn : ended) turn.source->end(*turn.ends_at);
  for (const std::shared_ptr<Source>& source : due) {
    parts_.asked.add();
    source->ask([this, source, mailbox = mailbox_](std::move_only_function<void()> answer) {
      std::scoped_lock hold(mailbox->mutex);
      if (mailbox->is_stopping) return;
      mailbox->answers.push_back([this, source, answer = std::move(answer)]() mutable {
        answer();
        if (source->status().state == SourceState::kDown) parts_.failed.add();
        std::scoped_lock turn_lock(mailbox_->mutex);
        for (Turn& turn : turns_) {
          if (turn.source == source) turn.is_asking = false;
        }
      });
      mailbox->changed.notify_one();
    });
  }
  lock.lock();
  return wait;
}

void SourceRunner::run() {
  std::unique_lock lock(mailbox_->mutex);
  while (!mailbox_->is_stopping) {
    const Duration wait = ask_due(lock);
    if (mailbox_->answers.empty() && !mailbox_->is_stopping) mailbox_->changed.wait_for(lock, wait);
    std::deque<std::move_only_function<void()>> answers = std::move(mailbox_->answers);
    mailbox_->answers.clear();
    lock.unlock();
    for (auto& answer : answers) answer();
    lock.lock();
    if (const Duration now = parts_.clock.monotonic(); now >= files_due_) {
      files_due_ = now + kFilesEvery;
      if (files_.has_changed(sources_.scrape)) {
        parts_.log.info("files of targets changed; they are read again");
        replace(make_sources());
      }
    }
  }
}

}  // namespace tocsin::telemetry
