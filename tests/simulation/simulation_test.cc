#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>

#include "night.h"
#include "run.h"

// SIM_SEED=n replays one seed and tells its story; SIM_SEEDS=n runs that many instead of kSeeds;
// SIM_FIRST=n begins there.

namespace tocsin::simulation {
namespace {

constexpr uint64_t kSeeds = 750;
constexpr uint64_t kWildSeeds = 200;
constexpr uint64_t kNights = 80;

using Live = std::function<Report(uint64_t seed)>;

std::optional<uint64_t> number_from(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

std::string told(const Report& report) {
  std::string text = fmt::format("replay with SIM_SEED={}\n", report.seed);
  for (const auto& line : report.story) text += "  " + line + "\n";
  for (const auto& finding : report.findings) text += "  BROKEN: " + finding + "\n";
  return text;
}

struct Sum {
  std::mutex mutex;
  std::vector<Report> broken;
  int64_t commits = 0, crashes = 0, incidents = 0, pages = 0, arrivals = 0, faults = 0;
  int64_t posts = 0, notifications = 0;

  void add(Report report) {
    const std::lock_guard lock(mutex);
    commits += report.commits;
    crashes += report.crashes;
    incidents += report.incidents;
    pages += report.pages;
    arrivals += report.arrivals;
    faults += report.faults;
    posts += report.posts;
    notifications += report.notifications;
    if (!report.findings.empty()) broken.push_back(std::move(report));
  }
};

void live_many(uint64_t first, uint64_t end, const Live& live) {
  Sum sum;
  std::atomic<uint64_t> next = first;
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
      threads.emplace_back([&] {
        for (uint64_t seed = next++; seed < end; seed = next++) sum.add(live(seed));
      });
    }
  }
  fmt::print(
      "{} lives: {} commits, {} crashes, {} faults of the database, {} incidents, {} pages, {} "
      "messages arrived, {} posted alerts accepted, {} notifications of receivers\n",
      end - first, sum.commits, sum.crashes, sum.faults, sum.incidents, sum.pages, sum.arrivals,
      sum.posts, sum.notifications);
  for (size_t i = 0; i < std::min<size_t>(sum.broken.size(), 3); ++i) {
    ADD_FAILURE() << told(sum.broken[i]);
  }
  EXPECT_EQ(sum.broken.size(), 0u);
}

void live_as_asked(uint64_t seeds, const Live& live) {
  if (const auto seed = number_from("SIM_SEED")) {
    const Report report = live(*seed);
    fmt::print("{}", told(report));
    EXPECT_TRUE(report.findings.empty());
    return;
  }
  const uint64_t first = number_from("SIM_FIRST").value_or(1);
  live_many(first, first + number_from("SIM_SEEDS").value_or(seeds), live);
}

// SQLite counts its memory under one lock, which many lives beside each other wait for.
const bool kUncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;

TEST(Simulation, PromisesHoldInEveryLife) {
  live_as_asked(kSeeds, [](uint64_t seed) { return run(seed, Clocks::kOrdinary); });
}

TEST(Simulation, PromisesHoldWhenTheClockIsSetByHoursWhileDown) {
  live_as_asked(kWildSeeds, [](uint64_t seed) { return run(seed, Clocks::kWild); });
}

TEST(Simulation, PromisesHoldInEveryNightOnCall) { live_as_asked(kNights, live_night); }

// The clock was set back and the process died before it followed: delays waited longer by that.
TEST(Simulation, PromisesHoldWhenAProcessDiesBeforeItFollowsTheClock) {
  for (const uint64_t seed : {100'020, 100'092}) {
    const Report report = run(seed, Clocks::kOrdinary, Posts::kNone);
    EXPECT_TRUE(report.findings.empty()) << told(report);
  }
}

TEST(Simulation, SeedAlwaysLivesTheSameLife) {
  const Report once = run(42);
  const Report again = run(42);
  EXPECT_EQ(once.story, again.story);
  EXPECT_EQ(once.commits, again.commits);
  EXPECT_EQ(once.arrivals, again.arrivals);
}

}  // namespace
}  // namespace tocsin::simulation
