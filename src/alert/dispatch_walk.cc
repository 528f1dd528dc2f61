#include <algorithm>
#include <set>

#include "alert/dispatcher_impl.h"

namespace tocsin::alert {
namespace {

// The silences that end until a later moment, and those that begin.
class SilencesUntil {
 public:
  SilencesUntil(const SilenceBook& book, Time now, Time then) {
    for (routing::Silence& silence : book.all()) {
      const bool is_active = silence.state(now) == routing::SilenceState::kActive;
      const bool will_be = silence.state(then) == routing::SilenceState::kActive;
      if (is_active && !will_be) ending_.insert(silence.id);
      if (!is_active && will_be) starting_.push_back(std::move(silence));
    }
  }
  // Makes of what suppresses an alert now what does so then.
  void carry(Suppressors& by, const routing::Labels& labels) const {
    std::erase_if(by, [&](const Suppressor& one) {
      return one.kind == kBySilence && ending_.contains(one.by);
    });
    for (const routing::Silence& silence : starting_) {
      if (!routing::all_match(silence.matchers, labels)) continue;
      by.push_back({std::string(kBySilence), silence.id});
    }
  }

 private:
  std::set<std::string> ending_;
  std::vector<routing::Silence> starting_;
};

}  // namespace

Dispatcher::Standing DispatcherImpl::standing_of(const routing::Labels& labels, Time now) {
  Standing standing;
  const std::lock_guard lock(mutex_);
  if (!config_) return standing;
  take_in(now, parts_.clock.monotonic());
  standing.config = config_;
  standing.by = suppressors_of(labels, labels.fingerprint(), {}, {now, now, nullptr, nullptr});
  const auto alert = parts_.alerts.find(labels.fingerprint());
  for (const routing::Route* route : routing::matching_routes(*config_->route, labels)) {
    Suppressors held_by = mutes_of(*route, now);
    if (alert && holds_back_ && holds_back_(*alert, route->receiver)) {
      held_by.push_back({std::string(kByPageGate), route->receiver});
    }
    standing.places.push_back({route, std::move(held_by)});
  }
  return standing;
}

Dispatcher::Walk DispatcherImpl::walk(const routing::Labels& labels, Time now, Depth depth) {
  const std::lock_guard lock(mutex_);
  Walk walk;
  if (!config_) return walk;
  const Duration monotonic = parts_.clock.monotonic();
  take_in(now, monotonic);
  walk.config = config_;
  const uint64_t fingerprint = labels.fingerprint();
  for (const routing::Route* route : routing::matching_routes(*config_->route, labels)) {
    WalkedGroup group = walk_group(*route, labels, fingerprint, now, monotonic);
    if (depth == Depth::kForetell) foretell(group, labels, fingerprint, now);
    walk.groups.push_back(std::move(group));
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
  const AlertGroup* group = groups_.find(route, routing::group_fingerprint(route, labels));
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

  return out;
}

// What the group's next flush finds and tells, with this alert in it as firing.
void DispatcherImpl::foretell(WalkedGroup& walked, const routing::Labels& labels,
                              uint64_t fingerprint, Time now) {
  const AlertGroup* group =
      groups_.find(*walked.route, routing::group_fingerprint(*walked.route, labels));
  const Suppressors mutes = mutes_of(*walked.route, walked.next_flush);
  const SilencesUntil silences(parts_.silences, now, walked.next_flush);
  const auto suppressed_then = [&](const routing::Labels& of, uint64_t alert) {
    Suppressors by = suppressors_of(
        of, alert, mutes, {now, walked.next_flush, parts_.alerts.find(alert), walked.route});
    silences.carry(by, of);
    return by;
  };
  walked.suppressed_at_flush = suppressed_then(labels, fingerprint);
  std::ranges::sort(walked.suppressed_at_flush);
  Fingerprints firing, resolved;
  if (walked.suppressed_at_flush.empty()) firing.push_back(fingerprint);
  static const decltype(AlertGroup::members) nobody;
  for (const uint64_t member : group ? group->members : nobody) {
    const auto alert = member == fingerprint ? nullptr : parts_.alerts.find(member);
    if (!alert) continue;
    if (alert->is_resolved(walked.next_flush)) {
      resolved.push_back(member);
    } else if (suppressed_then(alert->labels, member).empty()) {
      firing.push_back(member);
    }
  }
  std::ranges::sort(firing);
  std::ranges::sort(resolved);
  walked.told_by = tellings_of(walked, firing, resolved);
}

std::vector<Dispatcher::WalkedGroup::Telling> DispatcherImpl::tellings_of(
    const WalkedGroup& walked, const Fingerprints& firing, const Fingerprints& resolved) const {
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
    TellRules rules{integration->send_resolved(), walked.route->repeat_interval, true, false};
    for (const uint64_t one : firing) {
      const MarkRef mark = mark_of(one);
      rules.is_acknowledged &= mark && mark->acknowledged;
      rules.has_woken |=
          mark && known->told && mark->is_new_again(known->told->at, walked.next_flush);
    }
    telling.reason = why_tell(*known, firing, closed, rules, walked.next_flush);
    if (!telling.reason) {
      telling.why_not = firing.empty() ? "nothing in the group may be told then"
                        : rules.is_acknowledged
                            ? "nothing new since the last notification, and all that fires is "
                              "acknowledged"
                            : "nothing new since the last notification, and "
                              "repeat_interval is not over";
    }
    out.push_back(std::move(telling));
  }
  return out;
}

}  // namespace tocsin::alert
