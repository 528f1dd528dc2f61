#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "codec/yaml.h"
#include "net/testing/http_catcher.h"
#include "notify/channels.h"

// Channels over the real client and server; for the tests of this room.
namespace tocsin::notify::testing {

inline Delivery page_to(catalog::Contact contact) {
  return {.id = "dlv_1",
          .subject = {"page", "pag_1"},
          .person = catalog::PersonId("ada"),
          .contact = std::move(contact),
          .message = {.title = "SEV-1 checkout: customers cannot pay",
                      .impact = "412 payments have failed",
                      .answer_url = "https://tocsin.example.org/p/AbCd",
                      .incident_id = "inc_1"},
          .reply_code = 4,
          .attempts = 1};
}

// As tocsin.yaml's `notify` has it; problems fail the test.
inline NotifyConfig config_of(const std::string& yaml) {
  codec::Problems problems;
  const auto documents = codec::parse_yaml(yaml);
  if (!documents) {
    ADD_FAILURE() << documents.error().message;
    return {};
  }
  codec::Fields fields(documents->at(0), "tocsin.yaml", problems);
  NotifyConfig config = read_notify_config(fields);
  fields.finish();
  EXPECT_TRUE(problems.empty()) << problems.as_result().error().message;
  config.external_url = "https://tocsin.example.org";
  return config;
}

class ChannelTest : public ::testing::Test {
 protected:
  void use(const std::string& yaml) {
    transport_ = std::make_unique<ChannelTransport>(*client_, clock_, config_of(yaml));
  }
  ChannelTransport& transport() { return *transport_; }
  Result<Taken> send(const Delivery& delivery) {
    std::promise<Result<Taken>> done;
    transport().send(delivery, [&](Result<Taken> result) { done.set_value(std::move(result)); });
    return done.get_future().get();
  }
  Error refusal(const Delivery& delivery) {
    const Result<Taken> sent = send(delivery);
    if (sent) ADD_FAILURE() << "it was taken";
    return sent ? Error{} : sent.error();
  }
  Result<PollAnswer> poll(const SentMessage& message) {
    std::promise<Result<PollAnswer>> done;
    transport().poll(message, [&](Result<PollAnswer> r) { done.set_value(std::move(r)); });
    return done.get_future().get();
  }
  net::Request last() const {
    const auto requests = catcher_.requests();
    if (requests.empty()) {
      ADD_FAILURE() << "no request came";
      return {};
    }
    return requests.back();
  }

  ManualClock clock_;
  Metrics metrics_;
  net::testing::HttpCatcher catcher_;
  std::unique_ptr<net::Client> client_ = net::Client::start(metrics_);

 private:
  std::unique_ptr<ChannelTransport> transport_;
};

}  // namespace tocsin::notify::testing
