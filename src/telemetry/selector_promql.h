#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/signal.h"

namespace tocsin::telemetry {

// What a PromQL expression asks for, as far as it can be answered by folding samples as they come.
struct StreamingQuery {
  enum class Shape {
    kIncrease,  // sum(rate(m{...}[5m])), sum(increase(...)), rate(m{...}[5m])
    kLevel,     // m{...}, sum(m{...}), max(...), avg(...): the newest values
    kQuantile,  // histogram_quantile(q, sum by (le) (rate(m_bucket{...}[5m])))
  };
  Shape shape = Shape::kLevel;
  std::vector<Selector> selectors;  // summed: a + b + c
  SignalSpec::LevelFold fold = SignalSpec::LevelFold::kSum;
  std::vector<std::string> by;    // without le for quantiles
  double quantile = 0;            // kQuantile
  std::optional<Duration> range;  // of rate or increase, where it was written
};

// Compiles the simple PromQL that people already have for request counts, error counts, gauges and
// latencies. kInvalidArgument says what cannot be folded, where, and that the expression can be
// asked from a Prometheus-compatible server instead (`source:`). Never throws, bounded depth.
Result<StreamingQuery> compile_promql(std::string_view text);

// The ratio signal of an objective whose queries are PromQL: total, and exactly one of good and
// bad (the other is empty). Counters may be given plainly, as OpenSLO's `counter: true` has them.
Result<SignalSpec> ratio_from_promql(const SignalName& name, const std::string& good,
                                     const std::string& bad, const std::string& total);

// The other way: PromQL that gives the increase of the selectors over $step.
std::string increase_promql(const std::vector<Selector>& selectors,
                            const std::vector<std::string>& by);

}  // namespace tocsin::telemetry
