#include "slo/openslo.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "calendar/zone.h"

namespace tocsin::slo {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kHouse = R"(
apiVersion: tocsin/v1
kind: Person
metadata: {name: ada}
spec: {contacts: [{mail: ada@example.org}]}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: payments}
spec: {escalation: [{person: ada}]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: checkout}
spec: {team: payments}
)";

constexpr const char* kIndicator = R"(
  indicator:
    metadata: {name: orders}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(http_requests_total{job="checkout",code=~"5.."}[5m]))'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(http_requests_total{job="checkout"}[5m]))'}}}
)";

// One SLO; `spec` is added to its spec, `metadata` to its metadata.
std::string slo(const std::string& spec, const std::string& metadata = "",
                const std::string& indicator = kIndicator) {
  return "apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: orders-succeed\n" + metadata +
         "spec:\n  service: checkout\n" + indicator + spec;
}

class OpenSlo : public testing::Test {
 protected:
  Declared read(const std::string& text, const Surroundings& around = {}) {
    catalog_ = catalog::load_texts({{"house.yaml", kHouse}, {"slo.yaml", text}}, problems_);
    return read_openslo(catalog_, around, problems_);
  }
  std::vector<std::string> problems() const {
    std::vector<std::string> lines;
    for (const auto& problem : problems_.all()) lines.push_back(problem.to_text());
    return lines;
  }
  catalog::Catalog catalog_;
  codec::Problems problems_;
};

TEST_F(OpenSlo, ReadsAnObjectiveWithDefaultTiers) {
  const Declared declared = read(slo(R"(
  description: Orders go through
  budgetingMethod: Occurrences
  timeWindow: [{duration: 28d, isRolling: true}]
  objectives: [{target: 0.999}]
)",
                                     R"(
  displayName: Orders succeed
  annotations:
    tocsin.dev/users-lose: Customers cannot pay
    tocsin.dev/runbook: https://runbooks.example.org/checkout
    other.example.org/anything: goes
)"));
  ASSERT_THAT(problems(), IsEmpty());
  ASSERT_EQ(declared.objectives.size(), 1u);
  const Objective& objective = declared.objectives[0];
  EXPECT_EQ(objective.name, ObjectiveName("orders-succeed"));
  EXPECT_EQ(objective.display_name, "Orders succeed");
  EXPECT_EQ(objective.users_lose, "Customers cannot pay");
  EXPECT_EQ(objective.runbook, "https://runbooks.example.org/checkout");
  EXPECT_EQ(objective.signal, telemetry::SignalName("orders"));
  EXPECT_EQ(objective.window.length, days(28));
  EXPECT_EQ(objective.target, 0.999);
  EXPECT_EQ(objective.tiers.size(), 5u);
  EXPECT_NEAR(objective.tiers[1].burn, 13.44, 1e-9);
  EXPECT_EQ(objective.no_data, Severity::kTicket);

  ASSERT_EQ(declared.signals.size(), 1u);
  const telemetry::SignalSpec& signal = declared.signals[0];
  EXPECT_EQ(signal.name, telemetry::SignalName("orders"));
  EXPECT_EQ(signal.service, "checkout");
  EXPECT_EQ(signal.bad.size(), 1u);
  EXPECT_EQ(signal.total.size(), 1u);
  EXPECT_FALSE(signal.query);
}

TEST_F(OpenSlo, ReadsPercentAndSeveralObjectives) {
  const Declared declared = read(slo(R"(
  objectives:
    - {displayName: Strict, targetPercent: 99.95}
    - {target: 0.99}
)"));
  ASSERT_THAT(problems(), IsEmpty());
  ASSERT_EQ(declared.objectives.size(), 2u);
  EXPECT_EQ(declared.objectives[0].name, ObjectiveName("orders-succeed-1"));
  EXPECT_EQ(declared.objectives[0].display_name, "Strict");
  EXPECT_NEAR(declared.objectives[0].target, 0.9995, 1e-12);
  EXPECT_EQ(declared.objectives[1].name, ObjectiveName("orders-succeed-2"));
  EXPECT_EQ(declared.signals.size(), 1u);
}

TEST_F(OpenSlo, ReadsCalendarWindows) {
  const Declared declared = read(slo(R"(
  timeWindow:
    - duration: 1M
      calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin}
  objectives: [{target: 0.999}]
)"));
  ASSERT_THAT(problems(), IsEmpty());
  const Window& window = declared.objectives[0].window;
  EXPECT_TRUE(window.is_calendar);
  EXPECT_EQ(window.unit, Window::Unit::kMonth);
  EXPECT_EQ(window.count, 1);
  EXPECT_EQ(window.zone, "Europe/Berlin");
  EXPECT_EQ(to_rfc3339(window.start), "2025-12-31T23:00:00.000Z");
}

TEST_F(OpenSlo, ReadsTimeslices) {
  const Declared declared = read(slo(R"(
  budgetingMethod: Timeslices
  objectives: [{target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 5}]
)"));
  ASSERT_THAT(problems(), IsEmpty());
  EXPECT_EQ(declared.objectives[0].budgeting, Budgeting::kTimeslices);
  EXPECT_EQ(declared.objectives[0].slice_target, 0.95);
  EXPECT_EQ(declared.objectives[0].slice_window, minutes(5));
}

constexpr const char* kPolicies = R"(
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: shared-page}
spec:
  alertWhenBreaching: true
  alertWhenNoData: true
  conditions: [{conditionRef: hour}]
  notificationTargets: [{targetRef: somebody}]
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: hour}
spec:
  severity: page
  condition: {kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 5m}
---
)";

TEST_F(OpenSlo, ReadsTiersByReferenceAndInline) {
  const Declared declared = read(kPolicies + slo(R"(
  objectives: [{target: 0.999}]
  alertPolicies:
    - alertPolicyRef: shared-page
    - kind: AlertPolicy
      metadata: {name: own}
      spec:
        conditions:
          - kind: AlertCondition
            metadata:
              name: slow
              annotations: {tocsin.dev/budget-fraction: "0.1", tocsin.dev/short-window: 4h}
            spec: {severity: ticket, condition: {kind: burnrate, op: gt, lookbackWindow: 3d}}
    - metadata: {name: quick}
      spec:
        conditions:
          - metadata: {name: fast, annotations: {tocsin.dev/tier: fast}}
            spec: {severity: page}
)"));
  ASSERT_THAT(problems(), IsEmpty());
  const auto& tiers = declared.objectives[0].tiers;
  ASSERT_EQ(tiers.size(), 3u);
  EXPECT_EQ(tiers[0].name, "hour");
  EXPECT_EQ(tiers[0].short_window, minutes(5));
  EXPECT_NEAR(tiers[0].budget_fraction, 0.02, 1e-9);
  EXPECT_EQ(tiers[1].severity, Severity::kTicket);
  EXPECT_NEAR(tiers[1].burn, 1, 1e-9);
  EXPECT_EQ(tiers[1].short_window, hours(4));
  EXPECT_EQ(tiers[2].kind, Tier::Kind::kFast);
  EXPECT_EQ(tiers[2].budget_fraction, 0.02);
  EXPECT_EQ(declared.objectives[0].no_data, Severity::kPage);
}

TEST_F(OpenSlo, AnEmptyListOfPoliciesMeansNoTiers) {
  EXPECT_THAT(
      read(slo("  objectives: [{target: 0.999}]\n  alertPolicies: []\n")).objectives[0].tiers,
      IsEmpty());
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(OpenSlo, ATierThatCanNeverFireIsAProblem) {
  read(kPolicies + slo(R"(
  objectives: [{target: 0.9}]
  alertPolicies: [{alertPolicyRef: shared-page}]
)"));
  EXPECT_THAT(problems(),
              ElementsAre(AllOf(HasSubstr("slo.yaml:"), HasSubstr("spec.alertPolicies"),
                                HasSubstr("can never fire"), HasSubstr("use a burn below 10"))));
}

TEST_F(OpenSlo, IndicatorsMayBeShared) {
  const std::string sli = R"(
apiVersion: openslo/v1
kind: SLI
metadata: {name: shared}
spec:
  ratioMetric:
    counter: true
    good: {metricSource: {metricSourceRef: prom, spec: {query: 'requests_total{code!~"5.."}'}}}
    total: {metricSource: {metricSourceRef: prom, spec: {query: requests_total}}}
---
apiVersion: openslo/v1
kind: DataSource
metadata: {name: prom}
spec: {type: prometheus, connectionDetails: {url: "http://prometheus.example.org"}}
---
)";
  const Declared declared =
      read(sli + slo("  objectives: [{target: 0.999}]\n", "", "  indicatorRef: shared\n"));
  ASSERT_THAT(problems(), IsEmpty());
  EXPECT_EQ(declared.objectives[0].signal, telemetry::SignalName("shared"));
  ASSERT_EQ(declared.signals.size(), 1u);
  EXPECT_EQ(declared.signals[0].good.size(), 1u);
}

TEST_F(OpenSlo, ALatencySignalMayBeTheIndicator) {
  Surroundings around;
  around.signals = {{"checkout-latency", telemetry::SignalKind::kLatency},
                    {"queue", telemetry::SignalKind::kLevel}};
  const Declared declared = read(
      slo("  objectives: [{target: 0.99}]\n", "", "  indicatorRef: checkout-latency\n"), around);
  ASSERT_THAT(problems(), IsEmpty());
  EXPECT_THAT(declared.signals, IsEmpty());
  EXPECT_EQ(declared.objectives[0].signal, telemetry::SignalName("checkout-latency"));
  read(slo("  objectives: [{target: 0.99}]\n", "", "  indicatorRef: queue\n"), around);
  read(slo("  objectives: [{target: 0.99}]\n", "", "  indicatorRef: checkout-latncy\n"), around);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("needs a signal of kind ratio or latency"),
                                      HasSubstr("'checkout-latncy' is not known; did you mean "
                                                "'checkout-latency'?")));
}

TEST_F(OpenSlo, AQuerySourceIsAskedForWhatHappenedInEachStep) {
  const std::string indicator = R"(
  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {metricSourceRef: mimir, spec: {query: 'sum(rate(errors_total[5m]))'}}}
        total: {metricSource: {metricSourceRef: mimir, spec: {query: 'sum(increase(a[$step])) / 2'}}}
)";
  Surroundings around;
  around.query_sources = {"mimir"};
  const Declared declared = read(slo("  objectives: [{target: 0.99}]\n", "", indicator), around);
  // The second does not fold, so both are asked as they are written: the first lacks its $step.
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("must give the increase over $step")));

  problems_ = {};
  std::string both = indicator;
  both.replace(both.find("sum(increase(a[$step])) / 2"), 27, "sum(rate(requests_total[5m]))");
  const Declared again = read(slo("  objectives: [{target: 0.99}]\n", "", both), around);
  ASSERT_THAT(problems(), IsEmpty());
  ASSERT_EQ(again.signals.size(), 1u);
  ASSERT_TRUE(again.signals[0].query);
  EXPECT_EQ(again.signals[0].name, telemetry::SignalName("orders-succeed"));
  EXPECT_EQ(again.signals[0].query->source, "mimir");
  EXPECT_THAT(again.signals[0].query->bad, HasSubstr("increase("));
  EXPECT_THAT(again.signals[0].query->bad, HasSubstr("[$step]"));
}

struct Wrong {
  const char* name;
  std::string text;
  const char* place;
  const char* message;
};

class OpenSloProblems : public OpenSlo, public testing::WithParamInterface<Wrong> {};

TEST_P(OpenSloProblems, NameFileLineFieldAndFix) {
  const Wrong& wrong = GetParam();
  read(wrong.text);
  ASSERT_THAT(problems(), testing::Contains(AllOf(HasSubstr("slo.yaml:"), HasSubstr(wrong.place),
                                                  HasSubstr(wrong.message))))
      << testing::PrintToString(problems());
}

const std::string kGoal = "  objectives: [{target: 0.999}]\n";

INSTANTIATE_TEST_SUITE_P(
    Each, OpenSloProblems,
    testing::Values(
        Wrong{
            "service",
            "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\nspec:\n  service: chekout\n" +
                std::string(kIndicator) + kGoal,
            "slo.yaml:5:", "did you mean 'checkout'?"},
        Wrong{"target", slo("  objectives: [{target: 1.5}]\n"), "spec.objectives[0].target", "1.5"},
        Wrong{"both_targets", slo("  objectives: [{target: 0.9, targetPercent: 90}]\n"),
              "spec.objectives[0].target", "exactly one of target"},
        Wrong{"no_objectives", slo(""), "spec.objectives", "at least one objective"},
        Wrong{"unknown_key", slo(kGoal + "  budgetMethod: Occurrences\n"), "spec.budgetMethod",
              "budgetingMethod"},
        Wrong{"method", slo(kGoal + "  budgetingMethod: RatioTimeslices\n"), "spec.budgetingMethod",
              "use Occurrences"},
        Wrong{"slices",
              slo("  budgetingMethod: Timeslices\n  objectives: [{target: 0.9, "
                  "timeSliceTarget: 0.9, timeSliceWindow: 90s}]\n"),
              "timeSliceWindow", "whole minutes"},
        Wrong{"long_window", slo(kGoal + "  timeWindow: [{duration: 1y, isRolling: true}]\n"),
              "spec.timeWindow[0].duration", "at most 92d"},
        Wrong{"no_calendar", slo(kGoal + "  timeWindow: [{duration: 1M, isRolling: false}]\n"),
              "spec.timeWindow[0].calendar", "needs its calendar"},
        Wrong{"zone",
              slo(kGoal + "  timeWindow: [{duration: 1M, calendar: {timeZone: "
                          "Europe/Berlim}}]\n"),
              "calendar.timeZone", "Europe/Berlin"},
        Wrong{"unit", slo(kGoal + "  timeWindow: [{duration: 1X, calendar: {timeZone: UTC}}]\n"),
              "spec.timeWindow[0].duration", "1M is a month"},
        Wrong{"threshold",
              slo(kGoal, "",
                  "  indicator: {metadata: {name: cpu}, spec: {thresholdMetric: "
                  "{metricSource: {spec: {query: up}}}}}\n"),
              "spec.indicator.spec.thresholdMetric", "kind latency"},
        Wrong{"raw",
              slo(kGoal, "",
                  "  indicator: {metadata: {name: r}, spec: {ratioMetric: {raw: "
                  "{metricSource: {spec: {query: x}}}}}}\n"),
              "ratioMetric.raw", "has no counts"},
        Wrong{"not_prometheus",
              slo(kGoal, "",
                  "  indicator: {metadata: {name: r}, spec: {ratioMetric: {counter: "
                  "true, bad: {metricSource: {type: Datadog, spec: {query: x}}}, total: "
                  "{metricSource: {spec: {query: y}}}}}}\n"),
              "bad.metricSource.type", "only Prometheus"},
        Wrong{"promql",
              slo(kGoal, "",
                  "  indicator: {metadata: {name: r}, spec: {ratioMetric: {counter: "
                  "true, bad: {metricSource: {spec: {query: 'topk(3, x)'}}}, total: "
                  "{metricSource: {spec: {query: y}}}}}}\n"),
              "spec.indicator", "name a query source of tocsin.yaml"},
        Wrong{"annotation", slo(kGoal, "  annotations: {tocsin.dev/user-lose: x}\n"),
              "metadata.annotations", "did you mean 'tocsin.dev/users-lose'?"},
        Wrong{"no_data", slo(kGoal, "  annotations: {tocsin.dev/no-data: sometimes}\n"), "metadata",
              "none of page, ticket and off"},
        Wrong{"policy",
              kPolicies + slo(kGoal + "  alertPolicies: [{alertPolicyRef: shared-pag}]\n"),
              "spec.alertPolicies[0].alertPolicyRef", "did you mean 'shared-page'?"},
        Wrong{"operator",
              slo(kGoal + "  alertPolicies: [{metadata: {name: p}, spec: {conditions: [{metadata: "
                          "{name: c}, spec: {severity: page, condition: {op: lte, threshold: 2, "
                          "lookbackWindow: 1h}}}]}}]\n"),
              "condition.op", "use gte"},
        Wrong{"severity",
              slo(kGoal + "  alertPolicies: [{metadata: {name: p}, spec: {conditions: [{metadata: "
                          "{name: c}, spec: {severity: sev1, condition: {threshold: 2, "
                          "lookbackWindow: 1h}}}]}}]\n"),
              "spec.severity", "page"},
        Wrong{"two_documents", slo(kGoal) + "---\n" + slo(kGoal), "metadata.name",
              "already declared"},
        Wrong{"owner",
              "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: lonely}\nspec: {}\n",
              "metadata", "declare it as tocsin/v1 Service"}),
    [](const auto& instance) { return std::string(instance.param.name); });

// What docs/objectives.md shows works when it is pasted into one catalog.
TEST_F(OpenSlo, TheExamplesOfTheDocumentationAreRight) {
  std::ifstream file(TOCSIN_DOCS "/objectives.md");
  const std::string page(std::istreambuf_iterator<char>(file), {});
  std::string all;
  constexpr std::string_view kOpen = "```yaml\n", kClose = "\n```";
  for (size_t at = 0; (at = page.find(kOpen, at)) != std::string::npos;) {
    const size_t begin = at + kOpen.size();
    at = page.find(kClose, begin);
    ASSERT_NE(at, std::string::npos);
    all += page.substr(begin, at - begin) + "\n---\n";
  }
  Surroundings around;
  around.signals = {{"payment-latency", telemetry::SignalKind::kLatency}};
  const Declared declared = read(all, around);
  EXPECT_THAT(problems(), IsEmpty());
  ASSERT_EQ(declared.objectives.size(), 3u);
  for (const Objective& objective : declared.objectives) EXPECT_FALSE(objective.tiers.empty());
}

TEST_F(OpenSlo, AllProblemsAreFoundInOneRun) {
  read(slo("  objectives: [{target: 2}]\n  budgetingMethod: Never\n  timeWindow: []\n",
           "  annotations: {tocsin.dev/odd: x}\n"));
  EXPECT_EQ(problems().size(), 4u) << testing::PrintToString(problems());
}

}  // namespace
}  // namespace tocsin::slo
