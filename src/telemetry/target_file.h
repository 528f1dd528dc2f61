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
  bool operator==(const ScrapeAddress&) const = default;
};

// The files that name targets (Prometheus' file_sd: a list of {targets, labels}, JSON or YAML),
// with what was last read of them. A file that is wrong gives a warning and keeps the targets that
// it had; one that is gone has none. Used by one thread at a time.
class TargetFiles {
 public:
  // The static targets of a job and those in its files.
  std::vector<ScrapeAddress> targets_of(const ScrapeJob& job, Log& log);
  // Whether a file of these jobs appeared, changed or went since the last call.
  bool has_changed(const std::vector<ScrapeJob>& jobs);

 private:
  std::map<std::string, std::vector<ScrapeAddress>> good_;
  std::map<std::string, int64_t> changed_;  // nanoseconds of each file's last change
};

}  // namespace tocsin::telemetry
