// The integrations of src/receiver beside those of a running Alertmanager: the same group is told
// with the same requests, byte for byte, apart from what later versions added.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <future>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "gotemplate/default_templates.h"
#include "net/testing/http_catcher.h"
#include "net/testing/mailbox.h"
#include "parity/alertmanager.h"
#include "receiver/integration.h"

namespace tocsin::parity {
namespace {

namespace json = boost::json;
using net::testing::HttpCatcher;
using net::testing::Mailbox;
using routing::Labels;
using routing::PostedAlert;

constexpr size_t kIntegrations = 7;  // over HTTP
constexpr std::string_view kReceiver = "team.db+1";

std::string config_for(const HttpCatcher& catcher, const Mailbox& mailbox) {
  return fmt::format(R"(
route: {{receiver: '{0}', group_by: [alertname], group_wait: 2s, group_interval: 1s}}
receivers:
- name: '{0}'
  webhook_configs:
  - url: '{1}/webhook'
  - {{url: '{1}/webhook-of-one', max_alerts: 1}}
  slack_configs:
  - api_url: '{1}/slack'
    send_resolved: true
    channel: '#{{{{ .CommonLabels.alertname }}}}'
    title: '{{{{ template "slack.default.title" . }}}} <&>'
    text: '{{{{ range .Alerts }}}}{{{{ .Annotations.summary }}}}, {{{{ end }}}}'
    short_fields: true
    fields: [{{title: t, value: '{{{{ len .Alerts.Firing }}}}'}}, {{title: u, value: v, short: false}}]
    actions: [{{type: button, text: Look, url: 'http://x/?a=1&b=2', style: danger}}]
    image_url: http://image
    link_names: true
  pagerduty_configs:
  - url: '{1}/pagerduty'
    routing_key: some-key
    severity: '{{{{ .Status }}}}'
    class: c
    # The defaults of these two changed with 0.29.
    details: {{own: '<{{{{ .CommonLabels.alertname }}}}>', firing: '{{{{ len .Alerts.Firing }}}} fire', resolved: none}}
    images: [{{src: 'http://i', alt: a, href: 'http://h'}}]
    links: [{{href: 'http://l', text: l}}]
  opsgenie_configs:
  - api_url: '{1}/opsgenie/'
    api_key: some-key
    details: {{own: '{{{{ .Status }}}}'}}
    responders: [{{name: 'a,b', type: teams}}, {{username: u, type: user}}]
    tags: 'x,y'
    priority: P2
  discord_configs:
  - webhook_url: '{1}/discord'
  telegram_configs:
  - {{api_url: '{1}/telegram', bot_token: '1:a', chat_id: -7, send_resolved: true}}
  email_configs:
  - smarthost: '127.0.0.1:{2}'
    require_tls: false
    send_resolved: true
    auth_username: bell
    auth_password: sesame
    from: 'Alerts <alerts@example.org>'
    to: 'Ada <ada@example.org>, grace@example.org'
    headers: {{X-Status: '{{{{ .Status }}}}'}}
    text: "{{{{ .CommonAnnotations.summary }}}} = \n.\n{{{{ range .Alerts }}}}{{{{ .Labels.job }}}} {{{{ end }}}}"
    html: '<p class="{{{{ .Status }}}}">{{{{ .CommonAnnotations.summary }}}}</p>'
)",
                     kReceiver, catcher.url(""), mailbox.port());
}

// One of them is over before anybody is told.
std::vector<PostedAlert> alerts_of(Time now) {
  const auto alert = [&](std::vector<routing::LabelPair> labels, Duration age) {
    PostedAlert out;
    out.labels = Labels::from(std::move(labels));
    out.annotations = Labels::of({{"summary", "<b>\"it\" & 'that'</b> \t für 日本 \u2028"},
                                  {"runbook_url", "http://r.example.org/?a=1&b=<2>"}});
    out.starts = now - age;
    out.ends = now + hours(1);
    out.generator_url = "http://prom.example.org/graph?g0.expr=up+%3D%3D+0&g0.tab=1";
    return out;
  };
  std::vector<PostedAlert> out = {
      alert({{"alertname", "Down & out"}, {"job", "api"}, {"zone", "a\\b"}}, microseconds(0)),
      alert({{"alertname", "Down & out"}, {"job", "web"}}, microseconds(100'000)),
      alert({{"alertname", "Down & out"}, {"job", "db"}, {"severity", "page"}}, microseconds(123))};
  out[1].ends = out[1].starts + microseconds(10);
  return out;
}

void post(Alertmanager& server, const std::vector<PostedAlert>& alerts) {
  const auto object_of = [](const Labels& labels) {
    json::object out;
    for (const auto& [name, value] : labels) out[name] = value;
    return out;
  };
  const auto text_of = [](Time t) {
    return fmt::format("{}{:03}Z", to_rfc3339(t).substr(0, 23), to_micros(t) % 1000);
  };
  json::array body;
  for (const PostedAlert& alert : alerts) {
    body.push_back(json::object{{"labels", object_of(alert.labels)},
                                {"annotations", object_of(alert.annotations)},
                                {"startsAt", text_of(alert.starts)},
                                {"endsAt", text_of(alert.ends)},
                                {"generatorURL", alert.generator_url}});
  }
  server.post("/alerts", body);
}

using ByPath = std::map<std::string, net::Request>;

ByPath by_path(const std::vector<net::Request>& all, size_t from) {
  ByPath out;
  for (size_t i = from; i < all.size(); ++i) out[all[i].path] = all[i];
  return out;
}

// The message that the Alertmanager told: its group's key, URL and order are in the body.
receiver::GroupMessage message_of(const net::Request& webhook,
                                  const std::vector<PostedAlert>& alerts, Time now) {
  const json::value body = json::parse(webhook.body);
  receiver::GroupMessage message;
  message.receiver = kReceiver;
  message.group_key = body.at("groupKey").as_string();
  message.external_url = body.at("externalURL").as_string();
  message.group_labels = Labels::of({{"alertname", "Down & out"}});
  message.now = now;
  for (const json::value& shown : body.at("alerts").as_array()) {
    for (const PostedAlert& alert : alerts) {
      if (routing::fingerprint_text(alert.fingerprint()) ==
          std::string_view(shown.at("fingerprint").as_string())) {
        message.alerts.push_back(std::make_shared<PostedAlert>(alert));
      }
    }
  }
  return message;
}

void replace(std::string& text, std::string_view what, std::string_view with) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
}

// Our body without what 0.25 did not know.
std::string as_0_25(std::string body) {
  replace(body, R"("notification_reason":"first notification",)", "");
  replace(body, R"("routeLabels":{},)", "");
  for (int n = 0; n < 4; ++n) {  // since 0.29 what reads as a number is one
    for (const std::string_view name : {"num_firing", "num_resolved"}) {
      replace(body, fmt::format(R"("{}":{})", name, n), fmt::format(R"("{}":"{}")", name, n));
    }
  }
  return body;
}

// RFC 2045, section 6.7.
std::string decoded(std::string_view coded) {
  std::string out;
  for (size_t i = 0; i < coded.size(); ++i) {
    if (coded[i] != '=') {
      out += coded[i];
    } else if (coded.substr(i + 1, 2) == "\r\n") {
      i += 2;
    } else {
      out += static_cast<char>(std::stoi(std::string(coded.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    }
  }
  return out;
}

// What a reader of a mail sees: who, the headers that do not differ from mail to mail, and the
// parts.
struct SeenMail {
  std::string from, to, user, password;
  std::map<std::string, std::string> headers;
  std::vector<std::pair<std::string, std::string>> parts;  // type and text
};

std::map<std::string, std::string> headers_of(std::string_view head) {
  std::map<std::string, std::string> out;
  std::string last;
  for (std::string_view line : split(head, '\n')) {
    line = trim(line);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      if (!last.empty()) out[last] += " " + std::string(line);
      continue;
    }
    last = to_lower(line.substr(0, colon));
    out[last] = trim(line.substr(colon + 1));
  }
  return out;
}

SeenMail seen(const net::CaughtMail& mail) {
  SeenMail out{mail.from, mail.to, mail.user, mail.password, {}, {}};
  const size_t head_end = mail.message.find("\r\n\r\n");
  out.headers = headers_of(std::string_view(mail.message).substr(0, head_end));
  std::string boundary = out.headers["content-type"];
  boundary = "--" + boundary.substr(boundary.find("boundary=") + 9);
  size_t at = mail.message.find(boundary, head_end);
  while (at != std::string::npos) {
    at += boundary.size();
    const size_t end = mail.message.find("\r\n" + boundary, at);
    if (end == std::string::npos) break;
    const std::string_view part = std::string_view(mail.message).substr(at, end - at);
    const size_t body = part.find("\r\n\r\n");
    out.parts.emplace_back(headers_of(part.substr(0, body))["content-type"],
                           decoded(part.substr(body + 4)));
    at = end + 2;
  }
  for (const char* own : {"date", "message-id", "content-type"}) out.headers.erase(own);
  return out;
}

// The reference writes a list of people as it stands.
void unquote_names(SeenMail& mail) {
  for (const char* list : {"from", "to"}) std::erase(mail.headers[list], '"');
}

class IntegrationParity : public ::testing::Test {
 protected:
  IntegrationParity() {
    catcher_.answer_always({.status = 200,
                            .headers = {{"Content-Type", "application/json"}},
                            .body = R"({"ok":true,"result":{"message_id":1,"chat":{"id":-7}}})"});
  }

  void tell(const receiver::GroupMessage& message, const std::string& user_agent) {
    codec::Problems problems;
    const auto config = routing::read_alertmanager_config(
        config_for(catcher_, mailbox_), "am.yml", "/", routing::MatcherSyntax::kFallback, problems);
    ASSERT_NE(config, nullptr) << problems.as_result().error().message;
    const auto all = receiver::make_integrations(
        *config->receiver(kReceiver),
        {.client = *client_,
         .templates = std::make_shared<gotemplate::TemplateSet>(gotemplate::default_templates()),
         .user_agent = user_agent});
    ASSERT_EQ(all.size(), kIntegrations + 1);
    for (const auto& integration : all) {
      std::promise<receiver::Sent> done;
      integration->send(message, seconds(20),
                        [&](receiver::Sent sent) { done.set_value(std::move(sent)); });
      const receiver::Sent sent = done.get_future().get();
      EXPECT_TRUE(sent) << integration->kind() << ": " << sent.error().error.message;
    }
  }

  void expect_the_same(const ByPath& theirs, const net::CaughtMail& their_mail,
                       const std::vector<PostedAlert>& alerts) {
    ASSERT_EQ(theirs.size(), kIntegrations);
    const size_t mails = mailbox_.mails().size();
    ASSERT_TRUE(theirs.contains("/webhook"));
    const net::Request& webhook = theirs.at("/webhook");
    const size_t before = catcher_.requests().size();
    tell(message_of(webhook, alerts, clock_.now()),
         std::string(webhook.headers.get("user-agent").value_or("")));
    const ByPath ours = by_path(catcher_.requests(), before);
    ASSERT_EQ(mailbox_.mails().size(), mails + 1);
    SeenMail our_mail = seen(mailbox_.mails().back());
    unquote_names(our_mail);
    const SeenMail their_view = seen(their_mail);
    EXPECT_EQ(our_mail.from, their_view.from);
    EXPECT_EQ(our_mail.to, their_view.to);
    EXPECT_EQ(our_mail.user, their_view.user);
    EXPECT_EQ(our_mail.password, their_view.password);
    EXPECT_EQ(our_mail.headers, their_view.headers);
    EXPECT_EQ(our_mail.parts, their_view.parts);
    EXPECT_EQ(our_mail.parts.size(), 2u);
    for (const auto& [path, request] : theirs) {
      ASSERT_TRUE(ours.contains(path)) << path;
      const net::Request& our = ours.at(path);
      EXPECT_EQ(our.method, request.method) << path;
      EXPECT_EQ(our.query, request.query) << path;
      EXPECT_EQ(as_0_25(our.body), request.body) << path;
      for (const std::string_view name : {"content-type", "authorization", "user-agent"}) {
        // Its library for Telegram does not say who calls.
        if (path.starts_with("/telegram") && name == "user-agent") continue;
        EXPECT_EQ(our.headers.get(name), request.headers.get(name)) << path << " " << name;
      }
    }
  }

  SystemClock clock_;
  HttpCatcher catcher_;
  Mailbox mailbox_;
  Metrics metrics_;
  std::unique_ptr<net::Client> client_ = net::Client::start(metrics_);
};

TEST_F(IntegrationParity, TellsAGroupAsAlertmanagerDoes) {
  std::vector<PostedAlert> alerts, over;
  ByPath firing, resolved;
  {
    Alertmanager server(config_for(catcher_, mailbox_));
    alerts = alerts_of(clock_.now());
    over = alerts;
    for (PostedAlert& alert : over) alert.ends = alert.starts + microseconds(10);
    post(server, alerts);
    ASSERT_TRUE(catcher_.wait_for(kIntegrations) && mailbox_.wait_for(1));
    firing = by_path(catcher_.requests(), 0);
    post(server, over);
    ASSERT_TRUE(catcher_.wait_for(2 * kIntegrations) && mailbox_.wait_for(2));
    resolved = by_path(catcher_.requests(), kIntegrations);
  }
  EXPECT_EQ(json::parse(firing.at("/webhook").body).at("status").as_string(), "firing");
  EXPECT_EQ(json::parse(resolved.at("/webhook").body).at("status").as_string(), "resolved");
  const std::vector<net::CaughtMail> mails = mailbox_.mails();
  expect_the_same(firing, mails.at(0), alerts);
  expect_the_same(resolved, mails.at(1), over);
}

}  // namespace
}  // namespace tocsin::parity
