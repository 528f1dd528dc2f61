#include "door/webhook.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/fields.h"

namespace tocsin::door {
namespace {

using codec::Node;

std::string_view name_of(Webhook kind) {
  return kind == Webhook::kGrafana ? "grafana" : "alertmanager";
}

// Labels and annotations are texts; what else stands there is kept as JSON.
void add_pairs(const Node* pairs, auto add) {
  if (pairs == nullptr) return;
  for (const codec::Field& field : pairs->fields) add(field.key, text_of(&field.value));
}

void add_grafana_fields(Draft& draft, const Node& alert) {
  constexpr std::pair<std::string_view, std::string_view> kLinks[] = {
      {"dashboardURL", "dashboard_url"},
      {"panelURL", "panel_url"},
      {"silenceURL", "silence_url"},
      {"imageURL", "image_url"},
      {"values", "values"}};
  for (const auto& [theirs, ours] : kLinks) draft.detail(ours, text_of(alert.find(theirs)));
}

// One alert of the group, or what is wrong with it.
Result<routing::PostedAlert> read_alert(Webhook kind, const Node& node, const Node& body,
                                        Time now) {
  if (node.kind != Node::Kind::kMapping) return invalid("is not an object");
  const Node* labels = node.find("labels");
  if (labels == nullptr || labels->kind != Node::Kind::kMapping || labels->fields.empty()) {
    return invalid("labels are missing: give at least one, as an object of texts");
  }
  Draft draft;
  add_pairs(labels, [&](auto& name, const auto& value) { draft.label(name, value); });
  draft.label(kSourceLabel, name_of(kind));
  add_pairs(node.find("annotations"),
            [&](auto& name, const auto& value) { draft.annotation(name, value); });
  if (kind == Webhook::kGrafana) add_grafana_fields(draft, node);
  draft.generator_url = text_of(node.find("generatorURL"));

  // Alertmanager says the state of each alert; an older sender may say that of the group alone.
  std::string status = to_lower(text_of(node.find("status")));
  if (status.empty()) status = to_lower(text_of(body.find("status")));
  if (status != "firing" && status != "resolved") {
    return invalid(
        fmt::format("status '{}' is not known; use firing or resolved", codec::shown(status)));
  }
  const Time starts = time_of(node.find("startsAt")).value_or(now);
  if (status == "firing") return draft.firing(starts, now);
  return draft.resolved(starts, time_of(node.find("endsAt")).value_or(now), now);
}

}  // namespace

Result<PostedBatch> read_webhook(Webhook kind, std::string_view text, Time now) {
  ASSIGN_OR_RETURN(const Node body, codec::parse_json(text));
  const Node* alerts = body.find("alerts");
  if (alerts == nullptr || alerts->kind != Node::Kind::kSequence) {
    return invalid(fmt::format(
        "alerts is missing: this door takes the webhook of {}",
        kind == Webhook::kGrafana ? "Grafana's unified alerting" : "Alertmanager, version 4"));
  }
  if (alerts->items.size() > kMostAlertsOfBody) {
    return invalid(fmt::format("there are {} alerts; send at most {} at once", alerts->items.size(),
                               kMostAlertsOfBody));
  }
  PostedBatch out;
  for (size_t i = 0; i < alerts->items.size(); ++i) {
    auto alert = read_alert(kind, alerts->items[i], body, now);
    if (alert) {
      out.alerts.push_back(*std::move(alert));
    } else {
      out.invalid.push_back(fmt::format("alerts[{}]: {}", i, alert.error().message));
    }
  }
  return out;
}

}  // namespace tocsin::door
