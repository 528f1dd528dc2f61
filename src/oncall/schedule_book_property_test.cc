#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "oncall/schedule_book_testing.h"

namespace tocsin::oncall {
namespace {

using testing::participants;
using testing::person;
using testing::weekly;

constexpr std::array kPeople = {"ada", "grace", "alan", "edsger", "barbara"};

struct Step {
  enum class Kind { kAdvance, kOverride, kRemove, kTake, kAway, kBack, kEdit, kSwap, kAnswer };
  Kind kind = Kind::kAdvance;
  size_t who = 0, whom = 0, which = 0;
  Duration length{0};
  Layer layer;
};

std::vector<Step> random_life(uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random);
  };
  std::vector<Step> out;
  for (int i = 0; i < 40; ++i) {
    Step step;
    step.kind = i % 2 == 0 ? Step::Kind::kAdvance : static_cast<Step::Kind>(1 + below(8));
    step.who = below(kPeople.size());
    step.whom = below(kPeople.size());
    step.which = below(10);
    step.length = minutes(10 + below(4 * 24 * 60));
    step.layer = weekly();
    step.layer.rotation.unit = below(2) == 0 ? Rotation::Unit::kDay : Rotation::Unit::kWeek;
    step.layer.rotation.participants =
        participants({kPeople[below(5)], kPeople[below(5)], kPeople[below(5)]});
    if (below(3) == 0) {
      step.layer.hours =
          calendar::WeeklyHours({{{true, true, true, true, true, false, false}, 480, 1200}});
    }
    out.push_back(std::move(step));
  }
  return out;
}

// One world that lives through the steps. In the one that is unlucky a statement fails now and
// then, the process dies, and whoever asked asks again.
class Life {
 public:
  Life(store::Backend backend, uint64_t seed, bool is_unlucky)
      : world_({.backend = backend, .seed = seed}), random_(seed), is_unlucky_(is_unlucky) {
    declare();
  }

  void live(const Step& step) {
    if (step.kind == Step::Kind::kAdvance) return advance(step.length);
    if (step.kind == Step::Kind::kEdit) {
      layer_ = step.layer;
      return declare();
    }
    for (int tries = 0;; ++tries) {
      arm();
      const auto done = world_.in_tx([&](engine::Tx& tx) { return act(tx, step); });
      disarm();
      outcomes.emplace_back(done ? "done" : name_of(done.error().code));
      if (done || done.error().code != Code::kUnavailable) return;
      outcomes.pop_back();
      ASSERT_LT(tries, 10);
      die();
    }
  }

  testing::BookWorld& world() { return world_; }
  int deaths() const { return deaths_; }

  std::vector<std::string> outcomes;  // of each change, in the end

 private:
  Result<> act(engine::Tx& tx, const Step& step) {
    ScheduleBook& book = *world_.book;
    const Schedule schedule = world_.schedule();
    ASSIGN_OR_RETURN(const auto swaps, book.swaps(tx.sql(), world_.id));
    const auto drop = [](auto result) -> Result<> {
      if (!result) return fail(std::move(result).error());
      return {};
    };
    switch (step.kind) {
      case Step::Kind::kOverride:
        return drop(book.add_override(tx, world_.id,
                                      {.kind = static_cast<Override::Kind>(step.which % 3),
                                       .person = person(kPeople[step.who]),
                                       .begin = tx.now() + step.length / 3 - hours(2),
                                       .end = tx.now() + step.length},
                                      world_.ada));
      case Step::Kind::kRemove:
        if (schedule.overrides.empty()) return {};
        return book.remove_override(tx, world_.id,
                                    schedule.overrides[step.which % schedule.overrides.size()].id,
                                    world_.ada);
      case Step::Kind::kTake:
        return drop(book.take(tx, world_.id, person(kPeople[step.who]), std::nullopt, world_.ada));
      case Step::Kind::kAway:
        return drop(book.add_absence(tx,
                                     {.id = "",
                                      .person = person(kPeople[step.who]),
                                      .begin = tx.now() + step.length / 4,
                                      .end = tx.now() + step.length,
                                      .note = ""},
                                     world_.ada));
      case Step::Kind::kBack:
        if (schedule.absences.empty()) return {};
        return book.remove_absence(tx, schedule.absences[step.which % schedule.absences.size()].id,
                                   world_.ada);
      case Step::Kind::kSwap:
        return drop(book.ask_swap(tx,
                                  {.id = "",
                                   .schedule = world_.id,
                                   .from = person(kPeople[step.who]),
                                   .to = person(kPeople[step.whom]),
                                   .begin = tx.now() + step.length / 2,
                                   .end = tx.now() + step.length * 2,
                                   .note = "",
                                   .override_id = "",
                                   .created = {}},
                                  world_.ada));
      case Step::Kind::kAnswer:
        if (swaps.empty()) return {};
        return drop(book.answer_swap(tx, swaps[step.which % swaps.size()].id,
                                     SwapRequest::State::kTaken,
                                     swaps[step.which % swaps.size()].to, world_.ada));
      case Step::Kind::kAdvance:
      case Step::Kind::kEdit: break;
    }
    return {};
  }

  void declare() {
    for (int tries = 0;; ++tries) {
      arm();
      const auto used = world_.book->use({world_.spec({layer_})}, world_.catalog);
      disarm();
      world_.engine.settle();
      if (used) return;
      ASSERT_LT(tries, 10);
      ASSERT_EQ(used.error().code, Code::kUnavailable) << used.error().message;
      die();
    }
  }
  void advance(Duration by) {
    arm();
    world_.engine.advance(by);
    disarm();
    // What failed is tried again within seconds; nothing else falls into them.
    const bool has_failed = is_unlucky_ && random_() % 3 == 0;
    if (has_failed) die();
    world_.engine.advance(seconds(30));
  }
  // The n-th statement from now fails, once, and all of that commit with it.
  void arm() {
    if (!is_unlucky_ || random_() % 2 == 0) return;
    left_ = static_cast<int>(random_() % 40);
    world_.engine.faults().before = [this](std::string_view) -> std::optional<Error> {
      if (left_-- != 0) return std::nullopt;
      return Error{Code::kUnavailable, "the disk is away"};
    };
  }
  void disarm() { world_.engine.faults().before = {}; }
  void die() {
    ++deaths_;
    world_.reopen();
    const auto used = world_.book->use({world_.spec({layer_})}, world_.catalog);
    ASSERT_TRUE(used) << used.error().message;
  }

  testing::BookWorld world_;
  std::mt19937_64 random_;
  const bool is_unlucky_;
  int left_ = 0;
  int deaths_ = 0;
  Layer layer_ = weekly();
};

std::string sorted(std::string people) {
  std::ranges::sort(people);
  return people;
}

// Each begins with those with whom the one before ended.
void expect_chain(const std::vector<std::string>& hand_offs) {
  const auto split = [](const std::string& line) {
    const size_t at = line.find(" to ");
    return std::pair(line.substr(0, at), line.substr(at + 4));
  };
  for (size_t i = 1; i < hand_offs.size(); ++i) {
    EXPECT_EQ(sorted(split(hand_offs[i]).first), sorted(split(hand_offs[i - 1]).second)) << i;
    EXPECT_NE(sorted(split(hand_offs[i]).first), sorted(split(hand_offs[i]).second)) << i;
  }
}

class BookProperty : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
  }
};

TEST_P(BookProperty, CrashesLoseNothingAndDoubleNoHandOff) {
  const uint64_t seeds = GetParam() == store::Backend::kSqlite ? 12 : 4;
  int deaths = 0;
  size_t hand_offs = 0;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Life lucky(GetParam(), seed, false), unlucky(GetParam(), seed, true);
    for (const Step& step : random_life(seed)) {
      lucky.live(step);
      unlucky.live(step);
      ASSERT_EQ(unlucky.outcomes, lucky.outcomes);
      ASSERT_EQ(unlucky.world().on_call(), lucky.world().on_call());
      ASSERT_EQ(unlucky.world().engine.now(), lucky.world().engine.now());
    }
    EXPECT_EQ(unlucky.world().history(), lucky.world().history());
    // Where the database was away over a hand-off and the next, only the last is told.
    expect_chain(unlucky.world().hand_offs());
    expect_chain(lucky.world().hand_offs());
    EXPECT_LE(unlucky.world().hand_offs().size(), lucky.world().hand_offs().size());
    EXPECT_EQ(unlucky.world().told.swaps, lucky.world().told.swaps);
    EXPECT_EQ(unlucky.world().schedule().overrides.size(),
              lucky.world().schedule().overrides.size());
    deaths += unlucky.deaths();
    hand_offs += lucky.world().hand_offs().size();
    // The history is without gaps where somebody is on call, and says what the turns said.
    const auto open = serving_now(lucky.world().engine.reader(), lucky.world().id).value();
    std::string serving;
    for (const Served& one : open) serving += (serving.empty() ? "" : "+") + one.person.value();
    const std::string on_call = lucky.world().on_call();
    EXPECT_EQ(serving.size(), on_call == "-" ? 0 : on_call.size());
  }
  EXPECT_GT(deaths, static_cast<int>(seeds) * 2);
  EXPECT_GT(hand_offs, seeds * 10);
}

INSTANTIATE_TEST_SUITE_P(Backends, BookProperty, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

}  // namespace
}  // namespace tocsin::oncall
