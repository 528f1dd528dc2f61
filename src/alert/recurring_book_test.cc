#include "alert/recurring_book.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>

#include "alert/recurring_store.h"
#include "engine/testing.h"

namespace tocsin::alert {
namespace {

using calendar::Zone;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

calendar::Recurrence when(std::string_view rule, std::string_view start,
                          std::string_view zone = "UTC") {
  return calendar::Recurrence::parse(rule, calendar::parse_civil(start).value(),
                                     Zone::find(zone).value())
      .value();
}

RecurringSilence silence(calendar::Recurrence recurrence, Duration lasts,
                         const std::string& job = "db") {
  return {.id = "",
          .matchers = {*routing::Matcher::make("job", routing::MatchOp::kEqual, job)},
          .when = std::move(recurrence),
          .lasts = lasts,
          .created_by = "ada",
          .comment = "backup",
          .created = {},
          .next = {}};
}

// The clock begins on Monday, 2026-01-05 at 00:00 UTC.
class RecurringBookTest : public store::testing::BackendTest {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    t_.emplace(GetParam());
    open();
  }
  void TearDown() override { close(); }
  void open() {
    silences_.emplace(t_->engine(), t_->clock(), t_->rng(), t_->metrics(), SilenceBook::Limits{});
    book_.emplace(t_->engine(), *silences_);
    ASSERT_TRUE(silences_->load(t_->reader()));
  }
  void close() {
    if (t_) t_->engine().stop(Duration(0));
    book_.reset();
    silences_.reset();
  }
  void restart_after(Duration down) {
    close();
    t_->clock().advance(down);
    t_->restart();
    open();
    t_->settle();
  }
  std::string add(const RecurringSilence& wanted) { return book_->add(wanted, ada_).value().id; }
  std::string error(const RecurringSilence& wanted) {
    const auto made = book_->add(wanted, ada_);
    return made ? "" : made.error().message;
  }
  bool mutes(const std::string& job = "db") {
    return !silences_->muting(routing::Labels::of({{"job", job}}), t_->now()).empty();
  }
  std::optional<Time> next(const std::string& id) {
    return read_recurring(t_->reader(), id).value().value().next;
  }

  const store::Actor ada_{"user", "ada"};
  std::optional<engine::testing::TestEngine> t_;
  std::optional<SilenceBook> silences_;
  std::optional<RecurringBook> book_;
};
INSTANTIATE_TEST_SUITE_P(Backends, RecurringBookTest,
                         ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(RecurringBookTest, EachOccurrenceIsAnOrdinarySilenceThatIsSeenComing) {
  const std::string id = add(silence(when("FREQ=DAILY", "2026-01-05 02:00"), hours(4)));
  EXPECT_THAT(silences_->all(), IsEmpty());
  EXPECT_EQ(next(id), t_->now() + hours(2));
  t_->advance(minutes(116));
  ASSERT_THAT(silences_->all(), SizeIs(1));
  const routing::Silence made = silences_->all()[0];
  EXPECT_EQ(made.state(t_->now()), routing::SilenceState::kPending);
  EXPECT_EQ(made.ends - made.starts, hours(4));
  EXPECT_EQ(made.created_by, "ada");
  EXPECT_EQ(made.comment, "backup");
  EXPECT_EQ(made.annotations.get("recurring_silence"), id);
  EXPECT_FALSE(mutes());
  t_->advance(minutes(4));
  EXPECT_TRUE(mutes());
  t_->advance(hours(4));
  EXPECT_FALSE(mutes());
  t_->advance(hours(20));
  EXPECT_TRUE(mutes()) << "the next day";
  EXPECT_THAT(t_->kinds(),
              ElementsAre("silence.recurring_created", "silence.created", "silence.created"));
}

TEST_P(RecurringBookTest, OneThatRunsAlreadyIsMadeAtOnce) {
  t_->advance(hours(3));
  add(silence(when("FREQ=DAILY", "2026-01-05 02:00"), hours(4)));
  EXPECT_TRUE(mutes());
  ASSERT_THAT(silences_->all(), SizeIs(1));
  EXPECT_EQ(silences_->all()[0].starts, t_->now());
}

TEST_P(RecurringBookTest, AfterADowntimeOnlyWhatStillRunsIsMade) {
  add(silence(when("FREQ=DAILY", "2026-01-05 02:00"), hours(4)));
  restart_after(days(10) + hours(5));
  EXPECT_TRUE(mutes());
  EXPECT_THAT(silences_->all(), SizeIs(1));
  restart_after(hours(2));
  EXPECT_FALSE(mutes());
  EXPECT_THAT(silences_->all(), SizeIs(1)) << "and not made twice";
}

TEST_P(RecurringBookTest, DeletingItEndsTheRunningOne) {
  const std::string id = add(silence(when("FREQ=DAILY", "2026-01-05 02:00"), hours(4)));
  const std::string other = add(silence(when("FREQ=DAILY", "2026-01-05 02:00"), hours(4), "shop"));
  t_->advance(hours(3));
  ASSERT_TRUE(mutes());
  ASSERT_TRUE(book_->remove(id, ada_));
  EXPECT_FALSE(mutes());
  EXPECT_TRUE(mutes("shop"));
  t_->advance(days(2));
  EXPECT_THAT(all_recurring(t_->reader()).value(), SizeIs(1));
  EXPECT_EQ(book_->remove(id, ada_).error().code, Code::kNotFound);
  t_->advance(hours(0));
  EXPECT_FALSE(mutes());
}

TEST_P(RecurringBookTest, OneThatAPersonEndedIsNotMadeAgain) {
  add(silence(when("FREQ=DAILY", "2026-01-05 02:00"), hours(4)));
  t_->advance(hours(3));
  ASSERT_TRUE(silences_->expire(silences_->all()[0].id, ada_));
  restart_after(minutes(5));
  EXPECT_FALSE(mutes());
}

TEST_P(RecurringBookTest, IsOverAfterItsLastOccurrenceAndStaysToBeSeen) {
  const std::string id = add(silence(when("FREQ=DAILY;COUNT=2", "2026-01-05 02:00"), hours(1)));
  t_->advance(days(3));
  EXPECT_EQ(next(id), std::nullopt);
  EXPECT_EQ(t_->kinds().back(), "silence.recurring_over");
  EXPECT_TRUE(book_->remove(id, ada_));
}

TEST_P(RecurringBookTest, RefusesWhatMakesNoSense) {
  const auto daily = when("FREQ=DAILY", "2026-01-05 02:00");
  EXPECT_THAT(error(silence(daily, seconds(30))), HasSubstr("is not from 1m to 31d"));
  EXPECT_THAT(error(silence(daily, days(40))), HasSubstr("is not from 1m to 31d"));
  EXPECT_THAT(error(silence(daily, hours(30))),
              HasSubstr("longer than from one occurrence to the next (2026-01-05 02:00:00 and"));
  EXPECT_THAT(error(silence(when("FREQ=DAILY;UNTIL=20260103", "2026-01-01"), hours(1))),
              HasSubstr("no occurrence that lies ahead"));
  auto nameless = silence(daily, hours(1));
  nameless.created_by = " ";
  EXPECT_THAT(error(nameless), HasSubstr("author is missing"));
  auto mute = silence(daily, hours(1));
  mute.comment = "";
  EXPECT_THAT(error(mute), HasSubstr("comment is missing"));
  auto wide = silence(daily, hours(1));
  wide.matchers = {*routing::Matcher::make("job", routing::MatchOp::kRegex, ".*")};
  EXPECT_THAT(error(wide), HasSubstr("must not match the empty string"));
  EXPECT_EQ(error(silence(when("FREQ=DAILY", "2026-01-05", "Europe/Berlin"), hours(24))), "")
      << "the night of 23 hours is no overlap";
  EXPECT_THAT(silences_->all(), SizeIs(1));
}

TEST_P(RecurringBookTest, AFullBookOfSilencesDelaysAnOccurrenceAndLosesNothing) {
  close();
  t_->restart();
  silences_.emplace(t_->engine(), t_->clock(), t_->rng(), t_->metrics(),
                    SilenceBook::Limits{.retention = minutes(1), .max_silences = 1});
  book_.emplace(t_->engine(), *silences_);
  add(silence(when("FREQ=DAILY", "2026-01-05 02:00"), hours(4)));
  routing::Silence other =
      silence_of(silence(when("FREQ=DAILY", "2026-01-05"), hours(1), "x"), {{}, t_->now()});
  other.ends = t_->now() + hours(3);
  ASSERT_TRUE(silences_->set(other, ada_));
  t_->advance(hours(3) + minutes(5));
  EXPECT_FALSE(mutes());
  silences_->collect(t_->now());
  t_->settle();
  t_->advance(minutes(1));
  EXPECT_TRUE(mutes()) << "as soon as there is room";
}

// Virtual months with changes of the clocks, restarts and deletions: what is muted is what a plain
// list of spans says.
TEST_P(RecurringBookTest, MutesWhatAPlainListOfSpansSays) {
  struct Plain {
    std::string id, job;
    RecurringSilence wanted;
    Time from;                  // muted from then on
    std::optional<Time> until;  // when it was deleted
    bool mutes(Time at) const {
      if (at < from || (until && at >= *until)) return false;
      for (const auto& one : wanted.when.next(at - wanted.lasts + Duration(1), 1)) {
        return one.time <= at;
      }
      return false;
    }
  };
  constexpr const char* kRules[] = {"FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SA,SU",
                                    "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=DAILY;INTERVAL=2;COUNT=9",
                                    "FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20260510"};
  constexpr const char* kZones[] = {"UTC", "Europe/Berlin", "America/New_York"};
  SeededRng rng(GetParam() == store::Backend::kSqlite ? 3 : 4);
  const int steps = GetParam() == store::Backend::kSqlite ? 900 : 200;
  std::vector<Plain> plain;
  int made = 0, muted = 0;
  for (int step = 0; step < steps; ++step) {
    const uint64_t what = rng.below(20);
    if (what == 0 && plain.size() < 12) {
      const std::string job = fmt::format("job{}", made++);
      const std::string start = calendar::to_text(Zone().to_civil(t_->now())).substr(0, 11) +
                                fmt::format("{:02}:30", rng.below(24));
      auto wanted = silence(when(kRules[rng.below(5)], start, kZones[rng.below(3)]),
                            minutes(30 + rng.below(8 * 60)), job);
      if (const auto added = book_->add(wanted, ada_)) {
        plain.push_back({added->id, job, wanted, t_->now(), std::nullopt});
      }
    } else if (what == 1 && !plain.empty()) {
      Plain& one = plain[rng.below(plain.size())];
      if (!one.until) {
        ASSERT_TRUE(book_->remove(one.id, ada_));
        one.until = t_->now();
      }
    } else if (what == 2) {
      restart_after(hours(rng.below(60)));
    } else {
      t_->advance(minutes(rng.below(7 * 60)));
    }
    for (const Plain& one : plain) {
      const bool expected = one.mutes(t_->now());
      muted += expected ? 1 : 0;
      ASSERT_EQ(mutes(one.job), expected)
          << "step " << step << ": " << one.wanted.when.rule() << " from "
          << calendar::to_text(one.wanted.when.start()) << " in " << one.wanted.when.zone().name()
          << " for " << to_text(one.wanted.lasts) << " at " << to_rfc3339(t_->now());
    }
  }
  EXPECT_GT(muted, 20) << "or nothing was tested";
}

}  // namespace
}  // namespace tocsin::alert
