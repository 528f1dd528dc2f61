#include "alert/peers.h"

#include <gmock/gmock.h>

namespace tocsin::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Duration kStart = hours(1000);
// Four probes of a second and the patience for the last one.
constexpr Duration kDead = milliseconds(4500);

Peers three() {
  Peers peers("b", {});
  peers.heard("a", "10.0.0.1:9094", kStart);
  peers.heard("c", "10.0.0.3:9094", kStart);
  return peers;
}

TEST(Peers, ThePlaceIsThatOfTheNameAmongThoseAlive) {
  EXPECT_EQ(Peers("b", {}).position(), 0u);
  Peers peers = three();
  EXPECT_EQ(peers.position(), 1u);
  EXPECT_EQ(peers.members(), 3u);
  EXPECT_FALSE(peers.heard("a", "10.0.0.1:9094", kStart + seconds(1)));
}

TEST(Peers, WhoMissesItsProbesGivesItsPlaceUpAndGetsItBack) {
  Peers peers = three();
  peers.heard("c", "10.0.0.3:9094", kStart + seconds(2));
  EXPECT_THAT(peers.look(kStart + kDead), IsEmpty());
  EXPECT_THAT(peers.look(kStart + kDead + milliseconds(1)), ElementsAre("a"));
  EXPECT_EQ(peers.position(), 0u);
  EXPECT_EQ(peers.members(), 2u);
  EXPECT_EQ(peers.failed(), 1u);
  EXPECT_THAT(peers.look(kStart + kDead + milliseconds(2)), IsEmpty()) << "said once";
  EXPECT_TRUE(peers.heard("a", "10.0.0.1:9094", kStart + seconds(60)));
  EXPECT_EQ(peers.position(), 1u);
  EXPECT_EQ(peers.failed(), 0u);
}

TEST(Peers, WhoSaysThatItEndsIsGoneAtOnceAndHasNotFailed) {
  Peers peers = three();
  EXPECT_TRUE(peers.left("a"));
  EXPECT_FALSE(peers.left("a"));
  EXPECT_FALSE(peers.left("nobody"));
  EXPECT_EQ(peers.position(), 0u);
  EXPECT_EQ(peers.failed(), 0u);
  EXPECT_TRUE(peers.heard("a", "10.0.0.1:9094", kStart + seconds(1)));
  EXPECT_EQ(peers.position(), 1u);
}

TEST(Peers, AProcessThatWasStartedAgainTakesThePlaceOfTheOneBefore) {
  Peers peers = three();
  EXPECT_TRUE(peers.heard("d", "10.0.0.1:9094", kStart + seconds(1)));
  EXPECT_EQ(peers.find("a"), nullptr);
  EXPECT_EQ(peers.position(), 0u);
  EXPECT_EQ(peers.members(), 3u);
  EXPECT_EQ(peers.failed(), 0u);
}

TEST(Peers, ADeadOneIsForgottenInTheEnd) {
  Peers peers = three();
  peers.look(kStart + hours(1));
  EXPECT_EQ(peers.failed(), 2u);
  peers.look(kStart + hours(6));
  EXPECT_NE(peers.find("a"), nullptr);
  peers.look(kStart + hours(6) + seconds(1));
  EXPECT_EQ(peers.find("a"), nullptr);
  EXPECT_EQ(peers.failed(), 0u);
}

TEST(Peers, ThereAreOnlySoMany) {
  Peers peers("zz", {});
  for (size_t i = 0; i < Peers::kMost; ++i) {
    EXPECT_TRUE(peers.heard("p" + std::to_string(i), "h" + std::to_string(i) + ":1", kStart));
  }
  EXPECT_FALSE(peers.heard("one more", "x:1", kStart));
  EXPECT_EQ(peers.members(), Peers::kMost + 1);
  peers.left("p7");
  EXPECT_TRUE(peers.heard("one more", "x:1", kStart)) << "in the place of one that is gone";
}

// Every process sorts the same names, so each place is taken once.
TEST(Peers, AllAgreeWhoComesFirst) {
  const std::vector<std::string> names = {"01J", "01H", "am-2", "am-1", "Zed"};
  std::vector<size_t> places;
  for (const auto& own : names) {
    Peers peers(own, {});
    for (const auto& name : names) {
      if (name != own) peers.heard(name, name + ":9094", kStart);
    }
    places.push_back(peers.position());
  }
  EXPECT_THAT(places, ElementsAre(1, 0, 4, 3, 2));
}

constexpr Duration kLook = seconds(2);  // ten gossip intervals

TEST(Settling, ThreeQuietLooksInARow) {
  Settling settling(kStart, milliseconds(200), minutes(1));
  EXPECT_FALSE(settling.look(kStart + kLook, 1, false)) << "one member is news";
  EXPECT_FALSE(settling.look(kStart + 2 * kLook, 1, false));
  EXPECT_FALSE(settling.look(kStart + 3 * kLook, 2, false)) << "somebody came: from the beginning";
  EXPECT_FALSE(settling.look(kStart + 4 * kLook, 2, false));
  EXPECT_FALSE(settling.look(kStart + 5 * kLook, 2, false));
  EXPECT_FALSE(settling.look(kStart + 6 * kLook - milliseconds(1), 2, false)) << "not time";
  EXPECT_TRUE(settling.look(kStart + 6 * kLook, 2, false));
  EXPECT_FALSE(settling.has_timed_out());
  EXPECT_TRUE(settling.look(kStart + 7 * kLook, 3, true)) << "once settled, settled";
}

TEST(Settling, NotWhileAPeerIsStillTelling) {
  Settling settling(kStart, milliseconds(200), minutes(1));
  for (int i = 1; i < 30; ++i) EXPECT_FALSE(settling.look(kStart + i * kLook, 2, true));
  EXPECT_TRUE(settling.look(kStart + minutes(1), 2, true)) << "the time is over";
  EXPECT_TRUE(settling.has_timed_out());
}

}  // namespace
}  // namespace tocsin::alert
