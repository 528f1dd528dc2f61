#include <fmt/format.h>

#include "codec/json.h"
#include "receiver/json_text.h"
#include "receiver/node_json.h"
#include "receiver/providers.h"
#include "receiver/retry_rule.h"
#include "receiver/truncate.h"

namespace tocsin::receiver {
namespace {

// https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
constexpr size_t kMostSummaryRunes = 1024;
constexpr size_t kMostEventBytes = 512'000;

// Events API v2 with a routing key, v1 with a service key.
class Pagerduty final : public HttpProvider {
 public:
  Pagerduty(routing::PagerdutySettings settings, Templates templates, std::string v1_url)
      : settings_(std::move(settings)),
        templates_(std::move(templates)),
        v1_url_(std::move(v1_url)) {}

  Result<HttpPlan> compose(const GroupMessage& message) const override;
  Sent judge(const net::HttpAnswer& answer) const override;

 protected:
  // How it says "too many": 403 in v1, 429 in v2.
  std::vector<int> also_retried() const override { return {is_v2() ? 429 : 403}; }

 private:
  bool is_v2() const { return settings_.routing_key.is_set(); }
  std::string details(MessageView& view) const;
  std::string body_v1(MessageView& view, const GroupMessage& message, const Secret& key,
                      const std::string& details) const;
  std::string body_v2(MessageView& view, const GroupMessage& message, const Secret& key,
                      const std::string& details) const;
  std::string payload_v2(MessageView& view, const std::string& details) const;

  const routing::PagerdutySettings settings_;
  const Templates templates_;
  const std::string v1_url_;
};

std::string Pagerduty::details(MessageView& view) const {
  JsonObject out;
  for (const auto& [name, value] : settings_.details) {
    out.raw(name, render_node(value, "details." + name, view));
  }
  return out.take();
}

std::string_view event_of(const MessageView& view) {
  return view.is_resolved() ? "resolve" : "trigger";
}

std::string Pagerduty::body_v1(MessageView& view, const GroupMessage& message, const Secret& key,
                               const std::string& details) const {
  const routing::PagerdutySettings& s = settings_;
  JsonObject out;
  out.text_if_any("service_key", key.reveal());
  out.text("incident_key", key_hash(message.group_key));
  out.text("event_type", event_of(view));
  out.text_if_any("description",
                  truncate_runes(view.text("description", s.description), kMostSummaryRunes));
  out.text("event_action", "");
  out.raw("payload", "null");
  if (!view.is_resolved()) {
    out.text_if_any("client", view.text("client", s.client));
    out.text_if_any("client_url", view.text("client_url", s.client_url));
  }
  if (details != "{}") out.raw("details", details);
  return out.take() + "\n";
}

std::string Pagerduty::payload_v2(MessageView& view, const std::string& details) const {
  const routing::PagerdutySettings& s = settings_;
  JsonObject out;
  out.text("summary", truncate_runes(view.text("description", s.description), kMostSummaryRunes));
  out.text("source", view.text("source", s.source.empty() ? s.client : s.source));
  out.text("severity", view.text("severity", s.severity.empty() ? "error" : s.severity));
  out.text_if_any("class", view.text("class", s.class_));
  out.text_if_any("component", view.text("component", s.component));
  out.text_if_any("group", view.text("group", s.group));
  if (details != "{}") out.raw("custom_details", details);
  return out.take();
}

std::string Pagerduty::body_v2(MessageView& view, const GroupMessage& message, const Secret& key,
                               const std::string& details) const {
  const routing::PagerdutySettings& s = settings_;
  std::vector<std::string> images, links;
  for (const routing::PagerdutyImage& image : s.images) {
    const std::string src = view.text("images.src", image.src);
    JsonObject object;
    object.text("src", src).text("alt", view.text("images.alt", image.alt));
    object.text("href", view.text("images.href", image.href));
    if (!src.empty()) images.push_back(object.take());
  }
  for (const routing::PagerdutyLink& link : s.links) {
    const std::string href = view.text("links.href", link.href);
    JsonObject object;
    object.text("href", href).text("text", view.text("links.text", link.text));
    if (!href.empty()) links.push_back(object.take());
  }
  JsonObject out;
  out.text_if_any("routing_key", key.reveal());
  out.text("dedup_key", key_hash(message.group_key));
  out.text("event_action", event_of(view));
  out.raw("payload", payload_v2(view, details));
  out.text_if_any("client", view.text("client", s.client));
  out.text_if_any("client_url", view.text("client_url", s.client_url));
  if (!images.empty()) out.raw("images", json_list(images));
  if (!links.empty()) out.raw("links", json_list(links));
  return out.take() + "\n";
}

Result<HttpPlan> Pagerduty::compose(const GroupMessage& message) const {
  MessageView view(*templates_, message);
  const auto& source = is_v2() ? settings_.routing_key : settings_.service_key;
  const std::string_view field = is_v2() ? "routing_key" : "service_key";
  ASSIGN_OR_RETURN(const Secret read, source.read());
  const Secret key = view.secret(field, read);
  if (key.empty()) view.refuse(field, "is empty once its template is executed");
  const auto body = [&](const std::string& with_details) {
    return is_v2() ? body_v2(view, message, key, with_details)
                   : body_v1(view, message, key, with_details);
  };
  HttpPlan plan;
  plan.mask.add(key);
  HttpRequest request{.url = Secret(is_v2() ? settings_.url : v1_url_), .headers = {}, .body = {}};
  request.body = body(details(view));
  if (request.body.size() > kMostEventBytes) {
    JsonObject instead;
    instead.text("error",
                 "The details are left out: with them this event is larger than the 512KB that "
                 "PagerDuty takes");
    request.body = body(instead.take());
  }
  RETURN_IF_ERROR(view.ok());
  plan.requests.push_back(std::move(request));
  return plan;
}

// A 400 says in JSON what is wrong with the event.
Sent Pagerduty::judge(const net::HttpAnswer& answer) const {
  if (answer.status != 400) return HttpProvider::judge(answer);
  const auto json = codec::parse_json(answer.body);
  if (!json) return HttpProvider::judge(answer);
  const codec::Node* message = json->find("message");
  std::string told = message == nullptr ? "" : message->scalar;
  if (const codec::Node* errors = json->find("errors")) {
    for (const codec::Node& error : errors->items) told += "; " + error.scalar;
  }
  return judge_status(answer.status, also_retried(), one_line(told));
}

}  // namespace

std::shared_ptr<HttpProvider> make_pagerduty(const routing::PagerdutySettings& settings,
                                             Templates templates, std::string v1_url) {
  return std::make_shared<Pagerduty>(settings, std::move(templates), std::move(v1_url));
}

}  // namespace tocsin::receiver
