#include "door/opsgenie.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "receiver/truncate.h"

namespace tocsin::door {
namespace {

using codec::Node;

constexpr size_t kLongestMessage = 130;  // characters, as all of these
constexpr size_t kLongestAlias = 512;
constexpr size_t kLongestDescription = 15'000;
constexpr size_t kLongestEntity = 512;
constexpr size_t kLongestName = 100;  // source, user
constexpr size_t kLongestNote = 25'000;
constexpr size_t kMostTags = 20, kLongestTag = 50;
constexpr size_t kMostActions = 10, kLongestAction = 50;
constexpr size_t kMostResponders = 50;

struct Priority {
  std::string_view name, severity;
};
constexpr std::array<Priority, 5> kPriorities = {
    {{"P1", "critical"}, {"P2", "error"}, {"P3", "warning"}, {"P4", "info"}, {"P5", "info"}}};
constexpr std::string_view kUsualPriority = "P3";
// Details that route an alert here.
constexpr std::array<std::string_view, 4> kDetailLabels = {"alertname", "service", "severity",
                                                           "team"};
// Annotations that have a field of their own in Opsgenie's view of an alert.
constexpr std::array<std::string_view, 9> kOwnAnnotations = {"summary", "description", "note",
                                                             "user",    "sender",      "tags",
                                                             "actions", "responders",  "priority"};

template <class List>
bool is_in(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

std::string trimmed(const Node* node) { return std::string(trim(text_of(node))); }
std::string cut(const Node* node, size_t most) {
  return receiver::truncate_runes(trimmed(node), most);
}

// "a, b" of a list of texts.
std::string joined(const Node* list, size_t most, size_t longest) {
  std::vector<std::string> out;
  if (list != nullptr) {
    for (const Node& item : list->items) {
      if (out.size() == most) break;
      if (std::string text = cut(&item, longest); !text.empty()) out.push_back(std::move(text));
    }
  }
  return join(out, ", ");
}

// "team:ops, user:ada@example.org"
std::string responders_of(const Node& body) {
  std::vector<std::string> out;
  for (const char* key : {"responders", "teams"}) {
    const Node* list = body.find(key);
    if (list == nullptr) continue;
    for (const Node& item : list->items) {
      std::string name;
      for (const char* field : {"name", "username", "id"}) {
        if (name.empty()) name = trimmed(item.find(field));
      }
      const std::string type = trimmed(item.find("type"));
      if (!name.empty() && out.size() < kMostResponders) {
        out.push_back(fmt::format("{}:{}", type.empty() ? "team" : type, name));
      }
    }
  }
  return join(out, ", ");
}

void add_details(Draft& draft, const Node* details) {
  if (details == nullptr) return;
  for (const codec::Field& field : details->fields) {
    if (is_in(kDetailLabels, field.key)) continue;
    draft.detail(field.key, text_of(&field.value));
  }
}

std::string_view severity_of(std::string_view priority) {
  const auto found = std::ranges::find(kPriorities, priority, &Priority::name);
  return found == kPriorities.end() ? "warning" : found->severity;
}

void check_kind(const Node& body, const char* key, Node::Kind kind, std::string_view what,
                OpsgenieErrors& errors) {
  const Node* node = body.find(key);
  if (node != nullptr && !node->is_null() && node->kind != kind) {
    errors[key] = fmt::format("Must be {}.", what);
  }
}

codec::JsonArray list_of(std::string_view joined_text) {
  codec::JsonArray out;
  for (const std::string_view item : split(joined_text, ',')) {
    if (!trim(item).empty()) out.emplace_back(trim(item));
  }
  return out;
}

codec::JsonObject answer(const OpsgenieRequest& request) {
  return {{"took", request.took}, {"requestId", request.id}};
}

}  // namespace

std::expected<OpsgenieAlert, OpsgenieErrors> read_opsgenie_alert(Node body) {
  OpsgenieErrors errors;
  OpsgenieAlert alert;
  const std::string message = trimmed(body.find("message"));
  if (message.empty()) errors["message"] = "Message can not be empty.";
  if (receiver::count_runes(message) > kLongestMessage) {
    errors["message"] =
        fmt::format("Message can not be longer than {} characters.", kLongestMessage);
  }
  alert.alias = trimmed(body.find("alias"));
  if (receiver::count_runes(alert.alias) > kLongestAlias) {
    errors["alias"] = fmt::format("Alias can not be longer than {} characters.", kLongestAlias);
  }
  const std::string priority = trimmed(body.find("priority"));
  if (!priority.empty() &&
      std::ranges::find(kPriorities, priority, &Priority::name) == kPriorities.end()) {
    errors["priority"] = "Priority must be one of P1, P2, P3, P4 and P5.";
  }
  check_kind(body, "details", Node::Kind::kMapping, "an object", errors);
  for (const char* key : {"tags", "actions", "responders", "teams", "visibleTo"}) {
    check_kind(body, key, Node::Kind::kSequence, "a list", errors);
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));
  alert.body = std::move(body);
  return alert;
}

std::expected<OpsgenieAction, OpsgenieErrors> read_opsgenie_action(const Node& body,
                                                                   bool is_snooze) {
  OpsgenieAction action;
  action.user = cut(body.find("user"), kLongestName);
  action.source = cut(body.find("source"), kLongestName);
  action.note = cut(body.find("note"), kLongestNote);
  action.end = time_of(body.find("endTime"));
  if (is_snooze && !action.end) {
    return std::unexpected(OpsgenieErrors{
        {"endTime", "Must be the time at which the snooze ends, such as 2026-11-22T21:37:00Z."}});
  }
  return action;
}

routing::PostedAlert alert_of(const OpsgenieAlert& alert, const Sender& sender, Time now) {
  const Node& body = alert.body;
  const Node* details = body.find("details");
  std::string priority = trimmed(body.find("priority"));
  if (priority.empty()) priority = kUsualPriority;

  Draft draft;
  draft.label(kSourceLabel, "opsgenie");
  draft.label(kIntegrationLabel, sender.integration);
  draft.label(kKeyLabel, alert.alias);
  if (details != nullptr) {
    for (const std::string_view name : kDetailLabels)
      draft.label(name, trimmed(details->find(name)));
  }
  draft.label("alertname", "OpsgenieAlert");
  draft.label("service", sender.service);
  draft.label("severity", severity_of(priority));
  draft.label("entity", cut(body.find("entity"), kLongestEntity));

  draft.annotation("summary", trimmed(body.find("message")));
  draft.annotation("description", cut(body.find("description"), kLongestDescription));
  draft.annotation("priority", priority);
  draft.annotation("note", cut(body.find("note"), kLongestNote));
  draft.annotation("user", cut(body.find("user"), kLongestName));
  draft.annotation("sender", cut(body.find("source"), kLongestName));
  draft.annotation("tags", joined(body.find("tags"), kMostTags, kLongestTag));
  draft.annotation("actions", joined(body.find("actions"), kMostActions, kLongestAction));
  draft.annotation("responders", responders_of(body));
  add_details(draft, details);
  return draft.firing(now, now);
}

std::string opsgenie_id(std::string_view integration, std::string_view alias) {
  const std::string text = fmt::format("{}\n{}", integration, alias);
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  hash[6] = static_cast<unsigned char>((hash[6] & 0x0f) | 0x80);  // version 8: made as we like
  hash[8] = static_cast<unsigned char>((hash[8] & 0x3f) | 0x80);
  const std::string digits = hex({reinterpret_cast<const char*>(hash.data()), 16});
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4),
                     digits.substr(12, 4), digits.substr(16, 4), digits.substr(20));
}

codec::JsonObject opsgenie_view(const routing::PostedAlert& alert, Time now) {
  const auto& words = alert.annotations;
  const std::string_view alias = alert.labels.get(kKeyLabel);
  const std::string_view integration = alert.labels.get(kIntegrationLabel);
  codec::JsonObject details;
  for (const auto& [name, value] : words) {
    if (!is_in(kOwnAnnotations, name)) details[name] = value;
  }
  for (const std::string_view name : kDetailLabels) {
    if (const auto value = alert.labels.get(name); !value.empty()) details[name] = value;
  }
  return {{"id", opsgenie_id(integration, alias)},
          {"alias", alias},
          {"message", words.get("summary")},
          {"description", words.get("description")},
          {"status", alert.is_resolved(now) ? "closed" : "open"},
          {"priority", words.get("priority")},
          {"tags", list_of(words.get("tags"))},
          {"actions", list_of(words.get("actions"))},
          {"entity", alert.labels.get("entity")},
          {"source", words.get("sender")},
          {"createdAt", to_rfc3339(alert.starts)},
          {"updatedAt", to_rfc3339(alert.updated)},
          {"lastOccurredAt", to_rfc3339(alert.updated)},
          {"count", 1},
          {"details", std::move(details)},
          {"integration", codec::JsonObject{{"name", integration}, {"type", "API"}}}};
}

codec::JsonObject opsgenie_accepted(const OpsgenieRequest& request) {
  codec::JsonObject out = answer(request);
  out["result"] = "Request will be processed";
  return out;
}

codec::JsonObject opsgenie_data(const OpsgenieRequest& request, codec::Json data) {
  codec::JsonObject out = answer(request);
  out["data"] = std::move(data);
  return out;
}

codec::JsonObject opsgenie_refused(const OpsgenieRequest& request, std::string_view message,
                                   const OpsgenieErrors& errors) {
  codec::JsonObject out = answer(request);
  out["message"] = message;
  if (!errors.empty()) {
    codec::JsonObject fields;
    for (const auto& [field, why] : errors) fields[field] = why;
    out["errors"] = std::move(fields);
  }
  return out;
}

}  // namespace tocsin::door
