#include "notify/address.h"

#include <gtest/gtest.h>

namespace tocsin::notify {
namespace {

using catalog::Contact;

Contact slack(std::string url) {
  return {.kind = Contact::Kind::kSlack, .address = std::move(url)};
}

TEST(Address, ShowsOnlyTheHostOfAUrl) {
  EXPECT_EQ(shown_address(slack("https://hooks.slack.com/services/T0/B0/xyzzy")),
            "hooks.slack.com");
  EXPECT_EQ(shown_address(slack("https://user:pass@host.example:8443?k=1")), "host.example:8443");
  EXPECT_EQ(shown_address(slack("http://[::1]:80/x")), "[::1]:80");
  EXPECT_EQ(shown_address(slack("no url at all")), "<secret>");
  EXPECT_EQ(shown_address({.kind = Contact::Kind::kMail, .address = "ada@example.org"}),
            "ada@example.org");
}

TEST(Address, AFinishedDeliveryKeepsSchemeAndHost) {
  const Contact contact = slack("https://user:pass@hooks.slack.com/services/T0?k=v#f");
  EXPECT_EQ(kept_address(contact), "https://hooks.slack.com");
  EXPECT_EQ(shown_address(slack(kept_address(contact))), "hooks.slack.com");
}

TEST(Address, TakesSecretsOutOfForeignErrors) {
  Contact contact = slack("https://user:pass@hooks.slack.com/services/T0/B0/xyzzy?k=v");
  contact.secret = Secret("sesame");
  EXPECT_EQ(without_secrets("could not reach " + contact.address, contact),
            "could not reach hooks.slack.com");
  const std::string text =
      without_secrets("POST /services/T0/B0/xyzzy?k=v as user:pass with sesame: refused", contact);
  EXPECT_EQ(text, "POST /<secret> as <secret> with <secret>: refused");
}

TEST(Address, ABarePathIsNoSecret) {
  EXPECT_EQ(without_secrets("a/b", slack("https://hooks.example.org/")), "a/b");
}

TEST(Address, ALaneIsAProvider) {
  EXPECT_EQ(lane_of({.kind = Contact::Kind::kMail, .address = "ada@example.org"}), "mail");
  EXPECT_EQ(lane_of(slack("https://Hooks.Slack.com/services/a")), "slack:hooks.slack.com");
  EXPECT_EQ(lane_of({.kind = Contact::Kind::kWebhook, .address = "http://10.0.0.1:8080/x"}),
            "webhook:10.0.0.1:8080");
}

TEST(Address, KindsHaveNames) {
  for (const auto kind : {Contact::Kind::kWebhook, Contact::Kind::kMail, Contact::Kind::kSlack}) {
    EXPECT_EQ(parse_contact_kind(name_of(kind)), kind);
  }
  EXPECT_EQ(parse_contact_kind("pigeon").error().code, Code::kDataLoss);
}

}  // namespace
}  // namespace tocsin::notify
