#pragma once

#include <functional>
#include <memory>
#include <string>

#include "alert/dispatcher.h"
#include "alert/posted_book.h"
#include "alert/silence_book.h"
#include "net/http.h"
#include "routing/alertmanager_config.h"

namespace tocsin::alert {

// The version that we stand in for: amtool compares it with its own, Karma wants a semantic version
// from 0.22 on. Answers have the fields of this version; older clients ignore what they do not
// know.
inline constexpr std::string_view kStandsInFor = "0.34.0";

// Alertmanager's API v2 below `prefix` + "/api/v2", answer for answer (docs/alertmanager.md says
// where ours differs). The parts outlive the router; handlers run on workers.
struct AlertmanagerApiParts {
  PostedBook& alerts;
  SilenceBook& silences;
  Dispatcher& dispatcher;
  const Clock& clock;
  Metrics& metrics;
  // The configuration in use; never null while requests come.
  std::function<std::shared_ptr<const routing::AlertmanagerConfig>()> config;
  // Who asks, or why not (kUnauthenticated, kPermissionDenied). `writes`: a POST or DELETE.
  std::function<Result<store::Actor>(const net::Request&, bool writes)> authorize;
  routing::MatcherSyntax syntax = routing::MatcherSyntax::kFallback;
  Time started;
  std::string prefix;   // "" or "/alertmanager"
  std::string version;  // ours, shown as the revision
  // The processes of the cluster; the status is "disabled" without one.
  struct Cluster {
    std::string name;
    std::string status;                                      // ready, settling
    std::vector<std::pair<std::string, std::string>> peers;  // name and address, sorted; ours, too
  };
  std::function<std::optional<Cluster>()> cluster = [] { return std::nullopt; };
};

void add_alertmanager_routes(net::Router& router, AlertmanagerApiParts parts);

}  // namespace tocsin::alert
