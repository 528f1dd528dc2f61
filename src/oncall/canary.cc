#include "oncall/canary.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::oncall {
namespace {

constexpr const char* kTimer = "canary";
constexpr const char* kRunsHelp = "Pages that the canary sent itself, by whether it was rung";

}  // namespace

Canary::Canary(Parts parts)
    : parts_(std::move(parts)),
      ok_metric_(parts_.metrics.counter("tocsin_canary_runs_total", kRunsHelp, {{"result", "ok"}})),
      failed_metric_(
          parts_.metrics.counter("tocsin_canary_runs_total", kRunsHelp, {{"result", "failed"}})),
      up_metric_(parts_.metrics.gauge("tocsin_canary_up", "1 while the canary's pages arrive")),
      seconds_metric_(parts_.metrics.histogram("tocsin_canary_seconds",
                                               "From the canary's alert to its acknowledgement")) {
  parts_.engine.on_timer(kTimer,
                         [this](engine::Tx& tx, const std::string&) { return on_timer(tx); });
  // A page of an earlier process leads to its address, where nobody answers any more.
  parts_.engine.submit(
      [every = parts_.every, &pager = parts_.pager](engine::Tx& tx) -> Result<> {
        RETURN_IF_ERROR(pager.forget(tx, kIncident));
        return tx.set_timer({.kind = kTimer, .subject = kIncident, .due = tx.now() + every});
      },
      [&log = parts_.log](Result<> done) {
        if (!done) log.warn("the canary could not be started", {{"error", done.error()}});
      });
}

std::shared_ptr<const catalog::Catalog> Canary::with_canary(const catalog::Catalog& catalog) const {
  auto copy = std::make_shared<catalog::Catalog>(catalog);
  catalog::Person canary{.id = catalog::PersonId(kPerson), .name = "Canary"};
  canary.contacts.push_back(
      {.kind = catalog::Contact::Kind::kWebhook, .name = "webhook", .address = parts_.url});
  catalog::Team team{.id = catalog::TeamId(kTeam), .name = "Canary"};
  team.members = {canary.id};
  team.escalation = {{canary.id, Duration(0)}};
  copy->people[canary.id] = std::move(canary);
  copy->teams[team.id] = std::move(team);
  return copy;
}

Result<> Canary::on_timer(engine::Tx& tx) {
  RETURN_IF_ERROR(
      tx.set_timer({.kind = kTimer, .subject = kIncident, .due = tx.now() + parts_.every}));
  ASSIGN_OR_RETURN(const auto last, parts_.pager.standing(tx.sql(), kIncident));
  RETURN_IF_ERROR(parts_.pager.forget(tx, kIncident));
  PageReason reason{.incident_id = kIncident, .team = catalog::TeamId(kTeam), .message = {}};
  reason.message.is_drill = true;
  reason.message.title = "Canary: do pages arrive?";
  reason.message.since = tx.now();
  reason.message.incident_id = kIncident;
  RETURN_IF_ERROR(parts_.pager.start(tx, reason));
  const bool is_missed = last && last->state != EscalationState::kAcknowledged;
  tx.after_commit([this, is_missed, now = tx.now()] {
    if (is_missed) judge(false, now);
    const std::lock_guard lock(mutex_);
    out_since_ = now;
  });
  return {};
}

Result<> Canary::answered(engine::Tx& tx) {
  ASSIGN_OR_RETURN(const auto standing, parts_.pager.standing(tx.sql(), kIncident));
  if (!standing) return fail(Code::kFailedPrecondition, "no page of the canary is out");
  return parts_.pager.acknowledge(tx, kIncident,
                                  answers_as(store::system_actor("canary"), kPerson));
}

std::optional<std::string> Canary::trouble() const {
  const std::lock_guard lock(mutex_);
  if (missed_ == 0) return std::nullopt;
  return fmt::format(
      "the canary was not rung {} in a row: pages may not go out; look at the log, the network and "
      "tocsin_notify_tries_total",
      missed_ == 1 ? std::string("once") : fmt::format("{} times", missed_));
}

void Canary::judge(bool is_answered, Time now) {
  bool is_change = false;
  Duration took{0};
  {
    const std::lock_guard lock(mutex_);
    if (out_since_) took = std::max<Duration>(now - *out_since_, Duration(0));
    is_change = is_answered ? missed_ > 0 : missed_ == 0;
    missed_ = is_answered ? 0 : missed_ + 1;
    out_since_.reset();
  }
  up_metric_.set(is_answered ? 1 : 0);
  if (is_answered) {
    ok_metric_.add();
    seconds_metric_.observe(to_seconds(took));
    if (is_change) parts_.log.info("the canary is rung again");
    if (parts_.is_well()) parts_.ping();
    return;
  }
  failed_metric_.add();
  if (is_change) {
    parts_.log.error("the canary was not rung: pages may not go out", {{"waited", parts_.every}});
  }
}

Result<> Canary::on_first_told(engine::Tx& tx, const std::string& incident_id, Time at) {
  if (incident_id == kIncident || next_ == nullptr) return {};
  return next_->on_first_told(tx, incident_id, at);
}

Result<> Canary::on_acknowledged(engine::Tx& tx, const std::string& incident_id,
                                 const store::Actor& by, Time at) {
  if (incident_id != kIncident) {
    return next_ == nullptr ? Result<>{} : next_->on_acknowledged(tx, incident_id, by, at);
  }
  tx.after_commit([this, now = tx.now()] { judge(true, now); });
  return {};
}

}  // namespace tocsin::oncall
