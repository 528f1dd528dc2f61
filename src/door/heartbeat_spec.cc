#include <fmt/format.h>

#include "catalog/address.h"
#include "codec/fields.h"
#include "door/heartbeat.h"

namespace tocsin::door {
namespace {

using codec::Fields;

std::string read_service(Fields& spec, const catalog::Catalog& catalog) {
  std::string service = spec.text("service", "");
  if (service.empty() || catalog.service(catalog::ServiceId(service)) != nullptr) return service;
  std::vector<std::string> known;
  for (const auto& [id, declared] : catalog.services) known.push_back(id.value());
  spec.problem("service", fmt::format("'{}' is not known{}", codec::shown(service),
                                      codec::did_you_mean(service, known)));
  return service;
}

HeartbeatSpec read_heartbeat(const catalog::Document& document, const catalog::Catalog& catalog,
                             codec::Problems& problems) {
  HeartbeatSpec heartbeat;
  Fields root(document.node, document.file, problems);
  root.text("apiVersion");
  root.text("kind");
  Fields metadata = root.child("metadata");
  heartbeat.name = metadata.text("name");
  if (const std::string bad = catalog::wrong_with_name(heartbeat.name);
      !bad.empty() && !heartbeat.name.empty()) {
    metadata.problem("name", fmt::format("'{}' {}", codec::shown(heartbeat.name), bad));
  }
  metadata.finish();
  Fields spec = root.child("spec");
  heartbeat.every = spec.duration("every", std::nullopt, seconds(1), days(400));
  heartbeat.grace = spec.duration("grace", minutes(5), seconds(0), days(30));
  heartbeat.service = read_service(spec, catalog);
  heartbeat.severity = spec.text("severity", heartbeat.severity);
  heartbeat.summary = spec.text("summary", "");
  heartbeat.description = spec.text("description", "");
  heartbeat.runbook = spec.text("runbook", "");
  if (const std::string bad = catalog::wrong_with_url(heartbeat.runbook);
      !heartbeat.runbook.empty() && !bad.empty()) {
    spec.problem("runbook", bad);
  }
  heartbeat.labels = spec.text_map("labels");
  for (const char* own : {"alertname", "heartbeat", "source", "severity", "service", "dedup_key"}) {
    if (heartbeat.labels.contains(own)) {
      spec.problem("labels", fmt::format("{} is set by the heartbeat; leave it out", own));
    }
  }
  spec.finish();
  root.finish();
  return heartbeat;
}

}  // namespace

std::vector<HeartbeatSpec> read_heartbeats(const catalog::Catalog& catalog,
                                           codec::Problems& problems) {
  std::vector<HeartbeatSpec> heartbeats;
  std::map<std::string, std::string> seen;  // and where
  for (const catalog::Document& document : catalog.documents) {
    if (document.api_version != "tocsin/v1" || document.kind != "Heartbeat") continue;
    HeartbeatSpec heartbeat = read_heartbeat(document, catalog, problems);
    const std::string where = fmt::format("{}:{}", document.file, document.node.place.line);
    const auto [first, is_new] = seen.emplace(heartbeat.name, where);
    if (!is_new && !heartbeat.name.empty()) {
      problems.add(
          {document.file, document.node.place, "metadata.name",
           fmt::format("heartbeat {} is declared at {} already", heartbeat.name, first->second)});
    }
    heartbeats.push_back(std::move(heartbeat));
  }
  return heartbeats;
}

}  // namespace tocsin::door
