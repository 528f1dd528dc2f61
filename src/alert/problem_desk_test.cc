#include "alert/problem_desk.h"
#include "alert/history_store.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "alert/alert_desk.h"
#include "alert/testing.h"
#include "engine/testing.h"

namespace tocsin::alert {
namespace {

using catalog::ServiceId;
using routing::Labels;
using routing::PostedAlert;

// What the room below hears: every firing alert gets the incident of its service.
struct Below final : AlertListener {
  Result<> on_fired(engine::Tx&, Alert& alert) override {
    alert.incident = "inc_" + alert.service.value();
    fired.push_back(alert);
    return {};
  }
  Result<> on_changed(engine::Tx&, const Alert& alert) override {
    changed.push_back(alert);
    return {};
  }
  Result<> on_resolved(engine::Tx&, const Alert& alert) override {
    resolved.push_back(alert);
    return {};
  }
  std::vector<Alert> fired, changed, resolved;
};

// Checkout depends on stock; both of team shop.
class House {
 public:
  explicit House(store::Backend backend = store::Backend::kSqlite, uint64_t seed = 1)
      : t({.backend = backend, .seed = seed}) {
    catalog->services[ServiceId("checkout")].depends_on = {ServiceId("stock")};
    catalog->services[ServiceId("stock")].runbook = "https://runbooks.shop.test/stock";
    open();
  }
  ~House() { close(); }

  PostedAlert alert(const std::string& name, const std::string& service,
                    const std::string& severity = "page", const std::string& kind = "") const {
    PostedAlert a;
    a.labels = Labels::of(
        {{"alertname", name}, {"service", service}, {"severity", severity}, {"kind", kind}});
    a.annotations = Labels::of({{"summary", name + " is high"}, {"impact", "Users wait"}});
    a.starts = t.now();
    a.ends = t.now() + hours(1000);  // longer than a test: a restart gives it that long again
    a.updated = t.now();
    return a;
  }
  void put(PostedAlert a) {
    ASSERT_TRUE(book->put({std::move(a)}));
    settle();
  }
  void fires(const std::string& name, const std::string& service,
             const std::string& severity = "page", const std::string& kind = "") {
    put(alert(name, service, severity, kind));
  }
  // So many more, each a problem of its own: by then their names are what correlates.
  void flood(int count, const std::string& service) {
    policy.correlate = {{"same name", {}, {"alertname"}}};
    desk->use(catalog, policy);
    advance(minutes(1));
    std::vector<PostedAlert> others;
    for (int i = 0; i < count; ++i) others.push_back(alert("Other" + std::to_string(i), service));
    ASSERT_TRUE(book->put(others));
    settle();
  }
  void ends(const std::string& name, const std::string& service,
            const std::string& severity = "page", const std::string& kind = "") {
    PostedAlert a = alert(name, service, severity, kind);
    a.ends = t.now();
    put(std::move(a));
  }
  void burns(const std::string& objective) {
    alerts->on_change(testing::fires(objective, "fast", t.now()));
    settle();
  }
  void heals(const std::string& objective) {
    alerts->on_change(testing::clears(objective, "fast", t.now()));
    settle();
  }
  void settle() {
    t.settle();
    for (int i = 0; i < 20; ++i) {
      const size_t before = t.logbook().size();
      desk->step();
      t.settle();
      if (t.logbook().size() == before && i > 0) return;
    }
    FAIL() << "the desk does not come to rest";
  }
  void advance(Duration by) {
    t.advance(by);
    book->expire(t.now(), [](uint64_t) { return true; });
    settle();
  }
  void crash() {
    close();
    t.restart();
    open();
    settle();
  }
  std::vector<Alert> firing() { return list_alerts(t.reader(), Which::kFiring, 100).value(); }
  std::vector<AlertSource> sources(const std::string& alert) {
    return sources_of_alert(t.reader(), alert, 100).value();
  }
  uint64_t fingerprint(const std::string& name, const std::string& service,
                       const std::string& severity = "page", const std::string& kind = "") const {
    return alert(name, service, severity, kind).fingerprint();
  }
  Result<> split(const std::string& alert, uint64_t fingerprint) {
    auto done =
        t.run([&](engine::Tx& tx) { return desk->split(tx, alert, fingerprint, {"user", "ada"}); });
    settle();
    return done;
  }
  void open() {
    auto& e = t.engine();
    book = std::make_unique<PostedBook>(PostedBook::Parts{e, t.clock(), t.log(), t.metrics()},
                                        PostedBook::Limits{});
    ASSERT_TRUE(book->load(t.reader()));
    desk = std::make_unique<ProblemDesk>(
        ProblemDesk::Parts{e, *book,
                           [this](const PostedAlert& a, Time) {
                             looked_at.emplace(a.labels.get("alertname"));
                             return silenced.contains(std::string(a.labels.get("alertname")));
                           },
                           t.clock(), t.log(), t.metrics(), "https://tocsin.shop.test"});
    desk->listen(below);
    book->listen(*desk);
    desk->use(catalog, policy);
    ASSERT_TRUE(desk->load(t.reader()));
    alerts = std::make_unique<AlertDesk>(
        AlertDesk::Parts{e, t.log(), t.metrics(), "https://tocsin.shop.test"});
    alerts->listen(*desk);
    alerts->use(catalog, testing::small_objectives());
    t.settle();
  }
  void close() {
    t.engine().stop(Duration(0));
    alerts.reset();
    desk.reset();
    book.reset();
  }

  engine::testing::TestEngine t;
  std::shared_ptr<catalog::Catalog> catalog = testing::small_catalog();
  PostedPolicy policy = PostedPolicy::defaults();
  std::set<std::string> silenced;
  std::set<std::string> looked_at;
  Below below;
  std::unique_ptr<PostedBook> book;
  std::unique_ptr<ProblemDesk> desk;
  std::unique_ptr<AlertDesk> alerts;
};

class ProblemDeskTest : public ::testing::Test {
 protected:
  House house_;
};

TEST_F(ProblemDeskTest, PostedAlertThatAsksForAPageBecomesAnAlert) {
  house_.fires("Errors", "checkout");
  const auto firing = house_.firing();
  ASSERT_EQ(firing.size(), 1u);
  EXPECT_EQ(firing[0].severity, slo::Severity::kPage);
  EXPECT_EQ(firing[0].service.value(), "checkout");
  EXPECT_EQ(firing[0].team.value(), "shop");
  EXPECT_EQ(firing[0].problem, "Users wait");
  EXPECT_EQ(firing[0].summary, "Checkout: Errors is high");
  EXPECT_EQ(firing[0].runbook, "https://runbooks.shop.test/checkout");
  EXPECT_EQ(firing[0].incident, "inc_checkout");
  ASSERT_EQ(house_.below.fired.size(), 1u);
  house_.ends("Errors", "checkout");
  EXPECT_TRUE(house_.firing().empty());
  ASSERT_EQ(house_.below.resolved.size(), 1u);
  EXPECT_NE(house_.below.resolved[0].impact.find("Over: Users wait"), std::string::npos);
}

TEST_F(ProblemDeskTest, WarningsWakeNobody) {
  house_.fires("Errors", "checkout", "warning");
  EXPECT_TRUE(house_.firing().empty());
}

TEST_F(ProblemDeskTest, AlertsOfOneServiceAreOneProblem) {
  house_.fires("Errors", "checkout");
  house_.fires("Latency", "checkout");
  ASSERT_EQ(house_.firing().size(), 1u);
  const Alert alert = house_.firing()[0];
  EXPECT_NE(alert.impact.find("2 alerts since"), std::string::npos) << alert.impact;
  const auto sources = house_.sources(alert.id);
  ASSERT_EQ(sources.size(), 2u);
  EXPECT_NE(sources[1].why.find("same service{service=\"checkout\"}"), std::string::npos);
  house_.ends("Errors", "checkout");
  EXPECT_EQ(house_.firing().size(), 1u) << "the other one still fires";
  house_.ends("Latency", "checkout");
  EXPECT_TRUE(house_.firing().empty());
  EXPECT_EQ(house_.below.fired.size(), 1u);
  EXPECT_EQ(house_.below.resolved.size(), 1u);
}

// When everything is broken, more alerts fire than are read at once.
TEST_F(ProblemDeskTest, OldProblemStaysOneHoweverManyHaveBegunSince) {
  constexpr int kMany = 1050;
  house_.policy.correlate = {{"same name", {}, {"alertname"}}};
  house_.desk->use(house_.catalog, house_.policy);
  house_.fires("First", "checkout");
  const std::string first = house_.firing().at(0).id;
  house_.flood(kMany, "checkout");
  ASSERT_EQ(*count_firing(house_.t.reader()), kMany + 1);

  PostedAlert again = house_.alert("First", "checkout");
  again.annotations = Labels::of({{"summary", "First is higher"}, {"impact", "Users wait"}});
  house_.put(again);
  house_.fires("First", "stock");  // of the same problem
  EXPECT_TRUE(house_.desk->step()) << "nothing is left to be tried again";
  EXPECT_EQ(*count_firing(house_.t.reader()), kMany + 1);
  EXPECT_EQ(house_.sources(first).size(), 2u);
  EXPECT_TRUE(house_.below.resolved.empty());
  house_.ends("First", "checkout");
  house_.ends("First", "stock");
  ASSERT_EQ(house_.below.resolved.size(), 1u);
  EXPECT_EQ(house_.below.resolved[0].id, first);
}

TEST_F(ProblemDeskTest, SilencedAlertOpensNothingUntilItsSilenceEnds) {
  house_.silenced = {"Errors"};
  house_.fires("Errors", "checkout");
  EXPECT_TRUE(house_.firing().empty());
  house_.silenced.clear();
  house_.settle();
  EXPECT_EQ(house_.firing().size(), 1u);
  house_.silenced = {"Errors"};
  house_.settle();
  EXPECT_EQ(house_.firing().size(), 1u) << "what was opened is closed by its end";
  house_.ends("Errors", "checkout");
  EXPECT_TRUE(house_.firing().empty());
}

TEST_F(ProblemDeskTest, WhatStaysSilencedCostsNoTransaction) {
  house_.silenced = {"Errors"};
  house_.fires("Errors", "checkout");
  const auto commands = [&] {
    return house_.t.metrics().counter("tocsin_engine_commits_total", "").value();
  };
  const auto before = commands();
  ASSERT_TRUE(house_.desk->step());
  ASSERT_TRUE(house_.desk->step());
  EXPECT_EQ(commands(), before);
  house_.silenced.clear();
  ASSERT_TRUE(house_.desk->step());
  EXPECT_GT(commands(), before);
  EXPECT_EQ(house_.firing().size(), 1u);
}

TEST_F(ProblemDeskTest, SymptomJoinsTheObjectiveThatBurns) {
  house_.burns("checkout-availability");
  house_.fires("Errors", "checkout");
  ASSERT_EQ(house_.firing().size(), 1u);
  const auto sources = house_.sources(house_.firing()[0].id);
  ASSERT_EQ(sources.size(), 1u);
  EXPECT_EQ(sources[0].role, SourceRole::kSource);
  EXPECT_NE(sources[0].why.find("checkout-availability"), std::string::npos);
}

TEST_F(ProblemDeskTest, ObjectiveThatBeginsToBurnTakesTheSourcesOver) {
  house_.fires("Errors", "checkout");
  const std::string posted = house_.firing()[0].id;
  house_.burns("checkout-availability");
  ASSERT_EQ(house_.firing().size(), 1u);
  const Alert burning = house_.firing()[0];
  EXPECT_NE(burning.id, posted);
  EXPECT_EQ(house_.sources(burning.id).size(), 1u);
  ASSERT_EQ(house_.below.resolved.size(), 1u);
  EXPECT_NE(house_.below.resolved[0].impact.find("objective checkout-availability"),
            std::string::npos);
  // The objective is well again, the source is not.
  house_.heals("checkout-availability");
  ASSERT_EQ(house_.firing().size(), 1u);
  EXPECT_EQ(house_.firing()[0].labels.count("objective"), 0u);
  house_.ends("Errors", "checkout");
  EXPECT_TRUE(house_.firing().empty());
}

TEST_F(ProblemDeskTest, CauseOfADependencyIsEvidenceAndWakesNobody) {
  house_.burns("checkout-availability");
  house_.fires("DiskFull", "stock", "page", "cause");
  ASSERT_EQ(house_.firing().size(), 1u);
  const auto sources = house_.sources(house_.firing()[0].id);
  ASSERT_EQ(sources.size(), 1u);
  EXPECT_EQ(sources[0].role, SourceRole::kEvidence);
  EXPECT_NE(sources[0].why.find("depends on stock"), std::string::npos);
  house_.heals("checkout-availability");
  EXPECT_TRUE(house_.firing().empty()) << "it has been looked at";
}

TEST_F(ProblemDeskTest, CauseThatFiredFirstBecomesEvidenceToo) {
  house_.fires("DiskSlow", "stock", "warning", "cause");
  house_.burns("checkout-availability");
  const auto sources = house_.sources(house_.firing().at(0).id);
  ASSERT_EQ(sources.size(), 1u);
  EXPECT_EQ(sources[0].role, SourceRole::kEvidence);
}

TEST_F(ProblemDeskTest, EnforcedGateMakesATicketOfACauseAndAPageWhenItsSymptomComes) {
  house_.catalog->teams[catalog::TeamId("shop")].page_gate = catalog::PageGate::kEnforce;
  house_.fires("DiskFull", "stock", "page", "cause");
  ASSERT_EQ(house_.firing().size(), 1u);
  EXPECT_EQ(house_.firing()[0].severity, slo::Severity::kTicket);
  const auto verdict =
      read_verdict(house_.t.reader(), house_.fingerprint("DiskFull", "stock", "page", "cause"));
  ASSERT_TRUE(verdict && *verdict);
  EXPECT_EQ((*verdict)->reasons, (std::vector{GateReason::kCauseWithoutSymptom}));
  house_.fires("Errors", "checkout");  // a symptom of a service that depends on stock
  const auto firing = house_.firing();
  ASSERT_EQ(firing.size(), 2u);
  EXPECT_TRUE(std::ranges::all_of(
      firing, [](const Alert& a) { return a.severity == slo::Severity::kPage; }));
}

TEST_F(ProblemDeskTest, ReasonsAreInTheHistory) {
  PostedAlert bare = house_.alert("Errors", "checkout");
  bare.annotations = {};
  house_.put(bare);
  EXPECT_EQ(house_.firing().at(0).severity, slo::Severity::kPage) << "observed";
  const auto history = history_of_alert(house_.t.reader(), bare.fingerprint(),
                                        house_.book->last_entry(bare.fingerprint()), 10);
  ASSERT_TRUE(history);
  ASSERT_EQ(history->entries.size(), 2u);
  EXPECT_EQ(history->entries[1].entry.kind, "posted_alert.gated");
  EXPECT_NE(codec::to_text(history->entries[1].entry.data).find("add the annotation 'impact'"),
            std::string::npos);
}

TEST_F(ProblemDeskTest, DashboardShowsAndOpensNothing) {
  house_.catalog->teams[catalog::TeamId("shop")].page_gate = catalog::PageGate::kEnforce;
  house_.policy.otherwise = PostedPolicy::Otherwise::kDashboard;
  house_.desk->use(house_.catalog, house_.policy);
  PostedAlert bare = house_.alert("Errors", "checkout");
  bare.annotations = {};
  house_.put(bare);
  EXPECT_TRUE(house_.firing().empty());
  EXPECT_EQ((*read_verdict(house_.t.reader(), bare.fingerprint()))->decision, Decision::kDashboard);
  // Its annotation is mended: it is fit now.
  house_.fires("Errors", "checkout");
  EXPECT_EQ(house_.firing().size(), 1u);
}

TEST_F(ProblemDeskTest, PersonSplitsASourceOff) {
  house_.fires("Errors", "checkout");
  house_.fires("Certificate", "checkout");
  const std::string alert = house_.firing().at(0).id;
  const uint64_t certificate = house_.fingerprint("Certificate", "checkout");
  ASSERT_TRUE(house_.split(alert, certificate));
  ASSERT_EQ(house_.firing().size(), 2u);
  house_.ends("Errors", "checkout");
  ASSERT_EQ(house_.firing().size(), 1u);
  EXPECT_NE(house_.firing()[0].id, alert);
  EXPECT_EQ(house_.split(house_.firing()[0].id, certificate).error().code,
            Code::kFailedPrecondition);
  EXPECT_EQ(house_.split(alert, certificate).error().code, Code::kNotFound);
  house_.ends("Certificate", "checkout");
  EXPECT_TRUE(house_.firing().empty());
  house_.fires("Certificate", "checkout");
  EXPECT_NE(house_.firing().at(0).labels.at("problem").find("same service"), std::string::npos)
      << "the split held for that time only";
}

TEST_F(ProblemDeskTest, AlertOfATeamWithoutServiceIsItsOwn) {
  PostedAlert a = house_.alert("Backup", "");
  a.labels = Labels::of({{"alertname", "Backup"}, {"team", "shop"}, {"severity", "page"}});
  house_.put(a);
  ASSERT_EQ(house_.firing().size(), 1u);
  EXPECT_EQ(house_.firing()[0].team.value(), "shop");
}

TEST_F(ProblemDeskTest, HoldsBackFromReceiversThatWakeSomebody) {
  house_.policy.paging_receivers = {"pagerduty"};
  house_.catalog->teams[catalog::TeamId("shop")].page_gate = catalog::PageGate::kEnforce;
  house_.desk->use(house_.catalog, house_.policy);
  const PostedAlert cause = house_.alert("DiskFull", "stock", "page", "cause");
  EXPECT_TRUE(house_.desk->holds_back(cause, "pagerduty"));
  EXPECT_FALSE(house_.desk->holds_back(cause, "chat"));
  EXPECT_FALSE(house_.desk->holds_back(house_.alert("Errors", "checkout"), "pagerduty"));
  house_.burns("checkout-availability");
  EXPECT_FALSE(house_.desk->holds_back(cause, "pagerduty")) << "its symptom is there";
}

TEST_F(ProblemDeskTest, RestartForgetsNothingAndRepeatsNothing) {
  house_.fires("Errors", "checkout");
  house_.burns("checkout-availability");
  const size_t entries = house_.t.logbook().size();
  house_.crash();
  EXPECT_EQ(house_.t.logbook().size(), entries);
  house_.ends("Errors", "checkout");
  house_.heals("checkout-availability");
  EXPECT_TRUE(house_.firing().empty());
}

TEST_F(ProblemDeskTest, RefusingDatabaseDelaysAndLosesNothing) {
  ASSERT_TRUE(house_.book->put({house_.alert("Errors", "checkout")}));
  house_.t.faults().before = [](std::string_view sql) -> std::optional<Error> {
    if (!sql.starts_with("INSERT INTO alert ")) return std::nullopt;
    return Error{Code::kResourceExhausted, "the disk is full"};
  };
  EXPECT_FALSE(house_.desk->step());
  EXPECT_TRUE(house_.firing().empty());
  EXPECT_EQ(house_.t.warnings().size(), 1u);
  house_.t.faults().before = nullptr;
  house_.settle();
  EXPECT_EQ(house_.firing().size(), 1u);
}

TEST_F(ProblemDeskTest, DatabaseThatStaysDeadIsComplainedOfNowAndThen) {
  ASSERT_TRUE(house_.book->put({house_.alert("Errors", "checkout")}));
  std::string refused = "INSERT INTO alert ";
  house_.t.faults().before = [&](std::string_view sql) -> std::optional<Error> {
    if (!sql.starts_with(refused)) return std::nullopt;
    return Error{Code::kResourceExhausted, "the disk is full"};
  };
  for (int i = 0; i < 30; ++i) ASSERT_FALSE(house_.desk->step());
  EXPECT_EQ(house_.t.warnings().size(), 1u);
  ASSERT_FALSE(house_.desk->step());
  EXPECT_EQ(house_.t.warnings().size(), 2u);
  refused = "nothing";
  ASSERT_TRUE(house_.desk->step());
  // When it cannot even be read, too.
  refused = "SELECT";
  house_.desk->use(house_.catalog, house_.policy);
  for (int i = 0; i < 30; ++i) ASSERT_FALSE(house_.desk->step());
  EXPECT_EQ(house_.t.warnings().size(), 3u);
}

TEST_F(ProblemDeskTest, ObjectiveIsALookAtItsServiceAndAtWhatThatDependsOn) {
  catalog::Service search = house_.catalog->services[ServiceId("checkout")];
  search.id = ServiceId("search");
  search.depends_on.clear();
  house_.catalog->services[search.id] = search;
  house_.desk->use(house_.catalog, house_.policy);
  house_.fires("Errors", "checkout");
  house_.fires("DiskFull", "stock", "page", "cause");
  house_.fires("Slow", "search");
  house_.looked_at.clear();
  house_.burns("checkout-availability");
  EXPECT_EQ(house_.looked_at, (std::set<std::string>{"DiskFull", "Errors"}));
  house_.looked_at.clear();
  house_.heals("checkout-availability");
  EXPECT_EQ(house_.looked_at, (std::set<std::string>{"DiskFull", "Errors"}));
  house_.looked_at.clear();
  house_.burns("stock-availability");
  EXPECT_EQ(house_.looked_at, (std::set<std::string>{"DiskFull"}));
}

class OldSymptom : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
    house_ = std::make_unique<House>(GetParam());
    house_->catalog->teams[catalog::TeamId("shop")].page_gate = catalog::PageGate::kEnforce;
    house_->policy.paging_receivers = {"pagerduty"};
    // Which is nobody's dependency, so that its alerts are symptoms of nothing else.
    catalog::Service search = house_->catalog->services[ServiceId("stock")];
    search.id = ServiceId("search");
    house_->catalog->services[search.id] = search;
  }
  // Of a service on which checkout depends.
  PostedAlert cause() const { return house_->alert("DiskFull", "stock", "page", "cause"); }
  std::unique_ptr<House> house_;
};
INSTANTIATE_TEST_SUITE_P(Backends, OldSymptom, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

TEST_P(OldSymptom, IsSeenWhenAnObjectiveBurnsHoweverManyHaveBegunSince) {
  house_->burns("checkout-availability");
  const std::string burning = house_->firing().at(0).id;
  house_->flood(1050, "search");
  EXPECT_FALSE(house_->desk->holds_back(cause(), "pagerduty"));
  house_->put(cause());
  house_->fires("Errors", "checkout");
  ASSERT_EQ(house_->sources(burning).size(), 2u);
  EXPECT_EQ(house_->sources(burning)[0].labels,
            house_->alert("Errors", "checkout").labels.to_text());
  EXPECT_EQ(house_->sources(burning)[1].role, SourceRole::kEvidence);
  EXPECT_EQ(*count_firing(house_->t.reader()), 1051);
}

TEST_P(OldSymptom, IsSeenWhenItWasPostedHoweverManyHaveBegunSince) {
  house_->fires("Errors", "checkout");
  house_->flood(1050, "search");
  EXPECT_FALSE(house_->desk->holds_back(cause(), "pagerduty"));
  house_->advance(minutes(1));
  house_->put(cause());
  EXPECT_EQ(house_->firing().at(0).severity, slo::Severity::kPage);
  EXPECT_FALSE(*read_verdict(house_->t.reader(), cause().fingerprint()));
}

// Whatever happens in whatever order, with crashes between any two steps: at rest each posted alert
// that should page is at exactly one alert that fires, and no alert fires without a reason.
class ProblemLives : public ::testing::TestWithParam<store::Backend> {
 protected:
  void SetUp() override {
    if (const auto why = store::testing::missing(GetParam())) GTEST_SKIP() << *why;
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, ProblemLives, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

void check_at_rest(House& house, const std::map<std::string, PostedAlert>& known) {
  std::map<std::string, int> sources;  // of alerts that fire
  for (const Alert& alert : house.firing()) {
    int live = 0;
    for (const AlertSource& source : house.sources(alert.id)) {
      if (source.left) continue;
      if (source.role == SourceRole::kSource) ++live;
      const auto posted = house.book->find(source.fingerprint);
      ASSERT_TRUE(posted && !posted->is_resolved(house.t.now())) << "a live row of what is over";
      if (source.role == SourceRole::kSource) {
        ++sources[std::string(posted->labels.get("alertname"))];
      }
    }
    if (!alert.labels.contains("objective")) {
      ASSERT_GT(live, 0) << alert.summary << " fires for nothing";
    }
  }
  for (const auto& [name, alert] : known) {
    const bool fires = !alert.is_resolved(house.t.now());
    const bool is_symptom = alert.labels.get("kind").empty();
    if (alert.labels.get("severity") != "page") {
      ASSERT_EQ(sources[name], 0) << name;
    } else if (fires && is_symptom && !house.silenced.contains(name)) {
      ASSERT_EQ(sources[name], 1) << name;
    } else {
      ASSERT_LE(sources[name], fires ? 1 : 0) << name;
    }
  }
}

TEST_P(ProblemLives, EveryPageHasItsPlace) {
  const bool is_sqlite = GetParam() == store::Backend::kSqlite;
  const int lives = is_sqlite ? 40 : 4;
  for (uint64_t seed = 1; seed <= static_cast<uint64_t>(lives); ++seed) {
    SCOPED_TRACE(seed);
    SeededRng rng(seed);
    House house(GetParam(), seed);
    std::map<std::string, PostedAlert> known;
    const std::vector<std::pair<const char*, const char*>> kinds = {
        {"page", ""}, {"page", "cause"}, {"warning", ""}};
    for (int i = 0; i < 40; ++i) {
      const std::string name = "A" + std::to_string(rng.below(6));
      const std::string service = (name.back() % 2) != 0 ? "checkout" : "stock";
      const auto& [severity, kind] = kinds[static_cast<size_t>(name.back()) % 3];
      house.t.advance(seconds(1));  // a resolve at the very start is no resolve to the reference
      switch (rng.below(9)) {
        case 0:
        case 1:
        case 2: {
          PostedAlert a = house.alert(name, service, severity, kind);
          ASSERT_TRUE(house.book->put({a}));
          known[name] = a;
          break;
        }
        case 3:
        case 4: {
          PostedAlert a = house.alert(name, service, severity, kind);
          a.ends = house.t.now();
          ASSERT_TRUE(house.book->put({a}));
          if (known.contains(name)) known[name] = a;
          break;
        }
        case 5: house.burns("checkout-availability"); break;
        case 6: house.heals("checkout-availability"); break;
        case 7: house.crash(); break;
        case 8:
          if (!house.silenced.erase(name)) house.silenced.insert(name);
          break;
      }
      // Sometimes without coming to rest.
      if (rng.below(3) == 0) continue;
      house.settle();
      house.t.advance(minutes(50));  // so that nothing flaps
      house.settle();
      ASSERT_NO_FATAL_FAILURE(check_at_rest(house, known));
      ASSERT_TRUE(house.t.errors().empty()) << house.t.errors().front();
    }
  }
}

}  // namespace
}  // namespace tocsin::alert
