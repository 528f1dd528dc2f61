#include "telemetry/telemetry_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "telemetry/testing/house.h"

namespace tocsin::telemetry {
namespace {

using ::testing::HasSubstr;
using testing::requests;

struct FakeGate final : access::Gate {
  Result<access::Caller> require(const net::Request&, access::Role least) override {
    if (!is_open) return fail(Code::kUnauthenticated, "sign in first");
    EXPECT_EQ(least, access::Role::kResponder);
    return access::Caller{};
  }
  bool is_open = true;
};

struct Web : testing::House {
  explicit Web(IngestLimits limits = {}) : House(false, limits) {
    std::vector<SignalSpec> specs;
    specs.push_back(testing::shop_ratio());
    SignalSpec slow;
    slow.name = SignalName("slow");
    slow.kind = SignalKind::kLatency;
    slow.of = {{{"__name__", Matcher::Op::kEqual, "d_bucket"}}};
    slow.latency_bound = 0.5;
    specs.push_back(std::move(slow));
    configure(std::move(specs));
    add_telemetry_routes(router, gate, *telemetry);
  }
  net::Response post(const std::string& body, std::string_view type = testing::kV1Type,
                     const std::string& encoding = "snappy") {
    net::Request request;
    request.method = "POST";
    request.path = "/api/v1/write";
    request.headers.add("Content-Type", std::string(type));
    request.headers.add("Content-Encoding", encoding);
    request.body = body;
    return router.handle(request);
  }
  net::Response get(const std::string& path, const std::string& window = "") {
    net::Request request;
    request.method = "GET";
    request.path = path;
    if (!window.empty()) request.query = {{"window", window}};
    return router.handle(request);
  }
  codec::JsonObject json(const std::string& path, const std::string& window = "") {
    const net::Response response = get(path, window);
    EXPECT_EQ(response.status, 200) << response.body;
    return codec::read_own_json(response.body)->as_object();
  }
  void scrape(double ok, double bad) {
    clock.advance(seconds(15));
    std::vector<testing::TestSeries> all{requests("200", now_ms(), ok),
                                         requests("500", now_ms(), bad)};
    for (const auto& [le, n] : {std::pair("0.5", ok), {"1", ok}, {"+Inf", ok + bad}}) {
      all.push_back({{{"__name__", "d_bucket"}, {"job", "shop"}, {"le", le}}, {{now_ms(), n}}});
    }
    EXPECT_EQ(write(all).status, 204);
  }

  FakeGate gate;
  net::Router router;
};

std::string header(const net::Response& response, std::string_view name) {
  return std::string(response.headers.get(name).value_or("none"));
}

TEST(TelemetryApi, AWriteSaysHowMuchWasTaken) {
  Web web;
  const std::vector<testing::TestSeries> series{requests("200", web.now_ms(), 1),
                                                requests("500", web.now_ms(), 1)};
  for (const bool is_v2 : {false, true}) {
    const net::Response response =
        is_v2 ? web.post(testing::snappy(testing::v2_request(series)), testing::kV2Type)
              : web.post(testing::snappy(testing::v1_request(series)));
    EXPECT_EQ(response.status, 204);
    EXPECT_TRUE(response.body.empty());
    EXPECT_EQ(header(response, "X-Prometheus-Remote-Write-Samples-Written"), "2");
    EXPECT_EQ(header(response, "X-Prometheus-Remote-Write-Histograms-Written"), "0");
    EXPECT_EQ(header(response, "X-Prometheus-Remote-Write-Exemplars-Written"), "0");
  }
}

TEST(TelemetryApi, AWriteThatIsPartlyTakenIs400WithTheCount) {
  Web web;
  const net::Response response = web.post(testing::snappy(testing::v1_request(
      {requests("200", web.now_ms(), 1), requests("500", web.now_ms() + 3'600'000, 1)})));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(header(response, "X-Prometheus-Remote-Write-Samples-Written"), "1");
  EXPECT_THAT(response.body, HasSubstr("future"));
}

TEST(TelemetryApi, ASeriesWithALabelTwiceIsRefusedAndTheOthersAreTaken) {
  Web web;
  testing::TestSeries twice = requests("200", web.now_ms(), 1);
  twice.labels.emplace_back("code", "500");
  const std::vector<testing::TestSeries> series{twice, requests("500", web.now_ms(), 1)};
  for (const bool is_v2 : {false, true}) {
    const net::Response response =
        is_v2 ? web.post(testing::snappy(testing::v2_request(series)), testing::kV2Type)
              : web.post(testing::snappy(testing::v1_request(series)));
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(header(response, "X-Prometheus-Remote-Write-Samples-Written"), "1");
    EXPECT_THAT(response.body, HasSubstr("label 'code' appears twice"));
  }
  EXPECT_EQ(web.metric("tocsin_ingest_refused_total{reason=\"duplicate_label\"}"), 2U);
}

TEST(TelemetryApi, AWriteThatIsNoneHasItsOwnStatus) {
  IngestLimits limits;
  limits.max_request_bytes = 1000;
  Web web(limits);
  EXPECT_EQ(web.post("x", "text/plain").status, 415);
  EXPECT_EQ(web.post("x", testing::kV1Type, "gzip").status, 415);
  const net::Response garbage = web.post("garbage");
  EXPECT_EQ(garbage.status, 400);
  EXPECT_EQ(header(garbage, "X-Prometheus-Remote-Write-Samples-Written"), "0");
  EXPECT_EQ(web.post(testing::snappy(std::string(2000, 'x'))).status, 413);
}

TEST(TelemetryApi, WhenBusyTheSenderIsToldToComeAgain) {
  IngestLimits limits;
  limits.max_requests = 0;
  Web web(limits);
  const net::Response response = web.post(testing::snappy(""));
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(header(response, "Retry-After"), "1");
}

TEST(TelemetryApi, NothingIsSaidOrTakenWithoutSignIn) {
  Web web;
  web.gate.is_open = false;
  EXPECT_EQ(
      web.post(testing::snappy(testing::v1_request({requests("200", web.now_ms(), 1)}))).status,
      401);
  EXPECT_EQ(web.telemetry->status().samples_total, 0U);
  EXPECT_EQ(web.get("/api/v1/signals").status, 401);
  EXPECT_EQ(web.get("/api/v1/signals/shop/chart").status, 401);
}

TEST(TelemetryApi, ListsSignals) {
  Web web;
  web.scrape(100, 1);
  const auto signals = web.json("/api/v1/signals")["signals"].as_array();
  ASSERT_EQ(signals.size(), 2U);
  EXPECT_EQ(signals[0].at("name").as_string(), "shop");
  EXPECT_EQ(signals[0].at("kind").as_string(), "ratio");
  EXPECT_EQ(signals[0].at("series").to_number<int>(), 2);
  EXPECT_EQ(signals[1].at("kind").as_string(), "latency");
  EXPECT_EQ(signals[1].at("series").to_number<int>(), 3);
}

TEST(TelemetryApi, AChartHasAValueOrNothingForEachStep) {
  Web web;
  web.scrape(1000, 10);
  web.scrape(1090, 20);
  const auto chart = web.json("/api/v1/signals/shop/chart", "5m");
  EXPECT_EQ(chart.at("step_seconds").to_number<double>(), 10);
  const auto& at = chart.at("at").as_array();
  ASSERT_EQ(at.size(), 30U);
  EXPECT_EQ(at[1].to_number<double>() - at[0].to_number<double>(), 10);
  ASSERT_EQ(chart.at("streams").as_array().size(), 1U);
  const auto& values = chart.at("streams").as_array()[0].at("values").as_object();
  double bad = 0, total = 0;
  for (size_t i = 0; i < at.size(); ++i) {
    if (values.at("total").as_array().at(i).is_null()) continue;
    bad += values.at("bad").as_array().at(i).to_number<double>();
    total += values.at("total").as_array().at(i).to_number<double>();
  }
  EXPECT_EQ(bad, 10);
  EXPECT_EQ(total, 100);
  EXPECT_TRUE(values.at("total").as_array().at(0).is_null());
}

TEST(TelemetryApi, AChartOfALatencyHasQuantilesAndTheSlow) {
  Web web;
  web.scrape(1000, 10);
  web.scrape(1090, 20);
  const auto chart = web.json("/api/v1/signals/slow/chart", "10m");
  const auto& values = chart.at("streams").as_array().at(0).at("values").as_object();
  double slow = 0, p50 = 0;
  for (size_t i = 0; i < values.at("slow").as_array().size(); ++i) {
    if (values.at("slow").as_array().at(i).is_null()) continue;
    slow += values.at("slow").as_array().at(i).to_number<double>();
    if (values.at("p50").as_array().at(i).is_null()) continue;
    p50 = values.at("p50").as_array().at(i).to_number<double>();
  }
  EXPECT_EQ(slow, 10);
  EXPECT_NEAR(p50, 0.5 * 50 / 90, 1e-9);
}

TEST(TelemetryApi, AChartShowsTheLargestStreamsAndSaysHowManyItLeavesOut) {
  Web web;
  SignalSpec by_route;
  by_route.name = SignalName("by-route");
  by_route.kind = SignalKind::kRate;
  by_route.of = {{{"__name__", Matcher::Op::kEqual, "r_total"}}};
  by_route.by = {"route"};
  std::vector<SignalSpec> specs;
  specs.push_back(std::move(by_route));
  web.configure(std::move(specs));
  for (const double factor : {0.0, 1.0}) {
    web.clock.advance(seconds(15));
    std::vector<testing::TestSeries> all;
    for (int i = 0; i < 60; ++i) {
      const int requests = i * 7 % 60;  // route 43 has one, route 17 has 59
      all.push_back({{{"__name__", "r_total"}, {"route", std::to_string(i)}},
                     {{web.now_ms(), factor * requests}}});
    }
    EXPECT_EQ(web.write(all).status, 204);
  }
  const auto routes = [&](std::vector<std::pair<std::string, std::string>> query) {
    net::Request request;
    request.method = "GET";
    request.path = "/api/v1/signals/by-route/chart";
    request.query = std::move(query);
    const net::Response response = web.router.handle(request);
    EXPECT_EQ(response.status, 200) << response.body;
    const auto chart = codec::read_own_json(response.body)->as_object();
    std::vector<std::string> out;
    for (const auto& stream : chart.at("streams").as_array())
      out.emplace_back(stream.at("labels").at("route").as_string());
    return std::pair(out, chart.at("streams_left_out").to_number<int>());
  };
  const auto [all, left_out] = routes({});
  EXPECT_EQ(all.size(), 50U);
  EXPECT_EQ(left_out, 10);
  EXPECT_EQ(routes({{"limit", "2"}}), std::pair(std::vector<std::string>({"17", "34"}), 58));
  EXPECT_EQ(routes({{"limit", "1000"}}).second, 0);
}

TEST(TelemetryApi, SaysWhatIsWrongWithAChart) {
  Web web;
  EXPECT_EQ(web.get("/api/v1/signals/none/chart").status, 404);
  for (const char* window : {"1m", "500d", "x", "-5m"}) {
    EXPECT_EQ(web.get("/api/v1/signals/shop/chart", window).status, 400) << window;
  }
  for (const char* limit : {"0", "1001", "x", "-1", ""}) {
    net::Request request;
    request.method = "GET";
    request.path = "/api/v1/signals/shop/chart";
    request.query = {{"limit", limit}};
    EXPECT_EQ(web.router.handle(request).status, 400) << limit;
  }
}

TEST(ChartSpan, ReachesBackFarEnoughWithoutTooManyPoints) {
  const Time now = from_micros(1'767'571'234'567'890);
  for (int64_t minute = 5; minute <= 400 * 1440; minute = minute * 5 / 4 + 1) {
    const ChartSpan span = chart_span(minutes(minute), now);
    ASSERT_LE(span.points, kMostChartPoints) << minute;
    ASSERT_GE(span.to - span.from, minutes(minute));
    ASSERT_EQ(span.to - span.from, span.step * static_cast<int64_t>(span.points));
    ASSERT_GT(span.to, now);
    ASSERT_LE(span.to - now, span.step);
    ASSERT_EQ(to_micros(span.from) % span.step.count(), 0);
    ASSERT_EQ(span.step % width_of(span.level), Duration(0));
    ASSERT_GE(from_millis(retention_ms(span.level)).time_since_epoch(), minutes(minute));
  }
  EXPECT_EQ(chart_span(hours(1), now).level, RollupLevel::kTenSeconds);
}

}  // namespace
}  // namespace tocsin::telemetry
