#include "slo/slo_api.h"

#include <gmock/gmock.h>

#include <limits>

#include "slo/slo_json.h"
#include "slo/slo_testing.h"

namespace tocsin::slo {
namespace {

using testing::HasSubstr;

const Time kStart = from_micros(1'767'571'200'000'000);

// Lets in whoever says "ada", and remembers what was asked for.
class Doorman final : public access::Gate {
 public:
  Result<access::Caller> require(const net::Request& request, access::Role least) override {
    asked = least;
    if (request.headers.get("Authorization") != "ada")
      return fail(Code::kUnauthenticated, "sign in first");
    return access::Caller{};
  }
  std::optional<access::Role> asked;
};

class SloApi : public testing::Test {
 protected:
  SloApi() {
    bench_.clock.advance(kStart - bench_.clock.now());
    std::vector<SloBook::Entry> entries;
    Objective calendar = objective_of("cart");
    calendar.window.is_calendar = true;
    calendar.window.zone = "Europe/Berlin";
    entries.push_back({objective_of("shop"), 0});
    entries.push_back({std::move(calendar), 1});
    EXPECT_TRUE(bench_.book.configure(std::move(entries), bench_.rollups, kStart));
    add_slo_routes(router_, {gate_, bench_.book, bench_.rollups, bench_.clock, [] { return 42; }});
    run(minutes(90), 0);
    run(minutes(2), 0.5);
  }
  void run(Duration length, double ratio) {
    for (const Time end = bench_.clock.now() + length; bench_.clock.now() < end;) {
      bench_.clock.advance(seconds(5));
      const Time now = bench_.clock.now();
      const telemetry::RatioIncrement increment{0, now, 200 * ratio, 200};
      bench_.rollups.add(telemetry::SignalName("shop"), now, {increment.bad, increment.total});
      bench_.book.on_increments({&increment, 1}, now);
      bench_.book.advance(now);
    }
  }
  net::Response get(const std::string& path, std::string window = "", const char* who = "ada") {
    net::Request request;
    request.method = "GET";
    request.path = path;
    request.headers.add("Authorization", who);
    if (!window.empty()) request.query.emplace_back("window", std::move(window));
    return router_.handle(request);
  }
  static codec::Json json(const net::Response& response) {
    auto body = codec::read_own_json(response.body);
    EXPECT_TRUE(body) << response.body;
    return body ? *body : codec::Json(codec::JsonObject{});
  }

  BookBench bench_{kStart};
  Doorman gate_;
  net::Router router_;
};

TEST_F(SloApi, ListsObjectivesByNameWithTheSequenceNumber) {
  const auto body = json(get("/api/v1/objectives"));
  EXPECT_EQ(body.at("seq").to_number<int>(), 42);
  ASSERT_EQ(body.at("objectives").as_array().size(), 2u);
  EXPECT_EQ(body.at("objectives").at(0).at("name").as_string(), "cart");
  EXPECT_EQ(body.at("objectives").at(0).at("state").as_string(), "no_data");
  EXPECT_EQ(body.at("objectives").at(0).at("window").as_string(), "calendar month Europe/Berlin");
  EXPECT_TRUE(body.at("objectives").at(0).at("last_sample_at").is_null());
  EXPECT_EQ(gate_.asked, access::Role::kResponder);
}

TEST_F(SloApi, ShowsCountsBesideEveryRatio) {
  const auto body = json(get("/api/v1/objectives/shop"));
  EXPECT_EQ(body.at("state").as_string(), "burning");
  EXPECT_EQ(body.at("window").as_string(), "30d rolling");
  EXPECT_EQ(body.at("error_ratio_5m").at("bad").to_number<double>(), 2400);
  EXPECT_EQ(body.at("error_ratio_5m").at("total").to_number<double>(), 12'000);
  EXPECT_EQ(body.at("error_ratio_5m").at("ratio").to_number<double>(), 0.2);
  EXPECT_EQ(body.at("budget").at("bad").to_number<double>(), 2400);
  EXPECT_EQ(body.at("budget").at("total").to_number<double>(), 92 * 12 * 200);
  EXPECT_TRUE(body.at("budget").at("period_end").is_null());
  const auto& tiers = body.at("tiers").as_array();
  ASSERT_EQ(tiers.size(), 5u);
  EXPECT_EQ(tiers[0].at("kind").as_string(), "fast");
  EXPECT_EQ(tiers[0].at("state").as_string(), "firing");
  EXPECT_GE(tiers[0].at("nearness").to_number<double>(), 1);
  EXPECT_FALSE(tiers[0].as_object().contains("long_window_seconds"));
  EXPECT_EQ(tiers[1].at("long_window_seconds").to_number<double>(), 3600);
  EXPECT_EQ(tiers[1].at("evidence").at("bad_long").to_number<double>(), 2400);
}

TEST_F(SloApi, SaysWhyNothingIsSaidOfAYoungBudget) {
  const auto budget = json(get("/api/v1/objectives/shop")).at("budget");
  EXPECT_TRUE(budget.at("left").is_null());
  EXPECT_TRUE(budget.at("left_events").is_null());
  EXPECT_TRUE(budget.at("exhausted_in_seconds").is_null());
  EXPECT_EQ(budget.at("too_early").as_string(), "too early to judge: 1h of 30d seen");
  EXPECT_EQ(budget.at("seen_seconds").to_number<double>(), 92 * 60 - 5);
  const auto tiers = json(get("/api/v1/objectives/shop")).at("tiers");
  EXPECT_TRUE(tiers.at(0).at("evidence").at("budget_left").is_null());
}

TEST_F(SloApi, SaysWhatIsLeftOfABudgetThatHasBeenSeen) {
  run(days(8), 0);
  const auto budget = json(get("/api/v1/objectives/shop")).at("budget");
  EXPECT_TRUE(budget.at("too_early").is_null());
  const double bad = budget.at("bad").to_number<double>();
  const double allowed = budget.at("total").to_number<double>() * 0.001;
  EXPECT_EQ(bad, 2400);
  EXPECT_NEAR(budget.at("left").to_number<double>(), 1 - bad / allowed, 1e-9);
  EXPECT_NEAR(budget.at("left_events").to_number<double>(), allowed - bad, 1e-6);
}

TEST_F(SloApi, EvidenceIsReadAsItWasWritten) {
  Evidence evidence;
  evidence.bad_long = 3;
  evidence.threshold = 14.4;
  evidence.impact_started = kStart;
  evidence.burn_short = std::numeric_limits<double>::infinity();
  for (const std::optional<double> left : {std::optional<double>(), std::optional(-0.5)}) {
    evidence.budget_left = left;
    const auto read = read_evidence(evidence_json(evidence));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->budget_left, left);
    EXPECT_EQ(read->bad_long, 3);
    EXPECT_EQ(read->threshold, 14.4);
    EXPECT_EQ(read->impact_started, kStart);
    EXPECT_EQ(read->burn_short, 0);
  }
  auto damaged = evidence_json(evidence);
  damaged["bad_long"] = "three";
  EXPECT_EQ(read_evidence(damaged).error().code, Code::kDataLoss);
  damaged.erase("bad_long");
  EXPECT_FALSE(read_evidence(damaged));
  EXPECT_FALSE(read_evidence(codec::Json(7)));
}

TEST_F(SloApi, ChartsCountsWithGapsWhereNothingWasCounted) {
  const auto body = json(get("/api/v1/objectives/shop/chart", "2h"));
  const auto &at = body.at("at").as_array(), &bad = body.at("bad").as_array();
  const auto& total = body.at("total").as_array();
  ASSERT_EQ(at.size(), bad.size());
  ASSERT_EQ(at.size(), total.size());
  EXPECT_LE(at.size(), 1500u);
  EXPECT_TRUE(total.front().is_null()) << "before the first sample";
  double sum = 0;
  for (const auto& value : bad) sum += value.is_null() ? 0 : value.to_number<double>();
  EXPECT_EQ(sum, 2400);
}

TEST_F(SloApi, SaysWhatIsWrongWithARequest) {
  EXPECT_EQ(get("/api/v1/objectives", "", "nobody").status, 401);
  EXPECT_EQ(get("/api/v1/objectives/shop/chart", "1h", "nobody").status, 401);
  const auto unknown = get("/api/v1/objectives/nothing");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(unknown.body, HasSubstr("there is no objective nothing"));
  EXPECT_EQ(get("/api/v1/objectives/nothing/chart").status, 404);
  EXPECT_EQ(get("/api/v1/objectives/shop/chart", "1s").status, 400);
  EXPECT_EQ(get("/api/v1/objectives/shop/chart", "soon").status, 400);
}

TEST_F(SloApi, APulseHasTheNumbersThatMove) {
  const auto pulses = bench_.book.pulses_since(0);
  ASSERT_EQ(pulses.pulses.size(), 2u);
  const auto pulse = pulse_json(pulses.pulses[0]);
  EXPECT_EQ(pulse.at("name").as_string(), "shop");
  EXPECT_EQ(pulse.at("state").as_string(), "burning");
  EXPECT_EQ(pulse.at("bad_5m").to_number<double>(), 2400);
  EXPECT_EQ(pulse.at("total_5m").to_number<double>(), 12'000);
  EXPECT_GT(pulse.at("burn_now").to_number<double>(), 14);
  EXPECT_TRUE(pulse.at("budget_left").is_null());
  EXPECT_EQ(pulse.at("budget_too_early").as_string(), "too early to judge: 1h of 30d seen");
}

}  // namespace
}  // namespace tocsin::slo
