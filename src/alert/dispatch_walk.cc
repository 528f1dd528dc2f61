#include <algorithm>

#include "alert/dispatcher_impl.h"

namespace tocsin::alert {
namespace {

// Silences that hold at another time than now, which SilenceBook::muting() answers quickly.
void add_silences(const SilenceBook& silences, const routing::Labels& labels, Time at,
                  Suppressors& by) {
  for (const routing::Silence& silence : silences.all()) {
    if (silence.state(at) != routing::SilenceState::kActive) continue;
    if (!routing::all_match(silence.matchers, labels)) continue;
    by.push_back({std::string(kBySilence), silence.id});
  }
}

}  // namespace

Dispatcher::Standing DispatcherImpl::standing_of(const routing::Labels& labels, Time now) {
  Standing standing;
  standing.status.silenced_by = parts_.silences.muting(labels, now);
  const std::lock_guard lock(mutex_);
  if (!config_) return standing;
  take_in(now, parts_.clock.monotonic());
  standing.config = config_;
  standing.status.inhibited_by = inhibited_by(labels, now);
  if (parts_.marks && parts_.marks->size() > 0) {
    const MarkRef mark = mark_of(labels.fingerprint());
    if (mark && mark->is_snoozed(now)) standing.status.snoozed_by = {name_in_api(*mark->snoozed)};
  }
  for (const routing::Route* route : routing::matching_routes(*config_->route, labels)) {
    standing.places.push_back({route, mutes_of(*route, now)});
  }
  return standing;
}

Dispatcher::Walk DispatcherImpl::walk(const routing::Labels& labels, Time now) {
  const std::lock_guard lock(mutex_);
  Walk walk;
  if (!config_) return walk;
  const Duration monotonic = parts_.clock.monotonic();
  take_in(now, monotonic);
  walk.config = config_;
  const uint64_t fingerprint = labels.fingerprint();
  for (const routing::Route* route : routing::matching_routes(*config_->route, labels)) {
    walk.groups.push_back(walk_group(*route, labels, fingerprint, now, monotonic));
  }
  return walk;
}

Dispatcher::WalkedGroup DispatcherImpl::walk_group(const routing::Route& route,
                                                   const routing::Labels& labels,
                                                   uint64_t fingerprint, Time now,
                                                   Duration monotonic) {
  WalkedGroup out;
  out.route = &route;
  out.labels = routing::group_labels(route, labels);
  out.key = routing::group_key(route, out.labels);
  const AlertGroup* group = groups_.find(route, out.labels);
  Duration due = monotonic;
  if (group) {
    out.exists = true;
    out.alerts = group->members.size();
    out.holds_alert = group->members.contains(fingerprint);
    due = std::max(group->due, monotonic);
  } else {
    const auto alert = parts_.alerts.find(fingerprint);
    const bool has_waited =
        alert && !alert->is_resolved(now) && alert->starts + route.group_wait <= now;
    if (!has_waited) due += route.group_wait;
    due = std::max(due, started_ + options_.start_delay);
  }
  out.next_flush = now + (due - monotonic);
  out.suppressed_by = suppressors_of(labels, fingerprint, mutes_of(route, now),
                                     {now, now, parts_.alerts.find(fingerprint), &route});

  out.suppressed_at_flush = mutes_of(route, out.next_flush);
  for (const Suppressor& by : out.suppressed_by) {
    if (by.kind == kByInhibition || by.kind == kByPageGate) out.suppressed_at_flush.push_back(by);
  }
  if (const MarkRef mark = mark_of(fingerprint); mark && mark->is_snoozed(out.next_flush)) {
    out.suppressed_at_flush.push_back({std::string(kBySnooze), name_in_api(*mark->snoozed)});
  }
  add_silences(parts_.silences, labels, out.next_flush, out.suppressed_at_flush);
  std::ranges::sort(out.suppressed_at_flush);
  out.told_by = tellings_of(out, group, fingerprint);
  return out;
}

// What the group's next flush would tell each integration, with this alert in it as firing.
std::vector<Dispatcher::WalkedGroup::Telling> DispatcherImpl::tellings_of(const WalkedGroup& walked,
                                                                          const AlertGroup* group,
                                                                          uint64_t fingerprint) {
  const Time at = walked.next_flush;
  const bool is_muted = !mutes_of(*walked.route, at).empty();
  Fingerprints firing, resolved;
  if (walked.suppressed_at_flush.empty()) firing.push_back(fingerprint);
  if (group) {
    for (const uint64_t member : group->members) {
      if (member == fingerprint) continue;
      const auto alert = parts_.alerts.find(member);
      if (!alert) continue;
      if (alert->is_resolved(at)) {
        resolved.push_back(member);
      } else if (!is_muted && inhibited_by(alert->labels, parts_.clock.now()).empty() &&
                 parts_.silences.muting(alert->labels, member, parts_.clock.now()).empty()) {
        firing.push_back(member);
      }
    }
  }
  std::ranges::sort(firing);
  std::ranges::sort(resolved);
  std::vector<WalkedGroup::Telling> out;
  for (const auto& integration : integrations_of(walked.route->receiver)) {
    const ToldKey key = key_of(walked.key, walked.route->receiver, *integration);
    const auto known = parts_.log_book.known(key);
    WalkedGroup::Telling telling;
    telling.integration = integration->kind();
    telling.index = integration->index();
    telling.is_under_way = sends_.is_busy(key);
    if (known->told) telling.last_told = known->told->at;
    Fingerprints closed;
    std::ranges::copy_if(resolved, std::back_inserter(closed),
                         [&](uint64_t one) { return known->is_open(one); });
    telling.reason = why_tell(*known, firing, closed,
                              {integration->send_resolved(), walked.route->repeat_interval}, at);
    if (!telling.reason) {
      telling.why_not = firing.empty() ? "nothing in the group may be told then"
                                       : "nothing new since the last notification, and "
                                         "repeat_interval is not over";
    }
    out.push_back(std::move(telling));
  }
  return out;
}

}  // namespace tocsin::alert
