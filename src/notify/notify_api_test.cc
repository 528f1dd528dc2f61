#include "notify/notify_api.h"

#include <gmock/gmock.h>

#include "codec/json.h"
#include "notify/fake_gate.h"
#include "notify/outbox_world.h"

namespace tocsin::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class NotifyApi : public ::testing::Test {
 protected:
  NotifyApi() {
    auto catalog = std::make_shared<catalog::Catalog>();
    catalog::Person ada = testing::ada();
    ada.contacts = {testing::webhook(),
                    {.kind = catalog::Contact::Kind::kMail, .address = "ada@example.org"}};
    catalog->people[ada.id] = ada;
    const catalog::PersonId alan("alan");
    catalog->people[alan] = {.id = alan, .name = "Alan"};
    catalog_ = catalog;
    add_notify_routes(router_,
                      {gate_, world_.engine.engine(), *world_.outbox, world_.engine.database(),
                       [this] { return catalog_; }, [this] { return health_.all(); }});
  }
  net::Response test(std::string body) {
    net::Request request;
    request.method = "POST";
    request.path = "/api/v1/notify/test";
    request.headers.add("Content-Type", "application/json");
    request.body = std::move(body);
    return router_.handle(request);
  }
  codec::JsonObject follow(const std::string& id) {
    net::Request request;
    request.method = "GET";
    request.path = "/api/v1/notify/deliveries/" + id;
    const net::Response response = router_.handle(request);
    EXPECT_EQ(response.status, 200) << response.body;
    return codec::read_own_json(response.body)->as_object();
  }
  static std::vector<std::string> ids_in(const net::Response& response) {
    std::vector<std::string> out;
    const auto json = codec::read_own_json(response.body);
    for (const auto& delivery : json->at("deliveries").as_array()) {
      out.emplace_back(delivery.at("id").as_string());
    }
    return out;
  }

  testing::World world_;
  std::shared_ptr<const catalog::Catalog> catalog_;
  testing::FakeGate gate_;
  HealthBook health_;
  net::Router router_;
};

TEST_F(NotifyApi, TellsHowChannelsFare) {
  const Time now = world_.engine.now();
  const Error away{Code::kUnavailable, "sms twilio-a answered 503"};
  health_.expect("mail", "mail");
  health_.note("sms", "twilio-a", now, &away);
  health_.note("sms", "twilio-a", now, &away);
  health_.note("webhook", "webhook", now, &away);
  health_.note("webhook", "webhook", now, nullptr);
  net::Request request;
  request.method = "GET";
  request.path = "/api/v1/notify/channels";
  const net::Response response = router_.handle(request);
  EXPECT_EQ(response.status, 200);
  const auto json = codec::read_own_json(response.body);
  ASSERT_TRUE(json);
  const auto& channels = json->at("channels").as_array();
  ASSERT_EQ(channels.size(), 3U);
  EXPECT_EQ(channels[0].at("state").as_string(), "unused");
  EXPECT_EQ(channels[1].at("state").as_string(), "failing");
  EXPECT_EQ(channels[1].at("failures_in_row").as_int64(), 2);
  EXPECT_EQ(channels[1].at("last_error").as_string(), away.message);
  EXPECT_EQ(channels[2].at("state").as_string(), "ok");
}

TEST_F(NotifyApi, ATestGoesByEveryContactAndEachSaysWhatHappened) {
  world_.transport.script = [](const Delivery& d) -> std::optional<Result<>> {
    if (d.contact.kind == catalog::Contact::Kind::kMail) return Result<>();
    return Result<>(fail(Code::kPermissionDenied, "hooks.example.org answered 403"));
  };
  const net::Response response = test(R"({"person":"ada"})");
  ASSERT_EQ(response.status, 202) << response.body;
  EXPECT_THAT(response.body, Not(HasSubstr("very-secret-path")));
  EXPECT_THAT(response.body, Not(HasSubstr("signing-key")));
  world_.engine.settle();
  const auto ids = ids_in(response);
  ASSERT_EQ(ids.size(), 2u);
  const auto webhook = follow(ids[0]);
  EXPECT_EQ(webhook.at("channel"), "webhook");
  EXPECT_EQ(webhook.at("to"), "hooks.example.org");
  EXPECT_EQ(webhook.at("state"), "failed");
  EXPECT_THAT(std::string(webhook.at("detail").as_string()), HasSubstr("403"));
  const auto mail = follow(ids[1]);
  EXPECT_EQ(mail.at("to"), "ada@example.org");
  EXPECT_EQ(mail.at("state"), "sent");
  EXPECT_EQ(mail.at("tries"), 1);
  const auto book = world_.engine.logbook();
  const auto tested = std::ranges::find(book, "notify.tested",
                                        [](const auto& record) { return record.entry.kind; });
  ASSERT_NE(tested, book.end());
  EXPECT_EQ(tested->entry.actor.to_text(), "user:grace");
  EXPECT_EQ(tested->entry.subject_id, "ada");
}

TEST_F(NotifyApi, AContactIsNamedByChannelOrPlace) {
  EXPECT_EQ(ids_in(test(R"({"person":"ada","contact":"mail"})")).size(), 1u);
  EXPECT_EQ(ids_in(test(R"({"person":"ada","contact":"1"})")).size(), 1u);
  world_.engine.settle();
  ASSERT_EQ(world_.transport.sent().size(), 2u);
  EXPECT_EQ(world_.transport.sent()[0].contact.kind, catalog::Contact::Kind::kMail);
  EXPECT_EQ(world_.transport.sent()[1].contact.kind, catalog::Contact::Kind::kWebhook);
}

TEST_F(NotifyApi, AContactsNameGoesBeforeAPlace) {
  auto changed = std::make_shared<catalog::Catalog>(*catalog_);
  changed->people.begin()->second.contacts[0].name = "2";
  catalog_ = changed;
  EXPECT_EQ(ids_in(test(R"({"person":"ada","contact":"2"})")).size(), 1u);
  world_.engine.settle();
  ASSERT_EQ(world_.transport.sent().size(), 1u);
  EXPECT_EQ(world_.transport.sent()[0].contact.kind, catalog::Contact::Kind::kWebhook);
}

TEST_F(NotifyApi, WhatCannotBeTestedIsRefusedClearly) {
  EXPECT_EQ(test(R"({"person":"nobody"})").status, 404);
  EXPECT_EQ(test(R"({"person":"ada","contact":"3"})").status, 404);
  EXPECT_EQ(test(R"({"person":"ada","contact":"slack"})").status, 404);
  EXPECT_EQ(test(R"({"person":"ada","contact":"pigeon"})").status, 400);
  EXPECT_EQ(test(R"({"person":"alan"})").status, 409) << "no contacts";
  EXPECT_EQ(test(R"({"persn":"ada"})").status, 400);
  EXPECT_EQ(test("[]").status, 400);
  gate_.is_open = false;
  EXPECT_EQ(test(R"({"person":"ada"})").status, 401);
  world_.engine.settle();
  EXPECT_TRUE(world_.transport.sent().empty());
}

TEST_F(NotifyApi, NobodyIsRungByTestsWithoutEnd) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(test(R"({"person":"ada"})").status, 202);
  EXPECT_EQ(test(R"({"person":"ada"})").status, 429);
  world_.engine.advance(minutes(1));
  EXPECT_EQ(test(R"({"person":"ada"})").status, 202);
}

}  // namespace
}  // namespace tocsin::notify
