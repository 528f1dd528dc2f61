#include "alert/mark_book.h"

#include <fmt/format.h>

#include "alert/mark_store.h"

namespace tocsin::alert {

MarkBook::MarkBook(engine::Engine& engine, PostedBook& alerts, const Clock& clock)
    : engine_(engine), alerts_(alerts), clock_(clock) {
  alerts.on_firing_ended(
      [this](engine::Tx& tx, uint64_t fingerprint) { return end_firing(tx, fingerprint); });
}

Result<> MarkBook::load(store::Session& sql) {
  ASSIGN_OR_RETURN(auto all, all_marks(sql));
  for (auto& [fingerprint, mark] : all) {
    last_writes_[fingerprint] = 0;
    put(fingerprint, std::make_shared<const Mark>(std::move(mark)));
  }
  return {};
}

void MarkBook::put(uint64_t fingerprint, MarkRef mark) {
  const std::lock_guard lock(mutex_);
  std::optional<Time> old_end;
  if (const auto old = marks_.find(fingerprint); old != marks_.end()) {
    if (old->second->snoozed) {
      old_end = old->second->snoozed->until;
      ends_.erase({*old_end, fingerprint});
    }
    marks_.erase(old);
  }
  if (mark) {
    if (mark->snoozed) {
      const Time end = mark->snoozed->until;
      ends_.emplace(end, fingerprint);
      if (end != old_end && end <= woken_until_) ended_early_.push_back(fingerprint);
    }
    marks_.emplace(fingerprint, std::move(mark));
  }
  size_ = marks_.size();
}

MarkRef MarkBook::find(uint64_t fingerprint) const {
  if (size() == 0) return nullptr;
  const std::lock_guard lock(mutex_);
  const auto found = marks_.find(fingerprint);
  return found == marks_.end() ? nullptr : found->second;
}

std::vector<uint64_t> MarkBook::take_woken(Time now) {
  const std::lock_guard lock(mutex_);
  std::vector<uint64_t> woken = std::exchange(ended_early_, {});
  // A clock that was set back must not keep the next ones asleep.
  const Time after = std::min(woken_until_, now);
  for (auto end = ends_.upper_bound({after, UINT64_MAX}); end != ends_.end() && end->first <= now;
       ++end) {
    woken.push_back(end->second);
  }
  woken_until_ = now;
  return woken;
}

std::optional<Time> MarkBook::next_waking(Time after) const {
  const std::lock_guard lock(mutex_);
  const auto end = ends_.upper_bound({after, UINT64_MAX});
  return end == ends_.end() ? std::nullopt : std::optional(end->first);
}

// --- what people say

Result<MarkBook::Refusals> MarkBook::acknowledge(std::span<const uint64_t> alerts,
                                                 std::string comment, const store::Actor& by) {
  RETURN_IF_ERROR(check_mark_comment(comment));
  codec::JsonObject data;
  if (!comment.empty()) data["comment"] = comment;
  return change(alerts, "posted_alert.acknowledged", data, by, [&](const Mark& mark, Time now) {
    return alert::acknowledge(mark, {by.to_text(), now, comment});
  });
}

Result<MarkBook::Refusals> MarkBook::unacknowledge(std::span<const uint64_t> alerts,
                                                   const store::Actor& by) {
  return change(alerts, "posted_alert.unacknowledged", {}, by,
                [](const Mark& mark, Time) { return alert::unacknowledge(mark); });
}

Result<MarkBook::Refusals> MarkBook::snooze(std::span<const uint64_t> alerts, Time until,
                                            std::string comment, const store::Actor& by) {
  RETURN_IF_ERROR(check_mark_comment(comment));
  RETURN_IF_ERROR(check_snooze(until, clock_.now()));
  codec::JsonObject data{{"until", to_rfc3339(until)}};
  if (!comment.empty()) data["comment"] = comment;
  return change(alerts, "posted_alert.snoozed", data, by, [&](const Mark& mark, Time now) {
    return alert::snooze(mark, {by.to_text(), now, until, comment});
  });
}

Result<MarkBook::Refusals> MarkBook::unsnooze(std::span<const uint64_t> alerts,
                                              const store::Actor& by) {
  return change(alerts, "posted_alert.unsnoozed", {}, by,
                [](const Mark& mark, Time now) { return alert::unsnooze(mark, now); });
}

Result<MarkBook::Refusals> MarkBook::change(std::span<const uint64_t> alerts, const char* kind,
                                            const codec::JsonObject& data, const store::Actor& by,
                                            const Change& change) {
  if (alerts.size() > kMostAtOnce) {
    return fail(Code::kResourceExhausted,
                fmt::format("{} alerts are too many for one call; mark at most {} at once",
                            alerts.size(), kMostAtOnce));
  }
  Refusals refused;
  RETURN_IF_ERROR(engine_.run([&](engine::Tx& tx) -> Result<> {
    refused.clear();
    const Time now = clock_.now();
    for (const uint64_t fingerprint : alerts) {
      if (const auto fires = alerts_.check_firing(fingerprint, now); !fires) {
        refused.push_back({fingerprint, fires.error()});
        continue;
      }
      // The row, not the memory: an earlier command of this batch may have changed it.
      ASSIGN_OR_RETURN(const auto old, read_mark(tx.sql(), fingerprint));
      auto next = change(old.value_or(Mark()), now);
      if (!next) continue;
      RETURN_IF_ERROR(alerts_.note(tx, fingerprint, kind, data, by));
      RETURN_IF_ERROR(write(tx, fingerprint, *std::move(next)));
    }
    return {};
  }));
  return refused;
}

Result<> MarkBook::apply(engine::Tx& tx, uint64_t fingerprint, const Change& change) {
  const Time now = clock_.now();
  if (!alerts_.check_firing(fingerprint, now)) return {};
  ASSIGN_OR_RETURN(const auto old, read_mark(tx.sql(), fingerprint));
  auto next = change(old.value_or(Mark()), now);
  return next ? write(tx, fingerprint, *std::move(next)) : Result<>();
}

Result<> MarkBook::write(engine::Tx& tx, uint64_t fingerprint, Mark mark) {
  if (mark.empty()) return erase(tx, fingerprint);
  last_writes_[fingerprint] = ++writes_;
  RETURN_IF_ERROR(write_mark(tx.sql(), fingerprint, mark));
  tx.after_commit([this, fingerprint, ref = std::make_shared<const Mark>(std::move(mark))] {
    put(fingerprint, ref);
  });
  return {};
}

Result<> MarkBook::erase(engine::Tx& tx, uint64_t fingerprint) {
  RETURN_IF_ERROR(delete_mark(tx.sql(), fingerprint));
  tx.after_commit([this, fingerprint, write = last_writes_[fingerprint]] {
    put(fingerprint, nullptr);
    // Unless a later command of this batch has marked the next firing.
    if (last_writes_[fingerprint] == write) last_writes_.erase(fingerprint);
  });
  return {};
}

// Costs a look into a map where nobody marked the alert.
Result<> MarkBook::end_firing(engine::Tx& tx, uint64_t fingerprint) {
  return last_writes_.contains(fingerprint) ? erase(tx, fingerprint) : Result<>();
}

}  // namespace tocsin::alert
