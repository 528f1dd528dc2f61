#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/log.h"
#include "telemetry/scrape_address.h"

namespace tocsin::telemetry {

// The files that name targets (Prometheus' file_sd: a list of {targets, labels}, JSON or YAML),
// with what was last read of them. A file that is wrong gives a warning and keeps the targets that
// it had; one that is gone has none. Used by one thread at a time.
class TargetFiles {
 public:
  // The static targets of a job and those in its files, each once, however often it is named with
  // the same address and labels. One that cannot be scraped is left out with a warning.
  std::vector<ScrapeAddress> targets_of(const ScrapeJob& job, Log& log);
  // Whether a file of these jobs appeared, changed or went since the last call.
  bool has_changed(const std::vector<ScrapeJob>& jobs);

 private:
  std::map<std::string, std::vector<DiscoveredTarget>> good_;
  std::map<std::string, int64_t> changed_;  // nanoseconds of each file's last change
};

}  // namespace tocsin::telemetry
