#include "server/status_api.h"

#include <fmt/format.h>

#include "alert/alert_store.h"
#include "catalog/catalog_json.h"
#include "incident/incident_store.h"
#include "server/version.h"
#include "store/logbook.h"

namespace tocsin::server {
namespace {

using codec::Json;
using codec::JsonArray;
using codec::JsonObject;

Json maybe_time(const std::optional<Time>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

JsonObject ingest_json(const telemetry::IngestStatus& ingest) {
  return {{"series", ingest.series},
          {"series_limit", ingest.series_limit},
          {"samples_total", ingest.samples_total},
          {"last_sample_at", maybe_time(ingest.last_sample_at)}};
}

JsonObject source_json(const telemetry::SourceStatus& source) {
  return {{"name", source.name},
          {"kind", telemetry::name_of(source.kind)},
          {"state", telemetry::name_of(source.state)},
          {"last_error", source.last_error.empty() ? Json(nullptr) : Json(source.last_error)},
          {"last_at", maybe_time(source.last_at)}};
}

JsonObject contacts_json(const catalog::Catalog& catalog,
                         const notify::VerifiedContacts& verified) {
  size_t declared = 0, proven = 0;
  for (const auto& [id, person] : catalog.people) {
    declared += person.contacts.size();
    for (const catalog::Contact& contact : person.contacts) {
      if (verified.proof_of(id, contact) != nullptr) ++proven;
    }
  }
  return {{"declared", declared}, {"verified", proven}};
}

// People on call now whom nothing that was verified reaches.
void add_unverified(const StatusParts& parts, JsonArray& out) {
  if (!parts.is_reached) return;
  const auto catalog = parts.catalog.get();
  const auto all = parts.schedules.schedules();
  for (const auto& [id, schedule] : *all) {
    for (const catalog::PersonId& name : oncall::turn_at(schedule, parts.clock.now()).people) {
      const catalog::Person* person = catalog->person(name);
      if (person == nullptr || person->contacts.empty() || parts.is_reached(*person)) continue;
      out.push_back(Json(
          fmt::format("{} is on call in {}, and none of their contacts is verified: "
                      "tocsin contact verify {} {}",
                      name.value(), schedule.name, name.value(), person->contacts.front().name)));
    }
  }
}

// What the operators of Tocsin itself should mend.
Result<JsonArray> troubles(const StatusParts& parts, store::Session& sql) {
  JsonArray out;
  ASSIGN_OR_RETURN(const std::vector<std::string> paging, parts.pager.troubles(sql));
  for (const std::string& line : paging) out.push_back(Json(line));
  for (const std::string& line : parts.self_watch.troubles()) out.push_back(Json(line));
  add_unverified(parts, out);
  if (const std::string refused = parts.catalog.trouble(); !refused.empty()) {
    out.push_back(Json(refused));
  }
  for (const telemetry::SourceStatus& source : parts.sources.status()) {
    if (source.state == telemetry::SourceState::kDown) {
      out.push_back(Json(fmt::format("{} {} gives no samples: {}", telemetry::name_of(source.kind),
                                     source.name, source.last_error)));
    }
  }
  if (const telemetry::IngestStatus ingest = parts.telemetry.status();
      ingest.series >= ingest.series_limit) {
    out.push_back(
        Json(fmt::format("the limit of {} series is reached; new series are refused "
                         "(telemetry.limits.max_series)",
                         ingest.series_limit)));
  }
  return out;
}

Result<JsonObject> status_json(const StatusParts& parts) {
  ASSIGN_OR_RETURN(const auto sql, parts.readers.take());
  ASSIGN_OR_RETURN(const int64_t seq, store::last_logbook_seq(*sql));
  ASSIGN_OR_RETURN(const int64_t firing, alert::count_firing(*sql));
  ASSIGN_OR_RETURN(const int64_t open, incident::count_open(*sql));
  ASSIGN_OR_RETURN(JsonArray trouble, troubles(parts, *sql));
  JsonArray sources;
  for (const telemetry::SourceStatus& source : parts.sources.status()) {
    sources.push_back(source_json(source));
  }
  return JsonObject{{"version", std::string(kVersion)},
                    {"started_at", to_rfc3339(parts.started)},
                    {"now", to_rfc3339(parts.clock.now())},
                    {"seq", seq},
                    {"alerts_firing", firing},
                    {"incidents_open", open},
                    {"objectives", parts.slo.size()},
                    {"objectives_no_data", parts.slo.without_data()},
                    {"ingest", ingest_json(parts.telemetry.status())},
                    {"sources", std::move(sources)},
                    {"contacts", contacts_json(*parts.catalog.get(), *parts.contacts.verified())},
                    {"trouble", std::move(trouble)}};
}

JsonObject counts_json(const StatusParts& parts) {
  const auto catalog = parts.catalog.get();
  return {{"services", catalog->services.size()},
          {"objectives", parts.slo.size()},
          {"people", catalog->people.size()},
          {"teams", catalog->teams.size()}};
}

}  // namespace

void add_status_routes(net::Router& router, StatusParts parts) {
  // Every handler keeps its own copy of the references.
  router.add("GET", "/api/v1/status", [parts](const net::Request& request) {
    if (const auto who = parts.gate.require(request, access::Role::kResponder); !who) {
      return net::Response::error(who.error(), request);
    }
    const auto status = status_json(parts);
    return status ? net::Response::json(200, *status)
                  : net::Response::error(status.error(), request);
  });
  router.add("GET", "/api/v1/catalog", [parts](const net::Request& request) {
    if (const auto who = parts.gate.require(request, access::Role::kResponder); !who) {
      return net::Response::error(who.error(), request);
    }
    return net::Response::json(200, catalog::to_json(*parts.catalog.get()));
  });
  router.add("POST", "/api/v1/reload", [parts](const net::Request& request) {
    const auto who = parts.gate.require(request, access::Role::kAdmin);
    if (!who) return net::Response::error(who.error(), request);
    if (const auto done = parts.reload(who->actor); !done) {
      return net::Response::error(done.error(), request);
    }
    return net::Response::json(200, counts_json(parts));
  });
  router.add("GET", "/-/healthy",
             [](const net::Request&) { return net::Response::text(200, "OK\n"); });
  router.add("GET", "/-/ready", [parts](const net::Request&) {
    return parts.ready.load() ? net::Response::text(200, "OK\n")
                              : net::Response::text(503, "not ready\n");
  });
  router.add("GET", "/metrics", [parts](const net::Request&) {
    net::Response response = net::Response::text(200, parts.metrics.to_text());
    response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    return response;
  });
}

}  // namespace tocsin::server
