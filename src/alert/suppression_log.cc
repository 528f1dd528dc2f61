#include "alert/suppression_log.h"

#include <algorithm>

#include "alert/suppression_store.h"

namespace tocsin::alert {
namespace {

constexpr Duration kTryAgain = std::chrono::seconds(1);  // when the database refused

}  // namespace

SuppressionLog::SuppressionLog(Parts parts)
    : parts_(parts),
      waiting_metric_(parts_.metrics.gauge(
          "tocsin_suppressions_waiting",
          "Changes of what suppresses an alert that are not in the database yet.")) {}

SuppressionLog::~SuppressionLog() = default;

Result<> SuppressionLog::load(store::Session& sql) {
  ASSIGN_OR_RETURN(auto rows, all_suppressions(sql));
  const std::lock_guard lock(mutex_);
  for (SuppressionRow& row : rows) {
    const auto group = shared(last_group_, {std::move(row.group_key), std::move(row.receiver)});
    by_alert_[row.fingerprint].push_back({group, shared(last_by_, row.reasons), row.since, row.id});
    last_row_ = std::max(last_row_, row.id);
  }
  alerts_ = by_alert_.size();
  return {};
}

// --- what a flush says

void SuppressionLog::see(const std::string& group_key, const std::string& receiver,
                         uint64_t fingerprint, const routing::PostedAlert& alert,
                         const Suppressors& by, Time now) {
  const std::lock_guard lock(mutex_);
  if (by.empty() && by_alert_.empty()) return;
  Record* record = find(fingerprint, group_key, receiver);
  if (by.empty()) {
    if (record && queue({.fingerprint = fingerprint,
                         .group = record->group,
                         .by = record->by,
                         .at = now,
                         .old_row = record->row})) {
      erase(fingerprint, record);
    }
    return;
  }
  // One that was over meanwhile and fires anew is suppressed anew.
  const bool fired_since = record && alert.starts > record->since && alert.starts <= now;
  if (record && *record->by == by && !fired_since) return;
  Change change{.fingerprint = fingerprint,
                .group = record ? record->group : shared(last_group_, {group_key, receiver}),
                .by = shared(last_by_, by),
                .is_suppressed = true,
                .at = now,
                .old_row = record ? record->row : 0,
                .new_row = last_row_ + 1};
  const Record next{change.group, change.by, now, change.new_row};
  if (!queue(std::move(change))) return;
  ++last_row_;
  if (record) {
    *record = next;
  } else {
    by_alert_[fingerprint].push_back(next);
  }
  alerts_ = by_alert_.size();
}

void SuppressionLog::forget(const std::string& group_key, const std::string& receiver,
                            uint64_t fingerprint) {
  const std::lock_guard lock(mutex_);
  if (by_alert_.empty()) return;
  Record* record = find(fingerprint, group_key, receiver);
  if (!record) return;
  if (!queue({.fingerprint = fingerprint, .group = record->group, .old_row = record->row})) return;
  erase(fingerprint, record);
}

void SuppressionLog::keep_only(const std::function<bool(const Group&, uint64_t)>& is_there) {
  const std::lock_guard lock(mutex_);
  for (auto entry = by_alert_.begin(); entry != by_alert_.end();) {
    auto& [fingerprint, records] = *entry;
    std::erase_if(records, [&, fingerprint = fingerprint](const Record& record) {
      return !is_there(*record.group, fingerprint) &&
             queue({.fingerprint = fingerprint, .group = record.group, .old_row = record.row});
    });
    entry = records.empty() ? by_alert_.erase(entry) : std::next(entry);
  }
  alerts_ = by_alert_.size();
}

SuppressionLog::Record* SuppressionLog::find(uint64_t fingerprint, const std::string& group_key,
                                             const std::string& receiver) {
  const auto found = by_alert_.find(fingerprint);
  if (found == by_alert_.end()) return nullptr;
  const auto record = std::ranges::find_if(found->second, [&](const Record& one) {
    return one.group->key == group_key && one.group->receiver == receiver;
  });
  return record == found->second.end() ? nullptr : &*record;
}

void SuppressionLog::erase(uint64_t fingerprint, Record* record) {
  const auto found = by_alert_.find(fingerprint);
  found->second.erase(found->second.begin() + (record - found->second.data()));
  if (found->second.empty()) by_alert_.erase(found);
  alerts_ = by_alert_.size();
}

template <class T>
std::shared_ptr<const T> SuppressionLog::shared(std::shared_ptr<const T>& last, const T& value) {
  if (!last || !(*last == value)) last = std::make_shared<const T>(value);
  return last;
}

std::vector<SuppressionLog::Record> SuppressionLog::of(uint64_t fingerprint) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_alert_.find(fingerprint);
  return found == by_alert_.end() ? std::vector<Record>() : found->second;
}

// --- what waits

bool SuppressionLog::queue(Change change) {
  if (waiting_.size() >= kMostWaiting) return false;
  waiting_.push_back(std::move(change));
  return true;
}

void SuppressionLog::send() {
  std::vector<Change> piece;
  {
    const std::lock_guard lock(mutex_);
    waiting_metric_.set(static_cast<double>(waiting_.size()));
    if (waiting_.empty() || is_under_way_) return;
    if (try_again_ && *try_again_ > parts_.clock.monotonic()) return;
    is_under_way_ = true;
    const auto count = std::min(waiting_.size(), kPiece);
    piece.assign(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  const size_t count = piece.size();
  // A refusal comes back at once, within submit.
  parts_.engine.submit(
      [this, piece = std::move(piece)](engine::Tx& tx) { return write(tx, piece); },
      [this, count](const Result<>& result) { finished(count, result); });
}

Result<> SuppressionLog::write(engine::Tx& tx, const std::vector<Change>& changes) {
  std::vector<PostedBook::Note> notes;
  for (const Change& c : changes) {
    if (c.old_row > 0) RETURN_IF_ERROR(delete_suppression(tx.sql(), c.old_row));
    if (c.new_row > 0) {
      RETURN_IF_ERROR(insert_suppression(
          tx.sql(), {c.new_row, c.fingerprint, c.group->key, c.group->receiver, *c.by, c.at}));
    }
    if (!c.by) continue;
    notes.push_back(
        {.fingerprint = c.fingerprint,
         .kind = c.is_suppressed ? "posted_alert.suppressed" : "posted_alert.unsuppressed",
         .happened = c.at,
         .data = {{"group", c.group->key},
                  {"receiver", c.group->receiver},
                  {c.is_suppressed ? "by" : "was", to_json(*c.by)}}});
  }
  return parts_.alerts.append(tx, std::move(notes), store::system_actor("dispatcher"));
}

void SuppressionLog::finished(size_t count, const Result<>& result) {
  {
    const std::lock_guard lock(mutex_);
    is_under_way_ = false;
    const bool failed_before = try_again_.has_value();
    try_again_.reset();
    if (result) {
      waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    } else {
      try_again_ = parts_.clock.monotonic() + kTryAgain;
      if (!failed_before) {
        parts_.log.warn("what suppresses alerts could not be written; it is tried again",
                        {{"changes", waiting_.size()}, {"error", result.error()}});
      }
    }
    if (waiting_.empty() || !result) return;
  }
  send();
}

std::optional<Duration> SuppressionLog::next_due() const {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty() || is_under_way_) return std::nullopt;
  return try_again_.value_or(parts_.clock.monotonic());
}

}  // namespace tocsin::alert
