#include "oncall/schedule_notices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "notify/testing.h"
#include "oncall/hand_off_note_store.h"
#include "oncall/schedule_book_testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::person;
using ::testing::UnorderedElementsAre;
using testing::utc;
using testing::weekly;

class Notices : public ::testing::Test {
 protected:
  Notices() {
    world_.close();
    world_.engine.restart();
    outbox_ = notify::Outbox::make(world_.engine.engine(), transport_, world_.engine.log(),
                                   world_.engine.metrics());
    world_.book =
        ScheduleBook::make(world_.engine.engine(), world_.engine.log(), world_.engine.metrics());
    notices_ = std::make_unique<ScheduleNotices>(ScheduleNotices::Parts{
        *outbox_, world_.engine.log(), "https://tocsin.shop.test",
        [this](store::Session&, const catalog::TeamId& team) -> Result<std::vector<std::string>> {
          return team.value() == "payments" ? open_ : std::vector<std::string>();
        }});
    world_.book->listen(*notices_);
    notices_->use(world_.catalog);
    world_.use({world_.spec({weekly()})});
  }
  ~Notices() override { world_.close(); }

  // "ada mail: title" of each message since the last call.
  std::vector<std::string> sent() {
    std::vector<std::string> out;
    for (; seen_ < transport_.sent().size(); ++seen_) {
      const notify::Delivery& one = transport_.sent()[seen_];
      EXPECT_FALSE(one.message.is_page);
      EXPECT_TRUE(one.message.answer_url.empty());
      EXPECT_EQ(one.subject.kind, ScheduleNotices::kSubject);
      text_ = one.message.impact;
      out.push_back(fmt::format("{} {}: {}", one.person.value(), name_of(one.contact.kind),
                                one.message.title));
    }
    return out;
  }
  // What the last of those messages said.
  const std::string& text() const { return text_; }

  testing::BookWorld world_;
  notify::testing::ScriptedTransport transport_;
  std::unique_ptr<notify::Outbox> outbox_;
  std::unique_ptr<ScheduleNotices> notices_;
  std::vector<std::string> open_;

 private:
  size_t seen_ = 0;
  std::string text_;
};

TEST_F(Notices, TellWhoBeginsUntilWhenAndWhatIsOpen) {
  EXPECT_THAT(sent(), IsEmpty());
  world_.engine.advance(hours(8));
  EXPECT_THAT(sent(), ElementsAre("ada mail: You are on call: Payments"));
  EXPECT_EQ(text(), "Until Mon 2026-01-12 09:00 (Europe/Berlin). No incident is open.");
  open_ = {"#12 SEV-1 Checkout: customers cannot pay"};
  world_.engine.advance(days(7));
  EXPECT_THAT(sent(), ElementsAre("grace mail: You are on call: Payments"));
  EXPECT_THAT(text(), HasSubstr("You follow ada. Open incidents:\n#12 SEV-1"));
}

TEST_F(Notices, HandTheNoteOverToWhoBegins) {
  const auto write = [&](const std::string& text) {
    ASSERT_TRUE(world_.in_tx([&](engine::Tx& tx) {
      return write_open_note(tx.sql(), {.id = tx.new_id("hon"),
                                        .schedule = world_.id,
                                        .author = "user:ada",
                                        .text = text,
                                        .created = tx.now(),
                                        .updated = tx.now(),
                                        .handed_off = {},
                                        .receivers = {}});
    }));
  };
  world_.engine.advance(hours(8));
  write("the second relay is flaky");
  EXPECT_THAT(sent(), ElementsAre("ada mail: You are on call: Payments"));
  EXPECT_THAT(text(), Not(HasSubstr("relay")));
  world_.engine.advance(days(7));
  EXPECT_THAT(sent(), ElementsAre("grace mail: You are on call: Payments"));
  EXPECT_THAT(text(), HasSubstr("ada left you a note:\nthe second relay is flaky"));
  EXPECT_EQ(world_.count("schedule.note_handed_off"), 1);
  const auto closed = closed_notes(world_.engine.reader(), world_.id, 10).value();
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_THAT(closed[0].receivers, ElementsAre(person("grace")));
  world_.engine.advance(days(7));
  EXPECT_THAT(sent(), ElementsAre("alan mail: You are on call: Payments"));
  EXPECT_THAT(text(), Not(HasSubstr("note"))) << "it was grace's";
}

TEST_F(Notices, ANoteIsNotForWhoOnlyJoins) {
  world_.engine.advance(hours(8));
  ASSERT_TRUE(world_.in_tx([&](engine::Tx& tx) {
    return write_open_note(tx.sql(), {.id = tx.new_id("hon"),
                                      .schedule = world_.id,
                                      .author = "user:ada",
                                      .text = "mind the gap",
                                      .created = tx.now(),
                                      .updated = tx.now(),
                                      .handed_off = {},
                                      .receivers = {}});
  }));
  const auto joins = world_.change([&](engine::Tx& tx) {
    return world_.book->add_override(tx, world_.id,
                                     {.id = {},
                                      .kind = Override::Kind::kAdd,
                                      .person = person("alan"),
                                      .replaces = {},
                                      .begin = tx.now() + hours(2),
                                      .end = tx.now() + hours(4),
                                      .note = {},
                                      .by = {}},
                                     world_.ada);
  });
  ASSERT_TRUE(joins) << joins.error().message;
  static_cast<void>(sent());
  world_.engine.advance(hours(5));
  EXPECT_THAT(sent(), ElementsAre("alan mail: You are on call: Payments"));
  EXPECT_THAT(text(), Not(HasSubstr("mind the gap")));
  world_.engine.advance(days(7));
  EXPECT_THAT(sent(), ElementsAre("grace mail: You are on call: Payments"));
  EXPECT_THAT(text(), HasSubstr("mind the gap"));
}

TEST_F(Notices, ANoteWaitsWhileNobodyIsOnCall) {
  world_.engine.advance(hours(8));
  ASSERT_TRUE(world_.in_tx([&](engine::Tx& tx) {
    return write_open_note(tx.sql(), {.id = tx.new_id("hon"),
                                      .schedule = world_.id,
                                      .author = "user:ada",
                                      .text = "mind the gap",
                                      .created = tx.now(),
                                      .updated = tx.now(),
                                      .handed_off = {},
                                      .receivers = {}});
  }));
  const auto gap = world_.change([&](engine::Tx& tx) {
    return world_.book->add_override(tx, world_.id,
                                     {.id = {},
                                      .kind = Override::Kind::kRemove,
                                      .person = person("ada"),
                                      .replaces = {},
                                      .begin = tx.now(),
                                      .end = tx.now() + hours(2),
                                      .note = {},
                                      .by = {}},
                                     world_.ada);
  });
  ASSERT_TRUE(gap) << gap.error().message;
  EXPECT_EQ(world_.on_call(), "-");
  EXPECT_TRUE(open_note(world_.engine.reader(), world_.id).value());
  static_cast<void>(sent());
  world_.engine.advance(hours(2));
  EXPECT_THAT(sent(), ElementsAre("ada mail: You are on call: Payments"));
  EXPECT_THAT(text(), HasSubstr("mind the gap"));
}

TEST_F(Notices, GoByTheFirstRuleForWhatIsNotUrgent) {
  auto catalog = testing::five_people();
  catalog::Person& ada = catalog->people[person("ada")];
  ada.contacts.push_back({.kind = catalog::Contact::Kind::kSlack,
                          .name = "chat",
                          .address = "https://hooks.slack.test/ada"});
  catalog::Person& grace = catalog->people[person("grace")];
  grace.contacts.push_back(ada.contacts.back());
  grace.not_urgent = {{"mail", Duration(0)}};
  world_.catalog = catalog;
  notices_->use(catalog);
  world_.engine.advance(hours(8));
  EXPECT_THAT(sent(), ElementsAre("ada slack: You are on call: Payments"));
  world_.engine.advance(days(7));
  EXPECT_THAT(sent(), ElementsAre("grace mail: You are on call: Payments"));
}

TEST_F(Notices, TellTheTeamOfAGap) {
  Layer office = weekly();
  office.hours =
      calendar::WeeklyHours({{{true, true, true, true, true, false, false}, 0, 24 * 60}});
  world_.use({world_.spec({office})});
  EXPECT_THAT(sent(), UnorderedElementsAre("ada mail: Schedule Payments needs a look",
                                           "grace mail: Schedule Payments needs a look",
                                           "alan mail: Schedule Payments needs a look",
                                           "edsger mail: Schedule Payments needs a look",
                                           "barbara mail: Schedule Payments needs a look"));
  EXPECT_THAT(text(), HasSubstr("Nobody is on call in Payments"));
}

TEST_F(Notices, TellWhoIsAskedAndWhoAsked) {
  const auto ask = [&](const std::string& to, std::string_view begin) {
    return world_
        .change([&](engine::Tx& tx) {
          return world_.book->ask_swap(tx,
                                       {.id = "",
                                        .schedule = world_.id,
                                        .from = person("ada"),
                                        .to = catalog::PersonId(to),
                                        .begin = utc(begin),
                                        .end = utc(begin) + days(1),
                                        .note = "a wedding",
                                        .override_id = "",
                                        .created = {}},
                                       world_.ada);
        })
        .value();
  };
  const auto swap = ask("grace", "2026-01-06T00:00:00Z");
  EXPECT_THAT(sent(), ElementsAre("grace mail: ada asks you to take a turn in Payments"));
  EXPECT_THAT(text(), HasSubstr("from Tue 2026-01-06 01:00 to Wed 2026-01-07 01:00"));
  EXPECT_THAT(text(), HasSubstr("a wedding"));
  ASSERT_TRUE(world_.change([&](engine::Tx& tx) {
    return world_.book->answer_swap(tx, swap.id, SwapRequest::State::kTaken, person("grace"),
                                    world_.ada);
  }));
  EXPECT_THAT(sent(), ElementsAre("ada mail: grace takes your turn in Payments"));
  static_cast<void>(ask("", "2026-01-07T00:00:00Z"));
  EXPECT_THAT(sent(), UnorderedElementsAre("grace mail: ada asks you to take a turn in Payments",
                                           "alan mail: ada asks you to take a turn in Payments"));
}

TEST_F(Notices, WaitForTheEndOfQuietHoursAndAreDroppedWhenNobodyAsksAnyMore) {
  auto catalog = testing::five_people();
  calendar::WeeklyHours::Piece night{.from = 0, .until = 7 * 60};
  night.days.fill(true);
  for (const char* name : {"grace", "alan"}) {
    catalog->people[person(name)].quiet = calendar::WeeklyHours({night});
  }
  outbox_->use(catalog);
  world_.engine.settle();
  const auto swap = world_
                        .change([&](engine::Tx& tx) {
                          return world_.book->ask_swap(tx,
                                                       {.id = "",
                                                        .schedule = world_.id,
                                                        .from = person("ada"),
                                                        .to = {},
                                                        .begin = utc("2026-01-07T00:00:00Z"),
                                                        .end = utc("2026-01-08T00:00:00Z"),
                                                        .note = "",
                                                        .override_id = "",
                                                        .created = {}},
                                                       world_.ada);
                        })
                        .value();
  EXPECT_THAT(sent(), IsEmpty());
  ASSERT_TRUE(world_.change([&](engine::Tx& tx) {
    return world_.book->answer_swap(tx, swap.id, SwapRequest::State::kTaken, person("grace"),
                                    world_.ada);
  }));
  EXPECT_THAT(sent(), ElementsAre("ada mail: grace takes your turn in Payments"));
  world_.engine.advance(hours(7) + seconds(1));
  EXPECT_THAT(sent(), IsEmpty()) << "the turn was taken at night";
}

TEST_F(Notices, ThatCannotBeSentLeaveTheHandOffAlone) {
  auto catalog = testing::five_people();
  catalog->people[person("ada")].contacts.clear();
  notices_->use(catalog);
  world_.engine.advance(hours(8));
  EXPECT_EQ(world_.on_call(), "ada");
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(world_.engine.warnings(), Not(IsEmpty()));
}

}  // namespace
}  // namespace tocsin::oncall
