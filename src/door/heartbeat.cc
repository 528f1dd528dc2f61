#include "door/heartbeat.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::door {
namespace {

Draft draft_of(const Heartbeat& heartbeat) {
  const HeartbeatSpec& spec = heartbeat.spec;
  Draft draft;
  draft.label("alertname", "HeartbeatMissed");
  draft.label(kSourceLabel, "heartbeat");
  draft.label("heartbeat", spec.name);
  draft.label("severity", spec.severity);
  draft.label("service", spec.service);
  for (const auto& [name, value] : spec.labels) draft.label(name, value);

  draft.annotation("summary", spec.summary);
  draft.annotation("summary", fmt::format("Heartbeat {} is missing", spec.name));
  draft.annotation("runbook_url", spec.runbook);
  draft.annotation("tags", spec.tags);
  const std::string expected = spec.grace == Duration(0)
                                   ? fmt::format("expected every {}", to_text(spec.every))
                                   : fmt::format("expected every {}, and {} of grace",
                                                 to_text(spec.every), to_text(spec.grace));
  const std::string heard =
      heartbeat.last_ping ? fmt::format("Last heard of at {}", to_rfc3339(*heartbeat.last_ping))
                          : "Never heard of";
  draft.annotation("description",
                   spec.description.empty()
                       ? fmt::format("{}; {}.", heard, expected)
                       : fmt::format("{}\n{}; {}.", spec.description, heard, expected));
  return draft;
}

Result<std::string> text_in(const codec::JsonObject& object, std::string_view field) {
  const codec::Json* value = object.if_contains(field);
  if (value == nullptr || !value->is_string()) {
    return fail(Code::kDataLoss, fmt::format("a heartbeat's {} is damaged", field));
  }
  return std::string(value->get_string());
}

Result<Duration> duration_in(const codec::JsonObject& object, std::string_view field) {
  const codec::Json* value = object.if_contains(field);
  if (value == nullptr || !value->is_int64()) {
    return fail(Code::kDataLoss, fmt::format("a heartbeat's {} is damaged", field));
  }
  return Duration(value->get_int64());
}

}  // namespace

std::string_view name_of(HeartbeatSpec::Origin origin) {
  return origin == HeartbeatSpec::Origin::kCatalog ? "catalog" : "opsgenie";
}

std::string_view state_of(const Heartbeat& heartbeat) {
  if (!heartbeat.is_enabled) return "disabled";
  if (heartbeat.missed) return "missed";
  return heartbeat.last_ping ? "alive" : "waiting";
}

Duration patience_of(const HeartbeatSpec& spec) {
  return std::max(spec.grace, std::min<Duration>(spec.every, minutes(5)));
}

routing::PostedAlert missed_alert(const Heartbeat& heartbeat, Time now) {
  return draft_of(heartbeat).firing(heartbeat.since + heartbeat.spec.every, now);
}

routing::PostedAlert returned_alert(const Heartbeat& heartbeat, Time now) {
  return draft_of(heartbeat).resolved(heartbeat.since + heartbeat.spec.every, now, now);
}

codec::JsonObject to_json(const HeartbeatSpec& spec) {
  codec::JsonObject labels;
  for (const auto& [name, value] : spec.labels) labels[name] = value;
  return {{"every", spec.every.count()}, {"grace", spec.grace.count()},
          {"service", spec.service},     {"severity", spec.severity},
          {"summary", spec.summary},     {"description", spec.description},
          {"runbook", spec.runbook},     {"tags", spec.tags},
          {"labels", std::move(labels)}};
}

Result<HeartbeatSpec> heartbeat_from_json(std::string_view text, std::string name,
                                          HeartbeatSpec::Origin origin) {
  ASSIGN_OR_RETURN(const codec::Json json, codec::read_own_json(text));
  const codec::JsonObject* object = json.if_object();
  if (object == nullptr) return fail(Code::kDataLoss, "a heartbeat's definition is damaged");
  HeartbeatSpec spec{.name = std::move(name), .origin = origin};
  ASSIGN_OR_RETURN(spec.every, duration_in(*object, "every"));
  ASSIGN_OR_RETURN(spec.grace, duration_in(*object, "grace"));
  ASSIGN_OR_RETURN(spec.service, text_in(*object, "service"));
  ASSIGN_OR_RETURN(spec.severity, text_in(*object, "severity"));
  ASSIGN_OR_RETURN(spec.summary, text_in(*object, "summary"));
  ASSIGN_OR_RETURN(spec.description, text_in(*object, "description"));
  ASSIGN_OR_RETURN(spec.runbook, text_in(*object, "runbook"));
  ASSIGN_OR_RETURN(spec.tags, text_in(*object, "tags"));
  const codec::Json* labels = object->if_contains("labels");
  if (labels == nullptr || !labels->is_object()) {
    return fail(Code::kDataLoss, "a heartbeat's labels are damaged");
  }
  for (const auto& [label, value] : labels->get_object()) {
    ASSIGN_OR_RETURN(spec.labels[label], text_in(labels->get_object(), label));
  }
  return spec;
}

}  // namespace tocsin::door
