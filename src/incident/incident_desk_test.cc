#include "incident/incident_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/alert_store.h"
#include "incident/incident_text.h"
#include "incident/testing.h"

namespace tocsin::incident {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::House;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class IncidentDeskTest : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    house_ = std::make_unique<House>(engine::testing::TestEngine::Options{.backend = GetParam()});
  }
  House& h() { return *house_; }
  std::vector<std::string> sent() { return h().world.sent(); }
  std::vector<std::string> kinds() { return h().world.engine.kinds(); }

 private:
  std::unique_ptr<House> house_;
};
INSTANTIATE_TEST_SUITE_P(Backends, IncidentDeskTest,
                         ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(IncidentDeskTest, PageAlertOpensAnIncidentAndRings) {
  h().fires("fast");
  EXPECT_THAT(sent(), ElementsAre("page ada mail"));
  const Incident i = h().newest();
  EXPECT_EQ(i.number, 1);
  EXPECT_EQ(i.state, State::kTriage);
  EXPECT_EQ(i.severity, 1);
  EXPECT_EQ(i.title, "checkout: customers cannot pay");
  EXPECT_THAT(i.impact, HasSubstr("1,204 of 3,170 requests failed"));
  EXPECT_EQ(i.times.impact_started, h().now() - seconds(90));
  EXPECT_EQ(i.times.detected, h().now());
  EXPECT_EQ(i.times.paged, h().now());
  EXPECT_EQ(i.times.declared, h().now());
  EXPECT_FALSE(i.times.acknowledged);
  const auto& message = h().world.transport.sent()[0].message;
  EXPECT_EQ(message.title, "SEV-1 checkout: customers cannot pay");
  EXPECT_EQ(message.severity, "SEV-1");
  EXPECT_THAT(message.first_step, HasSubstr("https://runbooks.shop.test/checkout"));
  EXPECT_EQ(message.links[0].url, "https://tocsin.shop.test/incidents/1");
}

TEST_P(IncidentDeskTest, SecondAlertOfTheServiceJoinsAndRingsNobodyElse) {
  h().fires("fast");
  h().fires("fast", "checkout-latency");
  EXPECT_THAT(sent(), ElementsAre("page ada mail"));
  EXPECT_THAT(h().all(), SizeIs(1));
  EXPECT_THAT(*alert::alerts_of_incident(h().world.engine.reader(), h().newest().id), SizeIs(2));
  EXPECT_THAT(kinds(), Contains("incident.alert_joined"));
}

TEST_P(IncidentDeskTest, ServicesHaveIncidentsOfTheirOwn) {
  h().fires("fast");
  h().fires("page-1h", "stock-availability");
  const auto all = h().all();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].number, 2);
  EXPECT_EQ(all[0].service.value(), "stock");
  EXPECT_EQ(all[0].severity, 3) << "internal, tier 3, 38% fail";
}

TEST_P(IncidentDeskTest, TicketStandsAloneOrJoinsWithoutRinging) {
  h().fires("ticket-3d", "stock-availability");
  EXPECT_THAT(h().all(), IsEmpty());
  h().fires("fast");
  h().fires("ticket-3d");
  EXPECT_THAT(sent(), ElementsAre("page ada mail"));
  EXPECT_THAT(*alert::alerts_of_incident(h().world.engine.reader(), h().newest().id), SizeIs(2));
}

TEST_P(IncidentDeskTest, AcknowledgementIsInvestigating) {
  h().fires("fast");
  h().advance(seconds(40));
  ASSERT_TRUE(h().acknowledge(h().newest().id));
  const Incident i = h().newest();
  EXPECT_EQ(i.state, State::kInvestigating);
  EXPECT_EQ(i.who_has_it, "user:ada");
  EXPECT_EQ(i.times.acknowledged, h().now());
  EXPECT_THAT(kinds(), Contains("incident.acknowledged"));
}

TEST_P(IncidentDeskTest, RecoveryIsMonitoredResolvedAndTold) {
  h().fires("fast");
  ASSERT_TRUE(h().acknowledge(h().newest().id));
  h().advance(minutes(10));
  (void)sent();
  h().clears("fast");
  const Time clean = h().now();
  h().advance(seconds(59));
  EXPECT_EQ(h().newest().state, State::kInvestigating);
  h().advance(seconds(1));
  EXPECT_EQ(h().newest().state, State::kMonitoring);
  EXPECT_EQ(h().newest().times.mitigated, clean);
  h().advance(minutes(5) - seconds(1));
  EXPECT_EQ(h().newest().state, State::kMonitoring);
  EXPECT_THAT(sent(), IsEmpty());
  h().advance(seconds(1));
  EXPECT_EQ(h().newest().state, State::kResolved);
  EXPECT_EQ(h().newest().times.resolved, h().now());
  EXPECT_THAT(sent(), ElementsAre("recovery ada mail"));
  EXPECT_THAT(h().world.transport.sent().back().message.impact, HasSubstr("Over: 1,204 of 3,170"));
}

TEST_P(IncidentDeskTest, RingingEndsWithTheAlert) {
  h().fires("fast");
  h().advance(minutes(1));
  h().clears("fast");
  (void)sent();
  h().advance(minutes(5) + seconds(59));
  EXPECT_THAT(sent(), IsEmpty());
  h().advance(seconds(1));
  EXPECT_THAT(sent(), ElementsAre("recovery ada mail"));
}

TEST_P(IncidentDeskTest, RecoveryWaitsForEveryPageAlertButForNoTicket) {
  h().fires("fast");
  h().fires("fast", "checkout-latency");
  h().fires("ticket-3d");
  h().clears("fast");
  h().advance(minutes(4));
  EXPECT_EQ(h().newest().state, State::kTriage);
  h().clears("fast", "checkout-latency");
  h().advance(minutes(6));
  EXPECT_EQ(h().newest().state, State::kResolved);
}

TEST_P(IncidentDeskTest, AlertInBetweenStartsTheVerificationAnew) {
  h().fires("fast");
  ASSERT_TRUE(h().acknowledge(h().newest().id));
  h().clears("fast");
  h().advance(seconds(50));
  h().fires("fast");
  h().advance(minutes(2));
  EXPECT_EQ(h().newest().state, State::kInvestigating);
  h().clears("fast");
  h().advance(seconds(59));
  EXPECT_EQ(h().newest().state, State::kInvestigating);
  h().advance(seconds(1));
  EXPECT_EQ(h().newest().state, State::kMonitoring);
}

TEST_P(IncidentDeskTest, RelapseGoesBackToInvestigatingWithoutRingingWhoJustHadIt) {
  h().fires("fast");
  ASSERT_TRUE(h().acknowledge(h().newest().id));
  h().clears("fast");
  h().advance(minutes(2));
  ASSERT_EQ(h().newest().state, State::kMonitoring);
  (void)sent();
  h().fires("fast");
  EXPECT_EQ(h().newest().state, State::kInvestigating);
  EXPECT_FALSE(h().newest().times.mitigated);
  EXPECT_THAT(kinds(), Contains("incident.relapsed"));
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(h().all(), SizeIs(1));
}

TEST_P(IncidentDeskTest, RelapseLongAfterTheAcknowledgementRingsAgain) {
  h().fires("fast");
  ASSERT_TRUE(h().acknowledge(h().newest().id));
  h().advance(hours(1));
  h().clears("fast");
  h().advance(minutes(2));
  (void)sent();
  h().fires("fast");
  EXPECT_THAT(sent(), ElementsAre("page ada mail"));
}

TEST_P(IncidentDeskTest, RelapseThatNobodyHadTakenGoesOnRinging) {
  h().fires("fast");
  h().clears("fast");
  h().advance(minutes(2));
  (void)sent();
  h().fires("fast");
  h().advance(minutes(5));
  EXPECT_THAT(sent(), ElementsAre("page grace mail"));
}

TEST_P(IncidentDeskTest, FiringSoonAfterTheEndIsANewIncidentThatNamesTheOld) {
  h().fires("fast");
  h().clears("fast");
  h().advance(minutes(6));
  const std::string first = h().newest().id;
  h().advance(minutes(5));
  h().fires("fast");
  EXPECT_EQ(h().newest().number, 2);
  EXPECT_EQ(h().newest().follows, first);
  h().clears("fast");
  h().advance(hours(1));
  h().fires("fast");
  EXPECT_EQ(h().newest().number, 3);
  EXPECT_EQ(h().newest().follows, "");
}

TEST_P(IncidentDeskTest, PersonMovesItOnWithANote) {
  h().fires("fast");
  const std::string id = h().newest().id;
  ASSERT_TRUE(h().move(id, State::kIdentified, "the pool is too small"));
  EXPECT_EQ(h().newest().state, State::kIdentified);
  const auto last = h().world.engine.logbook().back();
  EXPECT_EQ(last.entry.kind, "incident.moved");
  EXPECT_EQ(last.entry.actor.to_text(), "user:ada");
  EXPECT_EQ(last.entry.data.at("note").as_string(), "the pool is too small");
}

TEST_P(IncidentDeskTest, ResolvingByHandIsRefusedWhileAlertsFire) {
  h().fires("fast");
  const std::string id = h().newest().id;
  EXPECT_EQ(h().move(id, State::kResolved).error().code, Code::kFailedPrecondition);
  h().clears("fast");
  ASSERT_TRUE(h().move(id, State::kResolved));
  EXPECT_EQ(h().newest().times.resolved, h().now());
  EXPECT_THAT(sent(), Contains("recovery ada mail"));
  h().advance(hours(1));
  EXPECT_THAT(sent(), IsEmpty());
  ASSERT_TRUE(h().move(id, State::kClosed));
  EXPECT_EQ(h().newest().state, State::kClosed);
}

TEST_P(IncidentDeskTest, WhoDoubtsTheRecoveryStopsTheVerification) {
  h().fires("fast");
  h().clears("fast");
  h().advance(minutes(2));
  ASSERT_TRUE(h().move(h().newest().id, State::kInvestigating, "graphs still look odd"));
  h().advance(hours(2));
  EXPECT_EQ(h().newest().state, State::kInvestigating);
  ASSERT_TRUE(h().move(h().newest().id, State::kMonitoring));
  h().advance(minutes(5));
  EXPECT_EQ(h().newest().state, State::kResolved);
}

TEST_P(IncidentDeskTest, MonitoringByHandStillGetsTheWholeVerification) {
  h().fires("fast");
  ASSERT_TRUE(h().move(h().newest().id, State::kMonitoring));
  h().advance(minutes(20));
  EXPECT_EQ(h().newest().state, State::kMonitoring) << "the alert fires";
  h().clears("fast");
  h().advance(minutes(6) - seconds(1));
  EXPECT_EQ(h().newest().state, State::kMonitoring);
  h().advance(seconds(1));
  EXPECT_EQ(h().newest().state, State::kResolved);
}

TEST_P(IncidentDeskTest, DeclinedIncidentRingsNobodyAndSaysWhoDeclined) {
  h().fires("fast");
  ASSERT_TRUE(h().move(h().newest().id, State::kDeclined, "load test"));
  (void)sent();
  h().advance(hours(3));
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(h().world.transport.sent().back().message.title, HasSubstr("Declined by user:ada"));
  EXPECT_EQ(h().acknowledge(h().newest().id).error().code, Code::kFailedPrecondition);
}

TEST_P(IncidentDeskTest, SeverityOnlyRisesByItselfAndStaysWhereAPersonPutsIt) {
  auto mild = alert::testing::fires("checkout-availability", "page-6h", h().now());
  mild.evidence.bad_short = 2;
  mild.evidence.failed_since_start = 20;
  h().say(mild);
  EXPECT_EQ(h().newest().severity, 2);
  h().fires("fast");
  EXPECT_EQ(h().newest().severity, 1);
  EXPECT_THAT(kinds(), Contains("incident.severity_set"));
  const std::string id = h().newest().id;
  ASSERT_TRUE(h().world.in_tx(
      [&](engine::Tx& tx) { return h().incidents->set_severity(tx, id, 4, House::ada()); }));
  h().fires("page-1h");
  EXPECT_EQ(h().newest().severity, 4);
  const auto refused = h().world.in_tx(
      [&](engine::Tx& tx) { return h().incidents->set_severity(tx, id, 6, House::ada()); });
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
}

TEST_P(IncidentDeskTest, NotesAreInTheTimeline) {
  h().fires("fast");
  const std::string id = h().newest().id;
  ASSERT_TRUE(h().world.in_tx([&](engine::Tx& tx) {
    return h().incidents->add_note(tx, id, "restarted the pool", House::ada());
  }));
  const auto timeline = store::read_incident_logbook(h().world.engine.reader(), id, 100);
  ASSERT_TRUE(timeline);
  std::vector<std::string> names;
  for (const auto& record : *timeline) names.push_back(record.entry.kind);
  EXPECT_THAT(names, Contains("alert.fired"));
  EXPECT_THAT(names, Contains("page.rung"));
  EXPECT_THAT(names, Contains("delivery.sent"));
  EXPECT_EQ(names.back(), "incident.noted");
}

TEST_P(IncidentDeskTest, UnknownIncidentIsNotFound) {
  EXPECT_EQ(h().acknowledge("inc_none").error().code, Code::kNotFound);
  EXPECT_EQ(h().move("inc_none", State::kMitigating).error().code, Code::kNotFound);
}

TEST_P(IncidentDeskTest, NoDataOfTheMostImportantServicePages) {
  h().say(alert::testing::change("checkout-availability", "no-data", slo::TierState::kNoData,
                                 h().now()));
  EXPECT_THAT(sent(), ElementsAre("page ada mail"));
  EXPECT_EQ(h().newest().severity, 3);
  h().say(
      alert::testing::change("stock-availability", "no-data", slo::TierState::kNoData, h().now()));
  EXPECT_THAT(h().all(), SizeIs(1));
}

TEST_P(IncidentDeskTest, CrashDuringTheVerificationDoesNotEndIt) {
  h().fires("fast");
  h().clears("fast");
  h().advance(minutes(3));
  h().crash();
  h().advance(minutes(3));
  EXPECT_EQ(h().newest().state, State::kResolved);
}

TEST(TurnLine, TellsWhoComesWhatBecameOfAnIncident) {
  Incident one;
  one.number = 12;
  one.title = "checkout: customers cannot pay";
  one.severity = 1;
  one.state = State::kInvestigating;
  one.opened = Time() + hours(10);
  EXPECT_EQ(turn_line(one),
            "#12 SEV-1 checkout: customers cannot pay: investigating, nobody had it");
  EXPECT_TRUE(was_open_in(one, Time() + hours(20), Time() + hours(30))) << "it still is";
  EXPECT_FALSE(was_open_in(one, Time(), Time() + hours(10)));
  one.state = State::kResolved;
  one.who_has_it = "link:ada";
  one.times.resolved = Time() + hours(12);
  EXPECT_EQ(turn_line(one), "#12 SEV-1 checkout: customers cannot pay: resolved, ada had it");
  EXPECT_TRUE(was_open_in(one, Time() + hours(11), Time() + hours(30)));
  EXPECT_FALSE(was_open_in(one, Time() + hours(13), Time() + hours(30)));
}

}  // namespace
}  // namespace tocsin::incident
