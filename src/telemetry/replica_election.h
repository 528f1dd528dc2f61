#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace tocsin::telemetry {

// Two or more Prometheus servers scrape the same targets and send the same series, apart from a
// label that names the server. One replica of each cluster is elected: the first that is heard.
// Another takes over when the elected one was not heard for `fail_over`. Not thread-safe: the
// folder's lock guards it.
class ReplicaElection {
 public:
  explicit ReplicaElection(Duration fail_over) : fail_over_(fail_over) {}

  // A number for the pair, from 1; the same pair gives the same number.
  uint32_t replica(std::string_view cluster, std::string_view replica);
  // Whether samples of this replica count, heard at `now`.
  bool admits(uint32_t replica, Time now);

 private:
  struct Cluster {
    uint32_t elected = 0;
    Time heard;
  };
  const Duration fail_over_;
  std::map<std::pair<std::string, std::string>, uint32_t> numbers_;
  std::map<std::string, uint32_t, std::less<>> cluster_numbers_;
  std::vector<uint32_t> cluster_of_;  // by replica number - 1
  std::vector<Cluster> clusters_;
};

}  // namespace tocsin::telemetry
