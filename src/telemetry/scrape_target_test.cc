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
      target = std::make_shared<ScrapeTarget>(job, *scrape_address(job, {address(), labels}),
                                              *telemetry, *client);
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

  // The slots of ten seconds that hold this moment, one for each stream that is measured.
  std::vector<StreamSlots> now_of(const std::string& name) {
    EXPECT_TRUE(telemetry->flush(clock.now()));
    const Time slot = from_millis(now_ms() / 10'000 * 10'000);
    auto streams =
        telemetry->slots(SignalName(name), RollupLevel::kTenSeconds, slot, slot + seconds(10));
    EXPECT_TRUE(streams);
    std::erase_if(*streams, [](const StreamSlots& stream) { return stream.slots.empty(); });
    return *streams;
  }
  bool is_live(const std::string& name) { return !now_of(name).empty(); }

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

TEST(ScrapeTarget, AFailedScrapeEndsEveryLevelOfItsTargetAtOnce) {
  for (const char* broken : {"queue_length 5\nno sample\n", ""}) {
    Scraped scraped;
    scraped.scrape("queue_length 5\n");
    EXPECT_TRUE(scraped.is_live("queue"));
    if (*broken != '\0') {
      EXPECT_EQ(scraped.scrape(broken).state, SourceState::kDown);
    } else {
      scraped.shop.answer_always({.hang_up = true});
      EXPECT_EQ(scraped.scrape().state, SourceState::kDown);
      scraped.shop.answer_always(200);
    }
    EXPECT_FALSE(scraped.is_live("queue"));
    EXPECT_TRUE(scraped.is_live("up"));  // and is 0
    EXPECT_EQ(scraped.level("up").second, 0);
    // The target is back, and so is its level.
    scraped.scrape("queue_length 6\n");
    EXPECT_TRUE(scraped.is_live("queue"));
  }
}

TEST(ScrapeTarget, ASeriesThatIsNotShownAnyMoreEndsAndTheOthersGoOn) {
  Scraped scraped;
  scraped.scrape(
      "queue_length{exported_job=\"a\"} 5\nqueue_length{exported_job=\"b\"} 6\nfine 1\n");
  scraped.scrape("fine 1\nqueue_length{exported_job=\"b\"} 7\n");
  const std::vector<StreamSlots> live = scraped.now_of("queue");
  ASSERT_EQ(live.size(), 1U);
  EXPECT_EQ(live[0].labels.at("exported_job"), "b");
}

TEST(ScrapeTarget, ASeriesWithATimeOfItsOwnIsNotEnded) {
  Scraped scraped;
  scraped.scrape(fmt::format("queue_length 5 {}\n", scraped.now_ms() + 15'000));
  scraped.shop.answer_next(503);
  EXPECT_EQ(scraped.scrape().state, SourceState::kDown);
  EXPECT_TRUE(scraped.is_live("queue"));
}

// What was counted unseen is not lost, nothing is born twice, and a restart is a reset.
TEST(ScrapeTarget, CountersGoOnAfterTheirTargetWasUnreachable) {
  Scraped scraped;
  const auto count = [&](int ok, int bad, const std::string& more = "") {
    scraped.scrape(
        fmt::format("http_requests_total{{code=\"200\"}} {}\n"
                    "http_requests_total{{code=\"500\"}} {}\n{}",
                    ok, bad, more));
  };
  count(1000, 10);
  count(1010, 10);
  count(1020, 10);
  const SignalIndex shop = *scraped.telemetry->index_of(SignalName("shop"));
  EXPECT_EQ(scraped.heard.total(shop), 20);
  for (int i = 0; i < 10; ++i) {
    scraped.shop.answer_next(503);
    scraped.scrape();
  }
  // It lived and counted 75 more, and 5 of a code that was never seen before.
  count(1090, 15, "http_requests_total{code=\"503\"} 5\n");
  EXPECT_EQ(scraped.heard.total(shop), 20 + 75 + 5);
  EXPECT_EQ(scraped.heard.bad(shop), 5 + 5);
  EXPECT_EQ(scraped.metric("tocsin_ingest_counter_resets_total"), 0U);
  // A series that is not shown for a while is no reset when it comes back.
  scraped.scrape("http_requests_total{code=\"200\"} 1090\n");
  count(1090, 15, "http_requests_total{code=\"503\"} 5\n");
  EXPECT_EQ(scraped.heard.total(shop), 100);
  // It is down, and then another process answers.
  scraped.shop.answer_next(503);
  scraped.scrape();
  count(7, 1);
  EXPECT_EQ(scraped.heard.total(shop), 108);
  EXPECT_EQ(scraped.metric("tocsin_ingest_counter_resets_total"), 2U);
}

TEST(ScrapeTarget, MarkersOfATargetThatWasReachedOnceDoNotMakeItWatched) {
  Scraped scraped;
  scraped.scrape("http_requests_total{code=\"200\"} 5000\n");
  for (int i = 0; i < 3; ++i) {
    scraped.shop.answer_next(503);
    scraped.scrape();
  }
  // Of what it counted before we saw it for the second time we know nothing.
  scraped.scrape(
      "http_requests_total{code=\"200\"} 5001\nhttp_requests_total{code=\"500\"} 9000\n");
  EXPECT_EQ(scraped.heard.bad(*scraped.telemetry->index_of(SignalName("shop"))), 0);
}

TEST(ScrapeTarget, WhenItIsAskedNoMoreAllThatItShowedEnds) {
  Scraped scraped;
  scraped.scrape("queue_length 5\n");
  EXPECT_TRUE(scraped.is_live("queue"));
  scraped.clock.advance(seconds(15));
  scraped.target->end(scraped.clock.now());
  EXPECT_FALSE(scraped.is_live("queue"));
  EXPECT_FALSE(scraped.is_live("up"));
}

TEST(ScrapeTarget, ASuccessorWithTheSameSeriesIsNotEndedByItsPredecessor) {
  Scraped scraped;
  scraped.scrape("queue_length 5\n");
  const std::shared_ptr<ScrapeTarget> before = std::exchange(scraped.target, nullptr);
  const Time missed = scraped.clock.now() + seconds(10);
  scraped.scrape("queue_length 6\n");
  before->end(missed);
  EXPECT_TRUE(scraped.is_live("queue"));
  EXPECT_EQ(scraped.level("queue").second, 6);
}

TEST(ScrapeTarget, ALabelThatIsGivenTwiceRefusesTheScrape) {
  Scraped scraped;
  const SourceStatus status = scraped.scrape("queue_length{a=\"1\",a=\"2\"} 5\n");
  EXPECT_EQ(status.state, SourceState::kDown);
  EXPECT_EQ(status.last_error, "line 1: label a is given twice");
  EXPECT_EQ(scraped.metric("tocsin_ingest_refused_total{reason=\"duplicate_label\"}"), 1U);
  scraped.scrape("queue length\n");
  EXPECT_EQ(scraped.metric("tocsin_ingest_refused_total{reason=\"malformed\"}"), 1U);
}

TEST(ScrapeTarget, ItsGroupSaysWhereItIsScrapedAndWhatItIsCalled) {
  Scraped scraped;
  scraped.labels = {{"__metrics_path__", "/probe"},
                    {"__param_module", "http 2xx"},
                    {"__meta_rack", "7"},
                    {"job", "edge"},
                    {"zone", "eu"}};
  scraped.scrape("queue_length{job=\"own\",exported_job=\"older\",other=\"9\"} 5\n");
  const auto requests = scraped.shop.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].path, "/probe");
  EXPECT_EQ(requests[0].query_value("module"), "http 2xx");
  const Labels labels = scraped.level("queue").first;
  EXPECT_EQ(labels.at("job"), "edge");
  EXPECT_EQ(labels.at("exported_job"), "older");  // and the other is exported_exported_job
  EXPECT_EQ(labels.at("zone"), "eu");
  EXPECT_EQ(labels.at("instance"), scraped.address());
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
