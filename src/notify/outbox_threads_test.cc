#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "notify/incident_room.h"
#include "notify/outbox_world.h"
#include "notify/thread_store.h"

namespace tocsin::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::webhook;
using testing::World;

const catalog::Contact kMember{.kind = catalog::Contact::Kind::kSlackUser, .address = "U024BE7LH"};
const catalog::Contact kRoom{.kind = catalog::Contact::Kind::kSlackUser, .address = "C024BE7LH"};

class OutboxThreads : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_.emplace(engine::testing::TestEngine::Options{.backend = GetParam()});
  }
  World& w() { return *world_; }
  // Under what each try went, since the test began.
  std::vector<std::string> threads() {
    std::vector<std::string> out;
    for (const Delivery& d : w().transport.sent()) out.push_back(d.thread);
    return out;
  }
  void answer_as(const std::string& message_id) { w().transport.taken.message_id = message_id; }
  std::string head() {
    const auto found = threads_of(w().engine.reader(), "inc_1");
    return found && found->size() == 1 ? found->front().head : "";
  }

 private:
  std::optional<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Backends, OutboxThreads, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(OutboxThreads, LaterMessagesGoUnderTheFirst) {
  answer_as("D1:17.01");
  w().enqueue("pag_1", kMember);
  answer_as("D1:17.02");
  w().enqueue("pag_1", kMember, false);
  w().enqueue("pag_2", kMember);
  EXPECT_THAT(threads(), ElementsAre("", "D1:17.01", "D1:17.01"));
}

TEST_P(OutboxThreads, EachConversationHasItsOwn) {
  answer_as("D1:17.01");
  w().enqueue("pag_1", kMember);
  answer_as("C1:17.02");
  w().enqueue("pag_1", kRoom, false);
  w().enqueue("pag_2", kRoom, false);
  EXPECT_THAT(threads(), ElementsAre("", "", "C1:17.02"));
}

TEST_P(OutboxThreads, OtherChannelsHaveNone) {
  answer_as("m1");
  w().enqueue("pag_1", webhook());
  w().enqueue("pag_1", webhook());
  EXPECT_THAT(threads(), ElementsAre("", ""));
  EXPECT_EQ(head(), "");
}

TEST_P(OutboxThreads, TheChannelOfAnIncidentHasNone) {
  answer_as("C1:17.01");
  w().outbox->listen(kRoomUpdateSubject, w().listener);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(w().engine.run([&](engine::Tx& tx) -> Result<> {
      RETURN_IF_ERROR(w().outbox->enqueue(tx, {kRoomUpdateSubject, "inc_1"}, testing::ada(), kRoom,
                                          {.is_page = false, .incident_id = "inc_1"}));
      return {};
    }));
  }
  EXPECT_THAT(threads(), ElementsAre("", ""));
}

TEST_P(OutboxThreads, TheHeadSurvivesACrash) {
  answer_as("D1:17.01");
  w().enqueue("pag_1", kMember);
  w().crash();
  w().enqueue("pag_1", kMember, false);
  EXPECT_THAT(threads(), ElementsAre("", "D1:17.01"));
}

TEST_P(OutboxThreads, TheSecondWaitsForTheAnswerToTheFirst) {
  w().transport.script = [](const Delivery&) { return std::optional<Result<>>(); };
  const std::string first = w().enqueue("pag_1", kMember);
  answer_as("D1:17.01");
  w().enqueue("pag_2", kMember);
  w().engine.advance(seconds(1));
  EXPECT_THAT(threads(), SizeIs(1));
  ASSERT_TRUE(w().transport.answer(first, 1, {}));
  w().engine.advance(seconds(1));
  EXPECT_THAT(threads(), ElementsAre("", "D1:17.01"));
}

TEST_P(OutboxThreads, ButNotForAProviderThatHangs) {
  w().transport.script = [](const Delivery&) { return std::optional<Result<>>(); };
  const std::string first = w().enqueue("pag_1", kMember);
  const std::string second = w().enqueue("pag_2", kMember);
  w().engine.advance(seconds(6));
  EXPECT_THAT(threads(), ElementsAre("", ""));
  // Whichever is answered first is the head, and stays it.
  answer_as("D1:17.02");
  ASSERT_TRUE(w().transport.answer(second, 1, {}));
  w().engine.settle();
  answer_as("D1:17.01");
  ASSERT_TRUE(w().transport.answer(first, 1, {}));
  w().engine.settle();
  EXPECT_EQ(head(), "D1:17.02");
}

TEST_P(OutboxThreads, ARepetitionAfterALostAnswerBecomesTheHead) {
  w().transport.script = [](const Delivery&) { return std::optional<Result<>>(); };
  w().enqueue("pag_1", kMember);
  w().transport.script = [](const Delivery&) { return std::optional(Result<>()); };
  answer_as("D1:17.02");
  w().crash();
  w().enqueue("pag_2", kMember);
  EXPECT_THAT(threads(), ElementsAre("", "", "D1:17.02"));
  EXPECT_TRUE(w().transport.sent()[1].maybe_duplicate);
}

TEST_P(OutboxThreads, ARefusedFirstLeavesTheHeadToTheNext) {
  w().transport.script = [](const Delivery&) {
    return std::optional(Result<>(fail(Code::kFailedPrecondition, "no")));
  };
  w().enqueue("pag_1", kMember);
  w().transport.script = [](const Delivery&) { return std::optional(Result<>()); };
  answer_as("D1:17.02");
  w().enqueue("pag_2", kMember);
  w().enqueue("pag_3", kMember);
  EXPECT_THAT(threads(), ElementsAre("", "", "D1:17.02"));
}

TEST_P(OutboxThreads, AHeadThatIsGoneIsReplaced) {
  answer_as("D1:17.01");
  w().enqueue("pag_1", kMember);
  w().transport.taken = {.message_id = "D1:17.05", .is_new_head = true};
  w().enqueue("pag_2", kMember);
  EXPECT_EQ(head(), "D1:17.05");
}

TEST_P(OutboxThreads, OldOnesAreForgotten) {
  answer_as("D1:17.01");
  w().enqueue("pag_1", kMember);
  w().engine.advance(days(92));
  EXPECT_EQ(head(), "");
}

}  // namespace
}  // namespace tocsin::notify
