#include "notify/quiet_hours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "notify/outbox_world.h"

namespace tocsin::notify {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::webhook;
using testing::World;

Time at(const std::string& text) { return parse_rfc3339(text).value(); }

catalog::Person ada(int from = 22 * 60, int until = 7 * 60,
                    const std::string& zone = "Europe/Berlin") {
  catalog::Person person = testing::ada();
  person.zone = calendar::Zone::find(zone).value();
  calendar::WeeklyHours::Piece piece{.from = from, .until = until};
  piece.days.fill(true);
  person.quiet = calendar::WeeklyHours({piece});
  return person;
}

TEST(QuietHours, EndByTheClockOnThePersonsWall) {
  EXPECT_FALSE(quiet_at(testing::ada(), at("2026-01-10T02:00:00Z")).is_quiet);
  EXPECT_FALSE(quiet_at(ada(), at("2026-01-10T20:59:59Z")).is_quiet);
  const Quiet night = quiet_at(ada(), at("2026-01-10T21:00:00Z"));
  EXPECT_TRUE(night.is_quiet);
  EXPECT_EQ(night.until, at("2026-01-11T06:00:00Z"));
  EXPECT_FALSE(quiet_at(ada(), at("2026-01-11T06:00:00Z")).is_quiet);
}

TEST(QuietHours, ANightInWhichTheClocksChangeIsAnHourShorterOrLonger) {
  EXPECT_EQ(quiet_at(ada(), at("2026-03-28T22:00:00Z")).until, at("2026-03-29T05:00:00Z"));
  EXPECT_EQ(quiet_at(ada(), at("2026-10-24T21:00:00Z")).until, at("2026-10-25T06:00:00Z"));
}

TEST(QuietHours, AnEndThatTheClocksSkipIsTheMomentOfTheJump) {
  EXPECT_EQ(quiet_at(ada(22 * 60, 2 * 60 + 30), at("2026-03-29T00:30:00Z")).until,
            at("2026-03-29T01:00:00Z"));
}

TEST(QuietHours, HoursWithoutAnEndHaveNone) {
  const Quiet quiet = quiet_at(ada(0, 24 * 60), at("2026-01-10T12:00:00Z"));
  EXPECT_TRUE(quiet.is_quiet);
  EXPECT_FALSE(quiet.until);
}

class QuietOutbox : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_ = std::make_unique<World>(engine::testing::TestEngine::Options{.backend = GetParam()});
    // The evening before, in Berlin.
    go_to("2030-01-10T22:00:00Z");
    use(ada());
  }
  World& w() { return *world_; }
  void go_to(const std::string& time) { w().engine.advance(at(time) - w().engine.now()); }
  void use(const catalog::Person& person) {
    auto catalog = std::make_shared<catalog::Catalog>();
    catalog->people[person.id] = person;
    catalog_ = catalog;
    w().outbox->use(catalog_);
    w().engine.settle();
  }
  std::string put(bool is_urgent = false, std::optional<Time> until = {},
                  const std::string& incident = "") {
    std::string id;
    EXPECT_TRUE(w().engine.run([&](engine::Tx& tx) -> Result<> {
      Message message;
      message.is_page = false;
      message.is_urgent = is_urgent;
      message.until = until;
      message.incident_id = incident;
      ASSIGN_OR_RETURN(
          id, w().outbox->enqueue(tx, {"page", "sch_1"}, testing::ada(), webhook(), message));
      return {};
    }));
    w().engine.settle();
    return id;
  }

  std::unique_ptr<World> world_;
  std::shared_ptr<const catalog::Catalog> catalog_;
};
INSTANTIATE_TEST_SUITE_P(Backends, QuietOutbox, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(QuietOutbox, WhatIsNotUrgentWaitsUntilTheMorning) {
  const std::string id = put();
  EXPECT_THAT(w().transport.sent(), IsEmpty());
  EXPECT_EQ(read_row(w().engine.reader(), id).value()->quiet_until, at("2030-01-11T06:00:00Z"));
  go_to("2030-01-11T05:59:59Z");
  EXPECT_THAT(w().transport.sent(), IsEmpty());
  go_to("2030-01-11T06:00:01Z");
  EXPECT_THAT(w().transport.sent(), SizeIs(1));
  EXPECT_EQ(w().status(id).state, RowState::kSent);
  EXPECT_EQ(read_row(w().engine.reader(), id).value()->quiet_until, std::nullopt);
}

TEST_P(QuietOutbox, WhatIsHeldInTheMorningWaitsForTheNightNoMore) {
  w().transport.script = [](const Delivery&) {
    return std::optional(Result<>(fail(Code::kUnavailable, "answered 503")));
  };
  put(true, {}, "inc_1");
  const std::string id = put(false, {}, "inc_1");
  go_to("2030-01-11T06:00:01Z");
  EXPECT_EQ(w().status(id).state, RowState::kHeld);
  EXPECT_EQ(read_row(w().engine.reader(), id).value()->quiet_until, std::nullopt);
}

TEST_P(QuietOutbox, WhatIsUrgentNeverWaits) {
  put(true);
  EXPECT_THAT(w().transport.sent(), SizeIs(1));
  w().enqueue("pag_1");
  EXPECT_THAT(w().transport.sent(), SizeIs(2));
}

TEST_P(QuietOutbox, WhatIsOverByThenIsDropped) {
  const std::string id = put(false, at("2030-01-11T05:00:00Z"));
  go_to("2030-01-11T06:00:01Z");
  EXPECT_THAT(w().transport.sent(), IsEmpty());
  EXPECT_EQ(w().status(id).state, RowState::kDropped);
}

TEST_P(QuietOutbox, WhatNobodyWantsByThenIsDropped) {
  const std::string id = put();
  w().listener.unwanted = {"sch_1"};
  go_to("2030-01-11T06:00:01Z");
  EXPECT_EQ(w().status(id).state, RowState::kDropped);
}

TEST_P(QuietOutbox, AChangedCatalogIsFollowedAtOnce) {
  const std::string id = put();
  use(ada(22 * 60, 9 * 60));
  EXPECT_EQ(read_row(w().engine.reader(), id).value()->quiet_until, at("2030-01-11T08:00:00Z"));
  use(ada(22 * 60, 7 * 60, "America/New_York"));  // there it is afternoon
  EXPECT_THAT(w().transport.sent(), SizeIs(1));
}

TEST_P(QuietOutbox, ACatalogThatWasChangedWhileNoServerRanIsFollowed) {
  put();
  w().crash();
  use(ada(22 * 60, 9 * 60));
  go_to("2030-01-11T06:30:00Z");
  EXPECT_THAT(w().transport.sent(), IsEmpty());
  go_to("2030-01-11T08:00:01Z");
  EXPECT_THAT(w().transport.sent(), SizeIs(1));
}

TEST_P(QuietOutbox, ASecondTryWaitsToo) {
  go_to("2030-01-11T20:59:59Z");
  w().transport.script = [](const Delivery&) {
    return std::optional(Result<>(fail(Code::kUnavailable, "answered 503")));
  };
  put();
  EXPECT_THAT(w().transport.sent(), SizeIs(1));
  go_to("2030-01-12T05:00:00Z");
  EXPECT_LE(w().transport.sent().size(), 2U);
  go_to("2030-01-12T06:00:01Z");
  EXPECT_GE(w().transport.sent().size(), 2U);
}

TEST_P(QuietOutbox, AClockThatIsSetBackDoesNotMoveTheMorning) {
  put();
  w().engine.clock().jump(-hours(1));
  w().engine.settle();
  go_to("2030-01-11T05:59:00Z");
  EXPECT_THAT(w().transport.sent(), IsEmpty());
  go_to("2030-01-11T06:00:01Z");
  EXPECT_THAT(w().transport.sent(), SizeIs(1));
}

TEST_P(QuietOutbox, HoursThatNeverEndDropItAndSayWhy) {
  use(ada(0, 24 * 60));
  const std::string id = put();
  EXPECT_EQ(w().status(id).state, RowState::kDropped);
  EXPECT_EQ(w().status(id).detail, "it is not urgent, and the person's quiet hours never end");
}

}  // namespace
}  // namespace tocsin::notify
