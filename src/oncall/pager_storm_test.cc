#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/json.h"
#include "notify/outbox_flow.h"
#include "notify/push_channel.h"
#include "oncall/testing.h"
#include "oncall/throttle.h"

// Many incidents at once: the first page of each service goes first, the others are bundled.
namespace tocsin::oncall {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::World;

class StormTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_ = std::make_unique<World>(engine::testing::TestEngine::Options{.backend = GetParam()});
  }
  World& w() { return *world_; }

  void start(int number, const std::string& service) {
    auto reason = World::reason();
    reason.incident_id = fmt::format("inc_{}", number);
    reason.message.incident_id = reason.incident_id;
    reason.message.title = fmt::format("SEV-3 {} {}", service, number);
    reason.message.severity = "SEV-3";
    reason.message.service = service;
    ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) { return w().pager->start(tx, reason); }));
  }
  void stop(int number) {
    notify::Message recovery = World::recovery();
    recovery.incident_id = fmt::format("inc_{}", number);
    ASSERT_TRUE(w().in_tx(
        [&](engine::Tx& tx) { return w().pager->stop(tx, recovery.incident_id, recovery); }));
  }
  Result<> acknowledge(int number) {
    return w().in_tx([&](engine::Tx& tx) {
      return w().pager->acknowledge(tx, fmt::format("inc_{}", number),
                                    answers_as({"user", "ada"}, "ada"));
    });
  }
  // Titles of the pages since the last call.
  std::vector<std::string> titles() {
    std::vector<std::string> out;
    const auto& all = w().transport.sent();
    for (; seen_ < all.size(); ++seen_) {
      if (all[seen_].subject.kind == "page") out.push_back(all[seen_].message.title);
    }
    return out;
  }
  notify::Delivery last() { return w().transport.sent().back(); }
  std::vector<Page> pages(const std::string& id) {
    auto found = w().pager->pages_of(w().engine.reader(), id);
    EXPECT_TRUE(found);
    return found.value_or(std::vector<Page>());
  }

 private:
  std::unique_ptr<World> world_;
  size_t seen_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Backends, StormTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(StormTest, FewGoAtOnceFirstsOfServicesToo) {
  for (int i = 0; i < 6; ++i) start(i, "checkout");
  EXPECT_THAT(titles(), ElementsAre("SEV-3 checkout 0", "SEV-3 checkout 1", "SEV-3 checkout 2"));
  start(6, "stock");
  EXPECT_THAT(titles(), ElementsAre("SEV-3 stock 6")) << "the first of its service";
  w().engine.advance(kGather);
  EXPECT_THAT(titles(), ElementsAre("3 incidents: SEV-3 checkout 3; and 2 more"));
  EXPECT_THAT(last().message.links, SizeIs(3));
  EXPECT_THAT(pages(last().subject.id), SizeIs(3));
  EXPECT_EQ(last().message.answer_url,
            w().links->url_for(last().subject.id, w().engine.now() + hours(24)));
}

// A guard: the bundle bore the id of its worst incident, so that the end of that one replaced the
// bundle in browsers, and waited behind it at a webhook.
TEST_P(StormTest, TheEndOfOneIncidentLeavesItsBundleAlone) {
  auto next = std::make_shared<catalog::Catalog>(*w().catalog);
  next->people[catalog::PersonId("ada")].contacts = {
      {.kind = catalog::Contact::Kind::kWebhook, .address = "https://hooks.example.org/in"}};
  w().use(std::move(next));
  for (int i = 0; i < 6; ++i) start(i, "checkout");
  (void)titles();
  w().engine.advance(kGather);
  ASSERT_THAT(titles(), ElementsAre("3 incidents: SEV-3 checkout 3; and 2 more"));
  const notify::Delivery bundle = last();
  const auto tag = [](const notify::Delivery& delivery) {
    const auto said =
        codec::read_own_json(notify::push_payload(delivery, "https://tocsin.shop.test"));
    return std::string(said->as_object().at("tag").as_string());
  };
  EXPECT_EQ(bundle.message.incident_id, "");
  EXPECT_EQ(tag(bundle), "page " + bundle.subject.id);
  EXPECT_EQ(notify::line_of(bundle), std::nullopt);
  stop(3);
  ASSERT_EQ(w().sent().back(), "recovery ada webhook");
  EXPECT_EQ(tag(last()), "incident inc_3");
}

TEST_P(StormTest, OneBundleInHalfAMinute) {
  for (int i = 0; i < 5; ++i) start(i, "checkout");
  w().engine.advance(kGather);
  (void)titles();
  for (int i = 10; i < 20; ++i) start(i, "checkout");
  w().engine.advance(kStormWindow - seconds(1));
  EXPECT_THAT(titles(), IsEmpty());
  w().engine.advance(seconds(1));
  EXPECT_THAT(titles(), ElementsAre("10 incidents: SEV-3 checkout 10; and 9 more"));
  w().engine.advance(kStormWindow);
  start(30, "checkout");
  EXPECT_THAT(titles(), ElementsAre("SEV-3 checkout 30")) << "the storm is over";
}

TEST_P(StormTest, BundleLeavesOutWhatIsOverAndSaysOneAsOne) {
  for (int i = 0; i < 5; ++i) start(i, "checkout");
  stop(4);
  (void)titles();
  w().engine.advance(kGather);
  EXPECT_THAT(titles(), ElementsAre("SEV-3 checkout 3"));
  EXPECT_THAT(pages(last().subject.id), SizeIs(1)) << "an answer counts for what it told";
}

TEST_P(StormTest, BundleLeavesOutWhatCannotBeReadAndSaysSo) {
  for (int i = 0; i < 6; ++i) start(i, "checkout");
  (void)titles();
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(
        const int64_t changed,
        tx.sql().exec("UPDATE escalation SET message = '{}' WHERE incident = 'inc_4'"));
    return changed == 1 ? Result<>{} : fail(Code::kInternal, "not damaged");
  }));
  w().engine.advance(kGather);
  EXPECT_THAT(titles(), ElementsAre("2 incidents: SEV-3 checkout 3; and 1 more"));
  EXPECT_THAT(w().engine.errors(), ::testing::Contains(::testing::HasSubstr("inc_4")));
  EXPECT_EQ(pages(last().subject.id)[0].state, "told") << "and is not sent again and again";
}

TEST_P(StormTest, BundleOfWhichAllIsOverIsNotSent) {
  for (int i = 0; i < 5; ++i) start(i, "checkout");
  stop(3);
  ASSERT_TRUE(acknowledge(4));
  (void)titles();
  w().engine.advance(minutes(1));
  EXPECT_THAT(titles(), IsEmpty());
}

TEST_P(StormTest, CrashLosesNoBundle) {
  for (int i = 0; i < 6; ++i) start(i, "checkout");
  (void)titles();
  w().crash();
  w().engine.advance(kGather);
  EXPECT_THAT(titles(), ElementsAre("3 incidents: SEV-3 checkout 3; and 2 more"));
}

TEST_P(StormTest, ToldByABundleIsToldAndHearsTheEnd) {
  for (int i = 0; i < 5; ++i) start(i, "checkout");
  w().engine.advance(kGather);
  const auto e = w().pager->read(w().engine.reader(), "inc_4");
  ASSERT_TRUE(e && *e);
  EXPECT_EQ((*e)->pages[0].state, "told");
  (void)w().sent();
  stop(4);
  EXPECT_THAT(w().sent(), ElementsAre("recovery ada mail"));
}

TEST_P(StormTest, BundleThatFailsGoesByTheNextWayAndThenEachStepMovesOn) {
  for (int i = 0; i < 5; ++i) start(i, "checkout");
  w().transport.script = [](const notify::Delivery& d) -> std::optional<Result<>> {
    if (d.person.value() == "ada") return Result<>(fail(Code::kPermissionDenied, "no"));
    return Result<>();
  };
  (void)w().sent();
  w().engine.advance(kGather);
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page ada webhook", "page grace mail",
                                      "page grace mail"));
  EXPECT_EQ(w().count("page.failed"), 2);
}

TEST_P(StormTest, BundleIsWantedWhileOneOfItsPagesIs) {
  for (int i = 0; i < 5; ++i) start(i, "checkout");
  w().transport.script = [](const notify::Delivery&) -> std::optional<Result<>> {
    return Result<>(fail(Code::kUnavailable, "busy"));
  };
  w().engine.advance(kGather);
  w().transport.script = [](const notify::Delivery&) { return std::optional(Result<>()); };
  stop(3);
  (void)w().sent();
  w().engine.advance(minutes(1));
  EXPECT_THAT(w().sent(), Contains("page ada mail"));
}

TEST_P(StormTest, ClockThatIsSetBackDoesNotHoldUpABundle) {
  for (int i = 0; i < 5; ++i) start(i, "checkout");
  w().engine.advance(kGather);
  w().engine.clock().jump(-hours(5));
  w().engine.settle();
  (void)titles();
  start(7, "checkout");
  w().engine.advance(kStormWindow);
  EXPECT_THAT(titles(), Contains("SEV-3 checkout 7"));
}

TEST_P(StormTest, PeopleDoNotHoldUpEachOther) {
  auto changed = alert::testing::small_catalog();
  catalog::Team other{.id = catalog::TeamId("other"), .name = "Other"};
  other.escalation = {{catalog::PersonId("alan"), minutes(0)}};
  changed->teams[other.id] = other;
  w().use(changed);
  for (int i = 0; i < 20; ++i) start(i, "checkout");
  (void)w().sent();
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) {
    auto reason = World::reason();
    reason.incident_id = "inc_other";
    reason.team = other.id;
    return w().pager->start(tx, reason);
  }));
  EXPECT_THAT(w().sent(), ElementsAre("page alan mail"));
}

}  // namespace
}  // namespace tocsin::oncall
