// Random commands, failures of every kind, clock jumps and restarts, beside a plain model: what was
// answered with success is there, nothing else is, and the logbook has no gap.
#include <gtest/gtest.h>

#include <map>

#include "engine/engine.h"
#include "engine/testing.h"

namespace tocsin::engine {
namespace {

using testing::TestEngine;
using Model = std::map<std::string, int64_t>;  // counters by name

class World {
 public:
  World(store::Backend backend, uint64_t seed)
      : t_({.backend = backend, .seed = seed, .engine = {.max_batch = 6}}), rng_(seed) {
    const auto made = t_.fresh()->connect().value()->run(
        "CREATE TABLE counters (name TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)");
    if (!made) throw std::runtime_error(made.error().message);
    wire();
  }

  void play(int turns) {
    for (int i = 0; i < turns; ++i) {
      const uint64_t queued = rng_.below(9);
      for (uint64_t n = 0; n < queued; ++n) submit();
      t_.clock().advance(seconds(rng_.below(10)));
      if (rng_.below(12) == 0) t_.clock().jump(seconds(rng_.below(7200)) - hours(1));
      fail_next_commit_ = rng_.below(6) == 0;
      (void)t_.engine().step();
      fail_next_commit_ = false;
      if (rng_.below(15) == 0) restart();
      check();
    }
  }

 private:
  // Adds one to a counter, in state and logbook; then ends in one of several ways.
  void submit() {
    const std::string name = std::string(1, static_cast<char>('a' + rng_.below(4)));
    const uint64_t end = rng_.below(8);
    const Duration later = seconds(1 + rng_.below(20));
    t_.engine().submit(
        [=, this](Tx& tx) -> Result<> {
          RETURN_IF_ERROR(add(tx, name));
          RETURN_IF_ERROR(tx.set_timer({"add", name, tx.now() + later}));
          if (end == 0) return invalid("changed its mind");
          if (end == 1) throw std::runtime_error("a bug");
          if (end == 2) (void)tx.sql().exec("INSERT INTO lease (id) VALUES (1)");
          return {};
        },
        [this, name, end](Result<> result) {
          EXPECT_TRUE(end >= 3 || !result);
          if (result) ++model_[name];
        });
  }

  static Result<> add(Tx& tx, const std::string& name) {
    RETURN_IF_ERROR(
        tx.sql().exec("INSERT INTO counters (name, n) VALUES ($1, 1) "
                      "ON CONFLICT (name) DO UPDATE SET n = counters.n + 1",
                      name));
    return tx.append({.happened = tx.now(),
                      .actor = store::system_actor("test"),
                      .kind = "counter.added",
                      .subject_kind = "counter",
                      .subject_id = name});
  }

  void wire() {
    t_.engine().on_timer("add", [this](Tx& tx, const std::string& name) -> Result<> {
      RETURN_IF_ERROR(add(tx, name));
      if (rng_.below(3) == 0) return fail(Code::kUnavailable, "not now");
      tx.after_commit([this, name] { ++model_[name]; });
      return {};
    });
    t_.faults().before = [this](std::string_view sql) -> std::optional<Error> {
      if (!fail_next_commit_ || sql != "COMMIT") return std::nullopt;
      return Error{Code::kUnavailable, "the cable"};
    };
  }

  void restart() {
    t_.restart();
    wire();
  }

  void check() {
    Model state, logged;
    const auto rows = t_.reader().query("SELECT name, n FROM counters").value();
    for (const store::Row& row : rows) state[row.text(0)] = row.integer(1);
    int64_t seq = 0;
    for (const auto& record : t_.logbook()) {
      ASSERT_EQ(record.seq, ++seq);
      if (record.entry.kind == "counter.added") ++logged[record.entry.subject_id];
    }
    ASSERT_EQ(state, model_);
    ASSERT_EQ(logged, model_);
  }

  TestEngine t_;
  SeededRng rng_;
  Model model_;
  bool fail_next_commit_ = false;
};

class EnginePropertyTest : public ::testing::TestWithParam<store::Backend> {};
INSTANTIATE_TEST_SUITE_P(Backends, EnginePropertyTest,
                         ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(EnginePropertyTest, WhatWasAnsweredIsThereAndNothingElse) {
  if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
  const uint64_t seeds = GetParam() == store::Backend::kSqlite ? 30 : 4;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    World(GetParam(), seed).play(60);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace tocsin::engine
