#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "routing/read_config.h"

// webhook, email, pagerduty, opsgenie and pushover: prometheus/alertmanager notify/<kind>/config.go
// with what config/config.go fills in from `global`.
namespace tocsin::routing {
namespace {

// https://pkg.go.dev/net/textproto#CanonicalMIMEHeaderKey
std::string canonical_header(std::string_view name) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  std::string out(name);
  bool is_first = true;
  for (char& c : out) {
    const bool is_lower = c >= 'a' && c <= 'z';
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_lower && !is_upper && !is_digit && kOthers.find(c) == std::string_view::npos) {
      return std::string(name);
    }
    if (is_first && is_lower) c = static_cast<char>(c - 'a' + 'A');
    if (!is_first && is_upper) c = static_cast<char>(c - 'A' + 'a');
    is_first = c == '-';
  }
  return out;
}

std::map<std::string, std::string> read_mail_headers(codec::Fields& f) {
  std::map<std::string, std::string> out;
  for (auto& [name, value] : f.text_map("headers")) {
    const std::string canonical = canonical_header(name);
    if (!out.emplace(canonical, value).second) {
      f.problem("headers", fmt::format("has the header '{}' twice", codec::shown(canonical)));
    }
  }
  return out;
}

void read_threading(codec::Fields f, EmailSettings& s) {
  s.threading = read_flag(f, "enabled", false);
  const std::string by_date = f.text("thread_by_date", "");
  s.thread_by_day = by_date == "daily";
  if (s.threading && by_date != "none" && by_date != "daily") {
    f.problem("thread_by_date", "must be either 'none' or 'daily'");
  }
  for (const std::string_view header : {"References", "In-Reply-To"}) {
    if (!s.threading || !s.headers.contains(std::string(header))) continue;
    f.problem("enabled", fmt::format("conflicts with the custom header {}", header));
  }
  f.finish();
}

codec::Node text_node(std::string_view text) {
  codec::Node node{.kind = codec::Node::Kind::kScalar, .quoted = true};
  node.scalar = text;
  return node;
}

bool is_template(std::string_view text) { return text.find("{{") != std::string_view::npos; }

OpsgenieResponder read_responder(codec::Fields& f) {
  OpsgenieResponder r{f.text("id", ""), f.text("name", ""), f.text("username", ""),
                      f.text("type", "")};
  if (r.id.empty() && r.name.empty() && r.username.empty()) {
    f.problem("", "has to have at least one of id, username or name");
  }
  if (!is_template(r.type)) {
    constexpr std::string_view kTypes[] = {"team", "teams", "user", "escalation", "schedule"};
    r.type = to_lower(r.type);
    if (std::ranges::find(kTypes, r.type) == std::end(kTypes)) {
      const std::vector<std::string> names(std::begin(kTypes), std::end(kTypes));
      f.problem("type", fmt::format("'{}' is not one of {}{}", codec::shown(r.type),
                                    join(names, ", "), codec::did_you_mean(r.type, names)));
    }
  }
  f.finish();
  return r;
}

}  // namespace

WebhookSettings read_webhook(codec::Fields& f, const Global& global, Reading& reading) {
  WebhookSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.http = read_http_or(f, global.http, reading);
  s.url = read_url_source(f, "url", UrlKind::kSecretTemplate, reading);
  want_source(f, s.url, "url");
  s.max_alerts = static_cast<uint64_t>(f.integer("max_alerts", 0, 0, INT64_MAX));
  s.timeout = read_go_duration(f, "timeout", s.timeout);
  if (const codec::Node* payload = f.raw("payload")) s.payload = *payload;
  return s;
}

EmailSettings read_email(codec::Fields& f, const Global& global, Reading& reading) {
  EmailSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.to = f.text("to");
  s.from = f.text("from", "");
  if (s.from.empty()) s.from = global.smtp_from;
  if (s.from.empty()) f.problem("from", "is missing, and there is no global smtp_from");
  s.hello = f.text("hello", "");
  if (s.hello.empty()) s.hello = global.smtp_hello;
  s.smarthost = read_host_port(f, "smarthost");
  if (s.smarthost.port.empty()) s.smarthost = global.smtp_smarthost;
  if (s.smarthost.port.empty()) {
    f.problem("smarthost", "is missing, and there is no global smtp_smarthost");
  }
  s.auth_username = f.text("auth_username", "");
  if (s.auth_username.empty()) s.auth_username = global.smtp_auth_username;
  s.auth_password = read_secret_source(f, "auth_password", reading);
  if (!s.auth_password.is_set()) s.auth_password = global.smtp_auth_password;
  s.auth_secret = read_secret_source(f, "auth_secret", reading);
  if (!s.auth_secret.is_set()) s.auth_secret = global.smtp_auth_secret;
  s.auth_identity = f.text("auth_identity", "");
  if (s.auth_identity.empty()) s.auth_identity = global.smtp_auth_identity;
  s.headers = read_mail_headers(f);
  s.html = f.text("html", s.html);
  s.text = f.text("text", s.text);
  s.require_tls = read_flag(f, "require_tls", global.smtp_require_tls);
  s.force_implicit_tls = read_optional_flag(f, "force_implicit_tls");
  if (!s.force_implicit_tls) s.force_implicit_tls = global.smtp_force_implicit_tls;
  f.raw("tls_config");
  s.tls = f.has("tls_config") ? read_tls(f.child("tls_config"), reading) : global.smtp_tls;
  read_threading(f.child("threading"), s);
  return s;
}

PagerdutySettings read_pagerduty(codec::Fields& f, const Global& global, Reading& reading) {
  PagerdutySettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.http = read_http_or(f, global.http, reading);
  s.service_key = read_secret_source(f, "service_key", reading);
  s.routing_key = read_secret_source(f, "routing_key", reading);
  if (!s.service_key.is_set() && !s.routing_key.is_set()) {
    f.problem("routing_key", "is missing: a routing_key (or a service_key) must be configured");
  }
  s.url = read_url(f, "url", UrlKind::kPlain, reading);
  if (s.url.empty()) s.url = global.pagerduty_url;
  s.client = f.text("client", s.client);
  s.client_url = f.text("client_url", s.client_url);
  s.description = f.text("description", s.description);
  s.details = read_nodes(f, "details");
  constexpr std::pair<std::string_view, std::string_view> kDetails[] = {
      {"firing", "{{ .Alerts.Firing | toJson }}"},
      {"resolved", "{{ .Alerts.Resolved | toJson }}"},
      {"num_firing", "{{ .Alerts.Firing | len }}"},
      {"num_resolved", "{{ .Alerts.Resolved | len }}"}};
  for (const auto& [key, text] : kDetails) s.details.emplace(key, text_node(text));
  for (codec::Fields& image : f.children("images")) {
    s.images.push_back({image.text("src", ""), image.text("alt", ""), image.text("href", "")});
    image.finish();
  }
  for (codec::Fields& link : f.children("links")) {
    s.links.push_back({link.text("href", ""), link.text("text", "")});
    link.finish();
  }
  s.source = f.text("source", "");
  if (s.source.empty()) s.source = s.client;
  s.severity = f.text("severity", "");
  s.class_ = f.text("class", "");
  s.component = f.text("component", "");
  s.group = f.text("group", "");
  s.timeout = read_go_duration(f, "timeout", s.timeout);
  return s;
}

OpsgenieSettings read_opsgenie(codec::Fields& f, const Global& global, Reading& reading) {
  OpsgenieSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.http = read_http_or(f, global.http, reading);
  s.api_key = read_secret_source(f, "api_key", reading);
  if (!s.api_key.is_set()) s.api_key = global.opsgenie_api_key;
  if (!s.api_key.is_set()) {
    f.problem("api_key", "is missing, and there is no global opsgenie_api_key");
  }
  s.api_url = read_url(f, "api_url", UrlKind::kPlain, reading);
  if (s.api_url.empty()) s.api_url = global.opsgenie_api_url;
  if (!s.api_url.ends_with('/')) s.api_url += '/';
  s.message = f.text("message", s.message);
  s.description = f.text("description", s.description);
  s.source = f.text("source", s.source);
  s.details = f.text_map("details");
  s.entity = f.text("entity", "");
  for (codec::Fields& responder : f.children("responders")) {
    s.responders.push_back(read_responder(responder));
  }
  s.actions = f.text("actions", "");
  s.tags = f.text("tags", "");
  s.note = f.text("note", "");
  s.priority = f.text("priority", "");
  s.update_alerts = read_flag(f, "update_alerts", false);
  return s;
}

PushoverSettings read_pushover(codec::Fields& f, const Global& global, Reading& reading) {
  PushoverSettings s;
  s.send_resolved = read_flag(f, "send_resolved", s.send_resolved);
  s.http = read_http_or(f, global.http, reading);
  s.user_key = read_secret_source(f, "user_key", reading);
  s.token = read_secret_source(f, "token", reading);
  want_source(f, s.user_key, "user_key");
  want_source(f, s.token, "token");
  s.title = f.text("title", s.title);
  s.message = f.text("message", s.message);
  s.url = f.text("url", s.url);
  s.url_title = f.text("url_title", "");
  s.device = f.text("device", "");
  s.sound = f.text("sound", "");
  s.priority = f.text("priority", s.priority);
  s.retry = read_go_duration(f, "retry", s.retry);
  s.expire = read_go_duration(f, "expire", s.expire);
  s.ttl = read_go_duration(f, "ttl", s.ttl);
  s.html = read_flag(f, "html", false);
  s.monospace = read_flag(f, "monospace", false);
  if (s.html && s.monospace) at_most_one(f, "monospace", "html");
  return s;
}

}  // namespace tocsin::routing
