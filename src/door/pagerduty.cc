#include "door/pagerduty.h"

#include <fmt/format.h>

#include "base/text.h"
#include "receiver/truncate.h"

namespace tocsin::door {
namespace {

using codec::Node;

constexpr size_t kLongestKey = 255;       // characters
constexpr size_t kLongestSummary = 1024;  // characters
constexpr std::string_view kActions =
    "must be one of the following: 'trigger', 'acknowledge' or 'resolve'";
constexpr std::string_view kSeverities =
    "must be one of the following: 'critical', 'warning', 'error' or 'info'";

std::string trimmed(const Node* node) { return std::string(trim(text_of(node))); }

// A text that must be there, or PagerDuty's words for that it is not.
std::string required(const Node* parent, std::string_view key, std::string_view path,
                     PagerDutyErrors& errors) {
  std::string text = parent == nullptr ? "" : trimmed(parent->find(key));
  if (text.empty()) errors.push_back(fmt::format("'{}' is missing or blank", path));
  return text;
}

std::string one_line(const Node& link, std::string_view url, std::string_view text) {
  const std::string href = text_of(link.find(url)), words = text_of(link.find(text));
  return words.empty() ? href : fmt::format("{}: {}", words, href);
}

// One line for each item of a list.
std::string lines_of(const Node* list, std::string_view url, std::string_view text) {
  std::vector<std::string> lines;
  if (list != nullptr) {
    for (const Node& item : list->items) lines.push_back(one_line(item, url, text));
  }
  return join(lines, "\n");
}

std::string runbook_of(const Node* links) {
  if (links == nullptr) return "";
  for (const Node& link : links->items) {
    if (to_lower(text_of(link.find("text"))).find("runbook") != std::string::npos) {
      return text_of(link.find("href"));
    }
  }
  return "";
}

void add_details(Draft& draft, const Node* details) {
  if (details == nullptr || details->is_null()) return;
  if (details->kind != Node::Kind::kMapping) {
    draft.detail("custom_details", text_of(details));
    return;
  }
  for (const codec::Field& field : details->fields) {
    if (field.key == "service" && draft.label_of("service") == text_of(&field.value)) continue;
    draft.detail(field.key, text_of(&field.value));
  }
}

// The labels by which an event finds its alert, and those of every alert of the door.
Draft keyed(const PagerDutyEvent& event, const Sender& sender) {
  Draft draft;
  draft.label(kSourceLabel, "pagerduty");
  draft.label(kIntegrationLabel, sender.integration);
  draft.label(kKeyLabel, event.dedup_key);
  return draft;
}

void read_payload(const Node* payload, PagerDutyErrors& errors) {
  required(payload, "summary", "payload.summary", errors);
  required(payload, "source", "payload.source", errors);
  const std::string severity = required(payload, "severity", "payload.severity", errors);
  if (!severity.empty() && severity != "critical" && severity != "error" && severity != "warning" &&
      severity != "info") {
    errors.push_back(fmt::format("'payload.severity' is invalid ({})", kSeverities));
  }
}

}  // namespace

std::string pagerduty_routing_key(const Node& body) { return trimmed(body.find("routing_key")); }

std::expected<PagerDutyEvent, PagerDutyErrors> read_pagerduty_event(Node body) {
  PagerDutyErrors errors;
  PagerDutyEvent event;
  required(&body, "routing_key", "routing_key", errors);
  const std::string action = required(&body, "event_action", "event_action", errors);
  using enum PagerDutyEvent::Action;
  if (action == "acknowledge") {
    event.action = kAcknowledge;
  } else if (action == "resolve") {
    event.action = kResolve;
  } else if (!action.empty() && action != "trigger") {
    errors.push_back(fmt::format("'event_action' is invalid ({})", kActions));
  }
  event.dedup_key = trimmed(body.find("dedup_key"));
  if (receiver::count_runes(event.dedup_key) > kLongestKey) {
    errors.push_back(
        fmt::format("Length of 'dedup_key' is incorrect (should be at most {})", kLongestKey));
  }
  if (event.action == kTrigger) {
    read_payload(body.find("payload"), errors);
  } else if (event.dedup_key.empty()) {
    errors.push_back("'dedup_key' is missing or blank");
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));
  event.body = std::move(body);
  return event;
}

routing::PostedAlert alert_of(const PagerDutyEvent& event, const Sender& sender, Time now) {
  Draft draft = keyed(event, sender);
  if (event.action != PagerDutyEvent::Action::kTrigger) return draft.resolved(now, now, now);
  const Node& payload = *event.body.find("payload");
  const Node* details = payload.find("custom_details");
  const Node* links = event.body.find("links");
  draft.label("alertname", trimmed(payload.find("class")));
  draft.label("alertname", "PagerDutyEvent");
  draft.label("severity", trimmed(payload.find("severity")));
  draft.label("instance", trimmed(payload.find("source")));
  draft.label("component", trimmed(payload.find("component")));
  draft.label("group", trimmed(payload.find("group")));
  if (details != nullptr) draft.label("service", trimmed(details->find("service")));
  draft.label("service", sender.service);

  draft.annotation("summary",
                   receiver::truncate_runes(trimmed(payload.find("summary")), kLongestSummary));
  if (details != nullptr) draft.annotation("runbook_url", trimmed(details->find("runbook_url")));
  draft.annotation("runbook_url", runbook_of(links));
  draft.annotation("links", lines_of(links, "href", "text"));
  draft.annotation("images", lines_of(event.body.find("images"), "src", "alt"));
  draft.annotation("client", text_of(event.body.find("client")));
  const Node* timestamp = payload.find("timestamp");
  const auto starts = time_of(timestamp);
  if (!starts) draft.annotation("timestamp", text_of(timestamp));
  draft.generator_url = text_of(event.body.find("client_url"));
  add_details(draft, details);
  return draft.firing(starts.value_or(now), now);
}

std::expected<PagerDutyChange, PagerDutyErrors> read_pagerduty_change(const Node& body) {
  PagerDutyErrors errors;
  PagerDutyChange change;
  required(&body, "routing_key", "routing_key", errors);
  const Node* payload = body.find("payload");
  change.summary = receiver::truncate_runes(required(payload, "summary", "payload.summary", errors),
                                            kLongestSummary);
  if (!errors.empty()) return std::unexpected(std::move(errors));
  change.source = receiver::truncate_bytes(trimmed(payload->find("source")), kLongestLabel);
  change.timestamp = time_of(payload->find("timestamp"));
  if (const Node* links = body.find("links"); links != nullptr) {
    for (const Node& link : links->items) {
      change.links.push_back(codec::JsonObject{{"href", text_of(link.find("href"))},
                                               {"text", text_of(link.find("text"))}});
    }
  }
  if (const Node* details = payload->find("custom_details"); details != nullptr) {
    change.service = receiver::truncate_bytes(trimmed(details->find("service")), kLongestLabel);
    change.custom_details = to_json(*details);
    // The logbook is kept for good: it takes what a person would read of a deploy.
    if (codec::to_text(change.custom_details).size() > kMostAnnotations) {
      change.custom_details = codec::JsonObject{{"left_out", "too long"}};
    }
  }
  return change;
}

codec::JsonObject pagerduty_accepted(std::string_view dedup_key) {
  return {{"status", "success"}, {"message", "Event processed"}, {"dedup_key", dedup_key}};
}

codec::JsonObject pagerduty_refused(const PagerDutyErrors& errors) {
  codec::JsonArray list;
  for (const std::string& error : errors) list.emplace_back(error);
  return {{"status", "invalid event"},
          {"message", "Event object is invalid"},
          {"errors", std::move(list)}};
}

}  // namespace tocsin::door
