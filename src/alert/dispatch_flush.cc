#include <fmt/format.h>

#include <algorithm>

#include "alert/dispatcher_impl.h"

namespace tocsin::alert {
namespace {

// dispatch/dispatch.go: a flush has as long as until the next one, and not less than this.
constexpr Duration kShortestFlush = std::chrono::seconds(10);

// What a receiver sees of an alert that flaps: it fires, and how often it has changed.
routing::PostedAlertRef as_flapping(const routing::PostedAlert& alert, const Flaps& flaps,
                                    Duration until, Time now) {
  auto copy = std::make_shared<routing::PostedAlert>(alert);
  const std::string text =
      fmt::format("It has changed {} times since {}; its recovery is told once it holds.",
                  flaps.changes, to_rfc3339(std::chrono::floor<std::chrono::seconds>(flaps.since)));
  std::vector<routing::LabelPair> annotations(alert.annotations.begin(), alert.annotations.end());
  annotations.emplace_back("flapping", text);
  copy->annotations = routing::Labels::with_empty_values(std::move(annotations));
  if (copy->is_resolved(now)) copy->ends = now + until;
  copy->is_over = false;
  return copy;
}

}  // namespace

void DispatcherImpl::flush_due(Time now, Duration monotonic) {
  while (AlertGroup* group = groups_.first_due(monotonic)) {
    const Moment moment{now, monotonic, now - (monotonic - group->due)};
    // From when it should have been, so that turns do not drift; but missed ones are not made up.
    const Duration interval = group->route->group_interval;
    const Duration next = group->due + interval;
    groups_.set_due(*group, next > monotonic ? next : monotonic + interval);
    group->has_flushed = true;
    const Duration wait = parts_.turns ? parts_.turns->wait() : Duration(0);
    if (wait > Duration(0)) {
      // Whoever comes first may tell it meanwhile; then this one finds nothing to tell.
      held_.try_emplace(group->id, Held{monotonic + wait, moment.at});
      continue;
    }
    tell(*group, moment, nullptr);
    drop_told(*group, now);
  }
}

void DispatcherImpl::run_held(Time now, Duration monotonic) {
  for (auto held = held_.begin(); held != held_.end();) {
    if (held->second.until > monotonic) {
      ++held;
      continue;
    }
    const Moment moment{now, monotonic, held->second.at};
    AlertGroup* group = groups_.find(held->first);
    held = held_.erase(held);
    if (group == nullptr) continue;
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
  TellRules rules{integration->send_resolved(), group.route->repeat_interval, true, false};
  bool flaps_anew = false;
  for (const Seen& one : seen) {
    const bool is_open = known->is_open(one.fingerprint);
    if (!one.is_resolved && one.suppressed_by.empty() && (!one.is_held || is_open) &&
        !has_ended_elsewhere(*known, one)) {
      rules.is_acknowledged &= one.mark && one.mark->acknowledged;
      rules.has_woken |=
          one.mark && known->told && one.mark->is_new_again(known->told->at, moment.at);
      intent->firing.push_back(one.fingerprint);
      message.alerts.push_back(
          one.flaps ? as_flapping(*one.alert, *one.flaps, group.route->group_interval, moment.now)
                    : one.alert);
      flaps_anew = flaps_anew || (one.flaps && known->told && one.flaps->since > known->told->at);
    } else if (one.is_resolved && is_open) {
      intent->resolved.push_back(one.fingerprint);
      if (integration->send_resolved()) message.alerts.push_back(one.alert);
    }
  }
  std::ranges::sort(intent->firing);
  std::ranges::sort(intent->resolved);
  auto reason = why_tell(*known, intent->firing, intent->resolved, rules, moment.at);
  if (!reason && flaps_anew) reason = receiver::Reason::kFlapping;
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

// A process that was down takes what it knew for firing until it is posted again; a peer has told
// meanwhile that it is over.
bool DispatcherImpl::has_ended_elsewhere(const Known& known, const Seen& one) const {
  return parts_.turns != nullptr && known.told && one.alert->updated < started_at_ &&
         one.alert->updated < known.told->at &&
         std::ranges::binary_search(known.told->resolved, one.fingerprint);
}

// The group's alerts in the order in which they are told, each with whether it may be.
std::vector<DispatcherImpl::Seen> DispatcherImpl::look_at(const AlertGroup& group,
                                                          const Moment& moment) {
  const Suppressors mutes = mutes_of(*group.route, moment.now);
  std::vector<Seen> seen;
  seen.reserve(group.members.size());
  for (const uint64_t fingerprint : group.members) {
    auto alert = parts_.alerts.find(fingerprint);
    if (!alert) continue;
    Seen one{.fingerprint = fingerprint, .alert = std::move(alert), .mark = mark_of(fingerprint)};
    const bool is_over = one.alert->is_resolved(moment.now);
    one.flaps = parts_.alerts.flaps_at(fingerprint, moment.now);
    one.is_resolved = is_over && !one.flaps;
    one.is_held = is_over && one.flaps;
    if (!one.is_resolved) {
      // A snooze at the moment of the turn: what this turn leaves out the next one knows as woken.
      one.suppressed_by = suppressors_of(one.alert->labels, fingerprint, mutes,
                                         {moment.now, moment.at, one.alert, group.route});
      if (!one.suppressed_by.empty()) count_suppressed(one.suppressed_by);
    }
    if (is_over) {
      suppressions_.forget(group.key, group.route->receiver, fingerprint);
    } else {
      suppressions_.see(group.key, group.route->receiver, fingerprint, *one.alert,
                        one.suppressed_by, moment.now);
    }
    seen.push_back(std::move(one));
  }
  std::ranges::sort(
      seen, [](const Seen& a, const Seen& b) { return is_told_before(*a.alert, *b.alert); });
  return seen;
}

MarkRef DispatcherImpl::mark_of(uint64_t fingerprint) const {
  return parts_.marks ? parts_.marks->find(fingerprint) : nullptr;
}

// The one place that knows what may hold an alert back. All reasons, not only the first: when one
// of them ends, the history says what is left.
Suppressors DispatcherImpl::suppressors_of(const routing::Labels& labels, uint64_t fingerprint,
                                           const Suppressors& mutes, const Asked& asked) {
  Suppressors by = mutes;
  for (const uint64_t source : inhibited_by(labels, asked.now)) {
    by.push_back({std::string(kByInhibition), routing::fingerprint_text(source)});
  }
  for (std::string& id : parts_.silences.muting(labels, fingerprint, asked.now)) {
    by.push_back({std::string(kBySilence), std::move(id)});
  }
  if (const MarkRef mark = mark_of(fingerprint); mark && mark->is_snoozed(asked.snoozed_at)) {
    by.push_back({std::string(kBySnooze), name_in_api(*mark->snoozed)});
  }
  if (asked.alert && holds_back_ && holds_back_(*asked.alert, asked.route->receiver)) {
    by.push_back({std::string(kByPageGate), asked.route->receiver});
  }
  std::ranges::sort(by);
  return by;
}

// By the first stage of the reference's pipeline that would hold it back.
void DispatcherImpl::count_suppressed(const Suppressors& by) {
  const auto has = [&](std::string_view kind) {
    return std::ranges::find(by, kind, &Suppressor::kind) != by.end();
  };
  if (has(kByActiveTime)) {
    inactive_metric_.add();
  } else if (has(kByMuteTime)) {
    muted_metric_.add();
  } else if (has(kByInhibition)) {
    inhibited_metric_.add();
  } else if (has(kBySilence)) {
    silenced_metric_.add();
  } else if (has(kBySnooze)) {
    snoozed_metric_.add();
  } else if (has(kByPageGate)) {
    held_back_metric_.add();
  }
}

// notify/mute.go: outside of all active intervals, or inside one of the muting ones.
Suppressors DispatcherImpl::mutes_of(const routing::Route& route, Time now) const {
  const auto is_in = [&](const std::string& name) {
    const auto found = config_->time_intervals.find(name);
    return found != config_->time_intervals.end() && found->second.contains(now);
  };
  Suppressors mutes;
  const auto& active = route.active_time_intervals;
  if (!active.empty() && std::ranges::none_of(active, is_in)) {
    for (const std::string& name : active) mutes.push_back({std::string(kByActiveTime), name});
    return mutes;
  }
  for (const std::string& name : route.mute_time_intervals) {
    if (is_in(name)) mutes.push_back({std::string(kByMuteTime), name});
  }
  return mutes;
}

std::vector<std::string> DispatcherImpl::muted_by(const routing::Route& route, Time now) const {
  std::vector<std::string> names;
  for (Suppressor& mute : mutes_of(route, now)) names.push_back(std::move(mute.by));
  return names;
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
  if (held_.contains(group.id)) return;
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
    suppressions_.forget(group.key, group.route->receiver, fingerprint);
    return true;
  });
  if (group.members.empty()) groups_.erase(group.id);
}

}  // namespace tocsin::alert
