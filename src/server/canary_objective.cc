#include "server/canary_objective.h"

#include <fmt/format.h>

namespace tocsin::server {
namespace {

constexpr const char* kMetric = "tocsin_canary_runs_total";

// One run a minute: a short window holds few of them, so a single missed one must not page, and a
// page about pages that do not go out would not go out either. What tells people then is the
// outside monitor (canary.ping); the objective says how well the promise was kept.
constexpr std::string_view kDocuments = R"(apiVersion: tocsin/v1
kind: Service
metadata: {{name: tocsin-paging}}
spec:
  name: Tocsin's own pages
  team: {team}
---
apiVersion: openslo/v1
kind: SLO
metadata: {{name: tocsin-pages-go-out}}
spec:
  service: tocsin-paging
  description: A page that Tocsin sends to itself each minute is answered before the next one is due.
  budgetingMethod: Occurrences
  timeWindow: [{{duration: 30d, isRolling: true}}]
  indicator:
    metadata: {{name: tocsin-canary}}
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource: {{type: Prometheus, spec: {{query: 'sum(rate({metric}{{result="ok"}}[5m]))'}}}}
        total:
          metricSource: {{type: Prometheus, spec: {{query: 'sum(rate({metric}[5m]))'}}}}
  objectives: [{{target: 0.9999}}]
)";

}  // namespace

std::vector<std::pair<std::string, std::string>> canary_documents(const CanaryConfig& config) {
  if (config.team.empty()) return {};
  return {
      {"canary.team (tocsin.yaml)", fmt::format(kDocuments, fmt::arg("team", config.team.value()),
                                                fmt::arg("metric", kMetric))}};
}

void feed_canary(telemetry::Telemetry& telemetry, const oncall::CanaryRuns& runs, Time now) {
  telemetry::WriteBatch batch;
  for (const auto& [result, count] : {std::pair("ok", runs.ok), std::pair("failed", runs.failed)}) {
    batch.begin_series();
    batch.add_label("__name__", kMetric);
    batch.add_label("job", "tocsin");
    batch.add_label("result", result);
    batch.samples.push_back({to_millis(now), static_cast<double>(count), 0});
    batch.end_series(telemetry.hasher());
  }
  batch.finish_labels();
  telemetry.ingest(batch);
}

}  // namespace tocsin::server
