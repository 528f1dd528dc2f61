#include "telemetry/scrape_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "net/testing/http_catcher.h"
#include "telemetry/testing/house.h"

namespace tocsin::telemetry {
namespace {

using net::testing::HttpCatcher;
using ::testing::HasSubstr;
using testing::House;

SignalSpec sum_of(const std::string& name, const std::string& metric) {
  SignalSpec spec;
  spec.name = SignalName(name);
  spec.kind = SignalKind::kLevel;
  spec.of = {{{"__name__", Matcher::Op::kEqual, metric}}};
  spec.by = {"job", "instance", "exported_job", "zone"};
  return spec;
}

// A target on loopback, and Telemetry that scrapes it when told to.
struct Scraped : House {
  Scraped() {
    job.job = "shop";
    std::vector<SignalSpec> specs;
    specs.push_back(testing::shop_ratio());
    specs.push_back(sum_of("up", "up"));
    specs.push_back(sum_of("queue", "queue_length"));
    configure(std::move(specs));
  }

  std::string address() const { return fmt::format("127.0.0.1:{}", shop.port()); }

  SourceStatus scrape() {
    if (!target) {
      target = std::make_shared<ScrapeTarget>(job, ScrapeAddress{address(), labels}, *telemetry,
                                              *client);
    }
    clock.advance(seconds(15));
    std::promise<std::move_only_function<void()>> answered;
    target->ask([&](std::move_only_function<void()> then) { answered.set_value(std::move(then)); });
    answered.get_future().get()();
    return target->status();
  }

  SourceStatus scrape(const std::string& body, const std::string& type = "text/plain") {
    shop.answer_next({.headers = {{"Content-Type", type}}, .body = body});
    return scrape();
  }

  // The newest value of a level and its labels.
  std::pair<Labels, double> level(const std::string& name) {
    EXPECT_TRUE(telemetry->flush(clock.now()));
    const auto streams = telemetry->slots(SignalName(name), RollupLevel::kTenSeconds, Time(),
                                          clock.now() + hours(1));
    if (!streams || streams->empty() || streams->back().slots.empty()) return {};
    return {streams->back().labels, streams->back().slots.back().head[0]};
  }

  HttpCatcher shop;
  ScrapeJob job;
  std::map<std::string, std::string> labels;
  std::unique_ptr<net::Client> client = net::Client::start(*metrics);
  std::shared_ptr<ScrapeTarget> target;
};

TEST(ScrapeTarget, FeedsSignalsWithItsJobAndInstance) {
  Scraped scraped;
  scraped.scrape("http_requests_total{code=\"200\"} 100\nhttp_requests_total{code=\"500\"} 1\n");
  const SourceStatus status = scraped.scrape(
      "# TYPE http_requests_total counter\n"
      "http_requests_total{code=\"200\"} 190\nhttp_requests_total{code=\"500\"} 11\n");
  EXPECT_EQ(status.state, SourceState::kUp);
  EXPECT_EQ(status.name, "shop/" + scraped.address());
  EXPECT_EQ(status.last_at, scraped.clock.now());
  const SignalIndex shop = *scraped.telemetry->index_of(SignalName("shop"));
  EXPECT_EQ(scraped.heard.total(shop), 100);
  EXPECT_EQ(scraped.heard.bad(shop), 10);
  const auto [labels, up] = scraped.level("up");
  EXPECT_EQ(labels.at("instance"), scraped.address());
  EXPECT_EQ(labels.at("job"), "shop");
  EXPECT_EQ(up, 1);
}

TEST(ScrapeTarget, IsDownWithTheReasonWhenItGivesNothing) {
  Scraped scraped;
  scraped.shop.answer_next(503);
  SourceStatus status = scraped.scrape();
  EXPECT_EQ(status.state, SourceState::kDown);
  EXPECT_THAT(status.last_error, HasSubstr("503"));
  EXPECT_EQ(scraped.level("up").second, 0);

  status = scraped.scrape("fine 1\nbroken line here\n");
  EXPECT_THAT(status.last_error, HasSubstr("line 2"));
  scraped.shop.answer_always({.hang_up = true});
  EXPECT_EQ(scraped.scrape().state, SourceState::kDown);
  EXPECT_FALSE(scraped.target->status().last_at);
  EXPECT_EQ(scraped.scrape("fine 1\n").state, SourceState::kUp);
  EXPECT_EQ(scraped.target->status().last_error, "");
}

TEST(ScrapeTarget, OfAnExpositionOverTheLimitNothingIsTaken) {
  Scraped scraped;
  scraped.job.max_samples = 2;
  const SourceStatus status =
      scraped.scrape("queue_length 5\nqueue_length{a=\"1\"} 5\nqueue_length{a=\"2\"} 5\n");
  EXPECT_EQ(status.state, SourceState::kDown);
  EXPECT_THAT(status.last_error, HasSubstr("max_samples"));
  EXPECT_EQ(scraped.level("queue").second, 0);
  EXPECT_EQ(scraped.metric("tocsin_ingest_refused_total{reason=\"target_too_large\"}"), 1U);
}

TEST(ScrapeTarget, ABodyOverTheLimitIsNotRead) {
  Scraped scraped;
  scraped.job.max_body = 1024;
  const SourceStatus status = scraped.scrape("queue_length 5\n# " + std::string(5000, 'x') + "\n");
  EXPECT_EQ(status.state, SourceState::kDown);
  EXPECT_EQ(scraped.metric("tocsin_ingest_refused_total{reason=\"target_too_large\"}"), 1U);
}

TEST(ScrapeTarget, TheTargetsOwnLabelsMoveAsideUnlessTheyAreHonored) {
  Scraped scraped;
  scraped.labels = {{"zone", "eu"}};
  scraped.scrape("queue_length{job=\"own\"} 5\n");
  const Labels moved = scraped.level("queue").first;
  EXPECT_EQ(moved.at("job"), "shop");
  EXPECT_EQ(moved.at("exported_job"), "own");
  EXPECT_EQ(moved.at("zone"), "eu");

  Scraped honored;
  honored.job.honor_labels = true;
  honored.scrape("queue_length{job=\"own\"} 5\n");
  EXPECT_EQ(honored.level("queue").first.at("job"), "own");
}

TEST(ScrapeTarget, AsksForOpenMetricsAndReadsIt) {
  Scraped scraped;
  const SourceStatus status =
      scraped.scrape("# TYPE queue_length gauge\nqueue_length 7.5 # {trace_id=\"a\"} 1\n# EOF\n",
                     "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_EQ(status.state, SourceState::kUp) << status.last_error;
  EXPECT_EQ(scraped.level("queue").second, 7.5);
  const auto requests = scraped.shop.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].path, "/metrics");
  EXPECT_THAT(std::string(requests[0].headers.get("Accept").value_or("")),
              HasSubstr("application/openmetrics-text"));
}

TEST(ScrapeTarget, SendsWhatLetsItIn) {
  Scraped basic;
  basic.job.auth.user = "ada";
  basic.job.auth.password = Secret("pw");
  basic.scrape("up2 1\n");
  EXPECT_EQ(basic.shop.requests()[0].headers.get("Authorization"), "Basic YWRhOnB3");
  Scraped bearer;
  bearer.job.auth.bearer = Secret("token");
  bearer.scrape("up2 1\n");
  EXPECT_EQ(bearer.shop.requests()[0].headers.get("Authorization"), "Bearer token");
}

TEST(ScrapeTarget, TakesTheTimestampsThatTheTargetGives) {
  Scraped scraped;
  const int64_t t = scraped.now_ms();
  scraped.scrape(fmt::format("http_requests_total{{code=\"200\"}} 5 {}\n", t));
  scraped.scrape(fmt::format("http_requests_total{{code=\"200\"}} 9 {}\n", t + 10'000));
  ASSERT_FALSE(scraped.heard.all.empty());
  EXPECT_EQ(scraped.heard.all.back().at, from_millis(t + 10'000));
}

}  // namespace
}  // namespace tocsin::telemetry
