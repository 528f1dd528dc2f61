#pragma once

#include <array>
#include <atomic>
#include <map>
#include <string_view>

#include "base/metrics.h"
#include "net/http_session.h"

namespace tocsin::net {

// What all loops of one server count together. Thread-safe.
struct ServerMetrics {
  explicit ServerMetrics(Metrics& metrics);

  Metrics& registry;
  Gauge& connections;
  Counter& refused_queue;        // 503: no worker came free
  Counter& refused_connections;  // 503: max_connections
  Counter& refused_memory;       // 503: max_body_memory
  Counter& exceptions;
  Counter& timeouts;  // connections cut or answered 408 because a deadline passed
};

// Counts requests by route and class of status. Each loop has its own, so that the way from a route
// to its counters takes no lock.
class RequestMetrics {
 public:
  explicit RequestMetrics(Metrics& metrics) : metrics_(metrics) {}
  void note(const Answered& answered);

 private:
  struct Route {
    std::array<Counter*, 6> by_class{};
    Histogram* seconds = nullptr;
  };
  Metrics& metrics_;
  std::map<std::string_view, Route> routes_;  // keys live in the router
};

}  // namespace tocsin::net
