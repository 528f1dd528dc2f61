#pragma once

#include "codec/fields.h"
#include "telemetry/label_set.h"

namespace tocsin::telemetry {

// What ingestion may take. Reaching a limit is a clear answer and a count in
// tocsin_ingest_refused_total{reason}, never memory growth.
struct IngestLimits {
  size_t max_series = 2'000'000;  // label sets remembered, also those that no signal wants
  LabelLimits labels;
  size_t max_request_bytes = 64 << 20;                // of a remote write request when unpacked
  size_t max_requests = 32;                           // remote write requests under way at once
  Duration forget_series = std::chrono::hours(1);     // unheard label sets
  Duration forget_counters = std::chrono::hours(24);  // unheard series that feed signals
  // HA pairs of Prometheus: the label that names the replica and the one that names the cluster.
  std::string replica_label = "__replica__";
  std::string cluster_label = "cluster";
  Duration fail_over = std::chrono::seconds(30);
};

// Reads the mapping `telemetry.limits` of tocsin.yaml; a missing key keeps its default.
IngestLimits read_limits(codec::Fields& fields);

}  // namespace tocsin::telemetry
