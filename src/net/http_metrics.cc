#include "net/http_metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::net {
namespace {

Counter& refused(Metrics& metrics, std::string why) {
  return metrics.counter("tocsin_http_refused_total",
                         "Requests and connections refused because a limit was reached",
                         {{"limit", std::move(why)}});
}

}  // namespace

ServerMetrics::ServerMetrics(Metrics& metrics)
    : registry(metrics),
      connections(metrics.gauge("tocsin_http_connections", "Open connections")),
      refused_queue(refused(metrics, "worker_queue")),
      refused_connections(refused(metrics, "connections")),
      refused_memory(refused(metrics, "body_memory")),
      exceptions(metrics.counter("tocsin_http_handler_exceptions_total",
                                 "Exceptions that left a handler; each is a bug")),
      timeouts(metrics.counter("tocsin_http_timeouts_total",
                               "Connections ended because the peer was too slow or idle")) {}

void RequestMetrics::note(const Answered& answered) {
  const std::string label = answered.pattern.empty() ? "none" : std::string(answered.pattern);
  Route& route = routes_[answered.pattern];
  const int status_class = std::clamp(answered.status / 100, 1, 5);
  Counter*& counter = route.by_class[static_cast<size_t>(status_class)];
  if (counter == nullptr) {
    counter = &metrics_.counter("tocsin_http_requests_total", "Requests answered",
                                {{"code", fmt::format("{}xx", status_class)}, {"route", label}});
  }
  if (route.seconds == nullptr) {
    route.seconds = &metrics_.histogram("tocsin_http_request_seconds",
                                        "Time from the first byte of a request to its answer",
                                        {{"route", label}});
  }
  counter->add();
  route.seconds->observe(to_seconds(answered.took));
}

}  // namespace tocsin::net
