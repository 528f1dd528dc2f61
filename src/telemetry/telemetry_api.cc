#include "telemetry/telemetry_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "telemetry/quantile.h"

namespace tocsin::telemetry {
namespace {

using codec::Json;
using codec::JsonArray;
using codec::JsonObject;

std::string_view name_of(SignalKind kind) {
  switch (kind) {
    case SignalKind::kRatio: return "ratio";
    case SignalKind::kRate: return "rate";
    case SignalKind::kLatency: return "latency";
    case SignalKind::kLevel: return "level";
  }
  bug("unknown kind of signal");
}

net::Response write(const net::Request& request, access::Gate& gate, Telemetry& telemetry) {
  if (const auto who = gate.require(request, access::Role::kResponder); !who) {
    return net::Response::error(who.error(), request);
  }
  const WriteOutcome outcome = telemetry.write(
      request.headers.get("Content-Type"), request.headers.get("Content-Encoding"), request.body);
  net::Response response = net::Response::empty(outcome.status);
  if (outcome.status / 100 != 2) {
    const Code code = outcome.status == 429   ? Code::kResourceExhausted
                      : outcome.status >= 500 ? Code::kUnavailable
                                              : Code::kInvalidArgument;
    response = net::Response::error({code, outcome.message}, request);
    response.status = outcome.status;
    if (outcome.status == 429 || outcome.status == 503) response.headers.set("Retry-After", "1");
  }
  // Remote write 2.0 wants them on every answer, also on one of partial success.
  response.headers.set("X-Prometheus-Remote-Write-Samples-Written",
                       std::to_string(outcome.samples));
  response.headers.set("X-Prometheus-Remote-Write-Histograms-Written",
                       std::to_string(outcome.histograms));
  response.headers.set("X-Prometheus-Remote-Write-Exemplars-Written",
                       std::to_string(outcome.exemplars));
  return response;
}

JsonObject signals_json(const Telemetry& telemetry) {
  JsonArray signals;
  for (const SignalStatus& status : telemetry.signal_status()) {
    JsonArray by;
    for (const std::string& label : status.spec->by) by.push_back(Json(label));
    signals.push_back(JsonObject{{"name", status.spec->name.value()},
                                 {"kind", name_of(status.spec->kind)},
                                 {"service", status.spec->service},
                                 {"series", status.series},
                                 {"streams", status.streams},
                                 {"by", std::move(by)}});
  }
  return JsonObject{{"signals", std::move(signals)}};
}

// The slots of one stream, added up to the chart's steps.
std::vector<std::optional<SlotValues>> to_steps(const std::vector<SlotValues>& slots,
                                                const ChartSpan& span, Merge merge) {
  std::vector<std::optional<SlotValues>> steps(span.points);
  const int64_t width = width_ms(span.level);
  for (const SlotValues& slot : slots) {
    const int64_t offset = slot.slot * width - to_millis(span.from);
    if (offset < 0) continue;
    const auto step = static_cast<size_t>(offset / (span.step.count() / 1000));
    if (step >= steps.size()) continue;
    if (steps[step]) {
      steps[step]->merge(slot, merge);
    } else {
      steps[step] = slot;
    }
  }
  return steps;
}

// What one step shows, by name, for each kind of signal; NaN: nothing.
std::vector<std::pair<std::string_view, double>> shown_values(const SignalSpec& spec,
                                                              SlotValues slot,
                                                              const std::vector<double>& bounds) {
  const double first = slot.column(0), second = slot.column(1);
  switch (spec.kind) {
    case SignalKind::kRatio: return {{"bad", first}, {"total", second}};
    case SignalKind::kRate: return {{"count", first}};
    case SignalKind::kLevel: {
      const bool is_average = spec.fold != SignalSpec::LevelFold::kMax;
      return {{"value", is_average && second > 0 ? first / second : first}};
    }
    case SignalKind::kLatency:
      return {{"p50", quantile(0.50, bounds, slot.more)},
              {"p95", quantile(0.95, bounds, slot.more)},
              {"p99", quantile(0.99, bounds, slot.more)},
              {"slow", first},
              {"total", second}};
  }
  bug("unknown kind of signal");
}

JsonObject stream_json(const SignalSpec& spec, const StreamSlots& stream, const ChartSpan& span,
                       const std::vector<double>& bounds) {
  JsonObject values;
  const auto steps = to_steps(stream.slots, span, merge_of(spec));
  for (const auto& [name, ignored] : shown_values(spec, {}, bounds)) values[name] = JsonArray();
  for (const std::optional<SlotValues>& step : steps) {
    for (const auto& [name, value] : shown_values(spec, step.value_or(SlotValues{}), bounds)) {
      values[name].as_array().push_back(step && std::isfinite(value) ? Json(value) : Json(nullptr));
    }
  }
  JsonObject labels;
  for (const auto& [name, value] : stream.labels) labels[name] = value;
  return {{"labels", std::move(labels)}, {"values", std::move(values)}};
}

// How much a stream matters beside its siblings: its events, or how far its level is from zero.
double weight_of(const SignalSpec& spec, const std::vector<SlotValues>& slots) {
  double first = 0, second = 0;
  for (const SlotValues& slot : slots) {
    first += slot.head[0];
    second += slot.head[1];
  }
  switch (spec.kind) {
    case SignalKind::kRate: return first;
    case SignalKind::kRatio:
    case SignalKind::kLatency: return second;
    case SignalKind::kLevel: return second > 0 ? std::abs(first / second) : 0;
  }
  bug("unknown kind of signal");
}

// The largest ones first; those that weigh the same in the order of their labels.
std::vector<const StreamSlots*> largest(const SignalSpec& spec,
                                        const std::vector<StreamSlots>& streams, size_t limit) {
  std::vector<std::pair<double, const StreamSlots*>> ranked;
  for (const StreamSlots& stream : streams)
    ranked.emplace_back(weight_of(spec, stream.slots), &stream);
  std::ranges::sort(ranked, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second->labels < b.second->labels;
  });
  ranked.resize(std::min(ranked.size(), limit));
  std::vector<const StreamSlots*> out;
  for (const auto& [weight, stream] : ranked) out.push_back(stream);
  return out;
}

Result<size_t> limit_of(const net::Request& request) {
  const auto text = request.query_value("limit");
  if (!text) return kChartStreams;
  size_t limit = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (error != std::errc() || end != text->data() + text->size() || limit < 1 ||
      limit > StreamTable::kMaxGroups) {
    return invalid(
        fmt::format("limit: '{}' is not between 1 and {}", *text, StreamTable::kMaxGroups));
  }
  return limit;
}

Result<JsonObject> chart_json(const net::Request& request, const Telemetry& telemetry) {
  const SignalName name(request.params.at("id"));
  const CompiledSignal* signal = nullptr;
  const std::shared_ptr<const SignalSet> signals = telemetry.signals();
  signal = signals->find(name);
  if (signal == nullptr) {
    return not_found(
        fmt::format("there is no signal {}; GET /api/v1/signals lists them", name.value()));
  }
  ASSIGN_OR_RETURN(const Duration window, window_of(request));
  ASSIGN_OR_RETURN(const size_t limit, limit_of(request));
  const ChartSpan span = chart_span(window, telemetry.clock().now());
  ASSIGN_OR_RETURN(const auto streams, telemetry.slots(name, span.level, span.from, span.to));
  const std::vector<double> bounds = telemetry.bounds_of(name);
  JsonArray at, all;
  for (size_t i = 0; i < span.points; ++i) {
    at.push_back(
        Json(to_seconds((span.from + span.step * static_cast<int64_t>(i)).time_since_epoch())));
  }
  for (const StreamSlots* stream : largest(*signal->spec, streams, limit))
    all.push_back(stream_json(*signal->spec, *stream, span, bounds));
  const size_t left_out = streams.size() - all.size();
  return JsonObject{{"from", to_rfc3339(span.from)},
                    {"to", to_rfc3339(span.to)},
                    {"step_seconds", to_seconds(span.step)},
                    {"at", std::move(at)},
                    {"streams", std::move(all)},
                    {"streams_left_out", left_out}};
}

}  // namespace

Result<Duration> window_of(const net::Request& request) {
  const auto text = request.query_value("window");
  if (!text) return Duration(hours(1));
  auto window = parse_duration(*text);
  if (!window) return fail(std::move(window).error().in("window"));
  if (*window < minutes(5) || *window > days(400)) {
    return invalid(fmt::format("window: {} is not between 5m and 400d", *text));
  }
  return *window;
}

ChartSpan chart_span(Duration window, Time now) {
  ChartSpan span;
  // A level is fit when it reaches back so far; its slots are joined when there are too many.
  for (const RollupLevel level : kRollupLevels) {
    span.level = level;
    const bool reaches = window.count() / 1000 <= retention_ms(level);
    if (reaches && window / width_of(level) <= static_cast<int64_t>(kMostChartPoints)) break;
  }
  const Duration width = width_of(span.level);
  const int64_t slots = window / width;
  const int64_t joined =
      (slots + static_cast<int64_t>(kMostChartPoints) - 1) / static_cast<int64_t>(kMostChartPoints);
  span.step = width * std::max<int64_t>(joined, 1);
  const int64_t last = to_micros(now) / span.step.count() + 1;
  span.points = static_cast<size_t>((window + span.step - Duration(1)) / span.step);
  span.to = Time(span.step * last);
  span.from = span.to - span.step * static_cast<int64_t>(span.points);
  return span;
}

void add_telemetry_routes(net::Router& router, access::Gate& gate, Telemetry& telemetry) {
  net::RouteOptions large;
  large.max_body = 32 << 20;
  large.accept_gzip = false;
  router.add(
      "POST", "/api/v1/write",
      [&](const net::Request& request) { return write(request, gate, telemetry); }, large);
  router.add("GET", "/api/v1/signals", [&](const net::Request& request) {
    if (const auto who = gate.require(request, access::Role::kResponder); !who) {
      return net::Response::error(who.error(), request);
    }
    return net::Response::json(200, signals_json(telemetry));
  });
  router.add("GET", "/api/v1/signals/{id}/chart", [&](const net::Request& request) {
    if (const auto who = gate.require(request, access::Role::kResponder); !who) {
      return net::Response::error(who.error(), request);
    }
    const auto chart = chart_json(request, telemetry);
    return chart ? net::Response::json(200, *chart) : net::Response::error(chart.error(), request);
  });
}

}  // namespace tocsin::telemetry
