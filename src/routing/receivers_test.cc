#include "routing/receivers.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "routing/alertmanager_config.h"
#include "routing/read_config.h"

namespace tocsin::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct ReadResult {
  std::shared_ptr<const AlertmanagerConfig> config;
  std::string problems;
};

// A file whose one receiver `r` has these <kind>_configs, indented by two.
ReadResult read(const std::string& receiver, const std::string& global = "{}") {
  codec::Problems problems;
  const std::string text = fmt::format(
      "global: {}\nroute: {{receiver: r}}\nreceivers:\n- name: r\n{}", global, receiver);
  auto config =
      read_alertmanager_config(text, "am.yml", "/etc/am", MatcherSyntax::kFallback, problems);
  const auto result = problems.as_result();
  return {std::move(config), result ? "" : result.error().message};
}

Receiver good(const std::string& receiver, const std::string& global = "{}") {
  const ReadResult result = read(receiver, global);
  EXPECT_EQ(result.problems, "");
  return result.config ? result.config->receivers.at(0) : Receiver{};
}

TEST(Receivers, WebhookHasTheReferencesDefaults) {
  const WebhookSettings s = good("  webhook_configs: [{url: 'http://x/y'}]\n").webhook.at(0);
  EXPECT_TRUE(s.send_resolved);
  EXPECT_EQ(s.url.value.reveal(), "http://x/y");
  EXPECT_EQ(s.max_alerts, 0U);
  EXPECT_EQ(s.timeout, Duration(0));
  EXPECT_TRUE(s.http.follow_redirects);
  EXPECT_TRUE(s.http.enable_http2);
  EXPECT_FALSE(s.payload);
}

TEST(Receivers, WhatIsEmptyIsMissing) {
  for (const auto& [configs, key] :
       {std::pair("webhook_configs: [{url: ''}]", "url"),
        std::pair("webhook_configs: [{url: ~}]", "url"),
        std::pair("discord_configs: [{webhook_url: ''}]", "webhook_url"),
        std::pair("pushover_configs: [{user_key: '', token: t}]", "user_key"),
        std::pair("pushover_configs: [{user_key: u}]", "token"),
        std::pair("incidentio_configs: [{alert_source_token: t}]", "url")}) {
    EXPECT_THAT(read("  " + std::string(configs) + "\n").problems,
                HasSubstr(std::string("one of ") + key + " or " + key + "_file"))
        << configs;
  }
}

// As Go's url.Parse: a path is unescaped, a query is not looked at.
TEST(Receivers, UrlMayHaveAnyPercentSignInItsQueryAlone) {
  const auto problems = [](const std::string& url) {
    return read("  webhook_configs: [{url: '" + url + "'}]\n").problems;
  };
  EXPECT_EQ(problems("http://x/y?share=50%&z=%zz"), "");
  EXPECT_EQ(problems("http://x/a%20b?c#d%20e"), "");
  EXPECT_THAT(problems("http://x/50%?a"), HasSubstr("two hex digits"));
  EXPECT_THAT(problems("http://x/?a#50%"), HasSubstr("two hex digits"));
}

TEST(Receivers, WebhookTakesTemplatesFilesAndPayloads) {
  const WebhookSettings s =
      good(
          "  webhook_configs:\n  - url_file: secrets/url\n    max_alerts: 3\n    timeout: 1.5s\n"
          "    payload: {text: '{{ .Status }}', n: 1}\n")
          .webhook.at(0);
  EXPECT_EQ(s.url.file, "/etc/am/secrets/url");
  EXPECT_EQ(s.timeout, milliseconds(1500));
  EXPECT_EQ(s.payload->find("text")->scalar, "{{ .Status }}");
  EXPECT_EQ(good("  webhook_configs: [{url: '{{ .CommonLabels.hook }}'}]\n")
                .webhook.at(0)
                .url.value.reveal(),
            "{{ .CommonLabels.hook }}");
}

TEST(Receivers, MailFallsThroughToTheGlobalSettings) {
  const std::string global =
      "{smtp_smarthost: 'mail:25', smtp_from: a@x, smtp_hello: h, smtp_auth_username: u, "
      "smtp_auth_password_file: pw, smtp_require_tls: no, smtp_tls_config: {server_name: n}}";
  const EmailSettings s =
      good("  email_configs: [{to: b@x, headers: {x-a: b, subject: s}}]\n", global).email.at(0);
  EXPECT_EQ(s.smarthost, (HostPort{"mail", "25"}));
  EXPECT_EQ(s.from, "a@x");
  EXPECT_EQ(s.hello, "h");
  EXPECT_EQ(s.auth_username, "u");
  EXPECT_EQ(s.auth_password.file, "/etc/am/pw");
  EXPECT_FALSE(s.require_tls);
  EXPECT_FALSE(s.send_resolved);
  EXPECT_EQ(s.tls.server_name, "n");
  EXPECT_EQ(s.headers.at("X-A"), "b");
  EXPECT_EQ(s.headers.at("Subject"), "s");
  const EmailSettings own =
      good(
          "  email_configs: [{to: b@x, smarthost: '[::1]:2525', require_tls: true, "
          "auth_password: p}]\n",
          global)
          .email.at(0);
  EXPECT_EQ(own.smarthost, (HostPort{"::1", "2525"}));
  EXPECT_TRUE(own.require_tls);
  EXPECT_EQ(own.auth_password.value.reveal(), "p");
  EXPECT_EQ(own.auth_password.file, "");
}

TEST(Receivers, SlackIsReachedByWebhookOrApp) {
  const std::string hook = "{slack_api_url: 'https://hooks/x'}";
  const std::string app = "{slack_app_token: xoxb}";
  EXPECT_EQ(good("  slack_configs: [{channel: c}]\n", hook).slack.at(0).api_url.value.reveal(),
            "https://hooks/x");
  const SlackSettings s = good("  slack_configs: [{channel: c}]\n", app).slack.at(0);
  EXPECT_TRUE(s.is_app);
  EXPECT_EQ(s.api_url.value.reveal(), "https://slack.com/api/chat.postMessage");
  EXPECT_EQ(s.http.authorization->credentials.value.reveal(), "xoxb");
  EXPECT_EQ(s.title, R"({{ template "slack.default.title" . }})");
  // A receiver with its own webhook is told by that, whatever the global settings are.
  EXPECT_FALSE(good("  slack_configs: [{api_url: 'https://hooks/y'}]\n", app).slack.at(0).is_app);
  EXPECT_THAT(read("  slack_configs: [{channel: c}]\n").problems, HasSubstr("slack_api_url"));
  EXPECT_THAT(read("  slack_configs: [{api_url: 'https://a', app_token: b}]\n").problems,
              HasSubstr("at most one of api_url/api_url_file & app_token/app_token_file"));
  EXPECT_THAT(read("  slack_configs: [{api_url: 'https://a', update_message: true}]\n").problems,
              HasSubstr("can only be used with bot tokens"));
  EXPECT_THAT(
      read("  slack_configs: [{}]\n", "{slack_app_token: a, slack_api_url: 'https://b'}").problems,
      HasSubstr("at most one of slack_app_token"));
}

TEST(Receivers, SlackButtonsThatOpenAPageSendNothingBack) {
  const SlackSettings s =
      good(
          "  slack_configs:\n  - api_url: https://a\n    actions:\n"
          "    - {type: button, text: t, url: u, name: n, confirm: {text: sure}}\n"
          "    - {type: button, text: t, name: n, confirm: {text: sure}}\n")
          .slack.at(0);
  EXPECT_EQ(s.actions.at(0).name, "");
  EXPECT_FALSE(s.actions.at(0).confirm);
  EXPECT_EQ(s.actions.at(1).confirm->text, "sure");
}

TEST(Receivers, PagerdutyHasDetailsAndASourceByDefault) {
  const PagerdutySettings s =
      good("  pagerduty_configs: [{routing_key: k, details: {firing: none, deep: {a: [1]}}}]\n")
          .pagerduty.at(0);
  EXPECT_EQ(s.details.at("firing").scalar, "none");
  EXPECT_EQ(s.details.at("num_firing").scalar, "{{ .Alerts.Firing | len }}");
  EXPECT_EQ(s.details.at("deep").find("a")->items.size(), 1U);
  EXPECT_EQ(s.source, s.client);
  EXPECT_EQ(s.url, "https://events.pagerduty.com/v2/enqueue");
  EXPECT_EQ(good("  pagerduty_configs: [{routing_key: k}]\n", "{pagerduty_url: 'http://pd/'}")
                .pagerduty.at(0)
                .url,
            "http://pd/");
  EXPECT_THAT(read("  pagerduty_configs: [{severity: x}]\n").problems,
              HasSubstr("am.yml:5:23: receivers[0].pagerduty_configs[0].routing_key: is missing"));
}

TEST(Receivers, TheOtherDeliveredKindsAreReadWithTheirDefaults) {
  const Receiver r = good(
      "  opsgenie_configs: [{responders: [{name: a, type: TEAM}, {id: b, type: '{{ x }}'}]}]\n"
      "  msteamsv2_configs: [{webhook_url: 'https://t'}]\n"
      "  telegram_configs: [{chat_id: -100, message_thread_id: 7}]\n"
      "  discord_configs: [{webhook_url_file: d, content: c}]\n"
      "  pushover_configs: [{user_key: u, token_file: t, retry: 2m, expire: 1h30m, ttl: 90s}]\n"
      "  mattermost_configs: [{props: {card: c}, priority: {priority: urgent}, "
      "attachments: [{text: a, fields: [{title: t, value: v, short: false}]}]}]\n",
      "{opsgenie_api_key: k, opsgenie_api_url: 'http://og/api', telegram_bot_token: b, "
      "mattermost_webhook_url: 'https://mm'}");
  EXPECT_EQ(r.opsgenie.at(0).api_url, "http://og/api/");
  EXPECT_EQ(r.opsgenie.at(0).responders.at(0).type, "team");
  EXPECT_EQ(r.opsgenie.at(0).responders.at(1).type, "{{ x }}");
  EXPECT_EQ(r.msteamsv2.at(0).text, R"({{ template "msteamsv2.default.text" . }})");
  EXPECT_EQ(r.telegram.at(0).chat_id, -100);
  EXPECT_EQ(r.telegram.at(0).bot_token.value.reveal(), "b");
  EXPECT_EQ(r.telegram.at(0).parse_mode, "HTML");
  EXPECT_EQ(r.discord.at(0).webhook_url.file, "/etc/am/d");
  EXPECT_EQ(r.pushover.at(0).expire, minutes(90));
  EXPECT_EQ(r.pushover.at(0).ttl, seconds(90));
  EXPECT_EQ(r.mattermost.at(0).webhook_url.value.reveal(), "https://mm");
  EXPECT_EQ(r.mattermost.at(0).attachment.title, R"({{ template "mattermost.default.title" . }})");
  EXPECT_EQ(r.mattermost.at(0).attachments.at(0).title, "");
  EXPECT_EQ(r.mattermost.at(0).attachments.at(0).fields.at(0).is_short, false);
  EXPECT_EQ(r.mattermost.at(0).card, "c");
  EXPECT_EQ(r.mattermost.at(0).priority->priority, "urgent");
  EXPECT_EQ(r.integrations(), 6U);
}

TEST(Receivers, UndeliveredKindsAreReadAndSaidPlainly) {
  const ReadResult result = read(
      "  victorops_configs: [{api_key: k, routing_key: r}]\n"
      "  webex_configs: [{room_id: r, http_config: {authorization: {credentials: c}}}]\n"
      "  sns_configs: [{topic_arn: t, sigv4: {region: eu}}]\n"
      "  rocketchat_configs: [{token: t, token_id: i, actions: [{type: b, imageurl: u}]}]\n"
      "  jira_configs: [{api_url: 'https://j', project: p, issue_type: Bug, labels: [a], "
      "summary: s, description: {template: d, enable_update: false}}]\n"
      "  incidentio_configs: [{url: 'https://i', alert_source_token: t}]\n"
      "  wechat_configs: [{api_secret: s, corp_id: c}]\n"
      "  msteams_configs: [{webhook_url: 'https://t'}]\n");
  ASSERT_EQ(result.problems, "");
  const Receiver& r = result.config->receivers.at(0);
  EXPECT_EQ(r.integrations(), 0U);
  EXPECT_EQ(r.undelivered_integrations(), 8U);
  EXPECT_FALSE(r.jira.at(0).description.enable_update);
  EXPECT_EQ(r.rocketchat.at(0).actions.at(0).image_url, "u");
  ASSERT_EQ(result.config->warnings.size(), 8U);
  EXPECT_THAT(result.config->warnings.at(0),
              HasSubstr("am.yml:5:22: receivers[0].victorops_configs: victorops is read and "
                        "checked, but not delivered"));
}

struct Wrong {
  std::string receiver;
  std::string problem;
};

TEST(Receivers, EveryRuleOfTheReferenceIsHeld) {
  const Wrong all[] = {
      {"  webhook_configs: [{}]\n", "one of url or url_file must be configured"},
      {"  webhook_configs: [{url: 'http://x', url_file: y}]\n", "at most one of url & url_file"},
      {"  webhook_configs: [{url: 'ftp://x'}]\n", "url: is not a URL: it must begin with http"},
      {"  webhook_configs: [{url: 'http://x', max_alerts: -1}]\n", "max_alerts: must be from 0"},
      {"  webhook_configs: [{url: 'http://x', timeout: 1q}]\n", "is not a duration"},
      {"  webhook_configs: [null]\n", "must be a mapping"},
      {"  webhook_configs: [{url: 'http://x', send_resolve: true}]\n",
       "send_resolve: is not a known field; did you mean 'send_resolved'?"},
      {"  webhok_configs: []\n", "did you mean 'webhook_configs'?"},
      {"  email_configs: [{}]\n", "email_configs[0].to: is missing"},
      {"  email_configs: [{to: a}]\n", "smarthost: is missing, and there is no global"},
      {"  email_configs: [{to: a, headers: {a: b, A: c}}]\n", "has the header 'A' twice"},
      {"  email_configs: [{to: a, threading: {enabled: true}}]\n", "either 'none' or 'daily'"},
      {"  pagerduty_configs: [{routing_key: a, routing_key_file: b}]\n",
       "at most one of routing_key & routing_key_file"},
      {"  opsgenie_configs: [{api_key: k, responders: [{type: team}]}]\n",
       "at least one of id, username or name"},
      {"  opsgenie_configs: [{api_key: k, responders: [{id: a, type: tea}]}]\n",
       "'tea' is not one of"},
      {"  opsgenie_configs: [{}]\n", "no global opsgenie_api_key"},
      {"  slack_configs: [{api_url: 'http://x', actions: [{type: a, text: b}]}]\n",
       "needs a name or a url"},
      {"  slack_configs: [{api_url: 'http://x', fields: [{title: a}]}]\n", "value: is missing"},
      {"  telegram_configs: [{bot_token: b}]\n", "missing chat_id or chat_id_file"},
      {"  telegram_configs: [{chat_id: 1}]\n", "missing bot_token or bot_token_file"},
      {"  telegram_configs: [{bot_token: b, chat_id: 1, parse_mode: md}]\n",
       "parse_mode: must be Markdown"},
      {"  telegram_configs: [{bot_token: b, chat_id: 1, chat_id_file: x}]\n",
       "at most one of chat_id & chat_id_file"},
      {"  discord_configs: [{}]\n", "one of webhook_url or webhook_url_file"},
      {"  msteamsv2_configs: [{webhook_url: 'http://x', webhook_url_file: y}]\n",
       "at most one of webhook_url & webhook_url_file"},
      {"  mattermost_configs: [{}]\n", "one of webhook_url or webhook_url_file"},
      {"  pushover_configs: [{token: t}]\n", "one of user_key or user_key_file"},
      {"  pushover_configs: [{token: t, user_key: u, html: true, monospace: true}]\n",
       "at most one of monospace & html"},
      {"  victorops_configs: [{api_key: k, routing_key: r, custom_fields: {entity_id: x}}]\n",
       "one of the message's own"},
      {"  webex_configs: [{room_id: r}]\n", "needs an authorization"},
      {"  sns_configs: [{topic_arn: a, target_arn: b}]\n", "must provide either"},
      {"  sns_configs: [{topic_arn: a, sigv4: {access_key: a}}]\n", "access key and secret key"},
      {"  jira_configs: [{api_url: 'http://x', project: p}]\n", "issue_type: is missing"},
      {"  incidentio_configs: [{url: 'http://x', http_config: {}}]\n", "at least one of"},
      {"  wechat_configs: [{api_secret: s, corp_id: c, message_type: x}]\n", "text or markdown"},
      {"  rocketchat_configs: [{token: t}]\n", "no global rocketchat_token_id"},
      {"  msteams_configs: [{}]\n", "one of webhook_url"},
  };
  for (const Wrong& wrong : all) {
    SCOPED_TRACE(wrong.receiver);
    const ReadResult result = read(wrong.receiver);
    EXPECT_FALSE(result.config);
    EXPECT_THAT(result.problems, HasSubstr(wrong.problem));
  }
}

// As Debian's amtool 0.25 check-config answers to each.
TEST(Receivers, HostsAreThoseOfTheReference) {
  const auto problems = [](const std::string& url) {
    return read("  webhook_configs: [{url: '" + url + "'}]\n").problems;
  };
  for (const char* good : {"http://a<b>", "http://a,b;c=d/", "http://[fe80::1%25en0]/",
                           "http://\u00e9/", "http://a:80:90/x", "http://a\"b", "http://u:p@h/"}) {
    EXPECT_EQ(problems(good), "") << good;
  }
  for (const char* bad : {"http://a^b/", "http://a|b", "http://a%41/", "http://u^@h/",
                          "http://[::1]x/", "http://a b", "http://u:p%zz@h"}) {
    EXPECT_THAT(problems(bad), HasSubstr("is not a URL: it ")) << bad;
  }
}

TEST(Receivers, HttpConfigHoldsOneWayToSignIn) {
  const auto http = [](const std::string& fields) {
    return read("  webhook_configs: [{url: 'http://x', http_config: {" + fields + "}}]\n");
  };
  EXPECT_EQ(http("bearer_token: b").config->receivers[0].webhook[0].http.authorization->type,
            "Bearer");
  const ReadResult rich = http(
      "oauth2: {client_id: c, client_secret_file: s, token_url: 'http://t', scopes: [a], "
      "endpoint_params: {k: v}}, proxy_url: 'http://u:p@proxy', no_proxy: x, "
      "proxy_connect_header: {A: [b]}, http_headers: {X: {values: [v], secrets: [s], files: [f]}}, "
      "tls_config: {ca_file: ca, cert: c, key_file: k, min_version: TLS12}, follow_redirects: off");
  ASSERT_EQ(rich.problems, "");
  const HttpSettings& s = rich.config->receivers[0].webhook[0].http;
  EXPECT_EQ(s.oauth2->client_secret.file, "/etc/am/s");
  EXPECT_EQ(s.headers.at("X").files.at(0), "/etc/am/f");
  EXPECT_EQ(s.tls.key.file, "/etc/am/k");
  EXPECT_FALSE(s.follow_redirects);
  for (const auto& [fields, problem] : {
           std::pair("bearer_token: a, basic_auth: {username: b}", "at most one of basic_auth"),
           std::pair("basic_auth: {password: a, password_file: b}", "at most one of password"),
           std::pair("authorization: {type: Basic}", "use basic_auth instead"),
           std::pair("authorization: {credentials_ref: x}", "secret manager"),
           std::pair("oauth2: {client_id: a}", "token_url: is missing"),
           std::pair("no_proxy: a", "proxy_url must also be configured"),
           std::pair("http_headers: {Host: {values: [x]}}", "is a reserved header"),
           std::pair("tls_config: {cert_file: a}", "exactly one of key or key_file"),
           std::pair("tls_config: {min_version: TLS9}", "'TLS9' is not one of"),
           std::pair("tls_config: {min_version: TLS13, max_version: TLS12}", "below min_version"),
           std::pair("follow_redirects: 'true'", "leave out the quotes"),
       }) {
    EXPECT_THAT(http(fields).problems, HasSubstr(problem)) << fields;
  }
}

TEST(Receivers, ASecretIsNeverInAProblem) {
  EXPECT_THAT(read("  webhook_configs: [{url: 'htp://s3cret', max_alerts: x}]\n"
                   "  slack_configs: [{api_url: s3cret, app_token: s3cret}]\n"
                   "  discord_configs: [{webhook_url: 'http://s3cret:x'}]\n")
                  .problems,
              ::testing::Not(HasSubstr("s3cret")));
}

TEST(SecretSource, ReadsTheFileAnewEachTime) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "secret_source";
  const SecretSource source{Secret(), path.string()};
  std::ofstream(path) << " one\n";
  EXPECT_EQ(source.read()->reveal(), "one");
  std::ofstream(path) << "two";
  EXPECT_EQ(source.read()->reveal(), "two");
  std::ofstream(path) << "\n";
  EXPECT_THAT(source.read().error().message, HasSubstr("is empty"));
  std::filesystem::remove(path);
  EXPECT_EQ(source.read().error().code, Code::kFailedPrecondition);
  EXPECT_EQ((SecretSource{Secret("x"), ""}).read()->reveal(), "x");
}

TEST(GoDuration, ReadsWhatGoReads) {
  EXPECT_EQ(parse_go_duration("1m30s"), seconds(90));
  EXPECT_EQ(parse_go_duration("1.5h"), minutes(90));
  EXPECT_EQ(parse_go_duration("1s1m"), seconds(61));
  EXPECT_EQ(parse_go_duration("1500us"), microseconds(1500));
  EXPECT_EQ(parse_go_duration("0"), Duration(0));
  EXPECT_EQ(parse_go_duration(".5s"), milliseconds(500));
  for (const char* wrong : {"", "5", "1d", "s", "1.2.3s", "-1s", "1 s", "+", "1e3s", "9999999h"}) {
    EXPECT_FALSE(parse_go_duration(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace tocsin::routing
