#include "alert/alert_api.h"

#include <fmt/format.h>

#include <charconv>

#include "alert/alert_json.h"
#include "alert/alert_store.h"
#include "alert/problem_store.h"
#include "store/logbook.h"

namespace tocsin::alert {
namespace {

using net::Request;
using net::Response;

Result<Which> which_from(const Request& request) {
  const auto state = request.query_value("state").value_or("firing");
  if (state == "firing") return Which::kFiring;
  if (state == "resolved") return Which::kResolved;
  if (state == "all") return Which::kAll;
  return invalid(fmt::format("state '{}' is not known; use firing, resolved or all", state));
}

Result<codec::JsonObject> list(const Request& request, Readers& readers) {
  ASSIGN_OR_RETURN(const Which which, which_from(request));
  ASSIGN_OR_RETURN(const int64_t limit, number_from_query(request, "limit", 200, 1, 1000));
  ASSIGN_OR_RETURN(const auto session, readers.take());
  // Before the rows, so that a reader who follows the stream from it misses nothing.
  ASSIGN_OR_RETURN(const int64_t seq, store::last_logbook_seq(*session));
  ASSIGN_OR_RETURN(const auto alerts, list_alerts(*session, which, static_cast<int>(limit)));
  codec::JsonArray array;
  for (const auto& alert : alerts) array.push_back(to_json(alert));
  return codec::JsonObject{{"alerts", std::move(array)}, {"seq", seq}};
}

constexpr int kMostSources = 1000;

codec::JsonObject to_json(const AlertSource& source) {
  using codec::Json;
  return {{"fingerprint", routing::fingerprint_text(source.fingerprint)},
          {"role", name_of(source.role)},
          {"is_cause", source.is_cause},
          {"labels", source.labels},
          {"summary", source.summary},
          {"why", source.why},
          {"joined_at", to_rfc3339(source.joined)},
          {"left_at", source.left ? Json(to_rfc3339(*source.left)) : Json(nullptr)},
          {"how_left", source.how_left.empty() ? Json(nullptr) : Json(source.how_left)}};
}

Result<codec::JsonObject> one(const Request& request, Readers& readers) {
  ASSIGN_OR_RETURN(const auto session, readers.take());
  return alert_with_sources(*session, request.params.at("id"));
}

using Answer = Result<codec::JsonObject> (*)(const Request&, Readers&);

net::Handler for_responders(access::Gate& gate, Readers& readers, Answer answer) {
  return [&gate, &readers, answer](const Request& request) {
    if (auto caller = gate.require(request, access::Role::kResponder); !caller) {
      return Response::error(caller.error(), request);
    }
    auto json = answer(request, readers);
    return json ? Response::json(200, *std::move(json)) : Response::error(json.error(), request);
  };
}

}  // namespace

Result<int64_t> number_from_query(const Request& request, std::string_view name, int64_t fallback,
                                  int64_t least, int64_t most) {
  const auto text = request.query_value(name);
  if (!text) return fallback;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || number < least ||
      number > most) {
    return invalid(fmt::format("{} '{}' is not a number from {} to {}", name, *text, least, most));
  }
  return number;
}

Result<codec::JsonObject> alert_with_sources(store::Session& sql, const std::string& id) {
  ASSIGN_OR_RETURN(const auto alert, read_alert(sql, id));
  if (!alert) return not_found(fmt::format("there is no alert '{}'", id));
  ASSIGN_OR_RETURN(const auto sources, sources_of_alert(sql, id, kMostSources));
  codec::JsonObject json = to_json(*alert);
  codec::JsonArray array;
  for (const AlertSource& source : sources) array.push_back(to_json(source));
  json["sources"] = std::move(array);
  return json;
}

void add_alert_routes(net::Router& router, access::Gate& gate, Readers& readers) {
  router.add("GET", "/api/v1/alerts", for_responders(gate, readers, list));
  router.add("GET", "/api/v1/alerts/{id}", for_responders(gate, readers, one));
}

}  // namespace tocsin::alert
