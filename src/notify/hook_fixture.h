#pragma once

#include "net/url.h"
#include "notify/channel_fixture.h"
#include "notify/hooks.h"
#include "notify/outbox_world.h"

// The routes that providers call, over an engine in virtual time; for the tests of this room.
namespace tocsin::notify::testing {

class HookTest : public ::testing::Test {
 protected:
  using Heard = RecordingAnswers::Heard;

  explicit HookTest(const std::string& yaml)
      : transport_(*client_, world_.engine.clock(), config_of(yaml)) {
    desk_.listen(answers_);
    auto links = AnswerLinks::open(world_.engine.engine(), "https://tocsin.example.org");
    EXPECT_TRUE(links);
    links_ = *std::move(links);
    add_hook_routes(router_, parts_with(desk_));
  }

  HookParts parts_with(AnswerDesk& desk) {
    return {
        world_.engine.engine(),     *world_.outbox, desk, *links_, transport_, world_.engine.log(),
        [this] { return catalog_; }};
  }

  static net::Request request_to(const std::string& target) {
    net::Request request;
    request.method = "POST";
    const auto parsed = net::parse_target(target);
    EXPECT_TRUE(parsed) << target;
    request.path = parsed->path;
    request.query = parsed->query;
    return request;
  }

  std::shared_ptr<const catalog::Catalog> catalog_ = std::make_shared<catalog::Catalog>();
  World world_;
  RecordingAnswers answers_;
  AnswerDesk desk_{
      AnswerDesk::Parts{world_.engine.engine(), world_.engine.log(), [this] { return catalog_; }}};
  Metrics metrics_;
  std::unique_ptr<net::Client> client_ = net::Client::start(metrics_);
  ChannelTransport transport_;
  std::unique_ptr<AnswerLinks> links_;
  net::Router router_;
};

}  // namespace tocsin::notify::testing
