#include "telemetry/ingest_metrics.h"

namespace tocsin::telemetry {
namespace {

Counter& unused(Metrics& metrics, const char* why) {
  return metrics.counter("tocsin_ingest_unused_samples_total",
                         "Samples of series that matter which changed nothing, by the reason",
                         {{"reason", why}});
}

}  // namespace

IngestMetrics::IngestMetrics(Metrics& metrics)
    : requests(metrics.counter("tocsin_ingest_requests_total", "Remote write requests taken")),
      samples(metrics.counter("tocsin_ingest_samples_total",
                              "Samples taken, also those that no signal wants")),
      histograms(metrics.counter("tocsin_ingest_native_histograms_total",
                                 "Native histograms that came and are not used")),
      exemplars(
          metrics.counter("tocsin_ingest_exemplars_total", "Exemplars that came and are not used")),
      flushes(metrics.counter("tocsin_telemetry_flushes_total", "Checkpoints written")),
      failed_flushes(metrics.counter("tocsin_telemetry_failed_flushes_total",
                                     "Checkpoints that could not be written; they are kept in "
                                     "memory and written with the next one")),
      flush_seconds(metrics.histogram("tocsin_telemetry_flush_seconds",
                                      "How long it took to write a checkpoint")),
      folded_(metrics.counter("tocsin_ingest_folded_samples_total",
                              "Samples that were folded into signals")),
      duplicates_(unused(metrics, "duplicate")),
      too_late_(unused(metrics, "too_late")),
      not_elected_(unused(metrics, "replica_not_elected")),
      not_a_count_(unused(metrics, "not_a_count")),
      resets_(metrics.counter("tocsin_ingest_counter_resets_total", "Counters that began anew")) {
  for (size_t i = 0; i < kRefusals; ++i) {
    refused_[i] =
        &metrics.counter("tocsin_ingest_refused_total", "What was not taken, by the limit or fault",
                         {{"reason", std::string(name_of(static_cast<Refusal>(i)))}});
  }
}

void IngestMetrics::add(const FoldCounts& counts) {
  folded_.add(counts.folded);
  duplicates_.add(counts.duplicates);
  too_late_.add(counts.too_late);
  not_elected_.add(counts.not_elected);
  not_a_count_.add(counts.not_a_count);
  resets_.add(counts.resets);
  if (counts.future > 0) refuse(Refusal::kFuture, counts.future);
}

}  // namespace tocsin::telemetry
