#include "demo/demo.h"

#include <gtest/gtest.h>

#include "demo/catcher.h"
#include "demo/load.h"
#include "net/client.h"

namespace tocsin::demo {
namespace {

TEST(Load, HasADailyRhythm) {
  const Time midnight = *parse_rfc3339("2026-01-05T00:00:00Z");
  EXPECT_DOUBLE_EQ(visitors_per_second(40, midnight + hours(15)), 40);
  EXPECT_DOUBLE_EQ(visitors_per_second(40, midnight + hours(3)), 24);
  EXPECT_EQ(visitors_per_second(40, midnight + hours(9)),
            visitors_per_second(40, midnight + hours(9) + days(1)));
}

TEST(Fault, NamesAreKnownAndOthersAreRefusedWithTheList) {
  EXPECT_EQ(parse_fault("total-outage"), Fault::kTotalOutage);
  const auto unknown = parse_fault("total-outrage");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("payment-slow"), std::string::npos);
}

// The real shop on free ports, asked as a visitor would.
class ShopTest : public testing::Test {
 protected:
  void SetUp() override {
    auto shop = Shop::open(parts_, ShopPorts{0, 0, 0, 0});
    ASSERT_TRUE(shop) << shop.error().message;
    shop_ = *std::move(shop);
  }
  void TearDown() override {
    pause_.stop();
    if (shop_) shop_->stop();
  }

  net::HttpAnswer ask(const std::string& method, int port, const std::string& path) {
    net::HttpCall call;
    call.method = method;
    call.url = fmt::format("http://127.0.0.1:{}{}", port, path);
    auto answer = client_->call_and_wait(std::move(call));
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? *std::move(answer) : net::HttpAnswer{};
  }

  SystemClock clock_;
  SeededRng rng_{1};
  std::string logged_;
  Log log_{clock_, LogLevel::kError, LogFormat::kLogfmt,
           [this](LogLevel, std::string_view line) { logged_ += line; }};
  Metrics metrics_;
  FaultBoard faults_;
  Pause pause_;
  std::unique_ptr<net::Client> client_ = net::Client::start(metrics_);
  ShopParts parts_{faults_, pause_, *client_, clock_, rng_, log_};
  std::unique_ptr<Shop> shop_;
};

TEST_F(ShopTest, AnOrderGoesThroughAllServicesAndIsCounted) {
  EXPECT_EQ(ask("POST", shop_->ports().front, "/checkout").status, 200);
  const std::string metrics = ask("GET", shop_->ports().checkout, "/metrics").body;
  EXPECT_NE(
      metrics.find("http_requests_total{handler=\"/orders\",method=\"POST\",code=\"200\"} 1\n"),
      std::string::npos)
      << metrics;
  EXPECT_NE(ask("GET", shop_->ports().payment, "/metrics").body.find("code=\"200\"} 1\n"),
            std::string::npos);
}

TEST_F(ShopTest, ATotalOutageRefusesEveryOrderUntilItIsHealed) {
  faults_.set(Fault::kTotalOutage, true);
  EXPECT_EQ(ask("POST", shop_->ports().front, "/checkout").status, 503);
  EXPECT_EQ(ask("GET", shop_->ports().front, "/").status, 200);
  faults_.heal();
  EXPECT_EQ(ask("POST", shop_->ports().front, "/checkout").status, 200);
}

TEST_F(ShopTest, ASlowPaymentMakesTheCheckoutGiveUp) {
  faults_.set(Fault::kPaymentSlow, true);
  EXPECT_EQ(ask("POST", shop_->ports().checkout, "/orders").status, 504);
}

// What a person would have received, asked as a browser would.
TEST(CatcherPage, ShowsAMessagesPartsInTheOrderInWhichTheyAreRead) {
  SystemClock clock;
  SeededRng rng(1);
  Log log(clock, LogLevel::kError, LogFormat::kLogfmt, [](LogLevel, std::string_view) {});
  Metrics metrics;
  FaultBoard faults;
  const auto catcher = Catcher::open(faults, 0, 0, clock, rng, log);
  ASSERT_TRUE(catcher) << catcher.error().message;
  const auto client = net::Client::start(metrics);
  const auto ask = [&](std::string method, std::string path, std::string body) {
    net::HttpCall call;
    call.method = std::move(method);
    call.url = fmt::format("http://127.0.0.1:{}{}", (*catcher)->http_port(), path);
    call.body = std::move(body);
    const auto answer = client->call_and_wait(std::move(call));
    return answer ? answer->body : "(" + answer.error().message + ")";
  };
  ask("POST", "/webhook/ada",
      R"({"since":"2026-11-22T21:37:20.000Z","title":"orders fail","impact":"412 <b>orders</b>",)"
      R"("likely":"","first_step":"roll back","runbook":"https://runbooks.example/checkout",)"
      R"("answer_url":"http://127.0.0.1/p/token"})");
  ask("POST", "/slack/grace", R"({"text":"see http://127.0.0.1/p/other"})");
  const std::string page = ask("GET", "/", "");
  size_t at = page.find("webhook to ada");
  for (const char* part :
       {"Users lose: 412 &lt;b&gt;orders", "Since: 2026-11-22", "Do first: roll back",
        "Runbook: <a href=\"https://runbooks.example/checkout\">",
        "Answer: <a href=\"http://127.0.0.1/p/token\">", "As it came"}) {
    const size_t next = page.find(part, at);
    ASSERT_NE(next, std::string::npos) << part << " is not behind the part before it:\n" << page;
    at = next;
  }
  EXPECT_EQ(page.find("Likely"), std::string::npos) << "what is empty is left out";
  EXPECT_NE(page.find("<a href=\"http://127.0.0.1/p/other\">Answer</a>"), std::string::npos);
}

}  // namespace
}  // namespace tocsin::demo
