#include "slo/slo_api.h"

#include <fmt/format.h>

#include "slo/slo_json.h"
#include "telemetry/telemetry_api.h"

namespace tocsin::slo {
namespace {

using codec::Json;
using codec::JsonArray;
using codec::JsonObject;

Result<ObjectiveView> find(const net::Request& request, const SloBook& book) {
  const ObjectiveName name(request.params.at("id"));
  if (auto view = book.objective(name)) return *std::move(view);
  return not_found(
      fmt::format("there is no objective {}; GET /api/v1/objectives lists them", name.value()));
}

Result<JsonObject> list(const ApiParts& parts) {
  // Before the objectives: whoever follows the stream from here misses nothing.
  const int64_t seq = parts.seq();
  JsonArray objectives;
  for (const ObjectiveView& view : parts.book.objectives())
    objectives.push_back(objective_json(view));
  return JsonObject{{"objectives", std::move(objectives)}, {"seq", seq}};
}

// Counts of each step; null where nothing was counted.
Result<JsonObject> chart(const net::Request& request, const ApiParts& parts) {
  ASSIGN_OR_RETURN(const ObjectiveView view, find(request, parts.book));
  ASSIGN_OR_RETURN(const Duration window, telemetry::window_of(request));
  const telemetry::ChartSpan span = telemetry::chart_span(window, parts.clock.now());
  ASSIGN_OR_RETURN(const auto slots,
                   parts.rollups.ratio(view.objective->signal, span.level, span.from, span.to));
  std::vector<std::optional<Counts>> steps(span.points);
  for (const telemetry::RatioSlot& slot : slots) {
    const auto step = static_cast<size_t>((slot.start - span.from) / span.step);
    if (step >= steps.size()) continue;
    Counts& counts = steps[step] ? *steps[step] : steps[step].emplace();
    counts.bad += slot.bad;
    counts.total += slot.total;
  }
  JsonArray at, bad, total;
  for (size_t i = 0; i < steps.size(); ++i) {
    const Time start = span.from + span.step * static_cast<int64_t>(i);
    at.push_back(Json(to_seconds(start.time_since_epoch())));
    bad.push_back(steps[i] ? Json(steps[i]->bad) : Json(nullptr));
    total.push_back(steps[i] ? Json(steps[i]->total) : Json(nullptr));
  }
  return JsonObject{{"from", to_rfc3339(span.from)},
                    {"to", to_rfc3339(span.to)},
                    {"step_seconds", to_seconds(span.step)},
                    {"at", std::move(at)},
                    {"bad", std::move(bad)},
                    {"total", std::move(total)}};
}

}  // namespace

void add_slo_routes(net::Router& router, ApiParts parts) {
  const auto add = [&](std::string pattern,
                       std::function<Result<JsonObject>(const net::Request&)> answer) {
    router.add("GET", std::move(pattern),
               [&gate = parts.gate, answer = std::move(answer)](const net::Request& request) {
                 if (const auto who = gate.require(request, access::Role::kResponder); !who) {
                   return net::Response::error(who.error(), request);
                 }
                 const auto body = answer(request);
                 return body ? net::Response::json(200, *body)
                             : net::Response::error(body.error(), request);
               });
  };
  add("/api/v1/objectives", [parts](const net::Request&) { return list(parts); });
  add("/api/v1/objectives/{id}", [parts](const net::Request& request) -> Result<JsonObject> {
    ASSIGN_OR_RETURN(const ObjectiveView view, find(request, parts.book));
    return objective_json(view);
  });
  add("/api/v1/objectives/{id}/chart",
      [parts](const net::Request& request) { return chart(request, parts); });
}

}  // namespace tocsin::slo
