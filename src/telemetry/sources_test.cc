#include "telemetry/sources.h"

#include <gtest/gtest.h>

#include "net/testing/http_catcher.h"
#include "telemetry/testing/house.h"

namespace tocsin::telemetry {
namespace {

using net::testing::HttpCatcher;
using testing::House;

ScrapeJob job_at(const std::string& name, const HttpCatcher& catcher) {
  return {.job = name,
          .interval = milliseconds(50),
          .timeout = seconds(20),
          .targets = {fmt::format("127.0.0.1:{}", catcher.port())}};
}

struct Runner : House {
  Runner() { configure({}); }
  SystemClock real;
  std::unique_ptr<net::Client> client = net::Client::start(*metrics);
  std::unique_ptr<SourceRunner> runner =
      SourceRunner::make(*telemetry, *client, real, rng, log, *metrics);
};

TEST(SourceRunner, ATargetThatHangsDelaysNoOther) {
  HttpCatcher hanging, quick;
  hanging.answer_always({.stall = true});
  quick.answer_always({.body = "m 1\n"});
  Runner run;
  run.runner->use({.scrape = {job_at("hanging", hanging), job_at("quick", quick)}});
  EXPECT_TRUE(hanging.wait_for(1));
  EXPECT_TRUE(quick.wait_for(5));
  // It is not asked again while its answer is out.
  EXPECT_EQ(hanging.requests().size(), 1U);
  hanging.release();
  EXPECT_TRUE(hanging.wait_for(2));
  run.runner->stop();
}

TEST(SourceRunner, ASourceThatStaysKeepsItsStateOnReload) {
  HttpCatcher first, second;
  first.answer_always({.body = "m 1\n"});
  Runner run;
  run.runner->use({.scrape = {job_at("first", first)}});
  // The second request comes after the first answer was taken in.
  EXPECT_TRUE(first.wait_for(2));
  run.runner->use({.scrape = {job_at("first", first), job_at("second", second)}});
  const auto status = run.runner->status();
  ASSERT_EQ(status.size(), 2U);
  EXPECT_EQ(status[0].state, SourceState::kUp);
  EXPECT_TRUE(status[0].last_at);
  run.runner->use({.scrape = {job_at("second", second)}});
  EXPECT_EQ(run.runner->status().size(), 1U);
}

TEST(SourceRunner, ATargetThatIsAskedNoMoreEndsAfterAnotherInterval) {
  HttpCatcher gone, stays;
  gone.answer_always({.body = "queue_length 5\n"});
  stays.answer_always({.body = "m 1\n"});
  Runner run;
  SignalSpec queue;
  queue.name = SignalName("queue");
  queue.kind = SignalKind::kLevel;
  queue.of = {{{"__name__", Matcher::Op::kEqual, "queue_length"}}};
  std::vector<SignalSpec> specs;
  specs.push_back(std::move(queue));
  run.configure(std::move(specs));
  run.clock.jump(run.real.now() - run.clock.now());
  run.runner->use({.scrape = {job_at("gone", gone), job_at("stays", stays)}});
  EXPECT_TRUE(gone.wait_for(2));
  run.runner->use({.scrape = {job_at("stays", stays)}});
  EXPECT_EQ(run.runner->status().size(), 1U);
  // No turn comes early, so four intervals have passed with these; the end came after two.
  EXPECT_TRUE(stays.wait_for(stays.requests().size() + 5));
  run.runner->stop();
  ASSERT_TRUE(run.telemetry->flush(run.clock.now()));
  const auto streams = run.telemetry->slots(SignalName("queue"), RollupLevel::kTenSeconds, Time(),
                                            run.clock.now() + hours(1));
  for (const StreamSlots& stream : *streams) EXPECT_TRUE(stream.slots.empty());
}

TEST(SourceRunner, StopsWhileAnswersAreOut) {
  HttpCatcher hanging;
  hanging.answer_always({.stall = true});
  {
    Runner run;
    run.runner->use({.scrape = {job_at("hanging", hanging)}});
    EXPECT_TRUE(hanging.wait_for(1));
    run.runner->stop();
    run.runner->stop();
  }
  hanging.release();
}

}  // namespace
}  // namespace tocsin::telemetry
