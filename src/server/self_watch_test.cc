#include "server/self_watch.h"

#include <gtest/gtest.h>

#include "notify/testing.h"

namespace tocsin::server {
namespace {

// What is no drill goes through whole: also what is asked and said after a message was taken.
TEST(DrillTransport, HandsEverythingElseOn) {
  Metrics metrics;
  const auto client = net::Client::start(metrics);
  notify::testing::ScriptedTransport others;
  others.asked_wait = seconds(7);
  others.taken.message_id = "m1";
  DrillTransport transport(*client, others);
  notify::Delivery page;
  page.id = "dlv_1";
  std::string taken;
  transport.send(page, [&](const Result<notify::Taken>& answer) {
    taken = answer ? answer->message_id : answer.error().message;
  });
  EXPECT_EQ(taken, "m1");
  ASSERT_EQ(others.sent().size(), 1U);
  bool is_polled = false;
  const notify::SentMessage message{.message_id = "m1"};
  transport.poll(message, [&](const Result<notify::PollAnswer>&) { is_polled = true; });
  EXPECT_TRUE(is_polled);
  transport.cancel(message);
  ASSERT_EQ(others.cancelled().size(), 1U);
  EXPECT_EQ(others.cancelled()[0].message_id, "m1");
  EXPECT_EQ(transport.wait_asked_by({}), seconds(7));
}

TEST(DrillTransport, ADrillGoesNowhereElse) {
  Metrics metrics;
  auto client = net::Client::start(metrics);
  notify::testing::ScriptedTransport others;
  DrillTransport transport(*client, others);
  notify::Delivery drill;
  drill.message.is_drill = true;
  drill.contact.address = "http://127.0.0.1:1/hooks/canary/x";  // nobody listens there
  std::optional<Code> refused;
  transport.send(drill, [&](const Result<notify::Taken>& answer) {
    if (!answer) refused = answer.error().code;
  });
  client.reset();  // every call has its answer
  EXPECT_TRUE(refused.has_value());
  EXPECT_TRUE(others.sent().empty());
}

}  // namespace
}  // namespace tocsin::server
