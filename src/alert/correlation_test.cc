#include "alert/correlation.h"

#include <gtest/gtest.h>

#include "alert/testing.h"

namespace tocsin::alert {
namespace {

using catalog::ServiceId;
using routing::Labels;

// front depends on checkout, checkout on stock.
class CorrelationTest : public ::testing::Test {
 protected:
  CorrelationTest() {
    catalog_->services[ServiceId("checkout")].depends_on = {ServiceId("stock")};
    catalog::Service front;
    front.id = ServiceId("front");
    front.team = catalog::TeamId("shop");
    front.depends_on = {ServiceId("checkout")};
    catalog_->services[front.id] = front;
    dependents_ = std::make_unique<Dependents>(*catalog_);
  }
  Belonging source(const Labels& labels, bool is_page = true, bool is_split = false) {
    return place_source(7, labels, policy_, owner(labels), is_page, is_split, open_);
  }
  std::vector<Belonging> evidence(const Labels& labels) {
    return evidence_for(labels, policy_, owner(labels), *dependents_, open_);
  }
  Owner owner(const Labels& labels) { return owner_of(labels, policy_, *catalog_); }
  void burns(const std::string& service, bool is_page = true) {
    open_.push_back({.id = "alr_" + service,
                     .about = service + "-availability",
                     .is_objective = true,
                     .is_page = is_page,
                     .is_symptom = true,
                     .service = ServiceId(service),
                     .started = {}});
  }
  std::shared_ptr<catalog::Catalog> catalog_ = testing::small_catalog();
  PostedPolicy policy_ = PostedPolicy::defaults();
  std::unique_ptr<Dependents> dependents_;
  std::vector<OpenProblem> open_;
};

const Labels kSymptom =
    Labels::of({{"alertname", "Errors"}, {"service", "checkout"}, {"severity", "page"}});
const Labels kCause = Labels::of(
    {{"alertname", "DiskFull"}, {"service", "stock"}, {"severity", "page"}, {"kind", "cause"}});

TEST_F(CorrelationTest, TroubleReachesThoseWhoDependOnIt) {
  EXPECT_TRUE(dependents_->affects(ServiceId("stock"), ServiceId("stock")));
  EXPECT_TRUE(dependents_->affects(ServiceId("stock"), ServiceId("front")));
  EXPECT_FALSE(dependents_->affects(ServiceId("front"), ServiceId("stock")));
  EXPECT_FALSE(dependents_->affects(ServiceId("nothing"), ServiceId("stock")));
}

TEST_F(CorrelationTest, FirstOneOpensAnAlertNamedByItsRule) {
  const Belonging place = source(kSymptom);
  EXPECT_EQ(place.alert, "");
  EXPECT_EQ(place.about, "same service{service=\"checkout\"}");
}

TEST_F(CorrelationTest, SameServiceJoins) {
  open_.push_back({.id = "alr_1",
                   .about = "same service{service=\"checkout\"}",
                   .is_objective = false,
                   .is_page = true,
                   .is_symptom = true,
                   .service = ServiceId("checkout"),
                   .started = {}});
  EXPECT_EQ(source(kSymptom).alert, "alr_1");
  EXPECT_NE(source(kSymptom).why.find("same service"), std::string::npos);
  EXPECT_EQ(source(kSymptom, false).alert, "")
      << "a ticket is not hidden in a page, nor a page in a ticket";
  EXPECT_EQ(source(kSymptom, true, true).alert, "") << "split off";
}

TEST_F(CorrelationTest, LabelsThatMustBeEqualDivide) {
  policy_.correlate = {{"databases", {}, {"service", "cluster"}}};
  const auto key = [&](const char* cluster) {
    const Labels labels = Labels::of({{"service", "stock"}, {"cluster", cluster}});
    return correlation_key(labels, policy_, owner(labels));
  };
  EXPECT_EQ(key("a"), "databases{service=\"stock\", cluster=\"a\"}");
  EXPECT_NE(key("a"), key("b"));
}

TEST_F(CorrelationTest, WhatNoRuleMatchesStandsAlone) {
  policy_.correlate = {{"db",
                        routing::parse_matchers("job=pg", routing::MatcherSyntax::kUtf8)->matchers,
                        {"service"}}};
  EXPECT_EQ(source(kSymptom).about, "no rule" + kSymptom.to_text());
}

TEST_F(CorrelationTest, SymptomJoinsTheObjectiveOfItsService) {
  burns("front");
  EXPECT_EQ(source(kSymptom).alert, "") << "of another service, although it depends on this one";
  burns("checkout", false);
  EXPECT_EQ(source(kSymptom).alert, "") << "only a ticket burns";
  open_.clear();
  burns("checkout");
  EXPECT_EQ(source(kSymptom).alert, "alr_checkout");
  EXPECT_TRUE(evidence(kSymptom).empty());
}

TEST_F(CorrelationTest, CauseIsEvidenceForAllThatDependOnIt) {
  burns("front");
  const auto places = evidence(kCause);
  ASSERT_EQ(places.size(), 1u);
  EXPECT_EQ(places[0].alert, "alr_front");
  EXPECT_NE(places[0].why.find("depends on stock"), std::string::npos);
  EXPECT_TRUE(evidence(Labels::of({{"service", "other"}})).empty());
}

TEST_F(CorrelationTest, WarningOfTheSameServiceIsEvidence) {
  burns("checkout");
  EXPECT_EQ(evidence(Labels::of({{"service", "checkout"}, {"severity", "warning"}})).size(), 1u);
}

TEST_F(CorrelationTest, SymptomOfAnAffectedServiceIsFound) {
  EXPECT_FALSE(has_symptom(owner(kCause), *dependents_, open_));
  burns("front", false);
  EXPECT_FALSE(has_symptom(owner(kCause), *dependents_, open_)) << "a ticket is no symptom";
  burns("checkout");
  EXPECT_TRUE(has_symptom(owner(kCause), *dependents_, open_));
}

}  // namespace
}  // namespace tocsin::alert
