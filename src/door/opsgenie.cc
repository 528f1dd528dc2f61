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
  if (!priority.empty() && !is_opsgenie_priority(priority)) {
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

std::string opsgenie_owner(const tocsin::alert::Mark& mark) {
  if (!mark.acknowledged) return {};
  // "token:prometheus (ada)"
  const std::string& by = mark.acknowledged->by;
  const size_t open = by.find('(');
  if (open == std::string::npos || !by.ends_with(')')) return by;
  return by.substr(open + 1, by.size() - open - 2);
}

codec::JsonObject opsgenie_row(const OpsgenieItem& item) {
  const routing::PostedAlert& alert = *item.alert;
  const auto& words = alert.annotations;
  const std::string_view alias = alert.labels.get(kKeyLabel);
  const std::string_view integration = alert.labels.get(kIntegrationLabel);
  const bool is_acknowledged = item.mark.acknowledged.has_value();
  codec::JsonArray responders;
  for (const std::string_view one : split(words.get("responders"), ',')) {
    const size_t colon = one.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view type = trim(one.substr(0, colon));
    responders.push_back(codec::JsonObject{
        {"type", type}, {type == "user" ? "username" : "name", trim(one.substr(colon + 1))}});
  }
  codec::JsonObject out{{"id", opsgenie_id(integration, alias)},
                        {"alias", alias},
                        {"message", words.get("summary")},
                        {"status", alert.is_resolved(item.now) ? "closed" : "open"},
                        {"acknowledged", is_acknowledged},
                        {"isSeen", is_acknowledged},
                        {"seen", is_acknowledged},
                        {"snoozed", item.mark.is_snoozed(item.now)},
                        {"owner", opsgenie_owner(item.mark)},
                        {"priority", words.get("priority")},
                        {"tags", list_of(words.get("tags"))},
                        {"responders", std::move(responders)},
                        {"source", words.get("sender")},
                        {"createdAt", to_rfc3339(alert.starts)},
                        {"updatedAt", to_rfc3339(alert.updated)},
                        {"lastOccurredAt", to_rfc3339(alert.updated)},
                        {"count", 1},
                        {"integration", codec::JsonObject{{"name", integration}, {"type", "API"}}}};
  if (item.mark.snoozed && item.mark.is_snoozed(item.now)) {
    out["snoozedUntil"] = to_rfc3339(item.mark.snoozed->until);
  }
  return out;
}

codec::JsonObject opsgenie_view(const OpsgenieItem& item) {
  const auto& words = item.alert->annotations;
  codec::JsonObject details;
  for (const auto& [name, value] : words) {
    if (!is_in(kOwnAnnotations, name)) details[name] = value;
  }
  for (const std::string_view name : kDetailLabels) {
    if (const auto value = item.alert->labels.get(name); !value.empty()) details[name] = value;
  }
  codec::JsonObject out = opsgenie_row(item);
  out["description"] = words.get("description");
  out["actions"] = list_of(words.get("actions"));
  out["entity"] = item.alert->labels.get("entity");
  out["details"] = std::move(details);
  return out;
}

// --- changes

bool is_opsgenie_priority(std::string_view priority) {
  return std::ranges::find(kPriorities, priority, &Priority::name) != kPriorities.end();
}

routing::PostedAlert with_annotation(const routing::PostedAlert& alert, std::string_view name,
                                     std::string_view value, Time now) {
  routing::PostedAlert out = alert;
  std::vector<routing::LabelPair> pairs;
  for (const auto& pair : alert.annotations) {
    if (pair.first != name) pairs.push_back(pair);
  }
  pairs.emplace_back(name, value);
  out.annotations = routing::Labels::from(std::move(pairs));
  out.updated = now;
  out.ends = now + kUntilResolved;
  return out;
}

routing::PostedAlert with_priority(const routing::PostedAlert& alert, std::string_view priority,
                                   Time now) {
  routing::PostedAlert out = with_annotation(alert, "priority", priority, now);
  if (alert.labels.get("severity") != severity_of(alert.annotations.get("priority"))) return out;
  std::vector<routing::LabelPair> pairs;
  for (const auto& pair : alert.labels) {
    if (pair.first != "severity") pairs.push_back(pair);
  }
  pairs.emplace_back("severity", severity_of(priority));
  out.labels = routing::Labels::from(std::move(pairs));
  return out;
}

OpsgenieChanged with_responder(const routing::PostedAlert& alert, const Node& body, Time now) {
  static const Node kNothing;
  const Node* found = body.find("responder");
  const Node& one = found != nullptr ? *found : kNothing;
  std::string name;
  for (const char* field : {"username", "name", "id"}) {
    if (name.empty()) name = trimmed(one.find(field));
  }
  if (name.empty()) {
    return std::unexpected(
        OpsgenieErrors{{"responder", "Must have a type, and an id, a name or a username."}});
  }
  std::string type = trimmed(one.find("type"));
  if (type.empty()) type = one.find("username") != nullptr ? "user" : "team";
  const std::string added = fmt::format("{}:{}", type, name);
  std::string all(alert.annotations.get("responders"));
  std::vector<std::string> known;
  for (const std::string_view item : split(all, ',')) known.emplace_back(trim(item));
  if (is_in(known, added)) return with_annotation(alert, "responders", all, now);
  if (known.size() >= kMostResponders) {
    return std::unexpected(OpsgenieErrors{
        {"responder", fmt::format("There are {} responders already.", kMostResponders)}});
  }
  all = all.empty() ? added : fmt::format("{}, {}", all, added);
  return with_annotation(alert, "responders", all, now);
}

OpsgenieChanged with_tags(const routing::PostedAlert& alert, const Node& body, Time now) {
  const Node* list = body.find("tags");
  if (list == nullptr || list->kind != Node::Kind::kSequence || list->items.empty()) {
    return std::unexpected(OpsgenieErrors{{"tags", "Must be a list of at least one tag."}});
  }
  std::vector<std::string> all;
  for (const std::string_view item : split(alert.annotations.get("tags"), ',')) {
    if (!trim(item).empty()) all.emplace_back(trim(item));
  }
  for (const Node& item : list->items) {
    std::string tag = cut(&item, kLongestTag);
    if (!tag.empty() && !is_in(all, tag) && all.size() < kMostTags) all.push_back(std::move(tag));
  }
  return with_annotation(alert, "tags", join(all, ", "), now);
}

routing::PostedAlert without_tags(const routing::PostedAlert& alert, std::string_view tags,
                                  Time now) {
  std::vector<std::string> gone, left;
  for (const std::string_view item : split(tags, ',')) gone.emplace_back(trim(item));
  for (const std::string_view item : split(alert.annotations.get("tags"), ',')) {
    if (!is_in(gone, trim(item))) left.emplace_back(trim(item));
  }
  return with_annotation(alert, "tags", join(left, ", "), now);
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
