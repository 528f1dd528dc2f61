#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/testing.h"
#include "oncall/throttle.h"

// What is kept of escalations that are over.
namespace tocsin::oncall {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::World;

class PageKeepingTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_ = std::make_unique<World>(engine::testing::TestEngine::Options{.backend = GetParam()});
    auto next = std::make_shared<catalog::Catalog>(*w().catalog);
    for (auto& [id, person] : next->people) {
      person.contacts = {{.kind = catalog::Contact::Kind::kWebhook,
                          .address = "https://hooks.example.org/secret-of-" + id.value()}};
    }
    w().use(std::move(next));
  }
  World& w() { return *world_; }

  void start(int number) {
    auto reason = World::reason();
    reason.incident_id = reason.message.incident_id = fmt::format("inc_{}", number);
    ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) { return w().pager->start(tx, reason); }));
  }
  void stop(int number) {
    ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) {
      return w().pager->stop(tx, fmt::format("inc_{}", number), World::recovery());
    }));
  }
  // The clock stood still for so long: nothing rang meanwhile, and the next look finds all old.
  void pass(Duration time) {
    w().engine.clock().jump(time);
    w().engine.advance(seconds(2));  // it is noticed
    w().engine.advance(hours(1) + minutes(1));
  }
  std::string plans() {
    const auto rows = w().engine.reader().query("SELECT plan FROM page_call ORDER BY id");
    EXPECT_TRUE(rows);
    std::string all;
    for (const auto& row : *rows) all += row.text(0) + "\n";
    return all;
  }
  int64_t count(const std::string& table) {
    const auto rows = w().engine.reader().query("SELECT count(*) FROM " + table);
    EXPECT_TRUE(rows);
    return rows->at(0).integer(0);
  }

 private:
  std::unique_ptr<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Backends, PageKeepingTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(PageKeepingTest, AddressesGoAnHourAfterTheEnd) {
  start(1);
  w().engine.advance(minutes(1));
  EXPECT_THAT(plans(), HasSubstr("secret-of-ada"));
  stop(1);
  w().engine.advance(minutes(30));
  EXPECT_THAT(plans(), HasSubstr("secret-of-ada")) << "the end goes by them";
  w().engine.advance(hours(2));
  EXPECT_THAT(plans(), Not(HasSubstr("secret")));
  EXPECT_EQ(count("page_call"), 1);
  EXPECT_THAT(w().sent(), ::testing::ElementsAre("page ada webhook", "recovery ada webhook"));
}

TEST_P(PageKeepingTest, CallsGoAfterNinetyDaysAndPagesWhenNoLoadCountsThem) {
  start(1);
  stop(1);
  pass(days(89));
  EXPECT_EQ(count("page_call"), 1);
  EXPECT_EQ(count("page_way"), 1);
  pass(days(2));
  EXPECT_EQ(count("page_call"), 0);
  EXPECT_EQ(count("page_way"), 0);
  EXPECT_EQ(count("page_recovery"), 0);
  EXPECT_EQ(w().escalation().pages.size(), 1u) << "the incident's page shows who was rung";
  pass(days(308));
  EXPECT_EQ(count("page"), 1);
  pass(days(3));
  EXPECT_EQ(count("page"), 0);
  EXPECT_EQ(count("escalation"), 0);
}

TEST_P(PageKeepingTest, WhatStillRingsOrRingsAnewIsKept) {
  start(1);
  start(2);
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) {
    return w().pager->acknowledge(tx, "inc_2", answers_as({"user", "ada"}, "ada"));
  }));
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) {
    return w().pager->acknowledge(tx, "inc_1", answers_as({"user", "ada"}, "ada"));
  }));
  stop(1);
  start(1);
  pass(days(500));
  EXPECT_EQ(count("escalation"), 2);
  EXPECT_THAT(plans(), HasSubstr("secret-of-ada"));
}

TEST_P(PageKeepingTest, ABundleGoesWithTheLastOfItsIncidents) {
  for (int i = 0; i < 6; ++i) start(i);
  w().engine.advance(kGather);
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) {
      return w().pager->acknowledge(tx, fmt::format("inc_{}", i),
                                    answers_as({"user", "ada"}, "ada"));
    }));
  }
  for (int i = 0; i < 5; ++i) stop(i);
  pass(days(91));
  EXPECT_EQ(count("page_call"), 1) << "the bundle of inc_5, which is not over";
  EXPECT_THAT(plans(), HasSubstr("secret-of-ada"));
  stop(5);
  pass(hours(2));
  EXPECT_THAT(plans(), Not(HasSubstr("secret")));
  pass(days(91));
  EXPECT_EQ(count("page_call"), 0);
  EXPECT_EQ(count("page_way"), 0);
}

TEST_P(PageKeepingTest, ManyGoInBatches) {
  for (int i = 0; i < 120; ++i) {
    start(i);
    stop(i);
  }
  pass(days(91));
  EXPECT_EQ(count("page_call"), 0);
  EXPECT_EQ(count("page"), 120);
}

}  // namespace
}  // namespace tocsin::oncall
