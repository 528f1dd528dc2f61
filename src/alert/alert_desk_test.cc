#include "alert/alert_desk.h"

#include <gtest/gtest.h>

#include <map>

#include "alert/testing.h"
#include "engine/testing.h"

namespace tocsin::alert {
namespace {

using slo::TierState;
using testing::change;
using testing::clears;
using testing::fires;

constexpr const char* kPaying = "checkout-availability";

struct Heard final : AlertListener {
  Result<> on_fired(engine::Tx&, Alert& alert) override {
    alert.incident = "inc_" + std::to_string(++fired);
    return {};
  }
  Result<> on_changed(engine::Tx&, const Alert&) override {
    ++changed;
    return {};
  }
  Result<> on_resolved(engine::Tx&, const Alert& alert) override {
    ended.push_back(alert);
    return {};
  }
  int fired = 0;
  int changed = 0;
  std::vector<Alert> ended;
};

class AlertDeskTest : public ::testing::Test {
 protected:
  AlertDeskTest() {
    desk_.listen(heard_);
    desk_.use(catalog_, testing::small_objectives());
    t_.settle();
  }
  void say(const slo::TierChange& c) {
    desk_.on_change(c);
    t_.settle();
  }
  std::vector<Alert> firing() { return *list_alerts(t_.reader(), Which::kFiring, 100); }

  engine::testing::TestEngine t_;
  Heard heard_;
  std::shared_ptr<catalog::Catalog> catalog_ = testing::small_catalog();
  AlertDesk desk_{{t_.engine(), t_.log(), t_.metrics(), "https://tocsin.shop.test"}};
};

TEST_F(AlertDeskTest, FiringTierBecomesAnAlertWithItsIncident) {
  say(fires(kPaying, "fast", t_.now()));
  const auto alerts = firing();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_TRUE(alerts[0].id.starts_with("alr_"));
  EXPECT_EQ(alerts[0].incident, "inc_1");
  EXPECT_EQ(alerts[0].severity, slo::Severity::kPage);
  const auto book = t_.logbook();
  ASSERT_EQ(book.size(), 1u);
  EXPECT_EQ(book[0].entry.kind, "alert.fired");
  EXPECT_EQ(book[0].entry.incident_id, "inc_1");
  EXPECT_EQ(book[0].entry.subject_id, alerts[0].id);
}

TEST_F(AlertDeskTest, HearingTheSameAgainChangesNothing) {
  say(fires(kPaying, "fast", t_.now()));
  say(fires(kPaying, "fast", t_.now()));
  say(fires(kPaying, "fast", t_.now()));
  EXPECT_EQ(firing().size(), 1u);
  EXPECT_EQ(heard_.fired, 1);
  EXPECT_EQ(heard_.changed, 0);
  EXPECT_EQ(t_.kinds(), (std::vector<std::string>{"alert.fired"}));
}

TEST_F(AlertDeskTest, PageTiersOfAnObjectiveAreOneAlert) {
  say(fires(kPaying, "fast", t_.now()));
  say(fires(kPaying, "page-1h", t_.now()));
  const auto alerts = firing();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].tiers, (std::vector<std::string>{"fast", "page-1h"}));
  EXPECT_EQ(t_.kinds(), (std::vector<std::string>{"alert.fired", "alert.changed"}));
}

TEST_F(AlertDeskTest, AlertEndsWithTheLastOfItsTiers) {
  say(fires(kPaying, "fast", t_.now()));
  say(fires(kPaying, "page-1h", t_.now()));
  say(clears(kPaying, "fast", t_.now()));
  ASSERT_EQ(firing().size(), 1u);
  EXPECT_EQ(firing()[0].tiers, (std::vector<std::string>{"page-1h"}));
  EXPECT_TRUE(heard_.ended.empty());
  t_.advance(minutes(3));
  say(clears(kPaying, "page-1h", t_.now()));
  EXPECT_TRUE(firing().empty());
  ASSERT_EQ(heard_.ended.size(), 1u);
  EXPECT_EQ(heard_.ended[0].ended, t_.now());
  EXPECT_EQ(t_.kinds().back(), "alert.resolved");
}

TEST_F(AlertDeskTest, ClearOfAnUnknownTierIsNothing) {
  say(clears(kPaying, "fast", t_.now()));
  EXPECT_TRUE(t_.logbook().empty());
}

TEST_F(AlertDeskTest, TicketThatGetsWorseBecomesAPage) {
  say(fires(kPaying, "ticket-3d", t_.now()));
  ASSERT_EQ(firing().size(), 1u);
  EXPECT_EQ(firing()[0].severity, slo::Severity::kTicket);
  say(fires(kPaying, "page-1h", t_.now()));
  EXPECT_EQ(firing().size(), 2u);
  EXPECT_EQ(heard_.fired, 2);
}

TEST_F(AlertDeskTest, FiringAfterTheEndIsANewAlert) {
  say(fires(kPaying, "fast", t_.now()));
  const std::string first = firing()[0].id;
  say(clears(kPaying, "fast", t_.now()));
  say(fires(kPaying, "fast", t_.now()));
  ASSERT_EQ(firing().size(), 1u);
  EXPECT_NE(firing()[0].id, first);
  EXPECT_EQ(heard_.fired, 2);
}

TEST_F(AlertDeskTest, NoDataIsAnAlertOfItsOwnAndEndsNoOther) {
  say(fires(kPaying, "fast", t_.now()));
  say(change(kPaying, "no-data", TierState::kNoData, t_.now()));
  say(change(kPaying, "fast", TierState::kNoData, t_.now()));
  EXPECT_EQ(firing().size(), 2u);
  EXPECT_TRUE(heard_.ended.empty());
  say(clears(kPaying, "no-data", t_.now()));
  EXPECT_EQ(firing().size(), 1u);
  ASSERT_EQ(heard_.ended.size(), 1u);
  EXPECT_EQ(heard_.ended[0].labels.at("alertname"), "NoData");
}

TEST_F(AlertDeskTest, NewerNumbersAreWrittenNowAndThenWithoutFloodingTheLogbook) {
  say(fires(kPaying, "fast", t_.now()));
  for (int i = 0; i < 60; ++i) {
    t_.advance(seconds(1));
    auto newer = fires(kPaying, "fast", t_.now());
    newer.evidence.failed_since_start = 2000 + i;
    say(newer);
  }
  EXPECT_EQ(heard_.changed, 4);
  EXPECT_EQ(t_.kinds().size(), 1u);
  EXPECT_GE(firing()[0].evidence.failed_since_start, 2044);
}

TEST_F(AlertDeskTest, RestoreSaysWhichTiersFire) {
  say(fires(kPaying, "fast", t_.now()));
  say(change("stock-availability", "no-data", TierState::kNoData, t_.now()));
  const auto tiers = AlertDesk::restore(t_.reader());
  ASSERT_TRUE(tiers);
  ASSERT_EQ(tiers->size(), 2u);
  EXPECT_EQ((*tiers)[0].tier, "fast");
  EXPECT_EQ((*tiers)[0].impact_started, t_.now() - seconds(90));
  EXPECT_EQ((*tiers)[1].tier, "no-data");
}

TEST_F(AlertDeskTest, AlertOfARemovedObjectiveEnds) {
  say(fires(kPaying, "fast", t_.now()));
  desk_.use(catalog_, std::vector{testing::objective("stock-availability", "stock")});
  t_.settle();
  EXPECT_TRUE(firing().empty());
  ASSERT_EQ(heard_.ended.size(), 1u);
  EXPECT_NE(heard_.ended[0].impact.find("no longer declared"), std::string::npos);
  say(fires(kPaying, "fast", t_.now()));
  EXPECT_TRUE(firing().empty());
  EXPECT_EQ(t_.warnings().size(), 1u);
}

TEST_F(AlertDeskTest, AlertOfARemovedTierEndsAndTheOthersStay) {
  say(fires(kPaying, "fast", t_.now()));
  say(fires(kPaying, "page-1h", t_.now()));
  auto objectives = testing::small_objectives();
  std::erase_if(objectives[0].tiers, [](const slo::Tier& tier) { return tier.name == "fast"; });
  desk_.use(catalog_, objectives);
  t_.settle();
  ASSERT_EQ(firing().size(), 1u);
  EXPECT_EQ(firing()[0].tiers, (std::vector<std::string>{"page-1h"}));
}

TEST_F(AlertDeskTest, TierWhoseSeverityWasEditedMovesToTheOtherAlert) {
  say(fires(kPaying, "fast", t_.now()));
  say(fires(kPaying, "page-1h", t_.now()));
  slo::TierChange edited = fires(kPaying, "fast", t_.now());
  edited.severity = slo::Severity::kTicket;
  say(edited);
  std::map<slo::Severity, std::vector<std::string>> tiers;
  for (const Alert& alert : firing()) tiers[alert.severity] = alert.tiers;
  EXPECT_EQ(tiers, (decltype(tiers){{slo::Severity::kPage, {"page-1h"}},
                                    {slo::Severity::kTicket, {"fast"}}}));

  slo::TierChange last = fires(kPaying, "page-1h", t_.now());
  last.severity = slo::Severity::kTicket;
  say(last);
  ASSERT_EQ(heard_.ended.size(), 1u);
  EXPECT_EQ(heard_.ended[0].severity, slo::Severity::kPage);
  EXPECT_NE(heard_.ended[0].impact.find("another severity"), std::string::npos);
  ASSERT_EQ(firing().size(), 1u);
  EXPECT_EQ(firing()[0].tiers, (std::vector<std::string>{"fast", "page-1h"}));

  say(clears(kPaying, "fast", t_.now()));
  say(clears(kPaying, "page-1h", t_.now()));
  EXPECT_TRUE(firing().empty());
}

TEST_F(AlertDeskTest, ChangeIsNotLostWhenTheDatabaseIsFull) {
  t_.faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (sql.starts_with("INSERT INTO alert ")) return Error{Code::kResourceExhausted, "disk full"};
    return std::nullopt;
  };
  say(fires(kPaying, "fast", t_.now()));
  EXPECT_EQ(desk_.waiting(), 1u);
  EXPECT_TRUE(t_.logbook().empty());
  t_.faults().before = nullptr;
  desk_.retry();
  t_.settle();
  EXPECT_EQ(desk_.waiting(), 0u);
  EXPECT_EQ(firing().size(), 1u);
}

TEST_F(AlertDeskTest, ChangeIsNotLostWhenTheCommitFails) {
  t_.faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (sql == "COMMIT") return Error{Code::kUnavailable, "database is locked"};
    return std::nullopt;
  };
  desk_.on_change(fires(kPaying, "fast", t_.now()));
  (void)t_.engine().step();
  t_.faults().before = nullptr;
  desk_.retry();
  t_.settle();
  EXPECT_EQ(firing().size(), 1u);
  EXPECT_EQ(heard_.fired, 2) << "the first try was rolled back";
  EXPECT_EQ(t_.kinds(), (std::vector<std::string>{"alert.fired"}));
}

}  // namespace
}  // namespace tocsin::alert
