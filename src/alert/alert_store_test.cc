#include "alert/alert_store.h"

#include <gtest/gtest.h>

#include "alert/testing.h"
#include "store/testing.h"

namespace tocsin::alert {
namespace {

const Time kNow = *parse_rfc3339("2026-01-05T12:04:30.123Z");

class AlertStore : public store::testing::BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped()) return;
    sql_ = connect_migrated();
  }
  Alert sample(const std::string& id, const std::string& objective, Time at) {
    const slo::Objective o = testing::objective(objective, "checkout", "Customers cannot pay");
    const Setting setting{o, catalog_->service(catalog::ServiceId("checkout")), "https://t.test"};
    Alert alert = make_alert(setting, AlertClass::kPage, testing::fires(objective, "fast", at));
    alert.id = id;
    return alert;
  }
  static Result<> insert(store::Session& sql, const Alert& alert) {
    return insert_alert(sql, alert.labels.at("objective"), AlertClass::kPage, alert);
  }
  std::shared_ptr<catalog::Catalog> catalog_ = testing::small_catalog();
  std::unique_ptr<store::Session> sql_;
};
INSTANTIATE_TEST_SUITE_P(Backends, AlertStore, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(AlertStore, AlertComesBackAsItWasWritten) {
  Alert alert = sample("alr_1", "checkout-availability", kNow);
  alert.incident = "inc_1";
  alert.evidence.impact_started = from_millis(to_millis(kNow - seconds(90)));
  ASSERT_TRUE(insert(*sql_, alert));
  const auto back = read_alert(*sql_, "alr_1");
  ASSERT_TRUE(back && *back);
  EXPECT_EQ((*back)->labels, alert.labels);
  EXPECT_EQ((*back)->impact, alert.impact);
  EXPECT_EQ((*back)->problem, alert.problem);
  EXPECT_EQ((*back)->tiers, alert.tiers);
  EXPECT_EQ((*back)->links.size(), alert.links.size());
  EXPECT_EQ((*back)->impact_started, alert.impact_started);
  EXPECT_EQ((*back)->evidence.failed_since_start, 1204);
  EXPECT_EQ((*back)->evidence.impact_started, alert.evidence.impact_started);
  EXPECT_EQ((*back)->incident, "inc_1");
  EXPECT_FALSE((*back)->ended);
  EXPECT_FALSE(*read_alert(*sql_, "alr_2"));
}

TEST_P(AlertStore, OnlyOneAlertFiresForAnObjectiveAndClass) {
  ASSERT_TRUE(insert(*sql_, sample("alr_1", "o", kNow)));
  EXPECT_FALSE(insert(*sql_, sample("alr_2", "o", kNow)));
}

TEST_P(AlertStore, ResolvedAlertMakesRoomForTheNext) {
  Alert first = sample("alr_1", "o", kNow);
  ASSERT_TRUE(insert(*sql_, first));
  resolve(first, AlertClass::kPage, {}, kNow + minutes(5), "");
  ASSERT_TRUE(update_alert(*sql_, first));
  ASSERT_TRUE(insert(*sql_, sample("alr_2", "o", kNow + hours(1))));
  EXPECT_EQ((*firing_alert(*sql_, slo::ObjectiveName("o"), AlertClass::kPage))->id, "alr_2");
}

TEST_P(AlertStore, ListHasTheFiringOnesFirstAndTheNewestFirst) {
  Alert over = sample("alr_over", "a", kNow + hours(2));
  ASSERT_TRUE(insert(*sql_, over));
  resolve(over, AlertClass::kPage, {}, kNow + hours(3), "");
  ASSERT_TRUE(update_alert(*sql_, over));
  ASSERT_TRUE(insert(*sql_, sample("alr_old", "b", kNow)));
  ASSERT_TRUE(insert(*sql_, sample("alr_new", "c", kNow + hours(1))));
  const auto ids = [&](Which which, int limit) {
    std::vector<std::string> out;
    const auto alerts = list_alerts(*sql_, which, limit);
    EXPECT_TRUE(alerts);
    for (const auto& alert : *alerts) out.push_back(alert.id);
    return out;
  };
  EXPECT_EQ(ids(Which::kAll, 10), (std::vector<std::string>{"alr_new", "alr_old", "alr_over"}));
  EXPECT_EQ(ids(Which::kFiring, 1), (std::vector<std::string>{"alr_new"}));
  EXPECT_EQ(ids(Which::kResolved, 10), (std::vector<std::string>{"alr_over"}));
  EXPECT_EQ(*count_firing(*sql_), 2);
}

TEST_P(AlertStore, FiringTierKeepsItsStart) {
  const slo::ObjectiveName o("o");
  ASSERT_TRUE(put_firing_tier(*sql_, {o, "fast", AlertClass::kPage, kNow, kNow - minutes(1)}));
  ASSERT_TRUE(
      put_firing_tier(*sql_, {o, "fast", AlertClass::kPage, kNow + minutes(1), kNow - minutes(2)}));
  const auto tier = read_firing_tier(*sql_, o, "fast");
  ASSERT_TRUE(tier && *tier);
  EXPECT_EQ((*tier)->since, kNow);
  EXPECT_EQ((*tier)->impact_started, kNow - minutes(2));
  ASSERT_TRUE(delete_firing_tier(*sql_, o, "fast"));
  EXPECT_TRUE(all_firing_tiers(*sql_)->empty());
}

TEST_P(AlertStore, DamagedRowIsAnErrorNotACrash) {
  ASSERT_TRUE(insert(*sql_, sample("alr_1", "o", kNow)));
  ASSERT_TRUE(sql_->exec("UPDATE alert SET evidence = $1", "[]"));
  const auto back = read_alert(*sql_, "alr_1");
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, Code::kDataLoss);
}

}  // namespace
}  // namespace tocsin::alert
