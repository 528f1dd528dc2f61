// How many changes a second the one writer makes durable, with 1, 8 and 64 threads that each wait
// for their commit: group commit is what makes the second and third faster than the first. The
// database is in the folder that TMPDIR names (a real disk, please: fsync is what is measured), and
// on PostgreSQL where TOCSIN_TEST_POSTGRES names one (script/with-postgres).
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "engine/engine.h"
#include "store/migration.h"

namespace tocsin::engine {
namespace {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// A database that ends with this object.
class Place {
 public:
  explicit Place(const char* postgres) : postgres_(postgres ? postgres : "") {
    if (postgres_.empty()) {
      std::string folder =
          (std::filesystem::temp_directory_path() / "tocsin-bench-XXXXXX").string();
      if (!::mkdtemp(folder.data())) throw std::runtime_error("no folder " + folder);
      folder_ = folder;
      url_ = "sqlite:" + folder + "/tocsin.db";
    } else {
      run("DROP SCHEMA IF EXISTS tocsin_bench CASCADE; CREATE SCHEMA tocsin_bench");
      url_ = postgres_ + "?options=-csearch_path%3Dtocsin_bench";
    }
  }
  ~Place() {
    if (postgres_.empty()) {
      std::error_code ignored;
      std::filesystem::remove_all(folder_, ignored);
    } else {
      run("DROP SCHEMA tocsin_bench CASCADE");
    }
  }
  const std::string& url() const { return url_; }

 private:
  void run(const std::string& script) {
    must(must(must(store::Database::open(postgres_))->connect())->run(script));
  }

  const std::string postgres_;
  std::string folder_;
  std::string url_;
};

// What an ingested alert costs, about: a row of state, a timer, an entry of the logbook.
Result<> change(Tx& tx) {
  const std::string id = tx.new_id("thg");
  RETURN_IF_ERROR(tx.sql().exec("INSERT INTO things (id, state, at) VALUES ($1, $2, $3)", id,
                                "open", tx.now()));
  RETURN_IF_ERROR(tx.set_timer({"bench.later", id, tx.now() + hours(24)}));
  return tx.append({.happened = tx.now(),
                    .actor = store::system_actor("bench"),
                    .kind = "thing.opened",
                    .subject_kind = "thing",
                    .subject_id = id,
                    .data = {{"service", "checkout"}, {"burn", 14.4}}});
}

void commits(benchmark::State& state, const char* postgres) {
  const Place place(postgres);
  const auto database = must(store::Database::open(place.url()));
  const auto session = must(database->connect());
  must(store::migrate(*session));
  must(
      session->run("CREATE TABLE things (id TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL, "
                   "at BIGINT NOT NULL)"));
  const SystemClock clock;
  SystemRng rng;
  Log log(clock, LogLevel::kWarn, LogFormat::kLogfmt);
  Metrics metrics;
  const auto lease = must(store::Lease::acquire(*database, "bench", clock.now()));
  const auto engine = must(Engine::open(*database, *lease, clock, rng, log, metrics));
  engine->start();

  constexpr int kEach = 200;
  const auto submitters = static_cast<size_t>(state.range(0));
  std::atomic<int64_t> failed = 0;
  for (auto _ : state) {
    std::vector<std::jthread> threads;
    for (size_t n = 0; n < submitters; ++n) {
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) failed += engine->run(change) ? 0 : 1;
      });
    }
  }
  engine->stop(seconds(10));
  if (failed > 0) state.SkipWithError("a change failed");
  const auto changes = static_cast<int64_t>(state.iterations() * submitters * kEach);
  const auto batches = metrics.counter("tocsin_engine_commits_total", "").value();
  state.SetItemsProcessed(changes);
  state.counters["changes_per_commit"] =
      static_cast<double>(changes) / static_cast<double>(std::max<uint64_t>(1, batches));
}

}  // namespace
}  // namespace tocsin::engine

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const auto add = [](const char* name, const char* postgres) {
    benchmark::RegisterBenchmark(name, tocsin::engine::commits, postgres)
        ->ArgName("submitters")
        ->Arg(1)
        ->Arg(8)
        ->Arg(64)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  };
  add("sqlite", nullptr);
  if (const char* postgres = ::getenv("TOCSIN_TEST_POSTGRES")) add("postgres", postgres);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
