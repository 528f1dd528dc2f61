#include "oncall/import_layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/rng.h"
#include "oncall/import_testing.h"

namespace tocsin::oncall {
namespace {

using calendar::WeeklyHours;

SourceLayer layer_of(std::string who, WeeklyHours hours) {
  SourceLayer layer;
  layer.name = who;
  layer.hand_off = calendar::CivilSecond(2026, 1, 5);
  layer.turn = days(7);
  layer.people = {{std::move(who)}};
  layer.hours = std::move(hours);
  return layer;
}

WeeklyHours some_hours(SeededRng& rng) {
  if (rng.below(6) == 0) return WeeklyHours::always();
  std::vector<WeeklyHours::Piece> pieces(1 + rng.below(2));
  for (auto& piece : pieces) {
    for (bool& day : piece.days) day = rng.below(2) == 0;
    piece.days[rng.below(7)] = true;
    piece.from = static_cast<int>(60 * rng.below(24));
    piece.until = static_cast<int>(60 * (1 + rng.below(24)));
  }
  return WeeklyHours(std::move(pieces));
}

// Everybody of the highest level that has somebody, at each half hour of two weeks in which clocks
// are set.
TEST(ImportLayers, AreOnCallAsTheirLevelsSay) {
  const auto berlin = calendar::Zone::find("Europe/Berlin").value();
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    SeededRng rng(seed);
    Source source;
    std::vector<LeveledLayer> layers;
    const size_t count = 1 + rng.below(6);
    for (size_t i = 0; i < count; ++i) {
      const std::string who = fmt::format("p{}", i);
      SourcePerson person{.id = who, .name = who};
      person.contacts.push_back(
          {.kind = catalog::Contact::Kind::kMail, .name = "mail", .address = who + "@shop.test"});
      source.people.push_back(std::move(person));
      layers.push_back({static_cast<int64_t>(rng.below(3)), layer_of(who, some_hours(rng))});
    }
    SourceSchedule source_schedule{.id = "s", .name = "sre", .zone = "Europe/Berlin"};
    source_schedule.layers = stacked(layers, "Europe/Berlin");
    source.schedules.push_back(std::move(source_schedule));
    const Schedule schedule = testing::loaded(documents_of(source)).schedules.at("sre");

    const Time begin = *parse_rfc3339("2026-03-20T00:00:00Z"), end = begin + days(14);
    const std::vector<Turn> found = turns(schedule, begin, end);
    size_t turn = 0;
    for (Time at = begin; at < end; at += minutes(30)) {
      while (found[turn].end <= at) ++turn;
      std::map<int64_t, std::set<std::string>> on;
      for (const LeveledLayer& one : layers) {
        if (one.layer.hours.contains(berlin, at)) on[one.level].insert(one.layer.name);
      }
      std::set<std::string> here;
      for (const auto& person : found[turn].people) here.insert(person.value());
      ASSERT_EQ(here, on.empty() ? std::set<std::string>() : on.rbegin()->second) << to_rfc3339(at);
    }
  }
}

TEST(ImportLayers, OfOneLevelThatNeverMeetDoNotJoin) {
  const auto daily = [](int from, int until) {
    WeeklyHours::Piece piece;
    piece.days.fill(true);
    piece.from = from * 60;
    piece.until = until * 60;
    return WeeklyHours({piece});
  };
  const auto apart =
      stacked({{1, layer_of("ada", daily(8, 20))}, {1, layer_of("grace", daily(20, 8))}}, "UTC");
  ASSERT_EQ(apart.size(), 2U);
  EXPECT_FALSE(apart[0].joins || apart[1].joins);
  const auto met =
      stacked({{1, layer_of("ada", daily(8, 20))}, {1, layer_of("grace", daily(19, 8))}}, "UTC");
  ASSERT_EQ(met.size(), 2U) << "with no level below, they need not stand twice";
  EXPECT_TRUE(met[1].joins);
}

}  // namespace
}  // namespace tocsin::oncall
