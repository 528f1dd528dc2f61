#include "notify/notify_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/yaml.h"

namespace tocsin::notify {
namespace {

using ::testing::HasSubstr;

struct Read {
  NotifyConfig config;
  codec::Problems problems;
  std::string text() const { return problems.empty() ? "" : problems.as_result().error().message; }
};

Read read(const std::string& yaml) {
  Read out;
  auto documents = codec::parse_yaml(yaml);
  if (!documents) {
    ADD_FAILURE() << documents.error().message;
    return out;
  }
  codec::Fields fields(documents->at(0), "tocsin.yaml", out.problems);
  out.config = read_notify_config(fields);
  fields.finish();
  return out;
}

TEST(NotifyConfig, HasDefaultsForEverything) {
  const Read r = read("{}");
  EXPECT_EQ(r.text(), "");
  EXPECT_FALSE(r.config.smtp);
  EXPECT_FALSE(r.config.allow_private_webhooks);
}

TEST(NotifyConfig, ReadsARelay) {
  const Read r = read(R"(
allow_private_webhooks: true
smtp:
  server: smtp://mail.example.org:587
  from: Ops Bell <bell@example.org>
  user: bell
  password: sesame
  starttls: false
)");
  EXPECT_EQ(r.text(), "");
  ASSERT_TRUE(r.config.smtp);
  EXPECT_EQ(r.config.smtp->server, "smtp://mail.example.org:587");
  EXPECT_EQ(r.config.smtp->from, "bell@example.org");
  EXPECT_EQ(r.config.smtp->from_name, "Ops Bell");
  EXPECT_EQ(r.config.smtp->password.reveal(), "sesame");
  EXPECT_FALSE(r.config.smtp->starttls);
  EXPECT_TRUE(r.config.allow_private_webhooks);
}

TEST(NotifyConfig, ReadsProviders) {
  const Read r = read(R"(
twilio:
  a: {account: AC1, token: t0k, from: "+1", validity: 5m}
http:
  b: {url: "https://sms.example.org/send", body: "{}"}
sms: [a, b]
voice: [a]
telegram: {token: "1:x", webhook_secret: w}
pushover: {token: app, retry: 45s}
slack: {token: xoxb-1, signing_secret: s}
push: {subject: "mailto:ops@example.org"}
)");
  EXPECT_EQ(r.text(), "");
  EXPECT_EQ(r.config.twilio.at("a").validity, minutes(5));
  EXPECT_EQ(r.config.twilio.at("a").url, "https://api.twilio.com");
  EXPECT_EQ(r.config.sms, (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(r.config.pushover && r.config.slack);
  EXPECT_EQ(r.config.pushover->retry, seconds(45));
  EXPECT_EQ(r.config.slack->signing_secret.reveal(), "s");
  EXPECT_EQ(r.config.push_subject, "mailto:ops@example.org");
}

TEST(NotifyConfig, ReadsChannelsForIncidents) {
  const Read r = read(R"(
slack:
  token: xoxb
  incident_channels:
    {severity: [SEV-1, SEV-2], prefix: war, private: true, archive_after: 7d, language: de}
)");
  EXPECT_EQ(r.text(), "");
  ASSERT_TRUE(r.config.slack);
  const IncidentChannels& channels = r.config.slack->incident_channels;
  EXPECT_TRUE(channels.opens_at(2));
  EXPECT_FALSE(channels.opens_at(3));
  EXPECT_EQ(channels.prefix, "war");
  EXPECT_TRUE(channels.is_private);
  EXPECT_EQ(channels.archive_after, days(7));
  EXPECT_EQ(channels.language, "de");
  const Read plain = read("slack: {token: xoxb}");
  EXPECT_EQ(plain.text(), "");
  EXPECT_FALSE(plain.config.slack->incident_channels.opens_at(1)) << "by hand only";
  EXPECT_FALSE(plain.config.slack->incident_channels.archive_after);
  const std::string wrong =
      read("slack: {token: x, incident_channels: {severity: [high], prefix: 'War Room'}}").text();
  EXPECT_THAT(wrong, HasSubstr("'high' is not one of SEV-1"));
  EXPECT_THAT(wrong, HasSubstr("incident_channels.prefix"));
}

TEST(NotifyConfig, NamesWhatIsWrongWithProviders) {
  EXPECT_THAT(read("twilio: {a: {account: AC1, from: '+1'}}").text(), HasSubstr("token"));
  EXPECT_THAT(read("twilio: {a: {account: AC1, token: t}}").text(), HasSubstr("messaging_service"));
  EXPECT_THAT(read("twilio: {'a/b': {account: AC1, token: t, from: x}}").text(),
              HasSubstr("letters, digits"));
  EXPECT_THAT(read("twilio: {acme: {account: A, token: t, from: x}}\nsms: [acne]").text(),
              HasSubstr("did you mean 'acme'"));
  EXPECT_THAT(read("twilio: {a: {account: A, token: t, messaging_service: M}}\nvoice: [a]").text(),
              HasSubstr("a number that can call"));
  EXPECT_THAT(read("pushover: {token: a, retry: 1s}").text(), HasSubstr("30s"));
  EXPECT_THAT(read("push: {subject: ops}").text(), HasSubstr("mailto:"));
  EXPECT_THAT(read("slack: {signing_secret: x}").text(), HasSubstr("token"));
}

TEST(NotifyConfig, ReadsTheOperatorsWays) {
  const Read r = read(
      "operators: [{mail: ops@example.org}, {webhook: https://hooks.example.org/x, secret: s}]");
  EXPECT_EQ(r.text(), "");
  ASSERT_EQ(r.config.operators.size(), 2u);
  EXPECT_EQ(r.config.operators[1].secret.reveal(), "s");
  EXPECT_THAT(read("operators: [{mail: nobody}]").text(), HasSubstr("operators[0].mail"));
}

TEST(NotifyConfig, NamesWhatIsWrong) {
  EXPECT_THAT(read("smtp: {server: mail.example.org, from: a@b.org}").text(),
              HasSubstr("smtp://host:port"));
  EXPECT_THAT(read("smtp: {server: 'smtp://m:25', from: nobody}").text(),
              HasSubstr("'nobody' is not a mail address"));
  EXPECT_THAT(read("smtp: {server: 'smtp://m:25'}").text(), HasSubstr("from"));
  EXPECT_THAT(read("smtp: {server: 'smtp://m:25', from: a@b.org, pasword: x}").text(),
              HasSubstr("password"));
  EXPECT_THAT(read("smtp: {server: 'smtp://m:25', from: a@b.org, password: x}").text(),
              HasSubstr("set smtp.user"));
  EXPECT_THAT(read("external_url: https://tocsin.example.org").text(), HasSubstr("external_url"));
  EXPECT_EQ(read("smtp: null").text(), "");
}

}  // namespace
}  // namespace tocsin::notify
