#include "alert/posted_policy.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/fields.h"

namespace tocsin::alert {
namespace {

using codec::Fields;

constexpr std::string_view kKind = "PostedAlerts";
constexpr const char* kAsksForPage = "severity=~\"page|critical\"";
constexpr const char* kIsCause = "kind=\"cause\"";

bool any_matches(const std::vector<routing::Matchers>& any, const routing::Labels& labels) {
  return std::ranges::any_of(any,
                             [&](const auto& matchers) { return all_match(matchers, labels); });
}

routing::Matchers own_matchers(const char* text) {
  return routing::parse_matchers(text, routing::MatcherSyntax::kUtf8).value().matchers;
}

std::optional<routing::Matchers> read_matchers(Fields& fields, std::string_view key,
                                               const std::string& text) {
  auto parsed = routing::parse_matchers(text, routing::MatcherSyntax::kUtf8);
  if (parsed) return std::move(parsed->matchers);
  fields.problem(key, fmt::format("'{}' is no matcher such as severity=\"page\": {}",
                                  codec::shown(text), parsed.error().message));
  return std::nullopt;
}

void read_any(Fields& spec, std::string_view key, std::vector<routing::Matchers>& any) {
  if (!spec.has(key)) return (void)spec.raw(key);
  any.clear();
  for (const std::string& text : spec.texts(key)) {
    if (auto matchers = read_matchers(spec, key, text)) any.push_back(*std::move(matchers));
  }
}

void read_names(Fields& spec, std::string_view key, std::vector<std::string>& names) {
  const bool is_there = spec.has(key);
  auto read = spec.texts(key);
  if (is_there) names = std::move(read);
}

CorrelationRule read_rule(Fields& fields) {
  CorrelationRule rule;
  rule.name = fields.text("name");
  for (const std::string& text : fields.texts("match")) {
    auto matchers = read_matchers(fields, "match", text);
    if (matchers) std::ranges::move(*matchers, std::back_inserter(rule.matchers));
  }
  rule.equal = fields.texts("equal");
  if (rule.equal.empty() && rule.matchers.empty()) {
    fields.problem("equal",
                   "a rule without match and equal would make one alert of all; name "
                   "labels: [service]");
  }
  fields.finish();
  return rule;
}

PostedPolicy read_one(const catalog::Document& document, codec::Problems& problems) {
  PostedPolicy policy = PostedPolicy::defaults();
  Fields fields(document.node, document.file, problems);
  (void)fields.text("apiVersion");
  (void)fields.text("kind");
  Fields metadata = fields.child("metadata");
  (void)metadata.text("name");
  metadata.finish();
  Fields spec = fields.child("spec");
  read_any(spec, "pages", policy.pages);
  read_any(spec, "causes", policy.causes);
  policy.service_label = spec.text("service_label", policy.service_label);
  policy.team_label = spec.text("team_label", policy.team_label);
  read_names(spec, "impact_annotations", policy.impact_annotations);
  read_names(spec, "runbook_annotations", policy.runbook_annotations);
  read_names(spec, "paging_receivers", policy.paging_receivers);
  auto rules = spec.children("correlate");
  if (!rules.empty()) policy.correlate.clear();
  for (Fields& rule : rules) policy.correlate.push_back(read_rule(rule));
  constexpr std::string_view kOtherwise[] = {"ticket", "dashboard"};
  policy.otherwise = static_cast<PostedPolicy::Otherwise>(spec.choice("otherwise", kOtherwise, 0));
  constexpr std::string_view kGates[] = {"observe", "enforce"};
  policy.unowned = static_cast<catalog::PageGate>(spec.choice("unowned", kGates, 0));
  spec.finish();
  fields.finish();
  return policy;
}

}  // namespace

PostedPolicy PostedPolicy::defaults() {
  PostedPolicy policy;
  policy.pages = {own_matchers(kAsksForPage)};
  policy.causes = {own_matchers(kIsCause)};
  policy.correlate = {{"same service", {}, {"service"}}};
  return policy;
}

bool PostedPolicy::asks_for_page(const routing::Labels& labels) const {
  return any_matches(pages, labels);
}

bool PostedPolicy::is_cause(const routing::Labels& labels) const {
  return any_matches(causes, labels);
}

PostedPolicy read_posted_policy(const catalog::Catalog& catalog, codec::Problems& problems) {
  const catalog::Document* first = nullptr;
  for (const auto& document : catalog.documents) {
    if (document.kind != kKind) continue;
    if (first == nullptr) {
      first = &document;
      continue;
    }
    problems.add({document.file, document.node.place, "kind",
                  fmt::format("the rules for posted alerts are already in {}:{}; keep one document",
                              first->file, first->node.place.line)});
  }
  return first == nullptr ? PostedPolicy::defaults() : read_one(*first, problems);
}

Owner owner_of(const routing::Labels& labels, const PostedPolicy& policy,
               const catalog::Catalog& catalog) {
  Owner owner;
  owner.service =
      catalog.service(catalog::ServiceId(std::string(labels.get(policy.service_label))));
  owner.team = owner.service != nullptr
                   ? catalog.team(owner.service->team)
                   : catalog.team(catalog::TeamId(std::string(labels.get(policy.team_label))));
  return owner;
}

}  // namespace tocsin::alert
