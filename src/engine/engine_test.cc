#include "engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "engine/testing.h"

namespace tocsin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using testing::TestEngine;
using ::testing::ValuesIn;

store::LogbookEntry entry(std::string kind) {
  return {.happened = Time(),
          .actor = store::system_actor("test"),
          .kind = std::move(kind),
          .subject_kind = "thing",
          .subject_id = "1"};
}

Command append(std::string kind) {
  return [kind](Tx& tx) { return tx.append(entry(kind)); };
}

class EngineTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    make({});
  }
  void make(EngineOptions options) {
    t_.emplace(TestEngine::Options{.backend = GetParam(), .engine = options});
  }
  TestEngine& t() { return *t_; }
  Engine& engine() { return t_->engine(); }

  // Queues it and notes how it ended.
  void submit(Command command, Turn turn = Turn::kInOrder) {
    const size_t at = results_.size();
    results_.emplace_back();
    engine().submit(turn, std::move(command),
                    [this, at](Result<> r) { results_[at] = std::move(r); });
  }
  std::vector<int64_t> seqs() {
    std::vector<int64_t> seqs;
    for (const auto& record : t().logbook()) seqs.push_back(record.seq);
    return seqs;
  }
  int64_t pending_timers() {
    return t().reader().query("SELECT count(*) FROM timers").value().at(0).integer(0);
  }

  std::optional<TestEngine> t_;
  std::vector<std::optional<Result<>>> results_;
};
INSTANTIATE_TEST_SUITE_P(Backends, EngineTest, ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(EngineTest, CommitsQueuedCommandsTogetherInTheirOrder) {
  for (const char* kind : {"a", "b", "c"}) submit(append(kind));
  EXPECT_FALSE(results_[0].has_value()) << "nothing happens before the step";
  EXPECT_EQ(engine().step(), true);
  EXPECT_THAT(t().kinds(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(seqs(), ElementsAre(1, 2, 3));
  for (const auto& result : results_) EXPECT_TRUE(result.value());
  EXPECT_EQ(t().metrics().counter("tocsin_engine_commits_total", "").value(), 1u);
  EXPECT_EQ(engine().step(), false) << "then there is nothing to do";
}

TEST_P(EngineTest, AFailingCommandDoesNotDisturbItsNeighbours) {
  submit(append("a"));
  submit([](Tx& tx) -> Result<> {
    RETURN_IF_ERROR(tx.append(entry("lost")));
    RETURN_IF_ERROR(tx.set_timer({"x", "y", tx.now() + hours(1)}));
    return fail(Code::kFailedPrecondition, "the page is answered already");
  });
  submit(append("b"));
  EXPECT_EQ(engine().step(), true);
  EXPECT_TRUE(results_[0].value());
  EXPECT_EQ(results_[1].value().error().message, "the page is answered already");
  EXPECT_TRUE(results_[2].value());
  EXPECT_THAT(t().kinds(), ElementsAre("a", "b"));
  EXPECT_THAT(seqs(), ElementsAre(1, 2)) << "no gap where the failed one was";
  EXPECT_EQ(pending_timers(), 0);
}

TEST_P(EngineTest, AnExceptionFailsItsCommandAloneAndIsLogged) {
  submit(append("a"));
  submit([](Tx& tx) -> Result<> {
    RETURN_IF_ERROR(tx.append(entry("lost")));
    throw std::logic_error("index out of range");
  });
  submit([](Tx&) -> Result<> { throw 42; });
  submit(append("b"));
  EXPECT_EQ(engine().step(), true);
  EXPECT_EQ(results_[1].value().error().code, Code::kInternal);
  EXPECT_THAT(results_[1].value().error().message, HasSubstr("index out of range"));
  EXPECT_EQ(results_[2].value().error().code, Code::kInternal);
  EXPECT_THAT(t().kinds(), ElementsAre("a", "b"));
  EXPECT_THAT(t().errors(), ElementsAre(HasSubstr("index out of range"), HasSubstr("exception")));
}

TEST_P(EngineTest, ACommandThatHidesAFailedStatementFails) {
  submit(append("a"));
  submit([](Tx& tx) -> Result<> {
    RETURN_IF_ERROR(tx.append(entry("lost")));
    EXPECT_EQ(tx.sql()
                  .exec("INSERT INTO lease (id, epoch, holder, acquired_at) "
                        "VALUES (1, 1, '', 1)")
                  .error()
                  .code,
              Code::kAlreadyExists);
    EXPECT_EQ(tx.append(entry("after")).error().code, Code::kAborted);
    return {};
  });
  submit([](Tx& tx) { return tx.sql().run("COMMIT"); });
  submit(append("b"));
  EXPECT_EQ(engine().step(), true);
  EXPECT_EQ(results_[1].value().error().code, Code::kAlreadyExists);
  EXPECT_THAT(results_[2].value().error().message, HasSubstr("may not run a script"));
  EXPECT_THAT(t().kinds(), ElementsAre("a", "b"));
}

TEST_P(EngineTest, EffectsRunAfterTheCommitAndOnlyThen) {
  std::vector<std::string> order;
  engine().on_commit([&](int64_t seq) { order.push_back("seq " + std::to_string(seq)); });
  engine().submit(
      [&](Tx& tx) {
        order.push_back("command");
        tx.after_commit([&] { order.push_back("effect"); });
        return tx.append(entry("a"));
      },
      [&](Result<> result) { order.push_back(result ? "done" : "failed"); });
  submit([&](Tx& tx) -> Result<> {
    tx.after_commit([&] { order.push_back("never"); });
    return invalid("no");
  });
  EXPECT_EQ(engine().step(), true);
  EXPECT_THAT(order, ElementsAre("command", "effect", "seq 1", "done"));
}

TEST_P(EngineTest, ACommitWithoutEntriesTellsNoListener) {
  int calls = 0;
  engine().on_commit([&](int64_t) { ++calls; });
  ASSERT_TRUE(t().run([](Tx& tx) { return tx.set_timer({"x", "y", tx.now() + hours(1)}); }));
  EXPECT_EQ(calls, 0);
}

TEST_P(EngineTest, AnExceptionInAnEffectDoesNotStopTheRest) {
  bool told = false;
  engine().submit(
      [](Tx& tx) -> Result<> {
        tx.after_commit([] { throw std::runtime_error("socket closed"); });
        return tx.append(entry("a"));
      },
      [&](Result<> result) { told = result.has_value(); });
  EXPECT_EQ(engine().step(), true);
  EXPECT_TRUE(told);
  EXPECT_THAT(t().errors(), ElementsAre(HasSubstr("socket closed")));
}

TEST_P(EngineTest, ACommandMaySubmitAnother) {
  ASSERT_TRUE(t().run([&](Tx& tx) {
    tx.after_commit([&] { submit(append("second")); });
    return tx.append(entry("first"));
  }));
  EXPECT_THAT(t().kinds(), ElementsAre("first", "second"));
}

TEST_P(EngineTest, IdsHaveTheirPrefixAndDiffer) {
  std::string first, second;
  ASSERT_TRUE(t().run([&](Tx& tx) -> Result<> {
    first = tx.new_id("inc");
    second = tx.new_id("inc");
    return {};
  }));
  EXPECT_THAT(first, StartsWith("inc_"));
  EXPECT_EQ(first.size(), 4 + 16u);
  EXPECT_NE(first, second);
}

TEST_P(EngineTest, RefusesCommandsPastTheQueuesLimit) {
  make({.max_queue = 2});
  submit(append("a"));
  submit(append("b"));
  submit(append("c"));
  ASSERT_TRUE(results_[2].has_value()) << "told at once";
  EXPECT_EQ(results_[2]->error().code, Code::kResourceExhausted);
  t().settle();
  EXPECT_THAT(t().kinds(), ElementsAre("a", "b"));
}

TEST_P(EngineTest, AFullQueueTakesSeveralCommits) {
  make({.max_batch = 4});
  for (int i = 0; i < 10; ++i) submit(append("a"));
  EXPECT_EQ(engine().step(), true);
  EXPECT_EQ(seqs().size(), 4u);
  t().settle();
  EXPECT_EQ(seqs().size(), 10u);
  EXPECT_EQ(t().metrics().counter("tocsin_engine_commits_total", "").value(), 3u);
}

TEST_P(EngineTest, WhatGoesFirstDoesNotWaitForWhatCameBefore) {
  for (const char* kind : {"a", "b"}) submit(append(kind));
  for (const char* kind : {"answer 1", "answer 2"}) submit(append(kind), Turn::kFirst);
  t().settle();
  EXPECT_THAT(t().kinds(), ElementsAre("answer 1", "answer 2", "a", "b"));
}

TEST_P(EngineTest, AFullQueueRefusesNothingThatGoesFirst) {
  make({.max_queue = 2});
  for (const char* kind : {"a", "b", "c"}) submit(append(kind));
  for (const char* kind : {"answer 1", "answer 2", "answer 3"}) {
    submit(append(kind), Turn::kFirst);
  }
  ASSERT_TRUE(results_[5].has_value()) << "this queue has an end as well";
  EXPECT_EQ(results_[5]->error().code, Code::kResourceExhausted);
  t().settle();
  EXPECT_THAT(t().kinds(), ElementsAre("answer 1", "answer 2", "a", "b"));
}

TEST_P(EngineTest, WhatGoesFirstLeavesTheOthersHalfOfABatch) {
  make({.max_batch = 4});
  for (int i = 0; i < 3; ++i) submit(append("a"));
  for (int i = 0; i < 5; ++i) submit(append("answer"), Turn::kFirst);
  EXPECT_EQ(engine().step(), true);
  EXPECT_THAT(t().kinds(), ElementsAre("answer", "answer", "a", "a"));
  EXPECT_EQ(engine().step(), true);
  EXPECT_EQ(engine().step(), true);
  EXPECT_EQ(seqs().size(), 8u);
}

TEST_P(EngineTest, StopFinishesTheQueueAndRefusesWhatComesAfter) {
  submit(append("a"));
  submit(append("answer"), Turn::kFirst);
  engine().stop(seconds(5));
  EXPECT_TRUE(results_[0].value());
  EXPECT_TRUE(results_[1].value());
  submit(append("b"));
  submit(append("answer"), Turn::kFirst);
  EXPECT_EQ(results_[2].value().error().code, Code::kUnavailable);
  EXPECT_EQ(results_[3].value().error().code, Code::kUnavailable);
}

TEST_P(EngineTest, StopWithoutPatienceTellsThoseWhoWait) {
  submit(append("a"));
  engine().stop(seconds(0));
  EXPECT_EQ(results_[0].value().error().code, Code::kUnavailable);
  EXPECT_THAT(t().kinds(), IsEmpty());
}

TEST_P(EngineTest, ANewEngineGoesOnWithNumbersAndTimers) {
  ASSERT_TRUE(t().run([](Tx& tx) -> Result<> {
    RETURN_IF_ERROR(tx.append(entry("a")));
    return tx.set_timer({"ring", "1", tx.now() + minutes(5)});
  }));
  const int64_t epoch = t().reader().query("SELECT epoch FROM lease").value().at(0).integer(0);
  submit(append("not yet written"));
  t().restart();
  EXPECT_EQ(t().reader().query("SELECT epoch FROM lease").value().at(0).integer(0), epoch + 1);
  EXPECT_EQ(engine().next_due().value(), t().now() + minutes(5));
  engine().on_timer("ring", [](Tx& tx, const std::string&) { return tx.append(entry("rang")); });
  t().advance(minutes(5));
  EXPECT_THAT(t().kinds(), ElementsAre("a", "rang"));
  EXPECT_THAT(seqs(), ElementsAre(1, 2));
}

TEST_P(EngineTest, AFailedCommitFailsAllOfItsBatch) {
  int effects = 0;
  t().faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (sql != "COMMIT") return std::nullopt;
    return Error{Code::kResourceExhausted, "disk is full"};
  };
  submit([&](Tx& tx) {
    tx.after_commit([&] { ++effects; });
    return tx.append(entry("a"));
  });
  submit([](Tx&) -> Result<> { return invalid("its own mistake"); });
  const auto stepped = engine().step();
  ASSERT_FALSE(stepped);
  EXPECT_EQ(stepped.error().code, Code::kResourceExhausted);
  EXPECT_EQ(results_[0].value().error().message, "disk is full");
  EXPECT_EQ(results_[1].value().error().message, "its own mistake");
  EXPECT_EQ(effects, 0);
  EXPECT_EQ(engine().lost(), std::nullopt) << "the next one may succeed";

  t().faults().before = {};
  ASSERT_TRUE(t().run(append("b")));
  EXPECT_THAT(t().kinds(), ElementsAre("b"));
  EXPECT_THAT(seqs(), ElementsAre(1)) << "the failed commit used no number";
}

TEST_P(EngineTest, ABrokenSavepointFailsTheBatchAndNotTheEngine) {
  t().faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (!sql.starts_with("ROLLBACK TO")) return std::nullopt;
    return Error{Code::kUnavailable, "connection lost"};
  };
  submit(append("a"));
  submit([](Tx& tx) -> Result<> {
    RETURN_IF_ERROR(tx.append(entry("x")));
    return invalid("no");
  });
  submit(append("b"));
  EXPECT_FALSE(engine().step());
  for (const auto& result : results_) EXPECT_FALSE(result.value());
  t().faults().before = {};
  EXPECT_THAT(t().kinds(), IsEmpty());
  ASSERT_TRUE(t().run(append("c")));
  EXPECT_THAT(seqs(), ElementsAre(1));
}

TEST_P(EngineTest, StopsForGoodWhenNobodyKnowsWhatBecameOfACommit) {
  std::vector<std::string> lost;
  engine().on_lost([&](const Error& error) { lost.push_back(error.message); });
  t().faults().after = [](std::string_view sql) -> std::optional<Error> {
    if (sql != "COMMIT") return std::nullopt;
    return Error{Code::kUnknown, "the answer to COMMIT was lost"};
  };
  submit(append("a"));
  EXPECT_FALSE(engine().step());
  EXPECT_EQ(results_[0].value().error().code, Code::kUnknown);
  EXPECT_THAT(lost, ElementsAre("the answer to COMMIT was lost"));
  t().faults().after = {};
  submit(append("b"));
  EXPECT_EQ(results_[1].value().error().code, Code::kUnknown);
  EXPECT_FALSE(engine().step());
  EXPECT_EQ(lost.size(), 1u) << "told once";

  t().restart();
  ASSERT_TRUE(t().run(append("c")));
  EXPECT_THAT(t().kinds(), ElementsAre("a", "c")) << "it had happened";
  EXPECT_THAT(seqs(), ElementsAre(1, 2));
}

TEST_P(EngineTest, RunOnTheWritersOwnThreadIsABug) {
  EXPECT_DEATH((void)t().run([&](Tx&) { return engine().run(append("a")); }),
               "would wait for itself");
}

TEST_P(EngineTest, SeveralLinesAreNumberedAndTakenBackTogether) {
  const auto lines = [](Tx& tx) {
    const store::LogbookLine line{Time(), "a", "thing", "1", "", "{}"};
    const std::vector<store::LogbookLine> three(3, line);
    return tx.append(store::system_actor("test"), three);
  };
  submit([&](Tx& tx) -> Result<> {
    RETURN_IF_ERROR(lines(tx));
    return invalid("no");
  });
  int64_t last = 0;
  submit([&](Tx& tx) -> Result<> {
    RETURN_IF_ERROR(lines(tx));
    last = tx.last_seq();
    return {};
  });
  submit(append("b"));
  ASSERT_TRUE(engine().step());
  EXPECT_EQ(last, 3);
  EXPECT_THAT(seqs(), ElementsAre(1, 2, 3, 4));
}

}  // namespace
}  // namespace tocsin::engine
