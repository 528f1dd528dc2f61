#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/log.h"
#include "telemetry/source_config.h"

namespace tocsin::telemetry {

// One address to scrape, with the labels that its group adds.
struct ScrapeAddress {
  std::string address;  // host:port
  std::map<std::string, std::string> labels;
};

// The static targets of a job and those in its files (Prometheus' file_sd: a list of {targets,
// labels}, JSON or YAML). A file that cannot be read or is wrong gives no targets and a warning.
std::vector<ScrapeAddress> targets_of(const ScrapeJob& job, Log& log);

}  // namespace tocsin::telemetry
