#include "alert/alert_desk.h"

#include <algorithm>

#include "alert/alert_json.h"

namespace tocsin::alert {
namespace {

// An objective has a name, so a change without one is ours: look for what is no longer declared.
bool is_sweep(const slo::TierChange& change) { return change.objective.empty(); }

bool is_declared(const slo::Objective& objective, std::string_view tier) {
  return tier == kNoDataTier ||
         std::ranges::any_of(objective.tiers, [&](const slo::Tier& t) { return t.name == tier; });
}

std::vector<std::string> names_of(const std::vector<FiringTier>& tiers, AlertClass cls) {
  std::vector<std::string> names;
  for (const auto& tier : tiers) {
    if (tier.cls == cls) names.push_back(tier.tier);
  }
  return names;
}

}  // namespace

AlertDesk::AlertDesk(Parts parts)
    : log_(parts.log),
      external_url_(std::move(parts.external_url)),
      fired_metric_(parts.metrics.counter("tocsin_alerts_fired_total", "Alerts that began")),
      resolved_metric_(parts.metrics.counter("tocsin_alerts_resolved_total", "Alerts that ended")),
      world_(std::make_shared<World>()),
      queue_(
          parts.engine,
          [this](engine::Tx& tx, std::span<const slo::TierChange> changes) {
            return write(tx, changes);
          },
          parts.log, parts.metrics) {}

void AlertDesk::use(std::shared_ptr<const catalog::Catalog> catalog,
                    std::span<const slo::Objective> objectives) {
  auto next = std::make_shared<World>();
  next->catalog = std::move(catalog);
  for (const auto& objective : objectives) next->objectives.emplace(objective.name, objective);
  {
    const std::lock_guard lock(mutex_);
    world_ = std::move(next);
  }
  queue_.add(slo::TierChange{});
}

std::shared_ptr<const AlertDesk::World> AlertDesk::world() const {
  const std::lock_guard lock(mutex_);
  return world_;
}

Result<> AlertDesk::write(engine::Tx& tx, std::span<const slo::TierChange> changes) {
  const auto current = world();
  for (const auto& change : changes) {
    RETURN_IF_ERROR(is_sweep(change) ? sweep(tx, *current) : write_one(tx, *current, change));
  }
  return {};
}

Result<> AlertDesk::write_one(engine::Tx& tx, const World& world, const slo::TierChange& change) {
  switch (verdict_of(change)) {
    case Verdict::kSaysNothing: return {};
    case Verdict::kClears: return clear(tx, change, "");
    case Verdict::kFires: break;
  }
  const auto found = world.objectives.find(change.objective);
  if (found == world.objectives.end() || !is_declared(found->second, change.tier)) {
    log_.warn("a tier that is no longer declared fires; nobody is told",
              {{"objective", change.objective.value()}, {"tier", change.tier}});
    return {};
  }
  const Setting setting{found->second, world.catalog->service(found->second.service),
                        external_url_};
  return fire(tx, setting, change);
}

Result<> AlertDesk::fire(engine::Tx& tx, const Setting& setting, const slo::TierChange& change) {
  const AlertClass cls = class_of(change);
  // Its severity was edited while it fired: nothing would end the alert of the old one any more.
  ASSIGN_OR_RETURN(const auto before, read_firing_tier(tx.sql(), change.objective, change.tier));
  if (before && before->cls != cls) {
    RETURN_IF_ERROR(clear(tx, change, "the tier has another severity now"));
  }
  ASSIGN_OR_RETURN(auto found, firing_alert(tx.sql(), change.objective, cls));
  RETURN_IF_ERROR(
      put_firing_tier(tx.sql(), FiringTier{change.objective, change.tier, cls, change.at,
                                           change.evidence.impact_started.value_or(change.at)}));
  if (!found) return open(tx, setting, cls, change);

  Alert alert = *std::move(found);
  const bool is_new_tier = std::ranges::find(alert.tiers, change.tier) == alert.tiers.end();
  if (!is_new_tier && change.at - alert.updated < kRefreshEvery) return {};
  refresh(alert, setting, cls, change);
  if (is_new_tier) {
    ASSIGN_OR_RETURN(const auto tiers, firing_tiers_of(tx.sql(), change.objective));
    alert.tiers = names_of(tiers, cls);
  }
  RETURN_IF_ERROR(update_alert(tx.sql(), alert));
  if (listener_ != nullptr) RETURN_IF_ERROR(listener_->on_changed(tx, alert));
  return is_new_tier ? append(tx, alert, "alert.changed", change.at) : Result<>{};
}

Result<> AlertDesk::open(engine::Tx& tx, const Setting& setting, AlertClass cls,
                         const slo::TierChange& change) {
  Alert alert = make_alert(setting, cls, change);
  alert.id = tx.new_id("alr");
  // The row stands before the listener is asked, so that it can count it; its incident follows.
  RETURN_IF_ERROR(insert_alert(tx.sql(), change.objective.value(), cls, alert));
  if (listener_ != nullptr) {
    RETURN_IF_ERROR(listener_->on_fired(tx, alert));
    RETURN_IF_ERROR(update_alert(tx.sql(), alert));
  }
  tx.after_commit([this] { fired_metric_.add(); });
  return append(tx, alert, "alert.fired", change.at);
}

Result<> AlertDesk::clear(engine::Tx& tx, const slo::TierChange& change, std::string_view why) {
  // The row knows the class: the tier's severity may have been edited while it fired.
  ASSIGN_OR_RETURN(const auto known, read_firing_tier(tx.sql(), change.objective, change.tier));
  if (!known) return {};
  RETURN_IF_ERROR(delete_firing_tier(tx.sql(), change.objective, change.tier));
  ASSIGN_OR_RETURN(auto found, firing_alert(tx.sql(), change.objective, known->cls));
  if (!found) return {};
  ASSIGN_OR_RETURN(const auto left, firing_tiers_of(tx.sql(), change.objective));
  auto names = names_of(left, known->cls);
  if (names.empty()) return end(tx, *std::move(found), known->cls, change, why);

  Alert alert = *std::move(found);
  alert.tiers = std::move(names);
  alert.updated = std::max(alert.updated, change.at);
  RETURN_IF_ERROR(update_alert(tx.sql(), alert));
  if (listener_ != nullptr) RETURN_IF_ERROR(listener_->on_changed(tx, alert));
  return append(tx, alert, "alert.changed", change.at);
}

Result<> AlertDesk::end(engine::Tx& tx, Alert alert, AlertClass cls, const slo::TierChange& change,
                        std::string_view why) {
  resolve(alert, cls, change.evidence, change.at, why);
  RETURN_IF_ERROR(update_alert(tx.sql(), alert));
  RETURN_IF_ERROR(append(tx, alert, "alert.resolved", change.at));
  tx.after_commit([this] { resolved_metric_.add(); });
  return listener_ != nullptr ? listener_->on_resolved(tx, alert) : Result<>{};
}

Result<> AlertDesk::sweep(engine::Tx& tx, const World& world) {
  ASSIGN_OR_RETURN(const auto tiers, all_firing_tiers(tx.sql()));
  for (const auto& tier : tiers) {
    const auto objective = world.objectives.find(tier.objective);
    const bool is_gone = objective == world.objectives.end();
    if (!is_gone && is_declared(objective->second, tier.tier)) continue;
    slo::TierChange change;
    change.objective = tier.objective;
    change.tier = tier.tier;
    change.at = tx.now();
    RETURN_IF_ERROR(
        clear(tx, change,
              is_gone ? "the objective is no longer declared" : "the tier is no longer declared"));
  }
  return {};
}

Result<> AlertDesk::append(engine::Tx& tx, const Alert& alert, std::string kind, Time happened) {
  codec::JsonArray tiers;
  for (const auto& tier : alert.tiers) tiers.push_back(codec::Json(tier));
  store::LogbookEntry entry;
  entry.happened = std::min(happened, tx.now());
  entry.actor = store::system_actor("slo");
  entry.kind = std::move(kind);
  entry.subject_kind = "alert";
  entry.subject_id = alert.id;
  entry.incident_id = alert.incident;
  entry.data = {{"summary", alert.summary},
                {"impact", alert.impact},
                {"severity", name_of(alert.severity)},
                {"service", alert.service.value()},
                {"objective", alert.labels.at("objective")},
                {"tiers", std::move(tiers)}};
  return tx.append(std::move(entry));
}

}  // namespace tocsin::alert
