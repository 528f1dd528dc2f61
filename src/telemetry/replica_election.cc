#include "telemetry/replica_election.h"

namespace tocsin::telemetry {

uint32_t ReplicaElection::replica(std::string_view cluster, std::string_view replica) {
  const auto [at, is_new] = numbers_.try_emplace({std::string(cluster), std::string(replica)},
                                                 static_cast<uint32_t>(numbers_.size() + 1));
  if (is_new) {
    const auto [number, is_new_cluster] =
        cluster_numbers_.try_emplace(std::string(cluster), static_cast<uint32_t>(clusters_.size()));
    if (is_new_cluster) clusters_.emplace_back();
    cluster_of_.push_back(number->second);
  }
  return at->second;
}

bool ReplicaElection::admits(uint32_t replica, Time now) {
  if (replica == 0) return true;
  Cluster& cluster = clusters_[cluster_of_[replica - 1]];
  if (cluster.elected != replica) {
    if (cluster.elected != 0 && now - cluster.heard <= fail_over_) return false;
    cluster.elected = replica;
  }
  cluster.heard = now;
  return true;
}

}  // namespace tocsin::telemetry
