#pragma once

#include <array>

#include "base/metrics.h"
#include "telemetry/folder.h"
#include "telemetry/sample.h"

namespace tocsin::telemetry {

// Our own counts of what came in and what became of it. Thread-safe.
class IngestMetrics {
 public:
  explicit IngestMetrics(Metrics& metrics);

  void add(const FoldCounts& counts);
  void refuse(Refusal reason, uint64_t n = 1) { refused_[static_cast<size_t>(reason)]->add(n); }

  Counter& requests;
  Counter& samples;
  Counter& histograms;
  Counter& exemplars;
  Counter& flushes;
  Counter& failed_flushes;
  Histogram& flush_seconds;

 private:
  Counter& folded_;
  Counter& duplicates_;
  Counter& too_late_;
  Counter& not_elected_;
  Counter& not_a_count_;
  Counter& resets_;
  std::array<Counter*, kRefusals> refused_{};
};

}  // namespace tocsin::telemetry
