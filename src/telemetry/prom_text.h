#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "telemetry/sample.h"

namespace tocsin::telemetry {

// One sample line. The views live as long as the call that hands it on.
struct TextSample {
  std::string_view name;
  std::vector<std::pair<std::string_view, std::string_view>> labels;  // values unescaped
  double value = 0;
  std::optional<int64_t> t_ms;
};

enum class TextFormat { kPrometheus, kOpenMetrics };
// By the Content-Type of the answer: application/openmetrics-text is OpenMetrics, all else the
// Prometheus text format 0.0.4.
TextFormat text_format_of(std::string_view content_type);

// Reads a whole exposition and hands each sample to `take`, in order; a false from `take` ends the
// reading without an error. Comments and exemplars are passed over, and of OpenMetrics also the
// `_created` samples of counters, histograms and summaries. kInvalidArgument names the line, or
// says that OpenMetrics did not end with its `# EOF`: it was cut off. kAlreadyExists names the line
// of a sample that has a label twice. Samples before the bad line have been handed on.
// https://prometheus.io/docs/instrumenting/exposition_formats/
Result<> parse_prom_text(std::string_view text, TextFormat format,
                         const std::function<bool(const TextSample&)>& take);

}  // namespace tocsin::telemetry
