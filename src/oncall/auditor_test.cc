#include "oncall/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oncall/page_store.h"
#include "oncall/testing.h"

namespace tocsin::oncall {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::World;

class AuditorTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    world_ = std::make_unique<World>(engine::testing::TestEngine::Options{.backend = GetParam()});
    auditor_ =
        std::make_unique<Auditor>(w().engine.engine(), w().engine.log(), w().engine.metrics());
    w().engine.settle();
  }
  World& w() { return *world_; }
  Auditor& auditor() { return *auditor_; }
  void lose_timers(const std::string& kind) {
    ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(const auto rows,
                       tx.sql().query("SELECT subject FROM timers WHERE kind = $1", kind));
      if (rows.empty()) return fail(Code::kInternal, "there is no timer " + kind);
      for (const auto& row : rows) RETURN_IF_ERROR(tx.cancel_timer(kind, row.text(0)));
      return {};
    }));
  }
  void keeps_ringing(const std::string& name, Duration every) {
    auto next = std::make_shared<catalog::Catalog>(*w().catalog);
    catalog::Person& person = next->people[catalog::PersonId(name)];
    person.urgent = {{"mail", Duration(0)}};
    person.keep_ringing = every;
    w().use(next);
  }
  // Pages of one moment that are called by one way alone, and so need no timer.
  void insert_calls(int count) {
    ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) -> Result<> {
      for (int i = 0; i < count; ++i) {
        const std::string id = fmt::format("pag_{:04}", i);
        Call call{.id = id, .person = catalog::PersonId("alan"), .service = "checkout"};
        call.plan = CallPlan{.ways = {{{.kind = catalog::Contact::Kind::kMail}, {}}}};
        call.begun = tx.now();
        call.next_way = 1;
        RETURN_IF_ERROR(insert_call(tx.sql(), call));
        Page page{.id = id, .incident_id = "inc_0", .person = call.person};
        page.created = tx.now();
        page.state = "told";
        page.call = id;
        RETURN_IF_ERROR(insert_page(tx.sql(), page));
      }
      return {};
    }));
  }
  // Timers that look put off and are never due here; their names stand before those of others.
  void insert_short_timers(int count) {
    ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) -> Result<> {
      for (int i = 0; i < count; ++i) {
        RETURN_IF_ERROR(
            tx.sql().exec("INSERT INTO timers (kind, subject, due, basis, set_at)"
                          " VALUES ('page.escalate', $1, $2, 1, $2)",
                          fmt::format("inc_0_{:04}", i), tx.now() + hours(10)));
      }
      return {};
    }));
  }
  // It fires and asks for a page.
  static Result<> insert_alert(engine::Tx& tx, const std::string& incident) {
    ASSIGN_OR_RETURN(
        const int64_t changed,
        tx.sql().exec("INSERT INTO alert (id, objective, class, fingerprint, state, severity,"
                      " service, team, labels, tiers, problem, summary, impact, runbook, links,"
                      " evidence, impact_started, started, updated, incident) VALUES ('alr_1',"
                      " 'o', 'page', 'f', 'firing', 'page', 'checkout', 'shop', '', '', '', '', '',"
                      " '', '', '', $1, $1, $1, $2)",
                      tx.now(), incident));
    return changed == 1 ? Result<>{} : fail(Code::kInternal, "not inserted");
  }

 private:
  std::unique_ptr<World> world_;
  std::unique_ptr<Auditor> auditor_;
};
INSTANTIATE_TEST_SUITE_P(Backends, AuditorTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(AuditorTest, FindsNothingWhileAllGoesItsWay) {
  EXPECT_FALSE(auditor().looked_at());
  w().start();
  w().engine.advance(hours(3));
  EXPECT_THAT(auditor().findings(), IsEmpty());
  ASSERT_TRUE(auditor().looked_at());
  EXPECT_GE(*auditor().looked_at(), w().engine.now() - Auditor::kEvery);
}

TEST_P(AuditorTest, AnEscalationWithoutATimerRingsOn) {
  w().start();
  lose_timers("page.escalate");
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), ElementsAre(HasSubstr("inc_1 rang and had no timer")));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail", "page grace mail"));
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), IsEmpty());
}

TEST_P(AuditorTest, ADeliveryWithoutATimerIsSent) {
  w().transport.script = [](const notify::Delivery&) {
    return std::optional(Result<>(fail(Code::kUnavailable, "not now")));
  };
  w().start();
  w().transport.script = [](const notify::Delivery&) { return std::optional(Result<>()); };
  lose_timers("outbox.send");
  (void)w().sent();
  w().engine.advance(Auditor::kEvery + seconds(1));
  EXPECT_THAT(auditor().findings(), ::testing::Not(IsEmpty()));
  EXPECT_THAT(w().sent(), ::testing::Not(IsEmpty()));
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), IsEmpty());
}

TEST_P(AuditorTest, ATryWithoutADeadlineIsRepeated) {
  w().transport.script = [](const notify::Delivery&) { return std::optional<Result<>>(); };
  w().start();
  lose_timers("outbox.deadline");
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), ::testing::Contains(HasSubstr("outbox.deadline")));
}

TEST_P(AuditorTest, ASnoozeWithoutATimerRingsAgain) {
  w().start();
  ASSERT_TRUE(w().snooze(minutes(30), "ada"));
  lose_timers("page.wake");
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(),
              ElementsAre(HasSubstr("inc_1 was to ring again and had no timer")));
  EXPECT_EQ(w().escalation().state, EscalationState::kRinging) << "early rather than never";
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), IsEmpty());
}

TEST_P(AuditorTest, AWayWithoutATimerIsGivenUpForTheNext) {
  w().transport.script = [](const notify::Delivery& d) -> std::optional<Result<>> {
    if (d.contact.kind == catalog::Contact::Kind::kMail) return std::nullopt;  // hangs
    return Result<>();
  };
  w().start();
  lose_timers("page.way");
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), ::testing::Contains(HasSubstr("was waited for")));
  EXPECT_THAT(w().sent(), ::testing::Contains("page ada webhook"));
}

TEST_P(AuditorTest, APersonsNextWayWithoutATimerIsBegun) {
  auto next = std::make_shared<catalog::Catalog>(*w().catalog);
  next->people[catalog::PersonId("ada")].urgent = {{"mail", Duration(0)}, {"webhook", minutes(2)}};
  w().use(next);
  w().start();
  lose_timers("page.rule");
  (void)w().sent();
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), ElementsAre(HasSubstr("was to go by its next way")));
  EXPECT_THAT(w().sent(), ElementsAre("page ada webhook"));
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), IsEmpty());
}

TEST_P(AuditorTest, RulesThatDoNotBeginAnewAreBegun) {
  keeps_ringing("ada", minutes(3));
  w().start();
  lose_timers("page.rule");
  (void)w().sent();
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), ElementsAre(HasSubstr("was to go by its next way")));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail")) << "early rather than never";
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), IsEmpty());
}

// Whose step is over is not rung anew by their rules, and needs no timer for it.
TEST_P(AuditorTest, RulesThatAreOverNeedNoTimer) {
  keeps_ringing("ada", minutes(3));
  keeps_ringing("grace", minutes(2));
  w().start();
  for (int i = 0; i < 60; ++i) {
    w().engine.advance(minutes(1));
    ASSERT_THAT(auditor().findings(), IsEmpty()) << "after " << i + 1 << " min";
  }
  ASSERT_TRUE(w().acknowledge("ada"));
  w().engine.advance(hours(1));
  EXPECT_THAT(auditor().findings(), IsEmpty());
}

// The one that lost its timer is behind many that need none.
TEST_P(AuditorTest, LooksAtEveryCallHoweverManyThereAre) {
  auto next = std::make_shared<catalog::Catalog>(*w().catalog);
  next->people[catalog::PersonId("ada")].urgent = {{"mail", Duration(0)}, {"webhook", minutes(2)}};
  w().use(next);
  insert_calls(3 * kPagesAtOnce);
  w().engine.advance(seconds(1));
  w().start();
  lose_timers("page.rule");
  (void)w().sent();
  const auto looked_before = auditor().looked_at();
  w().engine.advance(Auditor::kEvery);
  EXPECT_NE(auditor().looked_at(), looked_before);
  EXPECT_THAT(auditor().findings(), ElementsAre(HasSubstr("was to go by its next way")));
  EXPECT_THAT(w().sent(), ElementsAre("page ada webhook"));
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), IsEmpty());
}

TEST_P(AuditorTest, LooksAtSoManyPagesInOneTransaction) {
  insert_calls(2 * kPagesAtOnce + 1);
  PagePlace at = begin_of_pages(w().engine.now());
  int transactions = 0;
  for (bool is_more = true; is_more; ++transactions) {
    ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(const MendedWays mended, mend_ways(tx, at));
      EXPECT_THAT(mended.found, IsEmpty());
      is_more = mended.next.has_value();
      if (is_more) at = *mended.next;
      return {};
    }));
  }
  EXPECT_EQ(transactions, 3);
}

TEST_P(AuditorTest, ABundleWithoutATimerGoes) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) {
      auto reason = World::reason();
      reason.incident_id = fmt::format("inc_{}", i);
      return w().pager->start(tx, reason);
    }));
  }
  lose_timers("page.gather");
  (void)w().sent();
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), ElementsAre(HasSubstr("was to go and had no timer")));
  EXPECT_THAT(w().sent(), ElementsAre("page ada mail"));
}

TEST_P(AuditorTest, AnEscalationThatFailsAtEveryTryIsFound) {
  w().start();
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const int64_t changed, tx.sql().exec("UPDATE escalation SET message = '{}'"));
    return changed == 1 ? Result<>{} : fail(Code::kInternal, "not damaged");
  }));
  w().engine.advance(minutes(5) + seconds(30));
  EXPECT_THAT(auditor().findings(), IsEmpty()) << "it failed once or twice";
  w().engine.advance(minutes(2));
  EXPECT_THAT(auditor().findings(),
              ElementsAre(HasSubstr("page.escalate of inc_1 fails at every try")));
}

TEST_P(AuditorTest, OneThatFailsIsFoundBehindManyShortTimers) {
  w().start();
  insert_short_timers(1'200);
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(tx.sql().exec("UPDATE escalation SET message = '{}'"));
    return {};
  }));
  w().engine.advance(minutes(8));
  EXPECT_THAT(auditor().findings(),
              ElementsAre(HasSubstr("page.escalate of inc_1 fails at every try")));
}

TEST_P(AuditorTest, ReadsSoManyTimersInOneTransaction) {
  insert_short_timers(2 * kTimersAtOnce + 1);
  PutOffTimers all;
  std::vector<int> sizes;
  for (std::optional<TimerName> at = TimerName(); at;) {
    ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) -> Result<> {
      ASSIGN_OR_RETURN(PutOffPiece piece, put_off_timers(tx, *at));
      sizes.push_back(static_cast<int>(piece.timers.size()));
      at = piece.next;
      all.merge(piece.timers);
      return {};
    }));
  }
  EXPECT_THAT(sizes, ElementsAre(kTimersAtOnce, kTimersAtOnce, 1));
  EXPECT_EQ(all.size(), 2u * kTimersAtOnce + 1);
}

// The clock is set, and nobody was there for hours: late is not lost.
TEST_P(AuditorTest, LateTimersAreNotFailures) {
  Policy quick;
  quick.steps = {{minutes(0), {testing::person("ada")}, {}},
                 {seconds(5), {testing::person("grace")}, {}}};
  quick.repeat = 1000;
  quick.repeat_after = seconds(5);
  w().use(quick);
  w().start();
  for (const Duration by : {Duration(hours(2)), Duration(-hours(3)), Duration(hours(1))}) {
    for (int i = 0; i < 4; ++i) {
      w().engine.advance(seconds(31));
      EXPECT_THAT(auditor().findings(), IsEmpty());
    }
    w().engine.clock().jump(by);
    w().engine.settle();
    EXPECT_THAT(auditor().findings(), IsEmpty());
  }
}

TEST_P(AuditorTest, APageAlertWhoseEscalationIsSilentIsFound) {
  w().start();
  w().pause();
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) { return insert_alert(tx, "inc_1"); }));
  w().engine.advance(Auditor::kGrace + Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), ElementsAre(HasSubstr("its escalation is paused")));
  w().start();
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), IsEmpty());
}

TEST_P(AuditorTest, APageAlertThatNobodyIsRungForIsFound) {
  ASSERT_TRUE(w().in_tx([&](engine::Tx& tx) { return insert_alert(tx, ""); }));
  w().engine.advance(Auditor::kGrace);
  EXPECT_THAT(auditor().findings(), IsEmpty());
  w().engine.advance(Auditor::kEvery);
  EXPECT_THAT(auditor().findings(), ElementsAre(HasSubstr("alr_1 of checkout")));
  EXPECT_THAT(w().engine.errors(), ::testing::Contains(HasSubstr("alr_1")));
}

}  // namespace
}  // namespace tocsin::oncall
