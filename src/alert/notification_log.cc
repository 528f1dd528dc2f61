#include "alert/notification_log.h"

#include <algorithm>
#include <span>

#include "alert/notification_store.h"

namespace tocsin::alert {
namespace {

// Rows forgotten in one transaction, so that a post need not wait for all of them.
constexpr int kMostForgotten = 500;
// Alerts that an entry of the logbook names.
constexpr size_t kMostNamed = 100;

const std::shared_ptr<const Known>& nothing_known() {
  static const auto nothing = std::make_shared<const Known>();
  return nothing;
}

store::LogbookEntry entry_of(const NotificationLog::Intent& intent, std::string kind, Time at) {
  store::LogbookEntry entry;
  entry.happened = at;
  entry.actor = store::system_actor("dispatcher");
  entry.kind = std::move(kind);
  entry.subject_kind = "alert_group";
  entry.subject_id = intent.key.group_key;
  entry.data = {{"receiver", intent.key.receiver}, {"integration", intent.key.kind},
                {"index", intent.key.index},       {"reason", receiver::name_of(intent.reason)},
                {"firing", intent.firing.size()},  {"resolved", intent.resolved.size()}};
  if (intent.maybe_duplicate) entry.data["maybe_duplicate"] = true;
  return entry;
}

// The alerts that this tells news of, so that the history finds it by them.
void add_news(store::LogbookEntry& entry, const Fingerprints& firing,
              const Fingerprints& resolved) {
  codec::JsonArray alerts;
  for (const Fingerprints* list : {&firing, &resolved}) {
    for (const uint64_t fingerprint : *list) {
      if (alerts.size() == kMostNamed) break;
      alerts.push_back(codec::Json(routing::fingerprint_text(fingerprint)));
    }
  }
  const size_t left_out = firing.size() + resolved.size() - alerts.size();
  if (left_out > 0) entry.data["alerts_left_out"] = left_out;
  entry.data["alerts"] = std::move(alerts);
}

}  // namespace

NotificationLog::NotificationLog(engine::Engine& engine, Metrics& metrics, Duration retention)
    : engine_(engine),
      retention_(retention),
      queries_metric_(metrics.counter("alertmanager_nflog_queries_total",
                                      "Number of notification log queries were received.")),
      collections_metric_(
          metrics.counter("alertmanager_nflog_maintenance_total",
                          "How many maintenances were executed for the notification "
                          "log.")),
      failed_collections_metric_(
          metrics.counter("alertmanager_nflog_maintenance_errors_total",
                          "How many maintenances of the notification log failed.")) {}

NotificationLog::~NotificationLog() = default;

Result<> NotificationLog::load(store::Session& sql) {
  ASSIGN_OR_RETURN(auto all, all_told(sql));
  for (auto& [key, known] : all) {
    if (known.told) imported_.insert(known.told->imported.begin(), known.told->imported.end());
    put(key, std::make_shared<const Known>(std::move(known)));
  }
  return {};
}

void NotificationLog::put(const ToldKey& key, KnownRef known) {
  const std::lock_guard lock(mutex_);
  known_[key] = std::move(known);
}

void NotificationLog::put_told(engine::Tx& tx, const ToldKey& key, KnownRef known) {
  tx.after_commit([this, key, known = std::move(known)] {
    put(key, known);
    if (listener_) listener_(key, *known->told);
  });
}

std::shared_ptr<const Known> NotificationLog::known(const ToldKey& key) const {
  queries_metric_.add();
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(key);
  return found == known_.end() ? nothing_known() : found->second;
}

// --- a send

void NotificationLog::begin(std::shared_ptr<const Intent> intent, Done done) {
  engine_.submit([this, intent](engine::Tx& tx) { return write_begin(tx, *intent); },
                 std::move(done));
}

Result<> NotificationLog::write_begin(engine::Tx& tx, const Intent& intent) {
  ASSIGN_OR_RETURN(const auto cut_off, cut_off_notifications(tx.sql(), intent.key, tx.now()));
  for (const std::string& id : cut_off) {
    auto entry = entry_of(intent, "notification.cut_off", tx.now());
    entry.data = {{"receiver", intent.key.receiver},
                  {"integration", intent.key.kind},
                  {"index", intent.key.index},
                  {"notification", id}};
    RETURN_IF_ERROR(tx.append(std::move(entry)));
  }
  NotificationRecord record;
  record.id = tx.new_id("ntf");
  record.key = intent.key;
  record.reason = receiver::name_of(intent.reason);
  record.firing = static_cast<int64_t>(intent.firing.size());
  record.resolved = static_cast<int64_t>(intent.resolved.size());
  record.maybe_duplicate = intent.maybe_duplicate;
  record.began = tx.now();
  RETURN_IF_ERROR(insert_notification(tx.sql(), record));

  // The row, not the memory: a peer's news may be in this very batch.
  ASSIGN_OR_RETURN(Known row, read_told(tx.sql(), intent.key));
  const auto before = std::make_shared<const Known>(std::move(row));
  auto during = std::make_shared<Known>(*before);
  during->doubtful = union_of(during->doubtful.value_or(Fingerprints()), intent.firing);
  during->doubted = tx.now();
  RETURN_IF_ERROR(write_told(tx.sql(), intent.key, *during));
  tx.after_commit([this, key = intent.key, id = std::move(record.id), during, before] {
    put(key, during);
    const std::lock_guard lock(mutex_);
    under_way_[key] = {id, before};
  });
  return {};
}

void NotificationLog::finish(std::shared_ptr<const Intent> intent, Outcome outcome, Done done) {
  UnderWay under_way;
  {
    const std::lock_guard lock(mutex_);
    const auto found = under_way_.find(intent->key);
    if (found == under_way_.end()) bug("the outcome of a notification that was not begun");
    under_way = found->second;
  }
  engine_.submit(
      [this, intent, under_way = std::move(under_way),
       outcome = std::move(outcome)](engine::Tx& tx) {
        return outcome.sent ? write_sent(tx, *intent, under_way, outcome.tries)
                            : write_failed(tx, *intent, under_way, outcome);
      },
      std::move(done));
}

Result<> NotificationLog::write_sent(engine::Tx& tx, const Intent& intent,
                                     const UnderWay& under_way, int tries) {
  const Time expires = intent.at + std::min(retention_, 2 * intent.repeat_interval);
  ASSIGN_OR_RETURN(const Known before, read_told(tx.sql(), intent.key));
  auto after = std::make_shared<Known>();
  after->told = after_telling(before, intent.firing, intent.resolved, intent.at, expires);
  after->told->noted = tx.now();
  RETURN_IF_ERROR(write_told(tx.sql(), intent.key, *after));
  RETURN_IF_ERROR(
      finish_notification(tx.sql(), under_way.notification, "sent", tx.now(), tries, ""));
  const Fingerprints firing_before = before.told ? before.told->firing : Fingerprints();
  const Fingerprints fired = difference_of(intent.firing, firing_before);
  for (const uint64_t fingerprint : fired) {
    RETURN_IF_ERROR(insert_notification_alert(tx.sql(), under_way.notification, fingerprint, true));
  }
  for (const uint64_t fingerprint : intent.resolved) {
    RETURN_IF_ERROR(
        insert_notification_alert(tx.sql(), under_way.notification, fingerprint, false));
  }
  auto entry = entry_of(intent, "notification.sent", tx.now());
  entry.data["tries"] = tries;
  entry.data["notification"] = under_way.notification;
  add_news(entry, fired, intent.resolved);
  RETURN_IF_ERROR(tx.append(std::move(entry)));
  put_told(tx, intent.key, after);
  tx.after_commit([this, key = intent.key] {
    const std::lock_guard lock(mutex_);
    under_way_.erase(key);
  });
  return {};
}

Result<> NotificationLog::write_failed(engine::Tx& tx, const Intent& intent,
                                       const UnderWay& under_way, const Outcome& outcome) {
  const receiver::SendFailure& failure = outcome.sent.error();
  ASSIGN_OR_RETURN(Known row, read_told(tx.sql(), intent.key));
  auto after = std::make_shared<Known>(std::move(row));
  if (!outcome.may_have_arrived && after->doubtful) {
    after->doubtful = under_way.before->doubtful;
    after->doubted = under_way.before->doubted;
  }
  RETURN_IF_ERROR(write_told(tx.sql(), intent.key, *after));
  RETURN_IF_ERROR(finish_notification(tx.sql(), under_way.notification, "failed", tx.now(),
                                      outcome.tries, failure.error.message));
  auto entry = entry_of(intent, "notification.failed", tx.now());
  entry.data["tries"] = outcome.tries;
  entry.data["notification"] = under_way.notification;
  entry.data["failure"] = failure.reason;
  entry.data["answer"] = failure.error.message;
  const auto& told_before = under_way.before->told;
  add_news(entry, told_before ? difference_of(intent.firing, told_before->firing) : intent.firing,
           intent.resolved);
  RETURN_IF_ERROR(tx.append(std::move(entry)));
  tx.after_commit([this, key = intent.key, after] {
    put(key, after);
    const std::lock_guard lock(mutex_);
    under_way_.erase(key);
  });
  return {};
}

void NotificationLog::settle(const ToldKey& key, const Fingerprints& resolved, Done done) {
  engine_.submit(
      [this, key, resolved](engine::Tx& tx) -> Result<> {
        // The row, not the memory: a peer's news may be in this very batch.
        ASSIGN_OR_RETURN(Known row, read_told(tx.sql(), key));
        const auto after = std::make_shared<const Known>(without(std::move(row), resolved));
        RETURN_IF_ERROR(write_told(tx.sql(), key, *after));
        tx.after_commit([this, key, after] { put(key, after); });
        return {};
      },
      std::move(done));
}

// --- what others say

void NotificationLog::merge(ToldList heard, const std::string& peer, Done done) {
  engine_.submit([this, heard = std::move(heard),
                  peer](engine::Tx& tx) { return write_merge(tx, heard, peer); },
                 std::move(done));
}

Result<> NotificationLog::write_merge(engine::Tx& tx, const ToldList& heard,
                                      const std::string& peer) {
  for (const auto& [key, told] : heard) {
    if (told.expires <= tx.now()) continue;
    ASSIGN_OR_RETURN(const Known row, read_told(tx.sql(), key));
    auto after = merged(row, told);
    if (!after) continue;
    RETURN_IF_ERROR(write_told(tx.sql(), key, *after));
    store::LogbookEntry entry;
    entry.happened = told.noted;
    entry.actor = {"peer", peer};
    entry.kind = "notification.told_by_peer";
    entry.subject_kind = "alert_group";
    entry.subject_id = key.group_key;
    entry.data = {{"receiver", key.receiver},
                  {"integration", key.kind},
                  {"index", key.index},
                  {"firing", told.firing.size()},
                  {"resolved", told.resolved.size()}};
    RETURN_IF_ERROR(tx.append(std::move(entry)));
    put_told(tx, key, std::make_shared<const Known>(*std::move(after)));
  }
  return {};
}

NotificationLog::ToldList NotificationLog::all() const {
  const std::lock_guard lock(mutex_);
  ToldList list;
  for (const auto& [key, known] : known_) {
    if (known->told) list.emplace_back(key, *known->told);
  }
  return list;
}

void NotificationLog::adopt(const ToldKey& key, uint64_t hash, uint64_t fingerprint, Time starts) {
  auto adopted = alert::adopt(*known(key), hash, fingerprint, starts);
  if (!adopted) return;
  put(key, std::make_shared<const Known>(*std::move(adopted)));
  engine_.submit(
      [key, hash, fingerprint, starts](engine::Tx& tx) -> Result<> {
        ASSIGN_OR_RETURN(const Known row, read_told(tx.sql(), key));
        const auto after = alert::adopt(row, hash, fingerprint, starts);
        return after ? write_told(tx.sql(), key, *after) : Result<>();
      },
      [](const Result<>&) {});  // it is found again after a restart, by its post
}

// --- forgetting

void NotificationLog::collect(Time now, const std::function<bool(const ToldKey&)>& is_live) {
  std::vector<ToldKey> gone;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, known] : known_) {
      const bool is_expired = !known->told || known->told->expires <= now;
      if (is_expired && !under_way_.contains(key) && !is_live(key)) gone.push_back(key);
    }
  }
  collections_metric_.add();
  constexpr size_t kPiece = kMostForgotten;
  for (size_t at = 0; at < gone.size(); at += kPiece) {
    const auto some = std::span(gone).subspan(at, std::min(kPiece, gone.size() - at));
    forget(std::vector(some.begin(), some.end()), now);
  }
  if (!is_forgetting_.exchange(true)) forget_until(now - retention_);
}

void NotificationLog::forget(std::vector<ToldKey> expired, Time now) {
  engine_.submit(
      [this, expired = std::move(expired), now](engine::Tx& tx) -> Result<> {
        std::vector<ToldKey> gone;
        for (const ToldKey& key : expired) {
          // A peer may have told it again meanwhile.
          ASSIGN_OR_RETURN(const Known row, read_told(tx.sql(), key));
          if (row.told && row.told->expires > now) continue;
          RETURN_IF_ERROR(delete_told(tx.sql(), key));
          gone.push_back(key);
        }
        tx.after_commit([this, gone = std::move(gone)] {
          const std::lock_guard lock(mutex_);
          for (const ToldKey& key : gone) known_.erase(key);
        });
        return {};
      },
      [this](const Result<>& result) {
        if (!result) failed_collections_metric_.add();
      });
}

// Piece by piece until nothing is left: what is told in a busy hour is more than one piece.
void NotificationLog::forget_until(Time before) {
  const auto has_more = std::make_shared<bool>(false);
  engine_.submit(
      [before, has_more](engine::Tx& tx) -> Result<> {
        ASSIGN_OR_RETURN(const int64_t count,
                         delete_old_notifications(tx.sql(), before, kMostForgotten));
        *has_more = count == kMostForgotten;
        return {};
      },
      [this, before, has_more](const Result<>& result) {
        if (!result) failed_collections_metric_.add();  // the next collect() goes on
        if (result && *has_more) return forget_until(before);
        is_forgetting_ = false;
      });
}

}  // namespace tocsin::alert
