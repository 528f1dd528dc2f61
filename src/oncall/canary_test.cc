#include "oncall/canary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::World;

// The world's provider hands the canary its pages as our own server would, unless it is broken.
class CanaryTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  class Next final : public PagerListener {
   public:
    std::vector<std::string> heard;
    Result<> on_first_told(engine::Tx&, const std::string& incident, Time) override {
      heard.push_back("told " + incident);
      return {};
    }
    Result<> on_acknowledged(engine::Tx&, const std::string& incident, const store::Actor& by,
                             Time) override {
      heard.push_back("acknowledged " + incident + " " + by.name);
      return {};
    }
  };

  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_ = std::make_unique<World>(engine::testing::TestEngine::Options{.backend = GetParam()});
    open();
  }
  void open() {
    canary_ = std::make_unique<Canary>(Canary::Parts{
        w().engine.engine(), *w().pager, w().engine.log(), w().engine.metrics(),
        "http://127.0.0.1:1/hooks/canary/x", [this] { return is_well_; }, [this] { ++pings_; }});
    canary_->listen(next_);
    w().pager->listen(*canary_);
    w().pager->use(canary_->with_canary(*w().catalog));
    w().transport.script = [this](const notify::Delivery& d) -> std::optional<Result<>> {
      if (d.person.value() != Canary::kPerson) return Result<>();
      if (is_broken_) return std::nullopt;
      w().engine.engine().submit([this](engine::Tx& tx) { return canary_->answered(tx); },
                                 [](Result<>) {});
      return Result<>();
    };
    w().engine.settle();
  }
  World& w() { return *world_; }
  int64_t rows(const std::string& table) {
    auto found = w().engine.reader().query("SELECT COUNT(*) FROM " + table);
    return found ? found->front().integer(0) : -1;
  }
  std::string metrics() { return w().engine.metrics().to_text(); }

  bool is_broken_ = false, is_well_ = true;
  int pings_ = 0;
  Next next_;
  std::unique_ptr<World> world_;
  std::unique_ptr<Canary> canary_;
};
INSTANTIATE_TEST_SUITE_P(Backends, CanaryTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(CanaryTest, IsRungAMinuteAndPingsTheOutside) {
  w().engine.advance(minutes(10));
  EXPECT_EQ(pings_, 10);
  EXPECT_EQ(canary_->trouble(), std::nullopt);
  EXPECT_THAT(metrics(), HasSubstr("tocsin_canary_runs_total{result=\"ok\"} 10"));
  EXPECT_THAT(metrics(), HasSubstr("tocsin_canary_up 1"));
}

TEST_P(CanaryTest, LeavesNoTraceButItsMetrics) {
  const auto before = w().engine.kinds();
  w().engine.advance(minutes(30));
  EXPECT_EQ(w().engine.kinds(), before);
  EXPECT_LE(rows("page"), 1);
  EXPECT_LE(rows("escalation"), 1);
  EXPECT_LE(rows("page_way"), 1);
  EXPECT_THAT(next_.heard, IsEmpty());
}

TEST_P(CanaryTest, ThePingStaysOutWhenPagesDoNotArrive) {
  w().engine.advance(minutes(2));
  is_broken_ = true;
  w().engine.advance(minutes(5));
  EXPECT_EQ(pings_, 2);
  ASSERT_TRUE(canary_->trouble());
  EXPECT_THAT(*canary_->trouble(), HasSubstr("4 times"));
  EXPECT_THAT(metrics(), HasSubstr("tocsin_canary_up 0"));
  // Said once, not each minute.
  EXPECT_EQ(std::ranges::count_if(
                w().engine.errors(),
                [](const std::string& line) { return line.find("canary") != std::string::npos; }),
            1);
  is_broken_ = false;
  w().engine.advance(minutes(2));
  EXPECT_EQ(canary_->trouble(), std::nullopt);
  EXPECT_EQ(pings_, 4);
}

TEST_P(CanaryTest, ThePingStaysOutWhenTheAuditorFoundSomething) {
  w().engine.advance(minutes(1));
  is_well_ = false;
  w().engine.advance(minutes(3));
  EXPECT_EQ(pings_, 1);
}

TEST_P(CanaryTest, WhatIsNotItsOwnIsHandedOn) {
  w().start();
  ASSERT_TRUE(w().acknowledge("ada"));
  EXPECT_THAT(next_.heard, ::testing::ElementsAre("told inc_1", "acknowledged inc_1 ada"));
}

// Killed between its page and the answer: that page is of no use to the next process, and no sign
// that pages do not go out.
TEST_P(CanaryTest, APageThatAKilledProcessLeftIsForgotten) {
  is_broken_ = true;
  w().engine.advance(minutes(1));
  ASSERT_EQ(rows("escalation"), 1);
  canary_.reset();
  w().crash();
  is_broken_ = false;
  open();
  EXPECT_EQ(rows("escalation"), 0);
  w().engine.advance(minutes(2));
  EXPECT_EQ(pings_, 2);
  EXPECT_EQ(canary_->trouble(), std::nullopt);
  EXPECT_THAT(w().engine.errors(), IsEmpty());
}

TEST_P(CanaryTest, AnAnswerWithoutAPageIsRefused) {
  EXPECT_EQ(w().in_tx([&](engine::Tx& tx) { return canary_->answered(tx); }).error().code,
            Code::kFailedPrecondition);
}

}  // namespace
}  // namespace tocsin::oncall
