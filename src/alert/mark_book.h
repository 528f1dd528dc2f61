#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "alert/mark.h"
#include "alert/posted_book.h"

namespace tocsin::alert {

// The marks of posted alerts, in memory and in table posted_mark. A change is committed with its
// entry in the alert's history before the call answers; the end of a firing takes its mark away in
// the same commit. Thread-safe. Stop the engine first.
class MarkBook {
 public:
  static constexpr size_t kMostAtOnce = 1000;  // alerts of one call

  // Has `alerts` tell it when a firing ends.
  MarkBook(engine::Engine& engine, PostedBook& alerts, const Clock& clock);

  Result<> load(store::Session& sql);

  // One commit for all of them. What cannot be marked is left out and said: kNotFound for an alert
  // that is not known, kFailedPrecondition for one that is resolved. A mark that is there already,
  // or not there to be taken away, is fine and writes nothing.
  struct Refused {
    uint64_t fingerprint = 0;
    Error why;
  };
  using Refusals = std::vector<Refused>;
  Result<Refusals> acknowledge(std::span<const uint64_t> alerts, std::string comment,
                               const store::Actor& by);
  Result<Refusals> unacknowledge(std::span<const uint64_t> alerts, const store::Actor& by);
  Result<Refusals> snooze(std::span<const uint64_t> alerts, Time until, std::string comment,
                          const store::Actor& by);
  Result<Refusals> unsnooze(std::span<const uint64_t> alerts, const store::Actor& by);

  // The new mark, or nothing when it stays.
  using Change = std::function<std::optional<Mark>(const Mark&, Time now)>;
  // Within the command of somebody who has written into the alert's history what was done (a door).
  // Nothing for an alert that does not fire.
  Result<> apply(engine::Tx& tx, uint64_t fingerprint, const Change& change);

  MarkRef find(uint64_t fingerprint) const;  // null: none
  size_t size() const { return size_.load(std::memory_order_relaxed); }

  // Whose snooze has ended since the last call, by its time or by hand; at the first call all.
  std::vector<uint64_t> take_woken(Time now);
  std::optional<Time> next_waking(Time after) const;  // the first end of a snooze after that

 private:
  Result<Refusals> change(std::span<const uint64_t> alerts, const char* kind,
                          const codec::JsonObject& data, const store::Actor& by,
                          const Change& change);
  Result<> write(engine::Tx& tx, uint64_t fingerprint, Mark mark);
  Result<> erase(engine::Tx& tx, uint64_t fingerprint);
  Result<> end_firing(engine::Tx& tx, uint64_t fingerprint);
  void put(uint64_t fingerprint, MarkRef mark);  // null: it is gone

  engine::Engine& engine_;
  PostedBook& alerts_;
  const Clock& clock_;

  mutable std::mutex mutex_;
  std::unordered_map<uint64_t, MarkRef> marks_;
  std::set<std::pair<Time, uint64_t>> ends_;  // of snoozes
  Time woken_until_ = Time::min();            // what ended by then was taken
  std::vector<uint64_t> ended_early_;         // by hand: before that, but not taken
  std::atomic<size_t> size_ = 0;
  // On the writer's thread: alerts that may have a row, those of the batch under way included, and
  // which write was the last of each.
  std::unordered_map<uint64_t, uint64_t> last_writes_;
  uint64_t writes_ = 0;
};

}  // namespace tocsin::alert
