#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/secret.h"
#include "codec/fields.h"

namespace tocsin::telemetry {

// How to be let in by a target or a server.
struct SourceAuth {
  std::string user;  // basic authentication
  Secret password;
  Secret bearer;
  std::string ca_file;  // empty: the system's
  bool verify_tls = true;
  bool operator==(const SourceAuth&) const = default;
};

// Targets that are scraped alike, as a scrape_config of Prometheus.
struct ScrapeJob {
  std::string job;
  Duration interval = std::chrono::seconds(15);
  Duration timeout = std::chrono::seconds(10);  // at most the interval
  std::string scheme = "http";
  std::string path = "/metrics";
  std::vector<std::string> targets;  // host:port
  std::vector<std::string> files;    // file_sd: JSON or YAML, may hold *; read again on change
  std::map<std::string, std::string> labels;
  bool honor_labels = false;   // the target's own job and instance win
  size_t max_body = 16 << 20;  // bytes
  size_t max_samples = 200'000;
  SourceAuth auth;
  bool operator==(const ScrapeJob&) const = default;
};

// A Prometheus-compatible server that is asked for signals with `source:`.
struct QuerySource {
  std::string name;
  std::string url;  // such as http://prometheus:9090, without /api/v1
  Duration step = std::chrono::seconds(30);
  Duration timeout = std::chrono::seconds(20);
  Duration backfill = std::chrono::hours(24 * 30);  // how far windows are filled at start; 0: not
  SourceAuth auth;
  bool operator==(const QuerySource&) const = default;
};

struct Sources {
  std::vector<ScrapeJob> scrape;
  std::vector<QuerySource> query;
};

// Reads `scrape:` and `query:` of the mapping `telemetry:`; see docs/configuration.md.
Sources read_sources(codec::Fields& telemetry);

}  // namespace tocsin::telemetry
