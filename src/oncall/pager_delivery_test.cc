#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/testing.h"

// What the pager makes of what becomes of its messages.
namespace tocsin::oncall {
namespace {

using catalog::Contact;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::World;

// The provider takes everything and says at once that it did not arrive.
class UndeliveredTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_ = std::make_unique<World>(engine::testing::TestEngine::Options{.backend = GetParam()});
    w().operators = {{.kind = Contact::Kind::kMail, .name = "mail", .address = "ops@shop.test"}};
    w().crash();
  }
  World& w() { return *world_; }
  void undelivered_for(Duration how_long) {
    const Time end = w().engine.now() + how_long;
    while (w().engine.now() < end) {
      nothing_arrives();
      w().engine.advance(seconds(10));
    }
  }
  void nothing_arrives() {
    for (; seen_ < w().transport.sent().size(); ++seen_) {
      if (w().transport.sent()[seen_].subject.kind == "page") {
        w().receipt(seen_, notify::Receipt::kUndelivered);
      }
    }
  }
  size_t seen_ = 0;

 private:
  std::unique_ptr<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Backends, UndeliveredTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(UndeliveredTest, OperatorsArePagedWhenNoMessageArrived) {
  w().start();
  undelivered_for(hours(2));
  EXPECT_EQ(w().count("escalation.exhausted"), 1);
  EXPECT_EQ(w().count("operators.paged"), 1);
  const auto lines = w().sent();
  EXPECT_EQ(std::ranges::count(lines, "operators operators mail"), 1);
  EXPECT_THAT(*w().pager->troubles(w().engine.reader()),
              ElementsAre(HasSubstr("could not be told")));
  w().stop();
  EXPECT_THAT(w().sent(), Not(Contains(HasSubstr("recovery")))) << "nobody knew of it";
}

TEST_P(UndeliveredTest, PauseIsTheShortOneWhenNoMessageArrived) {
  w().start();
  nothing_arrives();
  nothing_arrives();
  nothing_arrives();
  nothing_arrives();
  nothing_arrives();
  nothing_arrives();
  EXPECT_EQ(w().escalation().step, 2);
  ASSERT_THAT(w().escalation().coming, Not(IsEmpty()));
  EXPECT_LE(w().escalation().coming[0].at, w().engine.now() + minutes(1));
}

TEST_P(UndeliveredTest, OperatorsArePagedWhenItTurnsOutAfterTheLastRound) {
  w().start();
  w().engine.advance(minutes(61));
  EXPECT_EQ(w().count("escalation.exhausted"), 1);
  EXPECT_EQ(w().count("operators.paged"), 0) << "as far as anybody knows they were told";
  undelivered_for(hours(1));
  EXPECT_EQ(w().count("operators.paged"), 1);
}

TEST_P(UndeliveredTest, WhoeverWasNotReachedBeforeAPauseIsRungAnew) {
  w().start();
  w().pause();
  (void)w().sent();
  nothing_arrives();
  w().start();
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
}

TEST_P(UndeliveredTest, OneMessageThatArrivedKeepsTheOperatorsAsleep) {
  w().start();
  seen_ = 1;  // the first
  undelivered_for(hours(2));
  EXPECT_EQ(w().count("escalation.exhausted"), 1);
  EXPECT_EQ(w().count("operators.paged"), 0);
}

// Who has it is said in the threads of people, as to rooms ("#ops").
TEST(PagerAddressee, OfAPersonInAThreadIsThePerson) {
  World w;
  w.start();
  notify::Delivery delivery = w.transport.sent()[0];
  delivery.subject = {"channel", "inc_1"};
  ASSERT_TRUE(w.in_tx([&](engine::Tx& tx) -> Result<> {
    const auto whom = w.pager->addressee(tx, delivery);
    EXPECT_TRUE(whom) << "nothing is gone";
    EXPECT_TRUE(whom && !*whom) << "as the catalog has them";
    return {};
  }));
}

}  // namespace
}  // namespace tocsin::oncall
