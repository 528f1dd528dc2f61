#include "slo/openslo.h"

#include <fmt/format.h>

#include <array>

#include "slo/burn.h"
#include "slo/openslo_alerting.h"
#include "slo/openslo_indicator.h"
#include "slo/openslo_window.h"

namespace tocsin::slo {
namespace {

constexpr std::array<std::string_view, 3> kSloAnnotations = {"users-lose", "runbook", "no-data"};
constexpr Duration kShortestSlice = minutes(1);
constexpr Duration kLongestSlice = hours(1);

std::string annotation(const Metadata& metadata, const std::string& name) {
  const auto found = metadata.annotations.find(name);
  return found == metadata.annotations.end() ? "" : found->second;
}

double read_target(codec::Fields& fields) {
  const bool has_share = fields.has("target"), has_percent = fields.has("targetPercent");
  constexpr double kLeast = 0.01, kMost = 0.999999;
  if (has_share == has_percent) {
    fields.raw("target");
    fields.raw("targetPercent");
    fields.problem("target", "give exactly one of target (0.999) and targetPercent (99.9)");
    return 0.999;
  }
  if (has_share) return fields.number("target", std::nullopt, kLeast, kMost);
  return fields.number("targetPercent", std::nullopt, kLeast * 100, kMost * 100) / 100;
}

// OpenSLO: a bare number counts minutes.
Duration read_slice_window(codec::Fields& fields) {
  const std::string text = fields.text("timeSliceWindow", "1m");
  const bool is_number = text.find_first_not_of("0123456789") == std::string::npos;
  const auto window = parse_duration(is_number ? text + "m" : text);
  if (!window) {
    fields.problem("timeSliceWindow", window.error().message);
    return kShortestSlice;
  }
  if (*window < kShortestSlice || *window > kLongestSlice || *window % minutes(1) != Duration(0)) {
    fields.problem("timeSliceWindow", "must be whole minutes, from 1m to 1h");
    return kShortestSlice;
  }
  return *window;
}

// Reads SLO documents one after the other.
class SloReader {
 public:
  SloReader(const catalog::Catalog& catalog, const Surroundings& around, codec::Problems& problems)
      : catalog_(catalog),
        problems_(problems),
        indicators_(catalog, around, problems),
        alerting_(catalog, problems) {}

  Declared read() {
    for (const auto& [name, document] : documents_of(catalog_, "SLO", problems_)) {
      codec::Fields object(document->node, document->file, problems_);
      read_slo(object);
    }
    declared_.signals = indicators_.take_signals();
    return std::move(declared_);
  }

 private:
  void read_slo(codec::Fields& object) {
    read_inline_kind(object, "SLO");
    const Metadata metadata = read_metadata(object, kSloAnnotations);
    codec::Fields spec = object.child("spec");
    Objective common;
    common.name = ObjectiveName(metadata.name);
    common.display_name = metadata.display_name.empty() ? metadata.name : metadata.display_name;
    common.description = spec.text("description", "");
    common.users_lose = annotation(metadata, "users-lose");
    common.runbook = annotation(metadata, "runbook");
    common.service = read_service(spec);
    common.window = read_time_window(spec);
    common.budgeting = read_budgeting(spec);
    const auto signal = indicators_.read(spec, metadata.name, common.service.value());
    if (signal) common.signal = *signal;
    const auto policies = read_policies(spec);
    common.no_data = read_no_data(object, metadata, policies);
    read_objectives(spec, common, policies);
    spec.finish();
    object.finish();
  }

  catalog::ServiceId read_service(codec::Fields& spec) {
    const catalog::ServiceId service(spec.text("service"));
    if (service.empty() || catalog_.service(service)) return service;
    std::vector<std::string> known;
    for (const auto& [id, value] : catalog_.services) known.push_back(id.value());
    spec.problem("service",
                 unknown_name("service", service.value(), std::span<const std::string>(known)));
    return service;
  }

  Budgeting read_budgeting(codec::Fields& spec) {
    const std::string method = spec.text("budgetingMethod", "Occurrences");
    if (method == "Timeslices") return Budgeting::kTimeslices;
    if (method == "RatioTimeslices") {
      spec.problem(
          "budgetingMethod",
          "RatioTimeslices is not known here; use Occurrences, which counts every event, or "
          "Timeslices");
    } else if (method != "Occurrences") {
      spec.problem("budgetingMethod",
                   fmt::format("'{}' is neither Occurrences nor Timeslices", method));
    }
    return Budgeting::kOccurrences;
  }

  std::vector<PolicyDeclared> read_policies(codec::Fields& spec) {
    std::vector<PolicyDeclared> policies;
    for (codec::Fields& entry : spec.children("alertPolicies"))
      if (auto policy = alerting_.read_entry(entry)) policies.push_back(*std::move(policy));
    return policies;
  }

  // The annotation decides; else a policy that asks for it gives its severity; when all policies
  // say no there is none; else it is a ticket.
  std::optional<Severity> read_no_data(codec::Fields& object, const Metadata& metadata,
                                       const std::vector<PolicyDeclared>& policies) {
    const std::string wish = annotation(metadata, "no-data");
    if (wish == "page") return Severity::kPage;
    if (wish == "ticket") return Severity::kTicket;
    if (wish == "off") return std::nullopt;
    if (!wish.empty())
      object.problem("metadata",
                     fmt::format("tocsin.dev/no-data: '{}' is none of page, ticket and off", wish));
    std::optional<Severity> asked;
    bool all_say_no = !policies.empty();
    for (const PolicyDeclared& policy : policies) {
      all_say_no = all_say_no && policy.when_no_data == false;
      if (policy.when_no_data != true || !policy.condition) continue;
      const Severity severity = policy.condition->tier.severity;
      asked = asked == Severity::kPage ? asked : severity;
    }
    if (asked) return asked;
    return all_say_no ? std::nullopt : std::optional(Severity::kTicket);
  }

  void read_objectives(codec::Fields& spec, const Objective& common,
                       const std::vector<PolicyDeclared>& policies) {
    auto all = spec.children("objectives");
    if (all.empty()) {
      spec.problem("objectives", "must hold at least one objective: [{target: 0.999}]");
      return;
    }
    for (size_t i = 0; i < all.size(); ++i) {
      Objective objective = common;
      if (all.size() > 1)
        objective.name = ObjectiveName(fmt::format("{}-{}", common.name.value(), i + 1));
      read_objective(all[i], objective);
      set_tiers(spec, objective, policies);
      const auto [first, is_new] = names_.emplace(objective.name.value(), all[i].file());
      if (!is_new)
        all[i].problem("", fmt::format("objective '{}' is already declared in {}; rename one SLO",
                                       objective.name.value(), first->second));
      declared_.objectives.push_back(std::move(objective));
    }
  }

  void read_objective(codec::Fields& fields, Objective& objective) {
    objective.display_name = fields.text("displayName", objective.display_name);
    objective.target = read_target(fields);
    for (const char* key : {"op", "value"}) {
      if (fields.has(key))
        fields.problem(key, "belongs to a thresholdMetric; a ratioMetric has only its target");
      fields.raw(key);
    }
    if (objective.budgeting == Budgeting::kTimeslices) {
      objective.slice_target = fields.number("timeSliceTarget", std::nullopt, 0.0, 1.0);
      objective.slice_window = read_slice_window(fields);
    } else if (fields.has("timeSliceTarget") || fields.has("timeSliceWindow")) {
      fields.problem("timeSliceTarget",
                     "is for budgetingMethod Timeslices; this SLO counts "
                     "occurrences");
      fields.raw("timeSliceTarget");
      fields.raw("timeSliceWindow");
    }
    fields.finish();
  }

  void set_tiers(codec::Fields& spec, Objective& objective,
                 const std::vector<PolicyDeclared>& policies) {
    const Duration period = period_of(objective.window);
    if (!spec.has("alertPolicies")) {
      objective.tiers = default_tiers(objective.target, period);
      return;
    }
    std::set<std::string> seen;
    for (const PolicyDeclared& policy : policies) {
      if (!policy.when_breaching || !policy.condition) continue;
      Tier tier = tier_for(*policy.condition, objective.target, period);
      if (const auto why = why_useless(tier, objective.target, period))
        spec.problem("alertPolicies", *why);
      if (!seen.insert(tier.name).second)
        spec.problem(
            "alertPolicies",
            fmt::format("two tiers are named '{}'; give each AlertCondition a name of its own",
                        tier.name));
      objective.tiers.push_back(std::move(tier));
    }
  }

  const catalog::Catalog& catalog_;
  codec::Problems& problems_;
  IndicatorReader indicators_;
  AlertingReader alerting_;
  std::map<std::string, std::string> names_;  // of objectives, with their file
  Declared declared_;
};

// Documents of a kind that objectives only name: `read` takes the fields of their spec.
template <class Read>
void check_documents(const catalog::Catalog& catalog, std::string_view kind,
                     codec::Problems& problems, Read read) {
  for (const auto& [name, document] : documents_of(catalog, kind, problems)) {
    codec::Fields object(document->node, document->file, problems);
    read_inline_kind(object, kind);
    read_metadata(object, {});
    codec::Fields spec = object.child("spec");
    spec.text("description", "");
    read(name, object, spec);
    spec.finish();
    object.finish();
  }
}

void check_services(const catalog::Catalog& catalog, codec::Problems& problems) {
  check_documents(catalog, "Service", problems,
                  [&](const std::string& name, codec::Fields& object, codec::Fields&) {
                    if (catalog.service(catalog::ServiceId(name))) return;
                    object.problem("metadata",
                                   fmt::format("service '{}' has no owner: declare it as tocsin/v1 "
                                               "Service with its team",
                                               name));
                  });
}

void check_targets(const catalog::Catalog& catalog, codec::Problems& problems) {
  check_documents(
      catalog, "AlertNotificationTarget", problems,
      [](const std::string&, codec::Fields&, codec::Fields& spec) { spec.text("target", ""); });
}

}  // namespace

Declared read_openslo(const catalog::Catalog& catalog, const Surroundings& around,
                      codec::Problems& problems) {
  check_services(catalog, problems);
  check_targets(catalog, problems);
  return SloReader(catalog, around, problems).read();
}

}  // namespace tocsin::slo
