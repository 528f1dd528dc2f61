#include "oncall/hand_off_note.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/hand_off_note_store.h"
#include "oncall/schedule_book_testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::HasSubstr;
using testing::person;
using ::testing::SizeIs;
using testing::utc;
using testing::weekly;

TEST(HandOffNote, IsAsLongAsTenThousandCharacters) {
  std::string text;
  for (size_t i = 0; i < kLongestHandOffNote; ++i) text += "\xc3\xbc";
  EXPECT_TRUE(check_hand_off_text(text));
  const auto refused = check_hand_off_text(text + "x");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("text has 10001 characters"));
}

TEST(HandOffNote, IsWrittenByWhoHasTheTurnAndTheirTeam) {
  auto catalog = *testing::five_people();
  const Schedule schedule = testing::schedule_of({weekly()});
  const Time tuesday = utc("2026-01-06T12:00:00Z");  // ada's week
  EXPECT_TRUE(may_write_note(schedule, catalog, person("edsger"), tuesday));
  catalog.teams.clear();
  EXPECT_TRUE(may_write_note(schedule, catalog, person("ada"), tuesday));
  EXPECT_FALSE(may_write_note(schedule, catalog, person("edsger"), tuesday));
  EXPECT_FALSE(may_write_note(schedule, catalog, person("ada"), tuesday + days(7)));
  EXPECT_FALSE(may_write_note(schedule, catalog, person(""), tuesday));
}

TEST(HandOffNote, BeginsWithWhatHappened) {
  const Schedule schedule = testing::schedule_of({weekly()});
  const TurnReport report{.turn = {utc("2026-01-05T08:00:00Z"), utc("2026-01-12T07:00:00Z")},
                          .incidents = {"#12 SEV-1 Checkout: resolved, ada had it"},
                          .silences = {},
                          .swaps = {"grace asks anybody"}};
  EXPECT_EQ(draft_note(schedule, report),
            "Payments from Mon 2026-01-05 09:00 to Mon 2026-01-12 08:00 (Europe/Berlin)\n\n"
            "Incidents:\n- #12 SEV-1 Checkout: resolved, ada had it\n\n"
            "Silences that still hold:\n- none\n\n"
            "Swaps that nobody has answered:\n- grace asks anybody\n\n"
            "What you should know:\n- ");
}

TEST(HandOffNote, ALongOneIsCutInANotice) {
  HandOffNote note;
  note.author = "user:ada";
  note.text = "mind the gap";
  EXPECT_EQ(note_in_notice(note), "ada left you a note:\nmind the gap");
  note.text = std::string(5000, 'x');
  const std::string said = note_in_notice(note);
  EXPECT_LT(said.size(), 1700U);
  EXPECT_THAT(said, HasSubstr("the rest is on the page of the schedule"));
}

// On both backends.
class HandOffNotes : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    engine_ = std::make_unique<engine::testing::TestEngine>(GetParam());
  }
  std::unique_ptr<engine::testing::TestEngine> engine_;
};

TEST_P(HandOffNotes, AreOneOpenAndManyClosed) {
  const ScheduleId payments("payments"), shop("shop");
  const auto run = [&](auto body) {
    const auto done = engine_->run(body);
    ASSERT_TRUE(done) << done.error().message;
  };
  const auto note = [&](engine::Tx& tx, const ScheduleId& schedule, const std::string& text) {
    return HandOffNote{.id = tx.new_id("hon"),
                       .schedule = schedule,
                       .author = "user:ada",
                       .text = text,
                       .created = tx.now(),
                       .updated = tx.now(),
                       .handed_off = {},
                       .receivers = {}};
  };
  run([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(write_open_note(tx.sql(), note(tx, payments, "one")));
    return write_open_note(tx.sql(), note(tx, shop, "of another"));
  });
  run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(auto open, open_note(tx.sql(), payments));
    open->text = "one, edited";
    open->author = "user:grace";
    return write_open_note(tx.sql(), *open);
  });
  EXPECT_FALSE(engine_->run([&](engine::Tx& tx) {
    return write_open_note(tx.sql(), note(tx, payments, "a second one"));
  }));
  const Time handed = engine_->now();
  run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto given,
                     hand_over_note(tx.sql(), payments, {person("grace"), person("alan")}, handed));
    EXPECT_TRUE(given);
    ASSIGN_OR_RETURN(const auto nothing, hand_over_note(tx.sql(), payments, {}, handed));
    EXPECT_FALSE(nothing);
    return {};
  });
  auto& sql = engine_->reader();
  EXPECT_FALSE(open_note(sql, payments).value());
  const auto closed = closed_notes(sql, payments, 10).value();
  ASSERT_THAT(closed, SizeIs(1));
  EXPECT_EQ(closed[0].text, "one, edited");
  EXPECT_EQ(closed[0].author, "user:grace");
  EXPECT_EQ(closed[0].handed_off, handed);
  EXPECT_THAT(closed[0].receivers, ::testing::ElementsAre(person("grace"), person("alan")));
  EXPECT_EQ(open_note(sql, shop).value()->text, "of another");
  run([&](engine::Tx& tx) { return delete_open_note(tx.sql(), shop); });
  EXPECT_FALSE(open_note(engine_->reader(), shop).value());
}

INSTANTIATE_TEST_SUITE_P(Backends, HandOffNotes, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

}  // namespace
}  // namespace tocsin::oncall
