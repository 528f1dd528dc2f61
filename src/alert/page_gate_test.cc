#include "alert/page_gate.h"

#include <gtest/gtest.h>

#include "alert/testing.h"

namespace tocsin::alert {
namespace {

using routing::Labels;
using routing::PostedAlert;

class PageGateTest : public ::testing::Test {
 protected:
  GateVerdict judged(const PostedAlert& alert, bool has_symptom = false) {
    return judge(alert, policy_, owner_of(alert.labels, policy_, *catalog_), has_symptom);
  }
  void enforce() {
    catalog_->teams[catalog::TeamId("shop")].page_gate = catalog::PageGate::kEnforce;
  }
  static PostedAlert fit() {
    PostedAlert alert;
    alert.labels = Labels::of({{"service", "checkout"}, {"severity", "page"}});
    alert.annotations = Labels::of({{"impact", "Customers cannot pay"}});
    return alert;
  }
  std::shared_ptr<catalog::Catalog> catalog_ = testing::small_catalog();
  PostedPolicy policy_ = PostedPolicy::defaults();
};

TEST_F(PageGateTest, FitAlertPages) {
  enforce();
  const GateVerdict verdict = judged(fit());
  EXPECT_EQ(verdict.decision, Decision::kPage);
  EXPECT_TRUE(verdict.reasons.empty());
}

TEST_F(PageGateTest, ObservedAlertPagesAndItsReasonsAreNoted) {
  PostedAlert alert = fit();
  alert.annotations = {};
  alert.labels = Labels::of({{"service", "stock"}});  // without a runbook
  const GateVerdict verdict = judged(alert);
  EXPECT_EQ(verdict.decision, Decision::kPage);
  EXPECT_EQ(verdict.reasons, (std::vector{GateReason::kNoImpact, GateReason::kNoRunbook}));
}

TEST_F(PageGateTest, EnforcedGateMakesATicketOrShowsIt) {
  enforce();
  PostedAlert alert = fit();
  alert.annotations = {};
  EXPECT_EQ(judged(alert).decision, Decision::kTicket);
  EXPECT_EQ(judged(alert).reasons, (std::vector{GateReason::kNoImpact}));
  policy_.otherwise = PostedPolicy::Otherwise::kDashboard;
  EXPECT_EQ(judged(alert).decision, Decision::kDashboard);
}

TEST_F(PageGateTest, CauseNeedsItsSymptom) {
  enforce();
  PostedAlert alert = fit();
  alert.labels = Labels::of({{"service", "checkout"}, {"kind", "cause"}});
  EXPECT_EQ(judged(alert, false).reasons, (std::vector{GateReason::kCauseWithoutSymptom}));
  EXPECT_EQ(judged(alert, false).decision, Decision::kTicket);
  EXPECT_EQ(judged(alert, true).decision, Decision::kPage);
}

// Of a team with a policy no posted alert ever paged: it has no list of its own.
TEST_F(PageGateTest, ATeamIsReachedByItsPolicyToo) {
  enforce();
  catalog::Team& team = catalog_->teams[catalog::TeamId("shop")];
  team.escalation.clear();
  EXPECT_EQ(judged(fit()).reasons, (std::vector{GateReason::kNobodyToReach}));
  team.escalation_policy = "shop";
  EXPECT_EQ(judged(fit()).decision, Decision::kPage);
  EXPECT_TRUE(judged(fit()).reasons.empty());
}

TEST_F(PageGateTest, NobodyIsPagedForWhatNobodyOwns) {
  PostedAlert alert = fit();
  alert.labels = Labels::of({{"service", "unknown"}});
  GateVerdict verdict = judged(alert);
  EXPECT_EQ(verdict.decision, Decision::kDashboard);
  EXPECT_EQ(verdict.reasons.front(), GateReason::kNoOwner);
  alert.labels = Labels::of({{"service", "unknown"}, {"team", "shop"}});
  alert.annotations = Labels::of({{"impact", "x"}, {"runbook_url", "https://r.test"}});
  verdict = judged(alert);
  EXPECT_EQ(verdict.decision, Decision::kPage);
  EXPECT_TRUE(verdict.reasons.empty());
}

TEST_F(PageGateTest, SentencesNameTheFix) {
  EXPECT_NE(sentence_of(GateReason::kNoImpact, policy_).find("annotation 'impact'"),
            std::string::npos);
  EXPECT_NE(sentence_of(GateReason::kNoRunbook, policy_).find("runbook_url"), std::string::npos);
  EXPECT_NE(sentence_of(GateReason::kNoOwner, policy_).find("label 'service'"), std::string::npos);
}

}  // namespace
}  // namespace tocsin::alert
