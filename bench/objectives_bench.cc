// What it costs to keep 50,000 objectives evaluated, in CPU time of this process:
//   Pass     one look at all tiers over eight different windows each (the floor: 5 ms)
//   Edge     the whole of what happens when a slot's edge passes: rows are turned, then a pass
//   Slices   the same edge where objectives count minutes instead of requests
//   Arrival  increments of 1,000 objectives arrive, one of them bad
//   Restart  one objective's windows are filled from its rollups
// Counters: bytes an objective takes in the window table, and in all (resident memory).
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "base/clock.h"
#include "base/rng.h"
#include "slo/burn.h"
#include "slo/slo_book.h"

namespace tocsin::slo {
namespace {

constexpr uint32_t kObjectives = 50'000;
constexpr uint32_t kSliceObjectives = 10'000;
const Time kStart = from_micros(1'767'571'200'000'000);

Tier tier_of(const char* name, Duration in_long, Duration in_short, double burn) {
  Tier tier;
  tier.name = name;
  tier.long_window = in_long;
  tier.short_window = in_short;
  tier.burn = burn;
  return tier;
}

// Four pairs of windows, no length twice.
std::vector<Tier> eight_windows() {
  return {tier_of("a", hours(1), minutes(5), 14.4), tier_of("b", hours(6), minutes(30), 6),
          tier_of("c", hours(24), hours(2), 3), tier_of("d", hours(72), hours(7), 1)};
}

double resident_bytes() {
  std::ifstream in("/proc/self/statm");
  double pages = 0, resident = 0;
  in >> pages >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

// Failures that come near some thresholds and pass none.
Counts some_counts(Rng& rng) {
  const auto total = 100 + static_cast<double>(rng.below(1000));
  return {total * 0.0009 * rng.unit(), total};
}

class Silent final : public TierListener {
 public:
  void on_change(const TierChange&) override {}
};

class NoRollups final : public telemetry::RollupReader {
 public:
  Result<std::vector<telemetry::RatioSlot>> ratio(const telemetry::SignalName&,
                                                  telemetry::RollupLevel, Time,
                                                  Time) const override {
    return std::vector<telemetry::RatioSlot>{};
  }
};

// The rollups of a signal that has counted all the time.
class FullRollups final : public telemetry::RollupReader {
 public:
  Result<std::vector<telemetry::RatioSlot>> ratio(const telemetry::SignalName&,
                                                  telemetry::RollupLevel level, Time from,
                                                  Time to) const override {
    std::vector<telemetry::RatioSlot> slots;
    for (Time t = from; t < to; t += telemetry::width_of(level)) slots.push_back({t, 1, 1000});
    return slots;
  }
};

// Whoever measures a floor wants to know that what is measured can also fire.
void expect(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

void pass(benchmark::State& state) {
  SeededRng rng(1);
  WindowTable table(kStart);
  table.resize(kObjectives);
  Sweep sweep;
  for (uint32_t i = 0; i < kObjectives; ++i) sweep.add(i, i, 0.999, eight_windows());
  sweep.finish(kObjectives);
  Time now = kStart;
  for (int hour = 0; hour < 80; ++hour) {  // every level holds something
    now += hours(1);
    table.advance(now);
    for (uint32_t i = 0; i < kObjectives; ++i) table.add(i, now, some_counts(rng));
  }
  for (int step = 0; step < 100; ++step) {
    now += seconds(5);
    table.advance(now);
    for (uint32_t i = 0; i < kObjectives; ++i) table.add(i, now, some_counts(rng));
  }
  now += milliseconds(2'500);  // between edges: every window is interpolated
  table.advance(now);
  const std::vector<int64_t> first_seen(kObjectives, to_micros(kStart));
  std::vector<uint32_t> found;
  for (auto _ : state) {
    found.clear();
    sweep.run(table, first_seen, found);
    benchmark::DoNotOptimize(found.data());
  }
  expect(found.empty(), "nothing should be near a threshold");
  table.add(7, now, {1e6, 1e6});
  sweep.run(table, first_seen, found);
  expect(found == std::vector<uint32_t>{7}, "a failing objective should be found");
  state.counters["objectives"] = kObjectives;
  state.counters["windows"] = 8;
  state.counters["table_bytes_an_objective"] = static_cast<double>(WindowTable::bytes_per_column());
}
BENCHMARK(pass)->Name("Pass")->Unit(benchmark::kMillisecond);

// A book as the server has it, with the default tiers.
struct Book {
  explicit Book(uint32_t objectives = kObjectives, Budgeting budgeting = Budgeting::kOccurrences)
      : size(objectives), book(kStart, listener, log, metrics) {
    std::vector<SloBook::Entry> entries;
    for (uint32_t i = 0; i < size; ++i) {
      Objective objective;
      objective.budgeting = budgeting;
      objective.slice_target = 0.95;
      objective.name = ObjectiveName("objective-" + std::to_string(i));
      objective.display_name = objective.name.value();
      objective.signal = telemetry::SignalName(objective.name.value());
      objective.tiers = default_tiers(objective.target, objective.window.length);
      entries.push_back({std::move(objective), i});
    }
    if (!book.configure(std::move(entries), NoRollups(), kStart))
      throw std::runtime_error("the book refuses");
  }
  void hour() {
    SeededRng rng(2);
    for (int step = 0; step < 120; ++step) arrive(size, some_counts(rng), seconds(30));
  }
  void arrive(uint32_t signals, Counts counts, Duration later) {
    now += later;
    increments.clear();
    for (uint32_t i = 0; i < signals; ++i)
      increments.push_back({i, now, i == 0 ? counts.bad : 0, counts.total});
    book.on_increments(increments, now);
    book.advance(now);
  }
  const uint32_t size;
  Time now = kStart;
  Silent listener;
  ManualClock clock;
  Log log{clock, LogLevel::kError, LogFormat::kLogfmt};
  Metrics metrics;
  SloBook book;
  std::vector<telemetry::RatioIncrement> increments;
};

void edge(benchmark::State& state, uint32_t objectives, Budgeting budgeting) {
  const double before = resident_bytes();
  Book b(objectives, budgeting);
  b.hour();
  const double bytes = (resident_bytes() - before) / objectives;
  expect(bytes <= 16'000, "an objective should take at most 16 KB");
  for (auto _ : state) {
    b.now += seconds(5);
    b.book.advance(b.now);
    if (b.now.time_since_epoch() % minutes(1) == seconds(0)) {
      // Nobody falls silent in the measurement.
      state.PauseTiming();
      b.arrive(objectives, {0, 100}, seconds(0));
      state.ResumeTiming();
    }
  }
  state.counters["bytes_an_objective"] = bytes;
}
BENCHMARK_CAPTURE(edge, occurrences, kObjectives, Budgeting::kOccurrences)
    ->Name("Edge")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(120);
BENCHMARK_CAPTURE(edge, timeslices, kSliceObjectives, Budgeting::kTimeslices)
    ->Name("Slices")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(120);

void arrival(benchmark::State& state) {
  Book b;
  b.hour();
  std::vector<telemetry::RatioIncrement> increments;
  for (uint32_t i = 0; i < 1000; ++i) increments.push_back({i, b.now, i == 0 ? 0.001 : 0, 100});
  for (auto _ : state) {
    b.now += milliseconds(1);
    for (auto& increment : increments) increment.at = b.now;
    b.book.on_increments(increments, b.now);
  }
  state.counters["increments"] = static_cast<double>(increments.size());
}
BENCHMARK(arrival)->Name("Arrival")->Unit(benchmark::kMicrosecond)->Iterations(2000);

void restart(benchmark::State& state) {
  Silent listener;
  ManualClock clock;
  Log log{clock, LogLevel::kError, LogFormat::kLogfmt};
  Metrics metrics;
  const FullRollups rollups;
  for (auto _ : state) {
    SloBook book(kStart, listener, log, metrics);
    std::vector<SloBook::Entry> entries(1);
    entries[0].objective.name = ObjectiveName("one");
    if (!book.configure(std::move(entries), rollups, kStart)) state.SkipWithError("refused");
  }
}
BENCHMARK(restart)->Name("Restart")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace tocsin::slo

BENCHMARK_MAIN();
