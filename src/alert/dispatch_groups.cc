#include <algorithm>

#include "alert/dispatcher_impl.h"

namespace tocsin::alert {
namespace {

using routing::PostedAlert;
using routing::PostedAlertRef;
using routing::Route;

}  // namespace

bool is_told_before(const PostedAlert& a, const PostedAlert& b) {
  for (const char* name : {"job", "instance"}) {
    if (const auto order = a.labels.get(name) <=> b.labels.get(name); order != 0) return order < 0;
  }
  return a.labels < b.labels;
}

void DispatcherImpl::use(std::shared_ptr<const routing::AlertmanagerConfig> config,
                         const MakeIntegrations& make) {
  std::map<std::string, Integrations> integrations;
  for (const routing::Receiver& receiver : config->receivers) {
    for (auto& integration : make(receiver)) {
      integrations[receiver.name].push_back(std::move(integration));
    }
  }
  {
    const std::lock_guard lock(mutex_);
    Turns before;
    for (const auto& [_, group] : groups_.all()) {
      // One that waited for its peers waits again.
      const Duration due = held_.contains(group->id) ? parts_.clock.monotonic() : group->due;
      before[{group->key, group->route->receiver}] = {due, group->has_flushed};
    }
    held_.clear();
    groups_ = AlertGroups();
    config_ = std::move(config);
    integrations_ = std::move(integrations);
    for (const auto& [_, of_receiver] : integrations_) {
      for (const auto& integration : of_receiver) sends_.make_metrics(integration->kind());
    }
    inhibitor_ = routing::Inhibitor(config_->inhibit_rules);
    const Time now = parts_.clock.now();
    const Duration monotonic = parts_.clock.monotonic();
    next_expiry_ = monotonic;
    for (const auto& alert : parts_.alerts.all()) place(alert, now, monotonic, &before);
    suppressions_.keep_only([this](const SuppressionLog::Group& group, uint64_t fingerprint) {
      return std::ranges::any_of(groups_.with_key(group.key), [&](uint64_t id) {
        const AlertGroup* found = groups_.find(id);
        return found->route->receiver == group.receiver && found->members.contains(fingerprint);
      });
    });
  }
  inbox_->wake();
}

// Into its groups. A resolved alert makes no group and joins none, unless its receiver was told
// that it fires and not yet that it does not.
void DispatcherImpl::place(const PostedAlertRef& alert, Time now, Duration monotonic,
                           const Turns* before) {
  const uint64_t fingerprint = alert->fingerprint();
  const bool is_resolved = alert->is_resolved(now);
  note_source(fingerprint, *alert, is_resolved);
  if (!is_resolved) next_expiry_ = std::min(next_expiry_, monotonic + (alert->ends - now));
  routing::find_matching_routes(*config_->route, alert->labels, matches_);
  for (const Route* route : matches_) {
    AlertGroup* group = groups_.find(*route, routing::group_fingerprint(*route, alert->labels));
    if (parts_.log_book.has_imported()) {
      adopt_imported(*route,
                     group
                         ? group->key
                         : routing::group_key(*route, routing::group_labels(*route, alert->labels)),
                     *alert);
    }
    if (group && group->members.contains(fingerprint)) continue;
    if (is_resolved &&
        !is_open(group ? group->key
                       : routing::group_key(*route, routing::group_labels(*route, alert->labels)),
                 route->receiver, fingerprint)) {
      continue;
    }
    if (!group) {
      group = &groups_.add(*route, routing::group_labels(*route, alert->labels), monotonic);
      const Turn turn = first_turn(*group, *alert, now, monotonic, before);
      group->has_flushed = turn.has_flushed;
      groups_.set_due(*group, std::max(turn.due, started_ + options_.start_delay));
    } else if (before && !group->has_flushed) {
      // Read in no order: the one that has waited longest decides.
      const Turn turn = first_turn(*group, *alert, now, monotonic, before);
      groups_.set_due(*group,
                      std::max(std::min(group->due, turn.due), started_ + options_.start_delay));
    }
    group->members.insert(fingerprint);
  }
}

// An Alertmanager whose log was imported may have told it already.
void DispatcherImpl::adopt_imported(const Route& route, const std::string& group_key,
                                    const PostedAlert& alert) {
  const uint64_t hash = imported_hash(alert.labels);
  for (const auto& integration : integrations_of(route.receiver)) {
    parts_.log_book.adopt(key_of(group_key, route.receiver, *integration), hash,
                          alert.fingerprint(), alert.starts);
  }
}

// When a new group is told first. `before` is there when groups are built again: by what was
// their turn, or after a restart by when they were told last.
DispatcherImpl::Turn DispatcherImpl::first_turn(const AlertGroup& group, const PostedAlert& alert,
                                                Time now, Duration monotonic,
                                                const Turns* before) const {
  const Route& route = *group.route;
  const bool has_waited = alert.is_resolved(now) || alert.starts + route.group_wait <= now;
  Turn turn{monotonic + (has_waited ? Duration(0) : route.group_wait), false};
  if (!before) return turn;
  if (const auto had = before->find({group.key, route.receiver}); had != before->end()) {
    turn.has_flushed = had->second.has_flushed;
    turn.due = turn.has_flushed ? std::min(had->second.due, monotonic + route.group_interval)
                                : std::min(had->second.due, turn.due);
    return turn;
  }
  std::optional<Time> last;
  for (const auto& integration : integrations_of(route.receiver)) {
    const auto known = parts_.log_book.known(key_of(group.key, route.receiver, *integration));
    if (known->doubtful) return {monotonic, true};
    if (known->told && known->has_open()) {
      last = last ? std::max(*last, known->told->at) : known->told->at;
    }
  }
  if (!last) return turn;
  const Duration wait =
      std::clamp(*last + route.group_interval - now, Duration(0), route.group_interval);
  return {monotonic + wait, true};
}

// While an alert fires it inhibits, whatever its end: posts that only repeat it are not heard here.
// Whether it still fires is looked up when it matters.
void DispatcherImpl::note_source(uint64_t fingerprint, const PostedAlert& alert, bool is_resolved) {
  if (inhibitor_.rules().empty()) return;
  if (is_resolved) return inhibitor_.remove(fingerprint);
  auto source = std::make_shared<PostedAlert>(alert);
  source->ends = Time::max();
  inhibitor_.put(source);
}

const DispatcherImpl::Integrations& DispatcherImpl::integrations_of(
    const std::string& receiver) const {
  static const Integrations none;
  const auto found = integrations_.find(receiver);
  return found == integrations_.end() ? none : found->second;
}

ToldKey DispatcherImpl::key_of(const std::string& group_key, const std::string& receiver,
                               const receiver::Integration& integration) const {
  return {group_key, receiver, std::string(integration.kind()), integration.index()};
}

bool DispatcherImpl::is_open(const std::string& group_key, const std::string& receiver,
                             uint64_t fingerprint) const {
  return std::ranges::any_of(integrations_of(receiver), [&](const auto& integration) {
    const ToldKey key = key_of(group_key, receiver, *integration);
    return sends_.is_busy(key) || parts_.log_book.known(key)->is_open(fingerprint);
  });
}

std::vector<PostedAlertRef> DispatcherImpl::alerts_of(const AlertGroup& group) const {
  std::vector<PostedAlertRef> alerts;
  alerts.reserve(group.members.size());
  for (const uint64_t fingerprint : group.members) {
    if (auto alert = parts_.alerts.find(fingerprint)) alerts.push_back(std::move(alert));
  }
  std::ranges::sort(alerts, [](const auto& a, const auto& b) { return is_told_before(*a, *b); });
  return alerts;
}

}  // namespace tocsin::alert
