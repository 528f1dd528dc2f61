// Two processes that get the same alerts and tell each once, in virtual time: two worlds, joined by
// what they say of notifications.
#include <gmock/gmock.h>

#include "alert/dispatch_testing.h"
#include "alert/notification_store.h"

namespace tocsin::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Mood;
using ::testing::UnorderedElementsAre;
using testing::World;

constexpr const char* kConfig = R"(
route: {receiver: team, group_by: [name], group_wait: 10s, group_interval: 1m, repeat_interval: 1h}
receivers: [{name: team, webhook_configs: [{url: http://team.test}]}]
)";

struct FakeTurns : Turns {
  bool is_ready() const override { return ready; }
  Duration wait() const override { return pause; }
  bool ready = true;
  Duration pause{0};
};

class PairTest : public ::testing::Test {
 protected:
  PairTest() {
    second_turns.pause = seconds(15);
    listen(first, to_second);
    listen(second, to_first);
  }
  void listen(World& world, NotificationLog::ToldList& out) {
    world.log_book->on_told([this, &out](const ToldKey& key, const Told& told) {
      if (is_joined) out.emplace_back(key, told);
    });
  }
  static void say(NotificationLog::ToldList& from, World& to) {
    if (from.empty()) return;
    to.log_book->merge(std::exchange(from, {}), "peer", [](const Result<>& r) { EXPECT_TRUE(r); });
    to.settle();
  }
  void talk() {
    say(to_second, second);
    if (is_first_up) say(to_first, first);
    if (is_first_up) say(to_second, second);
  }
  // Second by second, so that both are at the same time.
  void advance(Duration by) {
    for (Duration done{0}; done < by; done += seconds(1)) {
      if (is_first_up) first.advance(seconds(1));
      if (!is_first_up) first.t.clock().advance(seconds(1));
      talk();
      second.advance(seconds(1));
      talk();
    }
  }
  void meet() {
    is_joined = true;
    to_second = first.log_book->all();
    to_first = second.log_book->all();
    talk();
  }
  void fire(const std::string& name) {
    if (is_first_up) first.fire({name});
    second.fire({name});
  }
  void resolve(const std::string& name) {
    if (is_first_up) first.resolve({name});
    second.resolve({name});
  }
  void crash_first() { is_first_up = false; }
  void first_comes_back() {
    first.crash();
    listen(first, to_second);
    is_first_up = true;
    meet();
  }

  FakeTurns first_turns, second_turns;
  World first{{.turns = &first_turns}, kConfig};
  World second{{.seed = 2, .turns = &second_turns}, kConfig};
  NotificationLog::ToldList to_first, to_second;
  bool is_joined = true, is_first_up = true;
};

TEST_F(PairTest, TheFirstTellsAndTheSecondHearsOfIt) {
  fire("a");
  advance(minutes(2));
  resolve("a");
  advance(minutes(2));
  EXPECT_THAT(first.story(),
              ElementsAre("10s first notification: a", "130s all alerts resolved: / a"));
  EXPECT_THAT(second.story(), IsEmpty());
  EXPECT_TRUE(second.dispatcher->groups(second.t.now()).empty()) << "the group is over there, too";
}

TEST_F(PairTest, TheSecondTellsWhenTheFirstIsDeadAndOnlyThen) {
  fire("a");
  crash_first();
  advance(seconds(24));
  EXPECT_THAT(second.story(), IsEmpty());
  advance(seconds(1));
  EXPECT_THAT(second.story(), ElementsAre("25s first notification: a"));
}

TEST_F(PairTest, TheFirstComesBackAndTellsOnlyWhatIsNew) {
  fire("a");
  advance(minutes(1));
  crash_first();
  fire("b");
  resolve("a");
  advance(minutes(2));
  first_comes_back();
  advance(minutes(1));  // it has `a` for firing still
  first.fire({"b"});
  first.resolve({"a"});
  advance(minutes(4));
  EXPECT_THAT(first.story(), ElementsAre("10s first notification: a"));
  EXPECT_THAT(second.story(),
              UnorderedElementsAre("85s first notification: b", "85s all alerts resolved: / a"));
  fire("a");
  advance(seconds(30));
  EXPECT_THAT(first.story().back(), "490s new alerts added: a");
  EXPECT_EQ(second.story().size(), 2u);
}

TEST_F(PairTest, ARepeatIsToldOnce) {
  fire("a");
  advance(minutes(125));
  EXPECT_THAT(first.story(),
              ElementsAre("10s first notification: a", "3610s repeat interval elapsed: a",
                          "7210s repeat interval elapsed: a"));
  EXPECT_THAT(second.story(), IsEmpty());
}

TEST_F(PairTest, CutApartEachTellsAndAfterwardsBothKnowTheSame) {
  is_joined = false;
  fire("a");
  advance(seconds(30));
  EXPECT_THAT(first.story(), ElementsAre("10s first notification: a"));
  EXPECT_THAT(second.story(), ElementsAre("25s first notification: a"));
  first.fire({"only-first"});
  advance(seconds(20));
  EXPECT_NE(first.log_book->all(), second.log_book->all());
  meet();
  EXPECT_EQ(first.log_book->all(), second.log_book->all());
  EXPECT_EQ(second.log_book->all().size(), 2u);
  second.fire({"only-first"});
  advance(minutes(3));
  EXPECT_EQ(first.story().size(), 2u);
  EXPECT_EQ(second.story().size(), 1u) << "the other one has told it";
}

TEST_F(PairTest, NothingIsToldBeforeTheOthersWereHeard) {
  first_turns.ready = false;
  first.fire({"a"});
  first.advance(minutes(5));
  EXPECT_THAT(first.story(), IsEmpty());
  first_turns.ready = true;
  first.advance(seconds(1));
  EXPECT_THAT(first.story(), ElementsAre("300s first notification: a"));
}

TEST_F(PairTest, WhatTheSecondToldEndsTheDoubtOfTheFirst) {
  first.provider.set_mood("team", Mood::kSilent);
  fire("a");
  advance(seconds(12));  // it has arrived and the answer does not come
  crash_first();
  advance(seconds(20));
  EXPECT_THAT(second.story(), ElementsAre("25s first notification: a"));
  first.provider.all_well();
  first_comes_back();
  advance(minutes(5));
  EXPECT_THAT(first.story(), ElementsAre("10s first notification: a"));
  resolve("a");
  advance(minutes(2));
  EXPECT_EQ(first.story().size() + second.story().size(), 3u) << "its end by one of them";
}

TEST_F(PairTest, AReloadMeanwhileLosesNothing) {
  fire("a");
  crash_first();
  advance(seconds(15));
  second.use(kConfig);
  advance(seconds(16));
  EXPECT_THAT(second.story(), ElementsAre("30s first notification: a")) << "it waits again";
}

TEST_F(PairTest, AFailedSendKeepsWhatAPeerSaidMeanwhile) {
  first.provider.set_mood("team", Mood::kSilent);
  fire("a");
  advance(seconds(12));
  // While the first waits for an answer, the second says that it has told.
  ToldKey key{"{}:{name=\"a\"}", "team", "webhook", 0};
  Told told;
  told.at = told.noted = first.t.now();
  told.firing = first.log_book->known(key)->doubtful.value();
  told.expires = told.at + hours(2);
  to_first = {{key, told}};
  talk();
  first.provider.set_mood("team", Mood::kRefuses);
  advance(seconds(90));
  EXPECT_EQ(first.log_book->known(key)->told, told);
  EXPECT_EQ(first.story().size(), 1u) << "told by the other, so not told again";
}

TEST_F(PairTest, WhatAnAlertmanagerHasToldIsNotToldAgainAndItsEndIs) {
  const auto old = first.alert("old");
  ToldKey key{"{}:{name=\"old\"}", "team", "webhook", 0};
  Known known;
  known.told.emplace();
  known.told->at = first.t.now() + seconds(1);
  known.told->imported = {imported_hash(old.labels)};
  known.told->expires = first.t.now() + hours(2);
  World::must(first.t.run([&](engine::Tx& tx) { return write_told(tx.sql(), key, known); }));
  first.crash();
  World::must(first.put({old}));
  first.advance(minutes(5));
  EXPECT_THAT(first.story(), IsEmpty());
  first.crash();
  first.advance(minutes(5));
  EXPECT_THAT(first.story(), IsEmpty());
  first.resolve({"old"});
  first.advance(minutes(2));
  EXPECT_THAT(first.story(), ElementsAre("660s all alerts resolved: / old"));
  first.fire({"old"});
  first.advance(minutes(2));
  EXPECT_THAT(first.story().back(), "730s new alerts added: old") << "another one";
}

TEST_F(PairTest, TheEndOfWhatAnAlertmanagerHasToldIsToldThoughItWasNeverPostedHere) {
  auto old = first.alert("old");
  const ToldKey key{"{}:{name=\"old\"}", "team", "webhook", 0};
  Known known;
  known.told.emplace();
  known.told->at = first.t.now() + seconds(1);
  known.told->imported = {imported_hash(old.labels)};
  known.told->expires = first.t.now() + hours(2);
  World::must(first.t.run([&](engine::Tx& tx) { return write_told(tx.sql(), key, known); }));
  first.crash();
  first.advance(minutes(1));
  old.ends = old.updated = first.t.now();
  World::must(first.put({old}));
  first.resolve({"another"});  // of which nobody was told
  first.advance(minutes(5));
  EXPECT_THAT(first.story(), ElementsAre("60s all alerts resolved: / old"));
  World::must(first.put({old}));  // as Prometheus repeats it
  first.advance(minutes(5));
  EXPECT_EQ(first.story().size(), 1u);
}

TEST(Merged, TheNewerHoldsAndAnOlderDoubtIsOver) {
  Told heard;
  heard.at = heard.noted = from_micros(2'000'000);
  heard.firing = {1};
  heard.resolved = {2};
  Known known;
  known.doubtful = Fingerprints{1, 2, 3};
  known.doubted = from_micros(1'000'000);
  auto after = merged(known, heard);
  ASSERT_TRUE(after);
  EXPECT_THAT(after->told->firing, ElementsAre(1));
  EXPECT_THAT(after->told->still_open, ElementsAre(3)) << "it may have heard of it";
  EXPECT_FALSE(after->doubtful);
  EXPECT_FALSE(merged(*after, heard)) << "no news";
  known.doubted = from_micros(3'000'000);
  after = merged(known, heard);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->doubtful, known.doubtful);
  EXPECT_THAT(after->told->still_open, IsEmpty());
}

// Both are committed together, and neither undoes the other.
TEST_F(PairTest, WhatAPeerSaysMeanwhileIsNotOverwritten) {
  const ToldKey key{"{}:{}", "team", "webhook", 0};
  Told news;
  news.at = news.noted = first.t.now();
  news.expires = first.t.now() + hours(1);
  news.firing = {1, 2};
  const auto went_well = [](const Result<>& result) { EXPECT_TRUE(result); };
  first.log_book->merge({{key, news}}, "peer", went_well);
  first.log_book->settle(key, {2}, went_well);
  first.settle();
  ASSERT_TRUE(first.log_book->known(key)->told);
  EXPECT_THAT(first.log_book->known(key)->told->firing, ElementsAre(1));

  // It has expired, and is about to be forgotten.
  first.t.clock().advance(hours(2));
  first.log_book->collect(first.t.now() + hours(2), [](const ToldKey&) { return false; });
  first.settle();
  EXPECT_FALSE(first.log_book->known(key)->told);
  news.noted = first.t.now();
  news.expires = first.t.now() + hours(1);
  first.log_book->merge({{key, news}}, "peer", went_well);
  first.settle();
  first.t.clock().advance(hours(2));
  const Time now = first.t.now() + hours(2);
  news.noted = now;
  news.expires = now + hours(1);
  first.log_book->merge({{key, news}}, "peer", went_well);
  first.log_book->collect(now, [](const ToldKey&) { return false; });
  first.settle();
  EXPECT_TRUE(first.log_book->known(key)->told);
}

TEST(Adopt, OnlyTheAlertThatWasToldThen) {
  Known known;
  EXPECT_FALSE(adopt(known, 7, 70, Time()));
  known.told.emplace();
  known.told->at = from_micros(1'000'000);
  known.told->imported = {5, 7};
  EXPECT_FALSE(adopt(known, 6, 60, Time()));
  EXPECT_FALSE(adopt(known, 7, 70, from_micros(1'000'001))) << "it began later";
  const auto after = adopt(known, 7, 70, from_micros(1'000'000));
  ASSERT_TRUE(after);
  EXPECT_THAT(after->told->firing, ElementsAre(70));
  EXPECT_THAT(after->told->imported, ElementsAre(5));
}

}  // namespace
}  // namespace tocsin::alert
