#include "notify/reach.h"

#include <gtest/gtest.h>

namespace tocsin::notify {
namespace {

using catalog::Contact;
using Kind = Contact::Kind;

Contact webhook(std::string url) { return {.kind = Kind::kWebhook, .address = std::move(url)}; }

TEST(Reach, TheCatalogsUrlsStayOutsideUnlessAllowed) {
  NotifyConfig config;
  for (const Kind kind : {Kind::kWebhook, Kind::kSlack, Kind::kTeams, Kind::kNtfy}) {
    const Contact contact{.kind = kind, .address = "http://10.0.0.1/x"};
    EXPECT_FALSE(may_lead_inside(config, contact));
  }
  config.allow_private_webhooks = true;
  EXPECT_TRUE(may_lead_inside(config, webhook("http://10.0.0.1/x")));
}

TEST(Reach, WhatTheOperatorWroteLeadsAnywhere) {
  NotifyConfig config;
  config.operators = {webhook("http://10.0.0.1/ops"), {.kind = Kind::kPush}};
  EXPECT_TRUE(may_lead_inside(config, webhook("http://10.0.0.1/ops")));
  EXPECT_FALSE(may_lead_inside(config, webhook("http://10.0.0.1/ops2")));
  EXPECT_FALSE(may_lead_inside(config, webhook("http://10.0.0.1/")));
  EXPECT_FALSE(may_lead_inside(config, {.kind = Kind::kTeams, .address = "http://10.0.0.1/ops"}))
      << "another kind posts another body there";
  EXPECT_FALSE(may_lead_inside(config, {.kind = Kind::kPush}))
      << "people choose where their browsers' messages go";
}

TEST(Reach, BrowsersHaveAFlagOfTheirOwn) {
  NotifyConfig config;
  config.allow_private_webhooks = true;
  EXPECT_FALSE(may_lead_inside(config, {.kind = Kind::kPush}));
  config.allow_private_push = true;
  config.allow_private_webhooks = false;
  EXPECT_TRUE(may_lead_inside(config, {.kind = Kind::kPush}));
  EXPECT_FALSE(may_lead_inside(config, webhook("http://10.0.0.1/")));
}

TEST(Reach, SeesAddressesInsideInAUrl) {
  for (const char* url :
       {"http://127.0.0.1:9190/webhook/ada", "http://localhost", "https://LocalHost:1/x",
        "http://hooks.localhost/x", "http://10.1.2.3?x", "http://user:word@192.168.0.1/x",
        "http://[::1]/x", "http://[::1]:8080", "http://[fe80::1%25eth0]/x", "http://0.0.0.0/",
        "http://169.254.169.254/latest"}) {
    EXPECT_TRUE(is_written_inside(webhook(url))) << url;
  }
  for (const char* url : {"https://hooks.slack.com/services/x", "https://8.8.8.8/x", "http://",
                          "https://[2606:4700::1111]:443/x", "https://intranet.example.org/x",
                          "https://127.0.0.1.example.org/", "https://mylocalhost/x",
                          "https://127.0.0.1@hooks.example.org/"}) {
    EXPECT_FALSE(is_written_inside(webhook(url))) << url;
  }
  EXPECT_FALSE(is_written_inside({.kind = Kind::kMail, .address = "ada@localhost"}));
  EXPECT_FALSE(is_written_inside({.kind = Kind::kSms, .address = "+4930123456"}));
  EXPECT_FALSE(
      is_written_inside({.kind = Kind::kHttp, .address = "http://10.0.0.1/", .provider = "x"}))
      << "it is a value of a template, whose URL is the operator's";
}

}  // namespace
}  // namespace tocsin::notify
