#include "notify/web_push.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>
#include <thread>

#include "base/rng.h"
#include "base/text.h"
#include "codec/json.h"
#include "net/testing/http_catcher.h"
#include "notify/channel_fixture.h"
#include "notify/outbox_world.h"
#include "notify/push_api.h"
#include "notify/push_channel.h"

namespace tocsin::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string bytes_of(std::string_view base64) {
  const auto out = base64url_decode(base64);
  EXPECT_TRUE(out) << base64;
  return out ? *out : "";
}

// RFC 8291, appendix A.
struct Example {
  const std::string text = "When I grow up, I want to be a watermelon";
  const std::string private_key = bytes_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
  const std::string public_key = bytes_of(
      "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
  const PushKeys browser{bytes_of("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-"
                                  "AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
                         bytes_of("BTBZMqHH6r4Tts7J_aSIgg")};
  const std::string browser_private = bytes_of("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94");
  const std::string salt = bytes_of("DGv6ra1nlYgDCS1FRnbzlw");
  const std::string body =
      "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_"
      "c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
      "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_"
      "Qulc"
      "y4a-fN";
};

TEST(WebPush, EncryptsAsTheRfc) {
  const Example e;
  const auto key = make_key_pair(e.private_key);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->private_key.reveal(), e.private_key);
  EXPECT_EQ(base64url(key->public_key), base64url(e.public_key));
  const auto body = encrypt_push(e.text, e.browser, *key, e.salt);
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(base64url(*body), e.body);
}

TEST(WebPush, RefusesKeysThatAreNone) {
  const Example e;
  const auto key = make_key_pair(e.private_key);
  ASSERT_TRUE(key);
  PushKeys bad = e.browser;
  bad.p256dh[10] ^= 1;  // no point of the curve any more
  EXPECT_EQ(encrypt_push("x", bad, *key, e.salt).error().code, Code::kInvalidArgument);
  bad.p256dh = "short";
  EXPECT_EQ(encrypt_push("x", bad, *key, e.salt).error().code, Code::kInvalidArgument);
  EXPECT_FALSE(encrypt_push(std::string(4000, 'x'), e.browser, *key, e.salt));
  EXPECT_FALSE(make_key_pair("short"));
}

TEST(WebPush, ASeedOutsideOfTheRangeBecomesAKey) {
  EXPECT_TRUE(make_key_pair(std::string(32, '\xff')));
  EXPECT_TRUE(make_key_pair(std::string(32, '\0')));
}

TEST(WebPush, SignsToThePushService) {
  const auto key = make_key_pair(Example().private_key);
  ASSERT_TRUE(key);
  const auto value = vapid_authorization(*key, "https://push.example.net", "mailto:ops@example.org",
                                         from_micros(1'767'571'200'000'000));
  ASSERT_TRUE(value) << value.error().message;
  ASSERT_THAT(*value, StartsWith("vapid t="));
  const size_t comma = value->find(", k=");
  EXPECT_EQ(value->substr(comma + 4), base64url(key->public_key));
  const std::string jwt = value->substr(8, comma - 8);
  const auto parts = split(jwt, '.');
  ASSERT_THAT(parts, SizeIs(3));
  EXPECT_EQ(bytes_of(parts[0]), R"({"typ":"JWT","alg":"ES256"})");
  EXPECT_EQ(
      bytes_of(parts[1]),
      R"({"aud":"https://push.example.net","exp":1767571200,"sub":"mailto:ops@example.org"})");
  EXPECT_THAT(bytes_of(parts[2]), SizeIs(64));
}

// ---- to browsers ------------------------------------------------------------------------------

class PushTest : public ::testing::Test {
 protected:
  PushTest() {
    auto book = PushBook::open(world_.engine.engine(), rng_, world_.engine.log());
    EXPECT_TRUE(book) << book.error().message;
    book_ = *std::move(book);
    NotifyConfig config = testing::config_of("push: {allow_private: true}");
    transport_ = std::make_unique<ChannelTransport>(*client_, clock_, config, ChannelTimeouts{},
                                                    book_.get());
  }
  std::string subscription(const std::string& path) {
    const Example e;
    return codec::to_text(codec::JsonObject{
        {"endpoint", catcher_.url(path)},
        {"name", "Firefox on Android"},
        {"expirationTime", nullptr},
        {"keys", {{"p256dh", base64url(e.browser.p256dh)}, {"auth", base64url(e.browser.auth)}}}});
  }
  void subscribe(const std::string& path, const std::string& person = "ada") {
    const Result<> added =
        book_->add({catcher_.url(path), person, Example().browser}, store::Actor{"user", person});
    EXPECT_TRUE(added) << added.error().message;
  }
  Result<Taken> send() {
    std::promise<Result<Taken>> done;
    transport_->send(testing::page_to({.kind = catalog::Contact::Kind::kPush}),
                     [&](Result<Taken> result) { done.set_value(std::move(result)); });
    return done.get_future().get();
  }

  testing::World world_;
  SeededRng rng_{7};
  ManualClock clock_;
  Metrics metrics_;
  net::testing::HttpCatcher catcher_;
  std::unique_ptr<PushBook> book_;
  std::unique_ptr<net::Client> client_ = net::Client::start(metrics_);
  std::unique_ptr<ChannelTransport> transport_;
};

TEST_F(PushTest, EveryBrowserOfThePersonGetsIt) {
  subscribe("/push/a");
  subscribe("/push/b");
  subscribe("/push/c", "grace");
  catcher_.answer_always(201);
  ASSERT_TRUE(send());
  ASSERT_THAT(catcher_.requests(), SizeIs(2));
  const net::Request request = catcher_.requests()[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.headers.get("content-encoding"), "aes128gcm");
  EXPECT_EQ(request.headers.get("ttl"), "3600");
  EXPECT_EQ(request.headers.get("urgency"), "high");
  EXPECT_THAT(std::string(request.headers.get("topic").value_or("")), SizeIs(32));
  EXPECT_THAT(std::string(request.headers.get("authorization").value_or("")),
              StartsWith("vapid t="));
  EXPECT_GT(request.body.size(), 86U);
  EXPECT_THAT(request.body, Not(HasSubstr("customers")));
  EXPECT_NE(request.body.substr(0, 16), catcher_.requests()[1].body.substr(0, 16))
      << "a salt of its own";
}

// What makes keys for a message, and on which thread.
struct WitnessedRng final : Rng {
  explicit WitnessedRng(Rng& source) : inner(source) {}
  void fill(std::span<unsigned char> out) override {
    thread = std::this_thread::get_id();
    inner.fill(out);
  }
  Rng& inner;
  std::thread::id thread;
};

TEST_F(PushTest, KeysAreNotMadeOnTheThreadThatSends) {
  WitnessedRng rng(rng_);
  auto book = PushBook::open(world_.engine.engine(), rng, world_.engine.log());
  ASSERT_TRUE(book);
  transport_.reset();
  book_ = *std::move(book);
  subscribe("/push/a");
  transport_ = std::make_unique<ChannelTransport>(*client_, clock_,
                                                  testing::config_of("push: {allow_private: true}"),
                                                  ChannelTimeouts{}, book_.get());
  rng.thread = {};
  catcher_.answer_always(201);
  ASSERT_TRUE(send());
  EXPECT_NE(rng.thread, std::thread::id());
  EXPECT_NE(rng.thread, std::this_thread::get_id()) << "who sends is the engine's writer";
}

TEST_F(PushTest, OnePushServiceThatAsksToWaitHoldsUpNoOther) {
  net::testing::HttpCatcher other;
  subscribe("/push/a");
  ASSERT_TRUE(book_->add({other.url("/push/c"), "grace", Example().browser},
                         store::Actor{"user", "grace"}));
  catcher_.answer_always({.status = 429, .headers = {{"Retry-After", "40"}}, .body = {}});
  other.answer_always(201);
  EXPECT_EQ(send().error().code, Code::kResourceExhausted);
  const catalog::Contact push{.kind = catalog::Contact::Kind::kPush};
  EXPECT_EQ(transport_->wait_asked_by(push), Duration(0)) << "it is the contact of everybody";
  EXPECT_EQ(transport_->wait_asked_for(testing::page_to(push)), seconds(40));
  EXPECT_EQ(send().error().code, Code::kResourceExhausted);
  EXPECT_THAT(catcher_.requests(), SizeIs(1)) << "it is left alone";
  Delivery to_grace = testing::page_to(push);
  to_grace.person = catalog::PersonId("grace");
  EXPECT_EQ(transport_->wait_asked_for(to_grace), Duration(0));
  clock_.advance(seconds(40));
  EXPECT_EQ(transport_->wait_asked_for(testing::page_to(push)), Duration(0));
}

TEST(PushSubscription, HasTheIdThatABrowserComputes) {
  const PushSubscription one{.endpoint = "https://push.example.net/a", .person = "ada", .keys = {}};
  EXPECT_EQ(one.id(), "Wfrq3iWErZBjoUxE6ghcXz");  // as web/test/unit/push.test.ts
}

TEST_F(PushTest, SaysWhenAPushServiceLastTookAMessage) {
  subscribe("/push/a");
  EXPECT_FALSE(book_->of("ada")[0].last_success);
  catcher_.answer_always(201);
  ASSERT_TRUE(send());
  world_.engine.settle();
  const Time first = world_.engine.now();
  EXPECT_EQ(book_->of("ada")[0].last_success, first);
  world_.engine.advance(seconds(59));
  ASSERT_TRUE(send());
  EXPECT_EQ(book_->of("ada")[0].last_success, first) << "a storm writes no row for each message";
  world_.engine.advance(seconds(1));
  ASSERT_TRUE(send());
  world_.engine.settle();
  book_.reset();
  auto again = PushBook::open(world_.engine.engine(), rng_, world_.engine.log());
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->of("ada")[0].last_success, first + minutes(1));
  EXPECT_NE((*again)->of("ada")[0].created, Time());
}

TEST(PushPayload, SaysWhatTheServiceWorkerShows) {
  Delivery page = testing::page_to({.kind = catalog::Contact::Kind::kPush});
  page.subject = {"page", "pag_2"};
  page.message.incident_id = "inc_1";
  page.message.answer_url = "https://tocsin.shop.test/p/AQBp";
  const auto said = [](const Delivery& delivery) {
    return *codec::read_own_json(push_payload(delivery, "https://tocsin.shop.test"));
  };
  const auto text = [&](const Delivery& delivery, const char* key) {
    return std::string(said(delivery).as_object().at(key).as_string());
  };
  EXPECT_EQ(text(page, "title"), page.message.title);
  EXPECT_THAT(text(page, "body"), StartsWith(page.message.impact));
  EXPECT_EQ(text(page, "url"), page.message.answer_url);
  EXPECT_EQ(text(page, "path"), "/incidents/inc_1");
  EXPECT_EQ(text(page, "tag"), "incident inc_1");
  Delivery over = page;
  over.subject = {"recovery", "inc_1"};
  over.message.is_page = false;
  EXPECT_EQ(text(over, "tag"), text(page, "tag")) << "it takes the page's place on the screen";
  Delivery bundle = page;
  bundle.message.is_bundle = true;
  bundle.message.incident_id.clear();
  bundle.message.links = {{"SEV-1 checkout", "https://tocsin.shop.test/p/AQBq"}};
  EXPECT_EQ(text(bundle, "tag"), "page pag_2");
  EXPECT_EQ(text(bundle, "url"), page.message.answer_url);
  EXPECT_EQ(text(bundle, "path"), "") << "its own link shows all, a link of its list one";
  Delivery notice = page;
  notice.message.incident_id.clear();
  notice.message.is_page = false;
  notice.subject = {"schedule", "payments"};
  notice.message.links = {{"Board", "https://tocsin.shop.test.example.org/d/x"},
                          {"Schedule", "https://tocsin.shop.test/oncall/schedules/payments"}};
  EXPECT_EQ(text(notice, "path"), "/oncall/schedules/payments");
  EXPECT_EQ(text(notice, "tag"), "schedule payments");
}

TEST_F(PushTest, ABrowserThatIsGoneIsForgotten) {
  subscribe("/push/a");
  catcher_.answer_next(410);
  const auto taken = send();
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(book_->of("ada"), IsEmpty());
  world_.engine.settle();
  EXPECT_EQ(world_.engine.kinds().back(), "push.gone");
  EXPECT_THAT(send().error().message, HasSubstr("ada has subscribed no browser"));
}

TEST_F(PushTest, OneBrowserIsEnough) {
  subscribe("/push/a");
  subscribe("/push/b");
  catcher_.answer_next(404);
  catcher_.answer_next(201);
  EXPECT_TRUE(send());
  EXPECT_THAT(book_->of("ada"), SizeIs(1));
}

TEST_F(PushTest, WhatMayPassIsTriedAgain) {
  subscribe("/push/a");
  subscribe("/push/b");
  catcher_.answer_next(503);
  catcher_.answer_next(400);
  const auto taken = send();
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::kUnavailable);
  EXPECT_THAT(taken.error().message, Not(HasSubstr("/push/")));
}

TEST_F(PushTest, PrivateAddressesAreForbiddenUnlessAllowed) {
  subscribe("/push/a");
  const NotifyConfig config = testing::config_of("allow_private_webhooks: true");
  transport_ =
      std::make_unique<ChannelTransport>(*client_, clock_, config, ChannelTimeouts{}, book_.get());
  const auto taken = send();
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::kPermissionDenied);
  EXPECT_THAT(taken.error().message,
              HasSubstr("set notify.push.allow_private: true in tocsin.yaml"));
  EXPECT_THAT(taken.error().message, Not(HasSubstr("/push/a")));
  EXPECT_THAT(catcher_.requests(), IsEmpty());
}

TEST_F(PushTest, BrowsersAndKeySurviveARestart) {
  subscribe("/push/a");
  const std::string key = book_->key().public_key;
  book_.reset();
  auto again = PushBook::open(world_.engine.engine(), rng_, world_.engine.log());
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->key().public_key, key);
  ASSERT_THAT((*again)->of("ada"), SizeIs(1));
  EXPECT_EQ((*again)->of("ada")[0].keys.auth, Example().browser.auth);
}

struct OpenGate final : access::Gate {
  std::string person = "ada";
  Result<access::Caller> require(const net::Request&, access::Role) override {
    if (person == "nobody") return fail(Code::kUnauthenticated, "sign in first");
    return access::Caller{store::Actor{"user", "ada"}, access::Role::kResponder, person};
  }
};

TEST_F(PushTest, PeopleSubscribeTheirOwnBrowsers) {
  OpenGate gate;
  net::Router router;
  add_push_routes(router, {gate, *book_, true});
  const auto ask = [&](const char* method, const char* path, const std::string& body) {
    net::Request request;
    request.method = method;
    request.path = path;
    request.body = body;
    return router.handle(request);
  };
  const char* const path = "/api/v1/push/subscriptions";
  EXPECT_THAT(ask("GET", "/api/v1/push/key", "").body,
              HasSubstr(base64url(book_->key().public_key)));
  EXPECT_EQ(ask("POST", path, subscription("/push/a")).status, 204);
  EXPECT_EQ(ask("POST", path, subscription("/push/a")).status, 204);
  EXPECT_THAT(book_->of("ada"), SizeIs(1));
  EXPECT_EQ(
      ask("POST", path, R"({"endpoint": "ftp://x", "keys": {"p256dh": "a", "auth": "b"}})").status,
      400);
  EXPECT_EQ(ask("POST", path, R"({"endpoint": "https://x.example.org/1",
                                  "keys": {"p256dh": "AAAA", "auth": "AAAA"}})")
                .status,
            400);
  const auto listed = codec::read_own_json(ask("GET", path, "").body)->as_object();
  const auto& rows = listed.at("subscriptions").as_array();
  ASSERT_THAT(rows, SizeIs(1));
  const std::string id(rows[0].as_object().at("id").as_string());
  EXPECT_EQ(id, book_->of("ada")[0].id());
  EXPECT_EQ(rows[0].as_object().at("name").as_string(), "Firefox on Android");
  EXPECT_TRUE(rows[0].as_object().at("last_success").is_null());
  EXPECT_THAT(ask("GET", path, "").body, Not(HasSubstr("/push/a")));
  EXPECT_EQ(ask("DELETE", "/api/v1/push/subscriptions/none", "").status, 404);
  EXPECT_EQ(ask("DELETE", ("/api/v1/push/subscriptions/" + id).c_str(), "").status, 204);
  EXPECT_THAT(book_->of("ada"), IsEmpty());
  EXPECT_EQ(ask("POST", path, subscription("/push/a")).status, 204);
  const std::string own = codec::to_text(codec::JsonObject{{"endpoint", catcher_.url("/push/a")}});
  gate.person = "grace";
  EXPECT_EQ(ask("DELETE", path, own).status, 404);
  gate.person = "ada";
  EXPECT_EQ(ask("DELETE", path, own).status, 204);
  EXPECT_THAT(book_->of("ada"), IsEmpty());
  for (int i = 0; i < 20; ++i) subscribe("/push/" + std::to_string(i));
  EXPECT_EQ(ask("POST", path, subscription("/push/more")).status, 429);
  gate.person = "";
  EXPECT_EQ(ask("POST", path, subscription("/push/a")).status, 409)
      << "a user that is no person of the catalog";
  gate.person = "nobody";
  EXPECT_EQ(ask("GET", "/api/v1/push/key", "").status, 401);
}

}  // namespace
}  // namespace tocsin::notify
