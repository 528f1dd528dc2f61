#include "slo/window_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/rng.h"

namespace tocsin::slo {
namespace {

constexpr Duration kWindows[] = {seconds(30), minutes(5),     minutes(17),    minutes(30),
                                 hours(1),    hours(2),       hours(6),       hours(24),
                                 hours(72),   hours(24 * 28), hours(24 * 60), hours(24 * 90)};
const Time kStart = from_micros(1'767'571'200'000'000);  // a Monday at midnight

// The plain model: a list of events.
class EventList {
 public:
  void add(Time at, Counts counts) { events_.push_back({at, counts}); }
  Counts between(Time from, Time to) const {  // (from, to]
    Counts sum;
    for (const auto& event : events_)
      if (event.at > from && event.at <= to) sum += event.counts;
    return sum;
  }

 private:
  std::vector<WindowTable::Event> events_;
};

WindowTable table_of(size_t columns, Time now = kStart) {
  WindowTable table(now);
  table.resize(columns);
  return table;
}

Duration slot_width_for(Duration window) {
  for (const auto& level : WindowTable::kLevels)
    if (level.step * (level.slots - 1) >= window) return level.step;
  return WindowTable::kLevels.back().step;
}

TEST(WindowTable, KeepsEachBoundaryOnce) {
  EXPECT_EQ(WindowTable::bytes_per_column(), 542 * sizeof(Counts));
}

TEST(WindowTable, KeepsEveryWindowThatItPromises) {
  EXPECT_EQ(slot_width_for(minutes(5)), seconds(5));
  EXPECT_EQ(slot_width_for(hours(1)), seconds(30));
  EXPECT_EQ(slot_width_for(hours(6)), minutes(4));
  EXPECT_EQ(slot_width_for(hours(24)), minutes(20));
  EXPECT_EQ(slot_width_for(hours(72)), hours(1));
  EXPECT_EQ(slot_width_for(days(31)), hours(6));
  EXPECT_EQ(slot_width_for(days(92)), hours(24));
}

TEST(WindowTable, WindowsAreLeftOpenAndRightClosed) {
  auto table = table_of(1);
  table.advance(kStart + minutes(1));
  table.add(0, kStart + minutes(1), {1, 1});
  EXPECT_EQ(table.window(0, minutes(5)), (Counts{1, 1}));
  table.advance(kStart + minutes(6) - seconds(5));
  EXPECT_EQ(table.window(0, minutes(5)), (Counts{1, 1}));
  table.advance(kStart + minutes(6));
  EXPECT_EQ(table.window(0, minutes(5)), (Counts{0, 0}));
}

TEST(WindowTable, PlacesLateEventsWhereTheyBelong) {
  auto table = table_of(2);
  table.advance(kStart + hours(2));
  table.add(1, kStart + minutes(61), {3, 7});
  EXPECT_EQ(table.window(1, minutes(58)), (Counts{0, 0}));
  EXPECT_EQ(table.window(1, minutes(60)), (Counts{3, 7}));
  EXPECT_EQ(table.window(1, days(30)), (Counts{3, 7}));
  EXPECT_EQ(table.window(0, days(30)), (Counts{0, 0}));
}

TEST(WindowTable, CountsEventsOfTheFutureAsOfNow) {
  auto table = table_of(1);
  table.add(0, kStart + hours(1), {1, 1});
  EXPECT_EQ(table.window(0, minutes(5)), (Counts{1, 1}));
  table.advance(kStart + minutes(10));
  EXPECT_EQ(table.window(0, minutes(5)), (Counts{0, 0}));
}

TEST(WindowTable, NeverGoesBackInTime) {
  auto table = table_of(1);
  table.advance(kStart + hours(1));
  table.advance(kStart);
  EXPECT_EQ(table.now(), kStart + hours(1));
}

TEST(WindowTable, ForgetsAllAfterALongSleep) {
  auto table = table_of(1);
  table.add(0, kStart, {5, 9});
  table.advance(kStart + days(400));
  EXPECT_EQ(table.window(0, days(92)), (Counts{0, 0}));
}

TEST(WindowTable, ResizingKeepsWhatWasCountedAndClearingForgetsOneColumn) {
  auto table = table_of(2);
  table.add(0, kStart, {1, 2});
  table.add(1, kStart, {3, 4});
  table.advance(kStart + minutes(2));
  table.resize(100);
  EXPECT_EQ(table.window(1, minutes(5)), (Counts{3, 4}));
  EXPECT_EQ(table.window(99, minutes(5)), (Counts{0, 0}));
  table.clear(0);
  EXPECT_EQ(table.window(0, days(30)), (Counts{0, 0}));
  EXPECT_EQ(table.window(1, days(30)), (Counts{3, 4}));
}

// Whatever the steps of time, levels hand on every boundary to the next one: a window that begins
// at any boundary within a level's reach is exact.
TEST(WindowTable, EveryBoundaryWithinReachIsExact) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    SeededRng rng(seed);
    auto table = table_of(2);
    EventList list;
    Time now = kStart;
    for (int i = 0; i < 60; ++i) {
      const Duration jumps[] = {seconds(1), seconds(7), minutes(3), hours(5), days(9)};
      now += milliseconds(static_cast<int64_t>(rng.below(1000))) + jumps[rng.below(5)];
      table.advance(now);
      const Time at = now - seconds(static_cast<int64_t>(rng.below(i % 4 == 0 ? 40'000 : 5)));
      const auto total = static_cast<double>(1 + rng.below(9));
      table.add(1, at, {1, total});
      list.add(at, {1, total});
      for (const auto& level : WindowTable::kLevels)
        for (int64_t back = 0; back < level.slots; ++back) {
          const Time edge(level.step * (now.time_since_epoch() / level.step - back));
          ASSERT_EQ(table.between(1, edge, now), list.between(edge, now))
              << "seed " << seed << " step " << i << " edge " << to_rfc3339(edge);
        }
    }
    EXPECT_EQ(table.window(0, days(92)), Counts{}) << "the other column";
  }
}

TEST(WindowTable, FillingIsTheSameAsHavingBeenThere) {
  SeededRng rng(7);
  auto lived = table_of(1), filled = table_of(1);
  std::vector<WindowTable::Event> events;
  Time now = kStart;
  for (int i = 0; i < 5000; ++i) {
    now += seconds(static_cast<int64_t>(rng.below(600)));
    const Counts counts{static_cast<double>(rng.below(3)), 10};
    lived.advance(now);
    lived.add(0, now, counts);
    events.push_back({now, counts});
  }
  filled.advance(now);
  filled.fill(0, events);
  for (Duration window : kWindows) {
    EXPECT_DOUBLE_EQ(lived.window(0, window).bad, filled.window(0, window).bad);
    EXPECT_DOUBLE_EQ(lived.window(0, window).total, filled.window(0, window).total);
  }
}

// Against the list of events: no window is off by more than the events of the slot that its edge
// cuts, and windows whose edge is a boundary are exact.
TEST(WindowTable, AgreesWithAListOfEventsWithinOneSlot) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    SeededRng rng(seed);
    auto table = table_of(3);
    EventList list;
    Time now = kStart;
    const int64_t stride = seed % 3 == 0 ? 7'200 : seed % 3 == 1 ? 20 : 300;
    for (int step = 0; step < 1500; ++step) {
      now +=
          microseconds(static_cast<int64_t>(rng.below(static_cast<uint64_t>(stride) * 1'000'000)));
      table.advance(now);
      const Time at =
          now -
          microseconds(static_cast<int64_t>(rng.below(4) == 0 ? rng.below(3'600'000'000) : 0));
      const auto total = static_cast<double>(rng.below(50));
      const Counts counts{std::floor(rng.unit() * total), total};
      table.add(1, at, counts);
      list.add(at, counts);
      if (step % 10 != 0) continue;
      for (Duration window : kWindows) {
        const Counts got = table.window(1, window);
        const Time edge = now - window;
        const Duration width = slot_width_for(window);
        const Time below = Time(width * (to_micros(edge) / width.count()));
        const Counts truth = list.between(edge, now);
        const Counts cut = list.between(below, std::min(now, below + width));
        ASSERT_LE(std::abs(got.bad - truth.bad), cut.bad + 1e-6) << to_text(window);
        ASSERT_LE(std::abs(got.total - truth.total), cut.total + 1e-6) << to_text(window);
        if (edge == below) {
          ASSERT_DOUBLE_EQ(got.total, truth.total);
        }
      }
    }
    EXPECT_EQ(table.window(0, days(90)), (Counts{0, 0}));
    EXPECT_EQ(table.window(2, days(90)), (Counts{0, 0}));
  }
}

TEST(WindowTable, AllColumnsAtOnceGiveTheSameAsOneByOne) {
  SeededRng rng(3);
  auto table = table_of(50);
  for (int step = 0; step < 400; ++step) {
    table.advance(table.now() + seconds(static_cast<int64_t>(rng.below(90))));
    table.add(static_cast<uint32_t>(rng.below(50)), table.now(), {1, 3});
  }
  for (Duration window : kWindows) {
    std::vector<Counts> all(30);
    table.windows(window, 10, all);
    for (uint32_t i = 0; i < 30; ++i) {
      EXPECT_DOUBLE_EQ(all[i].bad, table.window(10 + i, window).bad);
      EXPECT_DOUBLE_EQ(all[i].total, table.window(10 + i, window).total);
    }
  }
}

TEST(WindowTable, SlotsAreAdjacentAndAddUpToTheWindow) {
  SeededRng rng(5);
  auto table = table_of(1);
  for (int step = 0; step < 20'000; ++step) {
    table.advance(table.now() + milliseconds(static_cast<int64_t>(rng.below(30'000))));
    table.add(0, table.now(), {static_cast<double>(rng.below(2)), 1});
  }
  const auto slots = table.slots(0, hours(72));
  ASSERT_FALSE(slots.empty());
  EXPECT_EQ(slots.back().end, table.now());
  EXPECT_LE(slots.front().start, table.now() - hours(72));
  Counts sum;
  for (size_t i = 0; i < slots.size(); ++i) {
    if (i > 0) {
      EXPECT_EQ(slots[i].start, slots[i - 1].end);
    }
    sum += slots[i].counts;
  }
  EXPECT_DOUBLE_EQ(sum.total, table.between(0, slots.front().start, table.now()).total);
  EXPECT_LE(slots.back().end - slots.back().start, seconds(5));
}

TEST(WindowTable, NewestSlotsBeginWithTheOpenOne) {
  auto table = table_of(1);
  table.advance(kStart + seconds(12));
  table.add(0, kStart + seconds(11), {1, 1});
  table.add(0, kStart + seconds(10), {2, 2});
  table.add(0, kStart + seconds(3), {4, 4});
  std::array<WindowTable::Slot, 3> slots;
  table.newest_slots(0, slots);
  EXPECT_EQ(slots[0].counts, (Counts{1, 1}));
  EXPECT_EQ(slots[0].start, kStart + seconds(10));
  EXPECT_EQ(slots[1].counts, (Counts{2, 2}));
  EXPECT_EQ(slots[2].counts, (Counts{4, 4}));
}

}  // namespace
}  // namespace tocsin::slo
