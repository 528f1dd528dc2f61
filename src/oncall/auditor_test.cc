#include "oncall/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::World;

class AuditorTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_ = std::make_unique<World>(engine::testing::TestEngine::Options{.backend = GetParam()});
    auditor_ =
        std::make_unique<Auditor>(w().engine.engine(), w().engine.log(), w().engine.metrics());
    w().engine.settle();
  }
  World& w() { return *world_; }
  Auditor& auditor() { return *auditor_; }
  void lose_timers(const std::string& kind) {
    ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(const auto rows,
                       tx.sql().query("SELECT subject FROM timers WHERE kind = $1", kind));
      if (rows.empty()) return fail(Code::kInternal, "there is no timer " + kind);
      for (const auto& row : rows) RETURN_IF_ERROR(tx.cancel_timer(kind, row.text(0)));
      return {};
    }));
  }

 private:
  std::unique_ptr<World> world_;
  std::unique_ptr<Auditor> auditor_;
};
INSTANTIATE_TEST_SUITE_P(Backends, AuditorTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(AuditorTest, FindsNothingWhileAllGoesItsWay) {
  EXPECT_FALSE(auditor().looked_at());
  w().start();
  w().engine.advance(hours(3));
  EXPECT_THAT(auditor().findings(), IsEmpty());
  ASSERT_TRUE(auditor().looked_at());
  EXPECT_GE(*auditor().looked_at(), w().engine.now() - Auditor::kEvery);
}

TEST_P(AuditorTest, AnEscalationWithoutATimerRingsOn) {
  w().start();
  lose_timers("page.escalate");
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), ElementsAre(HasSubstr("inc_1 rang and had no timer")));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page grace mail"));
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), IsEmpty());
}

TEST_P(AuditorTest, ADeliveryWithoutATimerIsSent) {
  w().transport.script = [](const notify::Delivery&) {
    return std::optional(Result<>(fail(Code::kUnavailable, "not now")));
  };
  w().start();
  w().transport.script = [](const notify::Delivery&) { return std::optional(Result<>()); };
  lose_timers("outbox.send");
  (void)w().sent();
  w().engine.advance(Auditor::kEvery + seconds(1));
  EXPECT_THAT(auditor().findings(), ::testing::Not(IsEmpty()));
  EXPECT_THAT(w().sent(), ::testing::Not(IsEmpty()));
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), IsEmpty());
}

TEST_P(AuditorTest, ATryWithoutADeadlineIsRepeated) {
  w().transport.script = [](const notify::Delivery&) { return std::optional<Result<>>(); };
  w().start();
  lose_timers("outbox.deadline");
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), ::testing::Contains(HasSubstr("outbox.deadline")));
}

TEST_P(AuditorTest, APageAlertThatNobodyIsRungForIsFound) {
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(
        const int64_t changed,
        tx.sql().exec("INSERT INTO alert (id, objective, class, fingerprint, state, severity,"
                      " service, team, labels, tiers, problem, summary, impact, runbook, links,"
                      " evidence, impact_started, started, updated, incident) VALUES ('alr_1',"
                      " 'o', 'page', 'f', 'firing', 'page', 'checkout', 'shop', '', '', '', '', '',"
                      " '', '', '', $1, $1, $1, '')",
                      tx.now()));
    return changed == 1 ? Result<>{} : fail(Code::kInternal, "not inserted");
  }));
  w().engine.advance(Auditor::kGrace);
  EXPECT_THAT(auditor().findings(), IsEmpty());
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), ElementsAre(HasSubstr("alr_1 of checkout")));
  EXPECT_THAT(w().engine.errors(), ::testing::Contains(HasSubstr("alr_1")));
}

}  // namespace
}  // namespace tocsin::oncall
