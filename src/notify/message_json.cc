#include "notify/message_json.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "notify/mime.h"

namespace tocsin::notify {
namespace {

using codec::JsonArray;
using codec::JsonObject;

// Texts of a message by their names; the order is that in which they are told.
constexpr std::array<std::pair<std::string_view, std::string Message::*>, 10> kTexts{{
    {"title", &Message::title},
    {"impact", &Message::impact},
    {"likely", &Message::likely},
    {"first_step", &Message::first_step},
    {"runbook", &Message::runbook},
    {"answer_url", &Message::answer_url},
    {"incident_id", &Message::incident_id},
    {"alert_id", &Message::alert_id},
    {"service", &Message::service},
    {"severity", &Message::severity},
}};

std::unexpected<Error> damaged(std::string_view field) {
  return fail(Code::kDataLoss, fmt::format("a stored message has no valid '{}'", field));
}

Result<std::string> need_text(const JsonObject& object, std::string_view key) {
  const auto text = codec::find_text(object, key);
  if (!text) return damaged(key);
  return std::string(*text);
}

}  // namespace

JsonObject to_json(const Message& message) {
  JsonObject out;
  out["is_page"] = message.is_page;
  if (message.is_drill) out["is_drill"] = true;
  if (message.is_bundle) out["is_bundle"] = true;
  if (!message.is_urgent) out["is_urgent"] = false;
  if (message.until) out["until"] = to_rfc3339(*message.until);
  if (!message.about.empty()) out["about"] = repair_utf8(message.about);
  out["since"] = to_rfc3339(message.since);
  for (const auto& [name, member] : kTexts) out[name] = repair_utf8(message.*member);
  JsonArray links;
  for (const catalog::Link& link : message.links) {
    links.push_back(JsonObject{{"name", repair_utf8(link.name)}, {"url", repair_utf8(link.url)}});
  }
  out["links"] = std::move(links);
  return out;
}

Result<Message> read_message(std::string_view json) {
  ASSIGN_OR_RETURN(const codec::Json value, codec::read_own_json(json));
  if (!value.is_object()) return damaged("object");
  const JsonObject& object = value.get_object();
  Message message;
  const codec::Json* is_page = object.if_contains("is_page");
  if (is_page == nullptr || !is_page->is_bool()) return damaged("is_page");
  message.is_page = is_page->get_bool();
  const codec::Json* is_drill = object.if_contains("is_drill");
  message.is_drill = is_drill != nullptr && is_drill->is_bool() && is_drill->get_bool();
  const codec::Json* is_bundle = object.if_contains("is_bundle");
  message.is_bundle = is_bundle != nullptr && is_bundle->is_bool() && is_bundle->get_bool();
  const codec::Json* is_urgent = object.if_contains("is_urgent");
  message.is_urgent = is_urgent == nullptr || !is_urgent->is_bool() || is_urgent->get_bool();
  if (object.contains("until")) {
    ASSIGN_OR_RETURN(const std::string until, need_text(object, "until"));
    auto end = parse_rfc3339(until);
    if (!end) return damaged("until");
    message.until = *end;
  }
  if (object.contains("about")) {
    ASSIGN_OR_RETURN(message.about, need_text(object, "about"));
  }
  ASSIGN_OR_RETURN(const std::string since, need_text(object, "since"));
  auto time = parse_rfc3339(since);
  if (!time) return damaged("since");
  message.since = *time;
  for (const auto& [name, member] : kTexts) {
    ASSIGN_OR_RETURN(message.*member, need_text(object, name));
  }
  const codec::Json* links = object.if_contains("links");
  if (links == nullptr || !links->is_array()) return damaged("links");
  for (const codec::Json& link : links->get_array()) {
    if (!link.is_object()) return damaged("links");
    ASSIGN_OR_RETURN(std::string name, need_text(link.get_object(), "name"));
    ASSIGN_OR_RETURN(std::string url, need_text(link.get_object(), "url"));
    message.links.push_back({std::move(name), std::move(url)});
  }
  return message;
}

}  // namespace tocsin::notify
