#include "alert/dispatcher.h"

#include <algorithm>
#include <utility>

#include "alert/dispatcher_impl.h"

namespace tocsin::alert {
namespace {

constexpr Duration kMaintainEvery = std::chrono::minutes(5);
// From one step to the next; more, and somebody has set the wall clock.
constexpr Duration kMostDrift = std::chrono::seconds(2);
// The thread sleeps no longer: a machine that was suspended must not go on sleeping.
constexpr Duration kLongestSleep = std::chrono::seconds(1);
// Rounds of one step. What comes in meanwhile wakes the next step at once; between the two whoever
// waits for an answer of the dispatcher gets it, and `now` goes on.
constexpr int kMostRounds = 32;
constexpr const char* kSuppressed = "alertmanager_notifications_suppressed_total";
constexpr const char* kSuppressedHelp =
    "The total number of notifications suppressed for being silenced, inhibited, outside of active "
    "time intervals or within muted time intervals.";
constexpr const char* kAlertsHelp = "How many alerts by state.";

}  // namespace

std::unique_ptr<Dispatcher> Dispatcher::make(Parts parts, Options options) {
  auto dispatcher = std::make_unique<DispatcherImpl>(parts, options);
  parts.alerts.listen(*dispatcher);
  return dispatcher;
}

DispatcherImpl::DispatcherImpl(Parts parts, Options options)
    : parts_(std::move(parts)),
      options_(options),
      started_(parts_.clock.monotonic()),
      started_at_(parts_.clock.now()),
      silenced_metric_(
          parts_.metrics.counter(kSuppressed, kSuppressedHelp, {{"reason", "silence"}})),
      snoozed_metric_(parts_.metrics.counter(kSuppressed, kSuppressedHelp, {{"reason", "snooze"}})),
      inhibited_metric_(
          parts_.metrics.counter(kSuppressed, kSuppressedHelp, {{"reason", "inhibition"}})),
      muted_metric_(
          parts_.metrics.counter(kSuppressed, kSuppressedHelp, {{"reason", "mute_time_interval"}})),
      inactive_metric_(parts_.metrics.counter(kSuppressed, kSuppressedHelp,
                                              {{"reason", "active_time_interval"}})),
      held_back_metric_(
          parts_.metrics.counter(kSuppressed, kSuppressedHelp, {{"reason", "page_gate"}})),
      active_metric_(
          parts_.metrics.gauge("alertmanager_alerts", kAlertsHelp, {{"state", "active"}})),
      suppressed_metric_(
          parts_.metrics.gauge("alertmanager_alerts", kAlertsHelp, {{"state", "suppressed"}})),
      groups_metric_(parts_.metrics.gauge("alertmanager_dispatcher_aggregation_groups",
                                          "Number of active aggregation groups")),
      processing_metric_(
          parts_.metrics.histogram("alertmanager_dispatcher_alert_processing_duration_seconds",
                                   "From a change of an alert until it is in its groups.")),
      suppressions_({parts_.engine, parts_.alerts, parts_.clock, parts_.log, parts_.metrics}),
      sends_({parts_.log_book, inbox_, parts_.rng, parts_.log, parts_.metrics}),
      clocks_apart_(started_at_.time_since_epoch() - started_) {
  // The reference counts here what no flush has looked at; with us that is active.
  parts_.metrics.gauge("alertmanager_alerts", kAlertsHelp, {{"state", "unprocessed"}}).set(0);
}

DispatcherImpl::~DispatcherImpl() { stop(Duration(0)); }

// --- the thread

void DispatcherImpl::start() {
  if (thread_.joinable()) bug("Dispatcher::start() twice");
  thread_ = std::thread([this] { loop(); });
}

void DispatcherImpl::stop(Duration patience) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_stopping_) {
      is_stopping_ = true;
      stop_at_ = parts_.clock.monotonic() + patience;
      sends_.stop();
    }
  }
  inbox_->wake();
  if (thread_.joinable()) thread_.join();
}

void DispatcherImpl::loop() {
  while (true) {
    const Time now = parts_.clock.now();
    const std::optional<Time> next = step(now);
    Duration sleep = next ? std::clamp(*next - now, Duration(0), kLongestSleep) : kLongestSleep;
    {
      const std::lock_guard lock(mutex_);
      const Duration rest = stop_at_ - parts_.clock.monotonic();
      if (is_stopping_ && (sends_.under_way() == 0 || rest <= Duration(0))) return;
      if (is_stopping_) sleep = std::min(sleep, rest);
    }
    inbox_->wait(sleep);
  }
}

std::optional<Time> DispatcherImpl::step(Time now) {
  const std::lock_guard lock(mutex_);
  const Duration monotonic = parts_.clock.monotonic();
  follow_clock(now, monotonic);
  int rounds = 0;
  do {
    take_in(now, monotonic);
    hear_events(now, monotonic);
    is_settled_ = is_settled_ || parts_.turns == nullptr || parts_.turns->is_ready();
    if (!is_stopping_ && is_settled_) {
      wake_snoozed(now, monotonic);
      flush_due(now, monotonic);
      run_held(now, monotonic);
    }
    sends_.run_due(monotonic);
  } while (!inbox_->empty() && ++rounds < kMostRounds);
  if (!is_stopping_) maintain(now, monotonic);
  suppressions_.send();
  parts_.silences.keep_count(now);
  count();
  const auto due = next_due(now, monotonic);
  if (!due) return std::nullopt;
  return now + (*due - monotonic);
}

void DispatcherImpl::follow_clock(Time now, Duration monotonic) {
  const Duration apart = now.time_since_epoch() - monotonic;
  const Duration set_by = apart - std::exchange(clocks_apart_, apart);
  if (std::chrono::abs(set_by) <= kMostDrift) return;
  parts_.alerts.clock_was_set(now);
  next_expiry_ = monotonic;
}

std::optional<Duration> DispatcherImpl::next_due(Time now, Duration monotonic) const {
  std::optional<Duration> next = sends_.next_due();
  const auto take = [&](Duration due) { next = next ? std::min(*next, due) : due; };
  if (const auto due = suppressions_.next_due()) take(*due);
  if (is_stopping_) return next;
  if (is_settled_) {
    if (const auto due = groups_.next_due()) take(*due);
    for (const auto& [_, held] : held_) take(held.until);
  }
  if (config_) {
    take(next_expiry_);
    take(next_maintenance_);
    if (const auto end = parts_.marks ? parts_.marks->next_waking(now) : std::nullopt) {
      take(monotonic + (*end - now));
    }
  }
  return next;
}

void DispatcherImpl::take_in(Time now, Duration monotonic) {
  const auto changed = inbox_->take_alerts();
  if (changed.empty() || !config_) return;  // use() finds them in the book
  const Duration began = parts_.clock.monotonic();
  for (const auto& alert : changed) place(alert, now, monotonic, nullptr);
  const Duration took = parts_.clock.monotonic() - began;
  processing_metric_.observe(to_seconds(took) / static_cast<double>(changed.size()),
                             changed.size());
}

// Who was snoozed is told when its time has come, not at the group's next turn. Whether there is
// something to tell is seen at the flush; after a start all that ended before are looked at once.
void DispatcherImpl::wake_snoozed(Time now, Duration monotonic) {
  if (!config_ || !parts_.marks || parts_.marks->size() == 0) return;
  for (const uint64_t fingerprint : parts_.marks->take_woken(now)) {
    const auto alert = parts_.alerts.find(fingerprint);
    if (!alert || alert->is_resolved(now)) continue;
    for (const routing::Route* route : routing::matching_routes(*config_->route, alert->labels)) {
      AlertGroup* group = groups_.find(*route, routing::group_fingerprint(*route, alert->labels));
      // One that is late is judged as of now, or it would leave the alert out until its next turn.
      if (group && (group->has_flushed || group->due <= monotonic)) {
        groups_.set_due(*group, monotonic);
      }
    }
  }
}

void DispatcherImpl::hear_events(Time now, Duration monotonic) {
  for (SendEvent& event : inbox_->take_events()) {
    const auto key = sends_.handle(std::move(event), monotonic);
    if (!key) continue;
    const bool missed = missed_turn_.erase(*key) > 0 && !is_stopping_;
    for (const uint64_t id : groups_.with_key(key->group_key)) {
      AlertGroup* group = groups_.find(id);
      if (group->route->receiver != key->receiver) continue;
      if (missed) tell(*group, {now, monotonic, now}, &*key);
      drop_told(*group, now);
    }
  }
}

void DispatcherImpl::maintain(Time now, Duration monotonic) {
  if (!config_) return;
  if (monotonic >= next_expiry_) {
    const Time next = parts_.alerts.expire(
        now, [this](uint64_t fingerprint) { return holds_locked(fingerprint); });
    next_expiry_ = monotonic + (next - now);
  }
  if (monotonic >= next_maintenance_) {
    next_maintenance_ = monotonic + kMaintainEvery;
    parts_.silences.collect(now);
    parts_.log_book.collect(now, [this](const ToldKey& key) {
      return !groups_.with_key(key.group_key).empty() || sends_.is_busy(key);
    });
  }
}

void DispatcherImpl::count() {
  const size_t firing = parts_.alerts.firing();
  const size_t suppressed = std::min(suppressions_.alerts(), firing);
  active_metric_.set(static_cast<double>(firing - suppressed));
  suppressed_metric_.set(static_cast<double>(suppressed));
  groups_metric_.set(static_cast<double>(groups_.size()));
}

// --- answers

Dispatcher::Status DispatcherImpl::status_of(const routing::PostedAlert& alert, Time now) {
  Status status;
  status.silenced_by = parts_.silences.muting(alert.labels, now);
  const std::lock_guard lock(mutex_);
  take_in(now, parts_.clock.monotonic());
  status.inhibited_by = inhibited_by(alert.labels, now);
  if (parts_.marks && parts_.marks->size() > 0) {
    const MarkRef mark = mark_of(alert.fingerprint());
    if (mark && mark->is_snoozed(now)) status.snoozed_by = {name_in_api(*mark->snoozed)};
  }
  return status;
}

std::vector<std::string> DispatcherImpl::receivers_of(const routing::Labels& labels) const {
  std::shared_ptr<const routing::AlertmanagerConfig> config;
  {
    const std::lock_guard lock(mutex_);
    config = config_;
  }
  std::vector<std::string> names;
  if (!config) return names;
  for (const routing::Route* route : routing::matching_routes(*config->route, labels)) {
    names.push_back(route->receiver);
  }
  return names;
}

std::vector<Dispatcher::Group> DispatcherImpl::groups(Time now) {
  const std::lock_guard lock(mutex_);
  const Duration monotonic = parts_.clock.monotonic();
  take_in(now, monotonic);
  std::vector<Group> all;
  all.reserve(groups_.size());
  for (const auto& [_, group] : groups_.all()) {
    Group shown;
    shown.labels = group->labels;
    shown.route = group->route;
    shown.config = config_;
    shown.key = group->key;
    shown.alerts = alerts_of(*group);
    shown.muted_by = muted_by(*group->route, now);
    shown.next_flush = now + (group->due - monotonic);
    all.push_back(std::move(shown));
  }
  return all;
}

bool DispatcherImpl::holds(uint64_t fingerprint) {
  const std::lock_guard lock(mutex_);
  take_in(parts_.clock.now(), parts_.clock.monotonic());
  return holds_locked(fingerprint);
}

bool DispatcherImpl::holds_locked(uint64_t fingerprint) {
  const auto alert = parts_.alerts.find(fingerprint);
  if (!alert || !config_) return false;
  for (const routing::Route* route : routing::matching_routes(*config_->route, alert->labels)) {
    const AlertGroup* group =
        groups_.find(*route, routing::group_fingerprint(*route, alert->labels));
    if (group && group->members.contains(fingerprint)) return true;
  }
  return false;
}

}  // namespace tocsin::alert
