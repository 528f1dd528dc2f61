#include <algorithm>

#include "alert/dispatcher_impl.h"

namespace tocsin::alert {
namespace {

// dispatch/dispatch.go: a flush has as long as until the next one, and not less than this.
constexpr Duration kShortestFlush = std::chrono::seconds(10);

}  // namespace

void DispatcherImpl::flush_due(Time now, Duration monotonic) {
  while (AlertGroup* group = groups_.first_due(monotonic)) {
    const Moment moment{now, monotonic, now - (monotonic - group->due)};
    // From when it should have been, so that turns do not drift; but missed ones are not made up.
    const Duration interval = group->route->group_interval;
    const Duration next = group->due + interval;
    groups_.set_due(*group, next > monotonic ? next : monotonic + interval);
    group->has_flushed = true;
    tell(*group, moment, nullptr);
    drop_told(*group, now);
  }
}

void DispatcherImpl::tell(AlertGroup& group, const Moment& moment, const ToldKey* only) {
  const std::vector<Seen> seen = look_at(group, moment);
  for (const auto& integration : integrations_of(group.route->receiver)) {
    const ToldKey key = key_of(group.key, group.route->receiver, *integration);
    if (only && key != *only) continue;
    if (sends_.is_busy(key)) {
      missed_turn_.insert(key);
      continue;
    }
    tell_one(group, moment, seen, integration, key);
  }
}

void DispatcherImpl::tell_one(const AlertGroup& group, const Moment& moment,
                              const std::vector<Seen>& seen,
                              const std::shared_ptr<receiver::Integration>& integration,
                              const ToldKey& key) {
  const auto known = parts_.log_book.known(key);
  auto intent = std::make_shared<NotificationLog::Intent>();
  receiver::GroupMessage message;
  for (const Seen& one : seen) {
    if (!one.is_resolved && !one.is_suppressed) {
      intent->firing.push_back(one.fingerprint);
      message.alerts.push_back(one.alert);
    } else if (one.is_resolved && known->is_open(one.fingerprint)) {
      intent->resolved.push_back(one.fingerprint);
      if (integration->send_resolved()) message.alerts.push_back(one.alert);
    }
  }
  std::ranges::sort(intent->firing);
  std::ranges::sort(intent->resolved);
  const TellRules rules{integration->send_resolved(), group.route->repeat_interval};
  const auto reason = why_tell(*known, intent->firing, intent->resolved, rules, moment.at);
  if (!reason) {
    if (!rules.send_resolved && !intent->resolved.empty()) sends_.settle(key, intent->resolved);
    return;
  }
  intent->key = key;
  intent->reason = *reason;
  intent->at = moment.at;
  intent->repeat_interval = group.route->repeat_interval;
  intent->maybe_duplicate = known->doubtful.has_value();

  message.receiver = group.route->receiver;
  message.group_key = group.key;
  message.group_labels = group.labels;
  message.route_labels = group.route->labels;
  message.reason = *reason;
  message.external_url = parts_.external_url;
  message.now = moment.now;
  message.maybe_duplicate = intent->maybe_duplicate;
  sends_.start({std::move(intent), integration, std::move(message),
                moment.monotonic + std::max(group.route->group_interval, kShortestFlush)});
}

// The group's alerts in the order in which they are told, each with whether it may be.
std::vector<DispatcherImpl::Seen> DispatcherImpl::look_at(const AlertGroup& group,
                                                          const Moment& moment) {
  const bool is_inactive = !group.route->active_time_intervals.empty();
  const bool is_muted = !muted_by(*group.route, moment.now).empty();
  std::vector<Seen> seen;
  seen.reserve(group.members.size());
  for (const uint64_t fingerprint : group.members) {
    auto alert = parts_.alerts.find(fingerprint);
    if (!alert) continue;
    Seen one{fingerprint, std::move(alert)};
    one.is_resolved = one.alert->is_resolved(moment.now);
    if (!one.is_resolved) {
      one.is_suppressed = true;
      if (is_muted) {
        (is_inactive ? inactive_metric_ : muted_metric_).add();
      } else if (!inhibited_by(one.alert->labels, moment.now).empty()) {
        inhibited_metric_.add();
      } else if (!parts_.silences.muting(one.alert->labels, fingerprint, moment.now).empty()) {
        silenced_metric_.add();
      } else {
        one.is_suppressed = false;
      }
    }
    if (one.is_suppressed) {
      suppressed_.insert(fingerprint);
    } else {
      suppressed_.erase(fingerprint);
    }
    seen.push_back(std::move(one));
  }
  std::ranges::sort(
      seen, [](const Seen& a, const Seen& b) { return is_told_before(*a.alert, *b.alert); });
  return seen;
}

// notify/mute.go: outside of all active intervals, or inside one of the muting ones.
std::vector<std::string> DispatcherImpl::muted_by(const routing::Route& route, Time now) const {
  const auto is_in = [&](const std::string& name) {
    const auto found = config_->time_intervals.find(name);
    return found != config_->time_intervals.end() && found->second.contains(now);
  };
  const auto& active = route.active_time_intervals;
  if (!active.empty() && std::ranges::none_of(active, is_in)) return active;
  std::vector<std::string> muting;
  std::ranges::copy_if(route.mute_time_intervals, std::back_inserter(muting), is_in);
  return muting;
}

std::vector<uint64_t> DispatcherImpl::inhibited_by(const routing::Labels& labels, Time now) {
  while (true) {
    std::vector<uint64_t> sources = inhibitor_.inhibited_by(labels, now);
    bool is_stale = false;
    for (const uint64_t source : sources) {
      const auto alert = parts_.alerts.find(source);
      if (alert && !alert->is_resolved(now)) continue;
      inhibitor_.remove(source);  // it ran out; if it fires again the book says so
      is_stale = true;
    }
    if (!is_stale) return sources;
  }
}

// Resolved alerts leave the group when nobody knows them as firing any more, and an empty group
// ends.
void DispatcherImpl::drop_told(AlertGroup& group, Time now) {
  std::vector<std::shared_ptr<const Known>> known;
  for (const auto& integration : integrations_of(group.route->receiver)) {
    const ToldKey key = key_of(group.key, group.route->receiver, *integration);
    if (sends_.is_busy(key)) return;
    known.push_back(parts_.log_book.known(key));
  }
  erase_if(group.members, [&](uint64_t fingerprint) {
    const auto alert = parts_.alerts.find(fingerprint);
    if (alert && !alert->is_resolved(now)) return false;
    const bool is_open =
        std::ranges::any_of(known, [&](const auto& one) { return one->is_open(fingerprint); });
    if (alert && is_open) return false;
    suppressed_.erase(fingerprint);
    return true;
  });
  if (group.members.empty()) groups_.erase(group.id);
}

}  // namespace tocsin::alert
