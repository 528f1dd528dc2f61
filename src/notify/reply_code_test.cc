#include "notify/reply_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/testing.h"

namespace tocsin::notify {
namespace {

class ReplyCode : public ::testing::Test {
 protected:
  int give(const std::string& page, const std::string& number = "+4930123456") {
    int code = 0;
    const Result<> done = engine_.run([&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(code, give_reply_code(tx.sql(), number, page, "ada", tx.now()));
      return {};
    });
    EXPECT_TRUE(done) << done.error().message;
    return code;
  }
  std::string page_of(int code, const std::string& number = "+4930123456") {
    const auto page = page_of_code(engine_.reader(), number, code, engine_.now());
    EXPECT_TRUE(page) << page.error().message;
    return page && *page ? (*page)->page : "";
  }
  engine::testing::TestEngine engine_;
};

TEST_F(ReplyCode, CountsForEachNumberAndStaysWithItsPage) {
  EXPECT_EQ(give("pag_1"), 1);
  EXPECT_EQ(give("pag_2"), 2);
  EXPECT_EQ(give("pag_1"), 1);
  EXPECT_EQ(give("pag_2", "+491"), 1);
  EXPECT_EQ(page_of(2), "pag_2");
  EXPECT_EQ(page_of(1, "+491"), "pag_2");
  EXPECT_EQ(page_of(3), "");
}

TEST_F(ReplyCode, IsGivenAnewOnlyWhenOld) {
  EXPECT_EQ(give("pag_1"), 1);
  engine_.advance(days(6));
  EXPECT_EQ(give("pag_2"), 2);
  engine_.advance(days(2));
  EXPECT_EQ(give("pag_3"), 1);
  EXPECT_EQ(page_of(1), "pag_3");
  EXPECT_EQ(give("pag_4"), 3);
}

TEST_F(ReplyCode, WithoutACodeOnlyASinglePageIsMeant) {
  EXPECT_EQ(page_of(0), "");
  give("pag_1");
  EXPECT_EQ(page_of(0), "pag_1");
  give("pag_2");
  EXPECT_EQ(page_of(0), "");
  engine_.advance(days(2));
  EXPECT_EQ(page_of(0), "");
  give("pag_3");
  EXPECT_EQ(page_of(0), "pag_3");
}

TEST_F(ReplyCode, ANumberIsThatOfWhoWasPagedThereLast) {
  const auto person = [&](const std::string& number) {
    const auto found = person_of_number(engine_.reader(), number);
    EXPECT_TRUE(found) << found.error().message;
    return found && *found ? **found : std::string();
  };
  EXPECT_EQ(person("+4930123456"), "");
  give("pag_1");
  EXPECT_EQ(person("+4930123456"), "ada");
  engine_.advance(minutes(1));
  ASSERT_TRUE(engine_.run([](engine::Tx& tx) -> Result<> {
    const auto code = give_reply_code(tx.sql(), "+4930123456", "pag_2", "grace", tx.now());
    return code ? Result<>() : fail(code.error());
  }));
  EXPECT_EQ(person("+4930123456"), "grace");
}

TEST_F(ReplyCode, NumbersAreNotKeptForEver) {
  give("pag_1");
  engine_.advance(days(2));
  give("pag_2");
  ASSERT_TRUE(
      engine_.run([](engine::Tx& tx) { return prune_reply_codes(tx.sql(), tx.now() - days(1)); }));
  EXPECT_EQ(page_of(1), "");
  EXPECT_EQ(page_of(2), "pag_2");
}

TEST(SmsAnswer, IsReadAsPeopleTypeIt) {
  struct Case {
    const char* text;
    int code;
    Answer answer;
    int snooze;
  };
  for (const Case& c : std::initializer_list<Case>{{"4a", 4, Answer::kAcknowledge, 0},
                                                   {" 4 A. ", 4, Answer::kAcknowledge, 0},
                                                   {"a4", 4, Answer::kAcknowledge, 0},
                                                   {"12 ack", 12, Answer::kAcknowledge, 0},
                                                   {"ok", 0, Answer::kAcknowledge, 0},
                                                   {"4e", 4, Answer::kEscalate, 0},
                                                   {"4r!", 4, Answer::kResolve, 0},
                                                   {"4s", 4, Answer::kSnooze, 30},
                                                   {"4s 45", 4, Answer::kSnooze, 45},
                                                   {"4 erledigt", 4, Answer::kResolve, 0},
                                                   {"4 Sp\xc3\xa4ter", 4, Answer::kSnooze, 30}}) {
    const auto answer = parse_sms_answer(c.text);
    ASSERT_TRUE(answer) << c.text;
    EXPECT_EQ(answer->code, c.code) << c.text;
    EXPECT_EQ(answer->answer, c.answer) << c.text;
    EXPECT_EQ(answer->snooze, minutes(c.snooze)) << c.text;
  }
  for (const char* text : {"", "4", "hello", "4a 5", "4a and 5a", "99999999999a", "4s 0", "4s 9999",
                           "I am at the airport, resolve it yourself"}) {
    EXPECT_FALSE(parse_sms_answer(text)) << text;
  }
}

}  // namespace
}  // namespace tocsin::notify
