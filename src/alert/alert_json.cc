#include "alert/alert_json.h"

#include <fmt/format.h>

#include <utility>

#include "slo/slo_json.h"

namespace tocsin::alert {
namespace {

using codec::Json;
using codec::JsonArray;
using codec::JsonObject;

std::unexpected<Error> damaged(std::string_view what) {
  return fail(Code::kDataLoss, fmt::format("the stored {} of an alert is not what was written; "
                                           "restore the database from a backup",
                                           what));
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

JsonArray to_json(const std::vector<catalog::Link>& links) {
  JsonArray array;
  for (const auto& link : links)
    array.push_back(JsonObject{{"name", link.name}, {"url", link.url}});
  return array;
}

JsonObject to_json(const Labels& labels) {
  JsonObject object;
  for (const auto& [name, value] : labels) object[name] = value;
  return object;
}

}  // namespace

std::string_view name_of(slo::Severity severity) {
  return severity == slo::Severity::kPage ? "page" : "ticket";
}

std::string_view name_of(AlertState state) {
  return state == AlertState::kFiring ? "firing" : "resolved";
}

JsonObject to_json(const Alert& alert) {
  JsonArray tiers;
  for (const auto& tier : alert.tiers) tiers.push_back(Json(tier));
  return JsonObject{
      {"id", alert.id},
      {"fingerprint", alert.fingerprint},
      {"labels", to_json(alert.labels)},
      {"state", name_of(alert.state)},
      {"severity", name_of(alert.severity)},
      {"service", alert.service.value()},
      {"team", alert.team.value()},
      {"summary", alert.summary},
      {"impact", alert.impact},
      {"runbook", text_or_null(alert.runbook)},
      {"links", to_json(alert.links)},
      {"evidence", slo::evidence_json(alert.evidence)},
      {"tiers", std::move(tiers)},
      {"impact_started_at", to_rfc3339(alert.impact_started)},
      {"started_at", to_rfc3339(alert.started)},
      {"updated_at", to_rfc3339(alert.updated)},
      {"ended_at", alert.ended ? Json(to_rfc3339(*alert.ended)) : Json(nullptr)},
      {"incident", text_or_null(alert.incident)},
  };
}

std::string links_text(const std::vector<catalog::Link>& links) {
  return codec::to_text(to_json(links));
}

Result<std::vector<catalog::Link>> read_links(std::string_view text) {
  ASSIGN_OR_RETURN(const Json json, codec::read_own_json(text));
  const JsonArray* array = json.if_array();
  if (array == nullptr) return damaged("links");
  std::vector<catalog::Link> links;
  for (const Json& item : *array) {
    const JsonObject* object = item.if_object();
    const Json* name = object ? object->if_contains("name") : nullptr;
    const Json* url = object ? object->if_contains("url") : nullptr;
    if (!name || !url || !name->is_string() || !url->is_string()) return damaged("links");
    links.push_back({std::string(name->get_string()), std::string(url->get_string())});
  }
  return links;
}

std::string labels_text(const Labels& labels) { return codec::to_text(to_json(labels)); }

Result<Labels> read_labels(std::string_view text) {
  ASSIGN_OR_RETURN(const Json json, codec::read_own_json(text));
  const JsonObject* object = json.if_object();
  if (object == nullptr) return damaged("labels");
  Labels labels;
  for (const auto& [name, value] : *object) {
    if (!value.is_string()) return damaged("labels");
    labels[std::string(name)] = std::string(value.get_string());
  }
  return labels;
}

std::string names_text(const std::vector<std::string>& names) {
  JsonArray array;
  for (const auto& name : names) array.push_back(Json(name));
  return codec::to_text(array);
}

Result<std::vector<std::string>> read_names(std::string_view text) {
  ASSIGN_OR_RETURN(const Json json, codec::read_own_json(text));
  const JsonArray* array = json.if_array();
  if (array == nullptr) return damaged("list of tiers");
  std::vector<std::string> names;
  for (const Json& item : *array) {
    if (!item.is_string()) return damaged("list of tiers");
    names.emplace_back(item.get_string());
  }
  return names;
}

std::string evidence_text(const slo::Evidence& evidence) {
  return codec::to_text(slo::evidence_json(evidence));
}

Result<slo::Evidence> read_evidence(std::string_view text) {
  ASSIGN_OR_RETURN(const Json json, codec::read_own_json(text));
  auto evidence = slo::read_evidence(json);
  if (!evidence) return damaged("evidence");
  return evidence;
}

}  // namespace tocsin::alert
