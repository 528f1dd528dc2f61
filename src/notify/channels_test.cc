#include "notify/channels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "codec/json.h"
#include "net/testing/http_catcher.h"
#include "net/testing/mailbox.h"
#include "notify/channel_fixture.h"
#include "notify/outbox_world.h"
#include "notify/sign.h"

namespace tocsin::notify {
namespace {

using catalog::Contact;
using net::testing::HttpCatcher;
using net::testing::Mailbox;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::page_to;
using ::testing::SizeIs;

Contact webhook(const std::string& url, std::string secret = "sesame") {
  return {.kind = Contact::Kind::kWebhook, .address = url, .secret = Secret(std::move(secret))};
}
Contact slack(const std::string& url) { return {.kind = Contact::Kind::kSlack, .address = url}; }
Contact mail(std::string address) {
  return {.kind = Contact::Kind::kMail, .address = std::move(address)};
}

class ChannelsTest : public ::testing::Test {
 protected:
  Result<> send(const Delivery& delivery) {
    const Result<Taken> taken = take(delivery);
    if (!taken) return fail(taken.error());
    return {};
  }
  Result<Taken> take(const Delivery& delivery) {
    std::promise<Result<Taken>> done;
    transport().send(delivery, [&](Result<Taken> result) { done.set_value(std::move(result)); });
    return done.get_future().get();
  }
  Error refusal(const Delivery& delivery) {
    const Result<> sent = send(delivery);
    if (sent) ADD_FAILURE() << "it was taken";
    return sent ? Error{} : sent.error();
  }
  ChannelTransport& transport() {
    if (!transport_) {
      transport_ = std::make_unique<ChannelTransport>(*client_, clock_, config_, timeouts_);
    }
    return *transport_;
  }
  void use_relay(const Mailbox& mailbox) {
    config_.smtp =
        SmtpConfig{.server = mailbox.url(), .from = "bell@example.org", .starttls = false};
  }

  // The catchers listen on loopback.
  NotifyConfig config_{.allow_private_webhooks = true,
                       .external_url = "https://tocsin.example.org:8443"};
  ChannelTimeouts timeouts_;
  ManualClock clock_;
  Metrics metrics_;
  HttpCatcher catcher_;
  std::unique_ptr<net::Client> client_ = net::Client::start(metrics_);

 private:
  std::unique_ptr<ChannelTransport> transport_;
};

TEST_F(ChannelsTest, AWebhookIsSignedJson) {
  const Result<> sent = send(page_to(webhook(catcher_.url("/in?key=1"))));
  ASSERT_TRUE(sent) << sent.error().message;
  ASSERT_THAT(catcher_.requests(), SizeIs(1));
  const net::Request request = catcher_.requests()[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/in");
  EXPECT_EQ(request.headers.get("content-type"), "application/json; charset=utf-8");
  EXPECT_EQ(request.headers.get("x-tocsin-delivery"), "dlv_1");
  EXPECT_EQ(request.headers.get("x-tocsin-timestamp"), "1767571200");
  EXPECT_EQ(request.headers.get("x-tocsin-signature"),
            sign_webhook(Secret("sesame"), 1767571200, request.body));
  const auto body = codec::read_own_json(request.body);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->at("title").as_string(), "SEV-1 checkout: customers cannot pay");
  EXPECT_EQ(body->at("delivery").as_string(), "dlv_1");
}

TEST_F(ChannelsTest, AWebhookWithoutSecretIsNotSigned) {
  ASSERT_TRUE(send(page_to(webhook(catcher_.url(), ""))));
  EXPECT_FALSE(catcher_.requests()[0].headers.get("x-tocsin-signature"));
}

TEST_F(ChannelsTest, AStatusDecidesWhatFollows) {
  const Delivery page = page_to(webhook(catcher_.url("/secret-path")));
  catcher_.answer_always(202);
  EXPECT_TRUE(send(page));
  catcher_.answer_always(503);
  EXPECT_EQ(refusal(page).code, Code::kUnavailable);
  catcher_.answer_always({.status = 404, .body = "no hook at /secret-path"});
  const Error gone = refusal(page);
  EXPECT_EQ(gone.code, Code::kFailedPrecondition);
  EXPECT_THAT(gone.message, HasSubstr("answered 404"));
  EXPECT_THAT(gone.message, Not(HasSubstr("secret-path")));
}

TEST_F(ChannelsTest, RetryAfterIsKept) {
  const Contact contact = webhook(catcher_.url());
  EXPECT_EQ(transport().wait_asked_by(contact), Duration(0));
  catcher_.answer_next({.status = 429, .headers = {{"Retry-After", "90"}}});
  EXPECT_EQ(refusal(page_to(contact)).code, Code::kResourceExhausted);
  EXPECT_EQ(transport().wait_asked_by(contact), seconds(90));
  EXPECT_EQ(transport().wait_asked_by(webhook(catcher_.url("/other"))), Duration(0));
  clock_.advance(seconds(60));
  EXPECT_EQ(transport().wait_asked_by(contact), seconds(30));
  clock_.advance(seconds(60));
  EXPECT_EQ(transport().wait_asked_by(contact), Duration(0));
}

TEST_F(ChannelsTest, ARefusedConnectionHasNotArrived) {
  const Error error = refusal(page_to(webhook("http://127.0.0.1:1/secret-path")));
  EXPECT_EQ(error.code, Code::kUnavailable) << error.message;
  EXPECT_THAT(error.message, HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(error.message, Not(HasSubstr("secret-path")));
}

TEST_F(ChannelsTest, ALostAnswerMayHaveArrived) {
  catcher_.answer_next({.hang_up = true});
  EXPECT_EQ(refusal(page_to(webhook(catcher_.url()))).code, Code::kDeadlineExceeded);
}

TEST_F(ChannelsTest, ASilentProviderTimesOut) {
  timeouts_.http = milliseconds(100);
  catcher_.answer_next({.stall = true});
  EXPECT_EQ(refusal(page_to(webhook(catcher_.url()))).code, Code::kDeadlineExceeded);
  catcher_.release();
}

TEST_F(ChannelsTest, OurOwnStopMayHaveArrivedToo) {
  catcher_.answer_next({.stall = true});
  std::promise<Result<Taken>> done;
  transport().send(page_to(webhook(catcher_.url())),
                   [&](Result<Taken> result) { done.set_value(std::move(result)); });
  ASSERT_TRUE(catcher_.wait_for(1));
  client_.reset();
  EXPECT_EQ(done.get_future().get().error().code, Code::kDeadlineExceeded);
  catcher_.release();
}

TEST_F(ChannelsTest, PrivateAddressesAreRefusedWithTheFix) {
  config_.allow_private_webhooks = NotifyConfig().allow_private_webhooks;
  const std::string url = catcher_.url("/very/hidden?key=1");
  for (const Contact& contact : {webhook(url), slack(url)}) {
    const Error refused = refusal(page_to(contact));
    EXPECT_EQ(refused.code, Code::kPermissionDenied);
    EXPECT_EQ(refused.message,
              fmt::format("{0} 127.0.0.1:{1}: http://127.0.0.1:{1} leads to a loopback or private "
                          "address, which this call may not reach; use a public address, or set "
                          "notify.allow_private_webhooks: true in tocsin.yaml",
                          name_of(contact.kind), catcher_.port()));
  }
  EXPECT_THAT(catcher_.requests(), SizeIs(0));
}

TEST_F(ChannelsTest, AMetadataServiceIsRefusedBehindAName) {
  config_.allow_private_webhooks = false;
  const Error refused = refusal(
      page_to(webhook(fmt::format("http://localhost:{}/latest/meta-data", catcher_.port()))));
  EXPECT_EQ(refused.code, Code::kPermissionDenied);
  EXPECT_THAT(refused.message, HasSubstr("set notify.allow_private_webhooks: true"));
  EXPECT_THAT(refused.message, Not(HasSubstr("meta-data")));
  EXPECT_THAT(catcher_.requests(), SizeIs(0));
}

TEST_F(ChannelsTest, TheOperatorsOwnContactsLeadAnywhere) {
  config_.allow_private_webhooks = false;
  config_.operators = {webhook(catcher_.url("/ops")), slack(catcher_.url("/ops-room"))};
  for (const Contact& contact : config_.operators) EXPECT_TRUE(send(page_to(contact)));
  EXPECT_THAT(catcher_.requests(), SizeIs(2));
  EXPECT_EQ(refusal(page_to(webhook(catcher_.url("/ada")))).code, Code::kPermissionDenied);
}

TEST_F(ChannelsTest, SlackGetsBlocksAndItsRefusalIsFinal) {
  catcher_.answer_next({.status = 200, .body = "ok"});
  ASSERT_TRUE(send(page_to(slack(catcher_.url("/services/T0/B0/x")))));
  const auto body = codec::read_own_json(catcher_.requests()[0].body);
  ASSERT_TRUE(body);
  EXPECT_TRUE(body->at("blocks").is_array());
  EXPECT_FALSE(catcher_.requests()[0].headers.get("x-tocsin-signature"));

  catcher_.answer_next({.status = 404, .body = "no_service"});
  const Error gone = refusal(page_to(slack(catcher_.url("/services/T0/B0/x"))));
  EXPECT_EQ(gone.code, Code::kFailedPrecondition);
  EXPECT_THAT(gone.message, HasSubstr("no_service"));
  EXPECT_THAT(gone.message, Not(HasSubstr("T0/B0")));
}

TEST_F(ChannelsTest, AMailArrivesWhole) {
  const Mailbox mailbox;
  use_relay(mailbox);
  const Result<> sent = send(page_to(mail("ada@example.org")));
  ASSERT_TRUE(sent) << sent.error().message;
  const net::CaughtMail caught = mailbox.mails().at(0);
  EXPECT_EQ(caught.from, "bell@example.org");
  EXPECT_EQ(caught.to, "ada@example.org");
  EXPECT_THAT(caught.message, HasSubstr("Subject: SEV-1 checkout: customers cannot pay\r\n"));
  EXPECT_THAT(caught.message, HasSubstr("Message-ID: <dlv_1@tocsin.example.org>\r\n"));
  EXPECT_THAT(caught.message, HasSubstr("Answer: https://tocsin.example.org/p/AbCd\r\n"));
}

TEST_F(ChannelsTest, AMailServersRefusalIsForNowOrForGood) {
  Mailbox mailbox;
  use_relay(mailbox);
  mailbox.set_mood(net::SmtpMood::kTemporary);
  const Error busy = refusal(page_to(mail("ada@example.org")));
  EXPECT_EQ(busy.code, Code::kUnavailable) << busy.message;
  mailbox.set_mood(net::SmtpMood::kPermanent);
  EXPECT_EQ(refusal(page_to(mail("ada@example.org"))).code, Code::kFailedPrecondition);
}

TEST_F(ChannelsTest, StarttlsIsNotGivenUp) {
  const Mailbox mailbox;
  use_relay(mailbox);
  config_.smtp->starttls = true;
  refusal(page_to(mail("ada@example.org")));
  EXPECT_THAT(mailbox.mails(), SizeIs(0));
}

TEST_F(ChannelsTest, WithoutARelayAMailSaysWhatToSet) {
  const Error error = refusal(page_to(mail("ada@example.org")));
  EXPECT_EQ(error.code, Code::kFailedPrecondition);
  EXPECT_THAT(error.message, HasSubstr("set notify.smtp.server and notify.smtp.from"));
}

TEST_F(ChannelsTest, AnAddressThatIsNoneIsFinal) {
  const Mailbox mailbox;
  use_relay(mailbox);
  EXPECT_EQ(refusal(page_to(mail("ada@example.org\r\nBcc: x@y"))).code, Code::kInvalidArgument);
}

// Passes everything on and lets a test wait for an answer.
class Overheard final : public Transport {
 public:
  explicit Overheard(Transport& inner) : inner_(inner) {}
  void send(const Delivery& delivery, OnTaken done) override {
    inner_.send(delivery, [this, done = std::move(done)](Result<Taken> result) mutable {
      done(std::move(result));
      answered_.set_value();
    });
  }
  void poll(const SentMessage& message, OnPolled done) override {
    inner_.poll(message, std::move(done));
  }
  void cancel(const SentMessage& message) override { inner_.cancel(message); }
  Duration wait_asked_by(const catalog::Contact& contact) const override {
    return inner_.wait_asked_by(contact);
  }
  void wait() {
    answered_.get_future().wait();
    answered_ = {};
  }

 private:
  Transport& inner_;
  std::promise<void> answered_;
};

TEST_F(ChannelsTest, ThroughTheOutboxALostAnswerLeadsToAMarkedRepetition) {
  engine::testing::TestEngine engine;
  Overheard overheard(transport());
  const auto outbox = Outbox::make(engine.engine(), overheard, engine.log(), engine.metrics());
  catcher_.answer_next({.hang_up = true});
  ASSERT_TRUE(engine.run([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(outbox->enqueue(tx, {"test", "tst_1"}, testing::ada(), webhook(catcher_.url()),
                                    page_to({}).message));
    return {};
  }));
  overheard.wait();
  engine.settle();
  engine.advance(seconds(2));
  overheard.wait();
  engine.settle();

  EXPECT_THAT(engine.kinds(), ::testing::ElementsAre("delivery.retrying", "delivery.sent"));
  ASSERT_TRUE(catcher_.wait_for(2));
  const auto requests = catcher_.requests();
  EXPECT_EQ(requests[0].headers.get("x-tocsin-delivery"),
            requests[1].headers.get("x-tocsin-delivery"));
  EXPECT_THAT(requests[0].body, HasSubstr("\"maybe_duplicate\":false"));
  EXPECT_THAT(requests[1].body, HasSubstr("\"maybe_duplicate\":true"));
}

}  // namespace
}  // namespace tocsin::notify
