#include <algorithm>

#include "alert/posted_book.h"
#include "alert/posted_entries.h"

// PostedBook's due times: alerts whose end passes, that flap no longer, that are forgotten.
namespace tocsin::alert {

using routing::PostedAlertRef;

namespace {

// Alerts that end together are written in pieces, so that a post need not wait for all of them.
constexpr size_t kMostEnds = 500;
constexpr Duration kLookAgain = std::chrono::minutes(1);  // at one that is still held
constexpr Duration kTryAgain = std::chrono::seconds(1);   // when the database refused
constexpr Duration kLongestWait = std::chrono::minutes(5);

}  // namespace

// When it has to be looked at again.
Time PostedBook::due_of(const State& state) const {
  const auto steady = steady_at(state.flapping, limits_.flapping);
  if (state.is_ended) return steady.value_or(state.alert->ends + limits_.keep_resolved);
  return std::min(state.alert->ends, steady.value_or(state.alert->ends));
}

void PostedBook::enqueue(uint64_t fingerprint, Entry& entry, Time at) {
  if (entry.queued <= at) return;
  entry.queued = at;
  const std::lock_guard lock(due_mutex_);
  due_.push({at, fingerprint});
}

void PostedBook::requeue(std::span<const uint64_t> fingerprints, Time not_before) {
  for (const uint64_t fingerprint : fingerprints) {
    Shard& s = shard(fingerprint);
    const std::lock_guard lock(s.mutex);
    const auto found = s.entries.find(fingerprint);
    if (found == s.entries.end()) continue;
    enqueue(fingerprint, found->second, std::max(due_of(found->second.state), not_before));
  }
}

Time PostedBook::expire(Time now, const std::function<bool(uint64_t)>& is_held) {
  Dues dues;
  std::vector<uint64_t> later, held;
  Time next = now + kLongestWait;
  while (dues.size() < kMostEnds) {
    Due due;
    {
      const std::lock_guard lock(due_mutex_);
      if (due_.empty()) break;
      if (due_.top().at > now) {
        next = std::min(next, due_.top().at);
        break;
      }
      due = due_.top();
      due_.pop();
    }
    const uint64_t fingerprint = due.fingerprint;
    State state;
    {
      Shard& s = shard(fingerprint);
      const std::lock_guard lock(s.mutex);
      const auto found = s.entries.find(fingerprint);
      if (found == s.entries.end() || found->second.queued != due.at) continue;
      found->second.queued = Time::max();
      state = found->second.state;
    }
    const auto steady = steady_at(state.flapping, limits_.flapping);
    if (!state.is_ended && state.alert->is_resolved(now)) {
      dues.ended.push_back(fingerprint);
    } else if (steady && *steady <= now) {
      dues.steady.push_back(fingerprint);
    } else if (!state.is_ended || steady || state.alert->ends + limits_.keep_resolved > now) {
      later.push_back(fingerprint);
    } else {
      (is_held(fingerprint) ? held : dues.forgotten).push_back(fingerprint);
    }
  }
  requeue(later, now);
  requeue(held, now + kLookAgain);
  if (dues.size() == 0) return next;
  if (dues.size() == kMostEnds) next = now;

  const std::vector<uint64_t> all = dues.all();
  engine_.submit(
      [this, dues = std::move(dues), now](engine::Tx& tx) { return write_ends(tx, dues, now); },
      [this, all, now](const Result<>& result) {
        if (!result) {
          log_.warn("the ends of alerts could not be written; they are tried again",
                    {{"alerts", all.size()}, {"error", result.error()}});
        }
        requeue(all, result ? now : now + kTryAgain);
      });
  return next;
}

std::vector<uint64_t> PostedBook::Dues::all() const {
  std::vector<uint64_t> all = ended;
  all.insert(all.end(), steady.begin(), steady.end());
  all.insert(all.end(), forgotten.begin(), forgotten.end());
  return all;
}

Result<> PostedBook::write_ends(engine::Tx& tx, const Dues& dues, Time now) {
  std::vector<Change> changes;
  const auto by = store::system_actor("posted-book");
  for (const uint64_t fingerprint : dues.ended) {
    State state = current(fingerprint);
    if (!state.alert || state.is_ended || !state.alert->is_resolved(now)) continue;
    RETURN_IF_ERROR(append_resolved(tx, fingerprint, state.place, *state.alert, kRanOut, by));
    RETURN_IF_ERROR(firing_ended_(tx, fingerprint));
    RETURN_IF_ERROR(note_change(tx, fingerprint, *state.alert, now, state.place, state.flapping));
    RETURN_IF_ERROR(update_posted(tx.sql(), state.place, *state.alert, true, state.flapping));
    const PostedAlertRef seen = state.alert;
    auto over = std::make_shared<routing::PostedAlert>(*seen);
    over->is_over = true;
    state.alert = std::move(over);
    state.is_ended = true;
    changes.push_back({.fingerprint = fingerprint, .state = std::move(state), .seen = seen});
  }
  for (const uint64_t fingerprint : dues.steady) {
    State state = current(fingerprint);
    if (!state.alert || !state.flapping.since) continue;
    state.flapping = at_time(state.flapping, now, limits_.flapping);
    if (state.flapping.since) continue;  // it has changed again
    RETURN_IF_ERROR(append_entry(tx, fingerprint, state.place, "posted_alert.steady", now,
                                 {{"labels", state.alert->labels.to_text()}}, by));
    routing::PostedAlert row = *state.alert;
    if (!state.is_ended) row.ends = row.updated + lasts_of(state);
    RETURN_IF_ERROR(update_posted(tx.sql(), state.place, row, state.is_ended, state.flapping));
    const PostedAlertRef seen = state.alert;
    changes.push_back({.fingerprint = fingerprint, .state = std::move(state), .seen = seen});
  }
  for (const uint64_t fingerprint : dues.forgotten) {
    const State state = current(fingerprint);
    if (!state.alert || !state.is_ended) continue;  // it fires again
    RETURN_IF_ERROR(forget_posted(tx.sql(), state.place, fingerprint));
    changes.push_back({.fingerprint = fingerprint, .state = {}});
  }
  stage(tx, std::move(changes));
  return {};
}

}  // namespace tocsin::alert
