#include "slo/openslo_alerting.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "slo/burn.h"
#include "slo/fast_tier.h"

namespace tocsin::slo {
namespace {

constexpr std::array<std::string_view, 3> kConditionAnnotations = {"tier", "short-window",
                                                                   "budget-fraction"};
constexpr std::array<std::string_view, 2> kSeverities = {"page", "ticket"};
constexpr double kMostBurn = 1e6;

// What an entry that only holds a name refers to.
template <class T, class Map>
std::optional<T> referred_to(codec::Fields& entry, std::string_view field, std::string_view kind,
                             const Map& known) {
  const std::string name = entry.text(field);
  read_inline_kind(entry, kind);
  entry.finish();
  const auto found = known.find(name);
  if (found != known.end()) return found->second;
  entry.problem(field, unknown_name(kind, name, known));
  return std::nullopt;
}

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void read_fraction(codec::Fields& object, const Metadata& metadata, ConditionDeclared& declared) {
  const auto text = metadata.annotations.find("budget-fraction");
  if (text == metadata.annotations.end()) return;
  const auto value = number_of(text->second);
  if (!value || *value <= 0 || *value > 1) {
    object.problem("metadata",
                   fmt::format("tocsin.dev/budget-fraction: '{}' must be a number over 0 up to 1, "
                               "such as \"0.02\" for 2% of the budget",
                               text->second));
    return;
  }
  declared.tier.budget_fraction = *value;
}

void read_short_window(codec::Fields& object, const Metadata& metadata,
                       ConditionDeclared& declared) {
  const auto text = metadata.annotations.find("short-window");
  if (text == metadata.annotations.end()) return;
  const auto window = parse_duration(text->second);
  if (!window) {
    object.problem("metadata", "tocsin.dev/short-window: " + window.error().message);
    return;
  }
  declared.tier.short_window = *window;
}

void read_burn_rate(codec::Fields& condition, ConditionDeclared& declared) {
  const std::string kind = condition.text("kind", "burnrate");
  if (kind != "burnrate")
    condition.problem("kind", fmt::format("'{}' is not known; only burnrate is", kind));
  const std::string op = condition.text("op", "gte");
  if (op != "gte" && op != "gt")
    condition.problem("op",
                      fmt::format("'{}' would alert while all is well: a burn rate alerts when "
                                  "it is at or over its threshold; use gte",
                                  op));
  declared.has_threshold = condition.has("threshold");
  if (declared.has_threshold) {
    declared.tier.burn = condition.number("threshold", std::nullopt, 1e-6, kMostBurn);
    if (declared.tier.budget_fraction > 0)
      condition.problem("threshold",
                        "the annotation tocsin.dev/budget-fraction gives the burn rate already; "
                        "leave out one of the two");
  } else if (declared.tier.budget_fraction == 0) {
    condition.problem("threshold",
                      "is missing: the burn rate that alerts, such as 14.4; or give the annotation "
                      "tocsin.dev/budget-fraction");
  }
  declared.tier.long_window = condition.duration("lookbackWindow", std::nullopt, minutes(1));
  // "Valid for 5m before alerting" is what a short window of 5m asks, without its blind spots.
  const Duration after = condition.duration("alertAfter", Duration(0));
  if (declared.tier.short_window == Duration(0)) declared.tier.short_window = after;
}

}  // namespace

Tier tier_for(const ConditionDeclared& declared, double target, Duration period) {
  Tier tier = declared.tier;
  if (tier.kind == Tier::Kind::kFast) {
    if (tier.budget_fraction == 0) tier.budget_fraction = fast_tier(target, period).budget_fraction;
    return tier;
  }
  if (declared.has_threshold) {
    tier.budget_fraction = fraction_for(tier.burn, period, tier.long_window);
  } else {
    tier.burn = burn_for(tier.budget_fraction, period, tier.long_window);
  }
  if (tier.short_window == Duration(0)) tier.short_window = short_window_for(tier.long_window);
  return tier;
}

AlertingReader::AlertingReader(const catalog::Catalog& catalog, codec::Problems& problems) {
  const auto object = [&](const catalog::Document& document) {
    codec::Fields fields(document.node, document.file, problems);
    return fields;
  };
  for (const auto& [name, document] : documents_of(catalog, "AlertCondition", problems)) {
    codec::Fields fields = object(*document);
    conditions_[name] = read_condition(fields);
  }
  for (const auto& [name, document] : documents_of(catalog, "AlertPolicy", problems)) {
    codec::Fields fields = object(*document);
    policies_[name] = read_policy(fields);
  }
}

std::optional<ConditionDeclared> AlertingReader::read_condition(codec::Fields& object) {
  read_inline_kind(object, "AlertCondition");
  const Metadata metadata = read_metadata(object, kConditionAnnotations);
  ConditionDeclared declared;
  declared.tier.name = metadata.name;
  codec::Fields spec = object.child("spec");
  spec.text("description", "");
  declared.tier.severity =
      spec.choice("severity", kSeverities, std::nullopt) == 1 ? Severity::kTicket : Severity::kPage;
  read_fraction(object, metadata, declared);
  read_short_window(object, metadata, declared);
  const auto kind = metadata.annotations.find("tier");
  if (kind != metadata.annotations.end() && kind->second == "fast") {
    declared.tier.kind = Tier::Kind::kFast;
    if (spec.has("condition"))
      spec.problem("condition", "the fast tier has a formula of its own; leave the condition out");
    spec.raw("condition");
    if (declared.tier.short_window != Duration(0))
      object.problem("metadata", "the fast tier has no windows; leave tocsin.dev/short-window out");
  } else {
    if (kind != metadata.annotations.end() && kind->second != "burn")
      object.problem("metadata",
                     fmt::format("tocsin.dev/tier: '{}' is neither burn nor fast", kind->second));
    codec::Fields condition = spec.child("condition");
    read_burn_rate(condition, declared);
    condition.finish();
  }
  spec.finish();
  object.finish();
  if (metadata.name.empty()) return std::nullopt;
  return declared;
}

std::optional<ConditionDeclared> AlertingReader::read_condition_entry(codec::Fields entry) {
  if (!entry.has("conditionRef")) return read_condition(entry);
  return referred_to<ConditionDeclared>(entry, "conditionRef", "AlertCondition", conditions_);
}

PolicyDeclared AlertingReader::read_policy(codec::Fields& object) {
  read_inline_kind(object, "AlertPolicy");
  read_metadata(object, {});
  PolicyDeclared policy;
  codec::Fields spec = object.child("spec");
  spec.text("description", "");
  policy.when_breaching = spec.flag("alertWhenBreaching", true);
  if (spec.has("alertWhenNoData")) policy.when_no_data = spec.flag("alertWhenNoData", false);
  spec.flag("alertWhenResolved", true);  // recoveries are always told
  spec.raw("notificationTargets");       // who is told is the business of the service's team
  auto conditions = spec.children("conditions");
  if (conditions.size() == 1) {
    policy.condition = read_condition_entry(conditions[0]);
  } else {
    spec.problem("conditions",
                 "must hold exactly one condition, as OpenSLO v1 says; write a policy "
                 "for each tier");
  }
  spec.finish();
  object.finish();
  return policy;
}

std::optional<PolicyDeclared> AlertingReader::read_entry(codec::Fields entry) {
  if (!entry.has("alertPolicyRef")) return read_policy(entry);
  return referred_to<PolicyDeclared>(entry, "alertPolicyRef", "AlertPolicy", policies_);
}

}  // namespace tocsin::slo
