#include "incident/page_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "incident/testing.h"

namespace tocsin::incident {
namespace {

using notify::Answer;
using ::testing::HasSubstr;
using testing::House;

class PageAnswersTest : public ::testing::Test {
 protected:
  std::string newest_page() {
    const auto& sent = house.world.transport.sent();
    for (auto d = sent.rbegin(); d != sent.rend(); ++d) {
      if (d->subject.kind == "page") return d->subject.id;
    }
    return "";
  }
  Result<std::string> answer(Answer given, Duration snooze = Duration(0), std::string page = "") {
    if (page.empty()) page = newest_page();
    PageAnswers answers(*house.incidents, *house.world.pager);
    Result<std::string> said = std::string();
    const auto done = house.world.in_tx([&](engine::Tx& tx) -> Result<> {
      said = answers.on_answer(tx, page, given, snooze, store::Actor{"sms", "ada"}, languages);
      if (!said) return fail(said.error());
      return {};
    });
    if (!done) return fail(done.error());
    return said;
  }
  oncall::EscalationState state() {
    return (*house.world.pager->read(house.world.engine.reader(), house.newest().id))->state;
  }
  House house;
  notify::AnswerLanguages languages;
};

TEST_F(PageAnswersTest, AcknowledgesAndSaysWhoHasIt) {
  house.fires("fast");
  const auto said = answer(Answer::kAcknowledge);
  ASSERT_TRUE(said);
  EXPECT_EQ(*said, "ada has it");
  EXPECT_EQ(house.newest().who_has_it, "sms:ada");
  EXPECT_EQ(state(), oncall::EscalationState::kAcknowledged);
}

TEST_F(PageAnswersTest, TellsInTheLanguagesThatAreAskedFor) {
  languages = {.done = "de", .refused = "de"};
  house.fires("fast");
  const std::string page = newest_page();
  EXPECT_EQ(answer(Answer::kSnooze).value(),
            "ada kümmert sich darum; in 30 min wird wieder gerufen");
  EXPECT_EQ(answer(Answer::kAcknowledge).value(), "ada kümmert sich darum");
  EXPECT_THAT(answer(Answer::kResolve).error().message,
              HasSubstr("wenn seine Alarme vorbei sind; es bestehen noch 1"));
  EXPECT_EQ(answer(Answer::kEscalate).value(), "die Nächsten werden dafür gerufen");
  EXPECT_THAT(answer(Answer::kEscalate, Duration(0), page).error().message,
              HasSubstr("sind die Nächsten schon gerufen worden"));
  EXPECT_THAT(answer(Answer::kSnooze, hours(48)).error().message,
              HasSubstr("für 1 min bis 24 h zurückgestellt"));
  EXPECT_THAT(answer(Answer::kAcknowledge, Duration(0), "pag_none").error().message,
              HasSubstr("ist hier nicht mehr bekannt"));
  house.clears("fast");
  EXPECT_THAT(answer(Answer::kEscalate).error().message, HasSubstr("Kein Alarm von Vorfall 1"));
  EXPECT_THAT(answer(Answer::kResolve).value(), HasSubstr("es ist behoben"));
  EXPECT_EQ(answer(Answer::kAcknowledge).error().message, "Vorfall 1 ist zu Ende");
}

TEST_F(PageAnswersTest, TellsARoomInItsLanguageAndWhoIsRefusedInTheirs) {
  languages = {.done = "en", .refused = "de"};
  house.fires("fast");
  EXPECT_EQ(answer(Answer::kAcknowledge).value(), "ada has it");
  EXPECT_THAT(answer(Answer::kResolve).error().message, HasSubstr("Vorfall 1 kann behoben werden"));
}

TEST_F(PageAnswersTest, EscalatesToTheNextPeople) {
  house.fires("fast");
  (void)house.world.sent();
  ASSERT_TRUE(answer(Answer::kEscalate));
  EXPECT_THAT(house.world.sent(), ::testing::ElementsAre("page grace mail"));
}

// A provider repeats what it was not answered for in time; people press twice.
TEST_F(PageAnswersTest, EscalatesOnceForEachMessage) {
  house.fires("fast");
  const std::string page = newest_page();
  ASSERT_TRUE(answer(Answer::kEscalate, Duration(0), page));
  (void)house.world.sent();
  const auto again = answer(Answer::kEscalate, Duration(0), page);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(again.error().message, HasSubstr("The next people have been rung"));
  EXPECT_THAT(house.world.sent(), ::testing::IsEmpty());
  EXPECT_TRUE(answer(Answer::kAcknowledge, Duration(0), page)) << "anything else still counts";
}

TEST_F(PageAnswersTest, EscalatesOnceForWhoWasBroughtIn) {
  house.fires("fast");
  ASSERT_TRUE(house.acknowledge(house.newest().id));
  house.advance(minutes(15) + seconds(1));
  const auto sent = house.world.sent();
  ASSERT_THAT(sent, ::testing::Contains("page alan mail"));
  const std::string page = newest_page();
  ASSERT_TRUE(answer(Answer::kEscalate, Duration(0), page));
  (void)house.world.sent();
  house.advance(seconds(1));
  EXPECT_FALSE(answer(Answer::kEscalate, Duration(0), page));
  EXPECT_THAT(house.world.sent(), ::testing::IsEmpty());
}

TEST_F(PageAnswersTest, SnoozesForTheAskedTimeOrHalfAnHour) {
  house.fires("fast");
  const auto said = answer(Answer::kSnooze);
  ASSERT_TRUE(said);
  EXPECT_THAT(*said, HasSubstr("rings again in 30 min"));
  EXPECT_EQ(answer(Answer::kSnooze, hours(48)).error().code, Code::kInvalidArgument);
}

TEST_F(PageAnswersTest, ResolvesOnlyByTheRulesOfTheIncident) {
  house.fires("fast");
  const auto refused = answer(Answer::kResolve);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition) << "its alert fires";
  house.clears("fast");
  ASSERT_TRUE(answer(Answer::kResolve));
  EXPECT_EQ(house.newest().state, State::kResolved);
  EXPECT_EQ(answer(Answer::kAcknowledge).error().code, Code::kFailedPrecondition);
}

TEST_F(PageAnswersTest, UnknownPageIsSaidSo) {
  EXPECT_EQ(answer(Answer::kAcknowledge, Duration(0), "pag_none").error().code, Code::kNotFound);
}

// Five services fail at once, and one person has them all: the others come in one message.
TEST_F(PageAnswersTest, AnswerToABundleCountsForAllThatItTold) {
  house.storm(14);
  const std::string bundle = newest_page();
  EXPECT_EQ(house.world.pager->pages_of(house.world.engine.reader(), bundle)->size(), 4u);
  EXPECT_EQ(answer(Answer::kResolve, Duration(0), bundle).error().code, Code::kFailedPrecondition);
  const auto said = answer(Answer::kAcknowledge, Duration(0), bundle);
  ASSERT_TRUE(said);
  EXPECT_EQ(*said, "ada has all 4");
  int taken = 0;
  for (const auto& incident : house.all()) taken += incident.who_has_it == "sms:ada" ? 1 : 0;
  EXPECT_EQ(taken, 4) << "and no other";
}

}  // namespace
}  // namespace tocsin::incident
