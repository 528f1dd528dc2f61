#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "telemetry/source_config.h"

namespace tocsin::telemetry {

// A target as it is discovered: host:port and the labels of its group.
struct DiscoveredTarget {
  std::string address;
  std::map<std::string, std::string> labels;
};

// Where one target is scraped, and what its samples carry.
struct ScrapeAddress {
  std::string address;                        // host:port
  std::string url;                            // with scheme, path and parameters
  std::map<std::string, std::string> labels;  // job, instance and more; none begins with "__"
  bool operator==(const ScrapeAddress&) const = default;
};

// As Prometheus makes a target of what it discovered (scrape/target.go, PopulateLabels): labels of
// the group stand before those of the job; `__scheme__`, `__metrics_path__` and `__param_NAME` say
// where it is scraped, `job` and `instance` what it is called; every other label that begins with
// "__" is dropped, and a label without a value is none. kInvalidArgument for an address or a scheme
// that nothing can be asked at.
Result<ScrapeAddress> scrape_address(const ScrapeJob& job, DiscoveredTarget target);

}  // namespace tocsin::telemetry
