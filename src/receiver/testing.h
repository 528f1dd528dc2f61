#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "gotemplate/default_templates.h"
#include "net/testing/http_catcher.h"
#include "receiver/http_integration.h"
#include "receiver/integration.h"
#include "receiver/providers.h"

namespace tocsin::receiver::testing {

inline Time at(std::string_view text) { return *parse_rfc3339(text); }

inline routing::PostedAlertRef alert(std::vector<routing::LabelPair> labels,
                                     std::string_view starts, std::string_view ends = "") {
  auto out = std::make_shared<routing::PostedAlert>();
  out->labels = routing::Labels::from(std::move(labels));
  out->annotations = routing::Labels::of({{"summary", "it is <slow>"}});
  out->starts = at(starts);
  out->ends = at(ends.empty() ? "2030-01-01T00:00:00Z" : ends);
  out->generator_url = "http://prom.example.org/g?a=1&b=2";
  return out;
}

// One alert fires, one is resolved.
inline GroupMessage group() {
  return {.receiver = "team.db",
          .group_key = R"({}/{team="db"}:{alertname="Slow"})",
          .group_labels = routing::Labels::of({{"alertname", "Slow"}}),
          .route_labels = routing::Labels::of({{"tier", "1"}}),
          .alerts = {alert({{"alertname", "Slow"}, {"job", "api"}}, "2026-01-02T03:04:05.120Z"),
                     alert({{"alertname", "Slow"}, {"job", "web"}}, "2026-01-02T03:04:05Z",
                           "2026-01-02T03:10:00.000001Z")},
          .reason = Reason::kSomeResolved,
          .external_url = "http://am.example.org",
          .now = at("2026-01-02T03:20:00Z")};
}

inline GroupMessage resolved_group() {
  GroupMessage message = group();
  message.alerts = {message.alerts[1]};
  message.reason = Reason::kAllResolved;
  return message;
}

// Everything is broken: five thousand alerts in one group.
inline GroupMessage storm() {
  GroupMessage message = group();
  message.alerts.clear();
  for (int i = 0; i < 5000; ++i) {
    message.alerts.push_back(alert(
        {{"alertname", "Slow"},
         {"job", "api"},
         {"cluster", "eu-central-1-production"},
         {"namespace", "checkout-and-payment"},
         {"instance", "host-" + std::to_string(i) + ".rack-17.eu-central-1.example.org:9100"}},
        "2026-01-02T03:04:05Z"));
  }
  message.reason = Reason::kNewAlerts;
  return message;
}

// The hash of group()'s key: sha256sum of it.
inline constexpr std::string_view kGroupHash =
    "e594f68d8ab7ae36c563798e001e248cec6d5aaaf18e74a5e2484705c40a4b5e";

// Sends through the real client to stand-ins on loopback.
class IntegrationTest : public ::testing::Test {
 protected:
  Tools tools() {
    return {.client = *client_,
            .templates = std::make_shared<gotemplate::TemplateSet>(gotemplate::default_templates()),
            .user_agent = "Alertmanager/0.34.0"};
  }
  Templates templates() { return tools().templates; }

  Sent send(Integration& integration, const GroupMessage& message, Duration timeout = seconds(10)) {
    std::promise<Sent> done;
    integration.send(message, timeout, [&](Sent sent) { done.set_value(std::move(sent)); });
    return done.get_future().get();
  }
  SendFailure refused(Integration& integration, const GroupMessage& message,
                      Duration timeout = seconds(10)) {
    Sent sent = send(integration, message, timeout);
    if (sent) ADD_FAILURE() << "it was taken";
    return sent ? SendFailure{} : std::move(sent.error());
  }
  // The only integration of a receiver.
  std::unique_ptr<Integration> made(const routing::Receiver& receiver) {
    auto all = make_integrations(receiver, tools());
    EXPECT_EQ(all.size(), 1u);
    return std::move(all.at(0));
  }
  std::unique_ptr<Integration> over(std::shared_ptr<HttpProvider> provider) {
    return make_http_integration({.kind = "test", .http = {}}, std::move(provider), tools());
  }
  routing::SecretSource url(std::string_view path = "/hook") {
    return {Secret(catcher_.url(path)), ""};
  }
  net::Request last() {
    const auto all = catcher_.requests();
    if (!all.empty()) return all.back();
    ADD_FAILURE() << "nothing was sent";
    return {};
  }

  net::testing::HttpCatcher catcher_;
  Metrics metrics_;
  std::unique_ptr<net::Client> client_ = net::Client::start(metrics_);
};

}  // namespace tocsin::receiver::testing
