#include "slo/openslo_indicator.h"

#include <fmt/format.h>

#include "base/text.h"
#include "telemetry/selector_promql.h"

namespace tocsin::slo {
namespace {

using telemetry::SignalKind;
using telemetry::SignalName;
using telemetry::SignalSpec;

constexpr const char* kNoThreshold =
    "a thresholdMetric is a level, which has no good and bad events to count; for a latency "
    "declare a "
    "tocsin/v1 Signal of kind latency and name it with indicatorRef, for anything else use "
    "ratioMetric";

void read_data_source(codec::Fields& object) {
  read_metadata(object, {});
  read_inline_kind(object, "DataSource");
  codec::Fields spec = object.child("spec");
  spec.text("description", "");
  const std::string type = spec.text("type");
  if (!type.empty() && !equal_ignoring_case(type, "prometheus"))
    spec.problem("type", fmt::format("'{}' cannot be read; only Prometheus can", type));
  spec.raw("connectionDetails");
  spec.finish();
  object.finish();
}

// A query source is asked for what happened in each step of time. What folds, we write ourselves;
// other expressions must say where the step goes.
Result<std::string> step_query(const std::vector<telemetry::Selector>& folded,
                               const std::string& text) {
  if (text.empty()) return std::string();
  if (!folded.empty()) return telemetry::increase_promql(folded, {});
  if (text.find("$step") == std::string::npos)
    return invalid("must give the increase over $step, as in sum(increase(m[$step]))");
  return text;
}

}  // namespace

IndicatorReader::IndicatorReader(const catalog::Catalog& catalog, const Surroundings& around,
                                 codec::Problems& problems)
    : around_(around), data_sources_(documents_of(catalog, "DataSource", problems)) {
  for (const auto& [name, document] : data_sources_) {
    codec::Fields object(document->node, document->file, problems);
    read_data_source(object);
  }
  for (const auto& [name, document] : documents_of(catalog, "SLI", problems)) {
    codec::Fields object(document->node, document->file, problems);
    read_inline_kind(object, "SLI");
    read_metadata(object, {});
    slis_[name] = read_object(object);
    object.finish();
    if (!slis_[name]) continue;
    if (around.signals.contains(name))
      object.problem("metadata", fmt::format("'{}' is also the name of a Signal; rename one of the "
                                             "two",
                                             name));
  }
}

std::optional<IndicatorReader::Queries> IndicatorReader::read_object(codec::Fields& object) {
  codec::Fields spec = object.child("spec");
  spec.text("description", "");
  std::optional<Queries> queries;
  if (spec.has("thresholdMetric")) {
    spec.problem("thresholdMetric", kNoThreshold);
    spec.raw("thresholdMetric");
    spec.raw("ratioMetric");
  } else {
    codec::Fields ratio = spec.child("ratioMetric");
    queries = read_ratio(ratio);
  }
  spec.finish();
  return queries;
}

std::optional<IndicatorReader::Queries> IndicatorReader::read_ratio(codec::Fields& ratio) {
  if (ratio.has("raw")) {
    ratio.problem("raw",
                  "a ratio that is already divided has no counts; give good or bad, and total");
    return std::nullopt;
  }
  if (!ratio.flag("counter", false)) {
    ratio.problem("counter",
                  "only counters are counted; write counter: true (the queries may still "
                  "be rates of counters)");
  }
  Queries queries;
  std::optional<std::string> source;
  const bool has_good = ratio.has("good"), has_bad = ratio.has("bad");
  if (has_good == has_bad) ratio.problem("", "must have exactly one of good and bad, and total");
  if (has_good) queries.good = read_query(ratio, "good", source);
  if (has_bad) queries.bad = read_query(ratio, "bad", source);
  queries.total = read_query(ratio, "total", source);
  ratio.finish();
  if (has_good == has_bad || queries.total.empty() || queries.good.empty() == queries.bad.empty())
    return std::nullopt;
  queries.source = source.value_or("");
  return queries;
}

std::string IndicatorReader::read_query(codec::Fields& ratio, std::string_view key,
                                        std::optional<std::string>& source) {
  codec::Fields metric = ratio.child(key);
  codec::Fields from = metric.child("metricSource");
  const std::string type = from.text("type", "Prometheus");
  if (!equal_ignoring_case(type, "prometheus"))
    from.problem("type", fmt::format("'{}' cannot be read; only Prometheus can", type));
  const std::string ref = from.text("metricSourceRef", "");
  const bool is_query_source = around_.query_sources.contains(ref);
  if (!ref.empty() && !is_query_source && !data_sources_.contains(ref))
    from.problem("metricSourceRef", unknown_name("DataSource", ref, data_sources_) +
                                        ", and no query source of tocsin.yaml has this name");
  const std::string named = is_query_source ? ref : "";
  if (source && *source != named)
    from.problem("metricSourceRef", "good or bad and total must come from the same source");
  source = named;
  codec::Fields spec = from.child("spec");
  const std::string query = spec.text("query");
  spec.finish();
  from.finish();
  metric.finish();
  return query;
}

std::optional<SignalName> IndicatorReader::want(codec::Fields& at, std::string_view key,
                                                const std::string& name, const Queries& queries,
                                                const std::string& service) {
  if (const auto known = wanted_.find(name); known != wanted_.end()) {
    if (known->second.queries == queries) return SignalName(name);
    at.problem(key, fmt::format("indicator '{}' is already declared with other queries; give it a "
                                "name of its own",
                                name));
    return std::nullopt;
  }
  auto folded =
      telemetry::ratio_from_promql(SignalName(name), queries.good, queries.bad, queries.total);
  SignalSpec spec;
  if (queries.source.empty()) {
    if (!folded) {
      at.problem(key, folded.error().message +
                          "; or name a query source of tocsin.yaml with metricSourceRef");
      return std::nullopt;
    }
    spec = *std::move(folded);
  } else {
    if (!folded) folded = SignalSpec{};
    const auto good = step_query(folded->good, queries.good);
    const auto bad = step_query(folded->bad, queries.bad);
    const auto total = step_query(folded->total, queries.total);
    for (const auto* query : {&good, &bad, &total})
      if (!*query) at.problem(key, query->error().message);
    if (!good || !bad || !total) return std::nullopt;
    spec.name = SignalName(name);
    spec.query = std::make_unique<SignalSpec::Query>(SignalSpec::Query{
        .source = queries.source, .bad = *bad, .good = *good, .total = *total, .of = {}});
  }
  spec.service = service;
  wanted_.emplace(name, Wanted{queries, std::move(spec)});
  return SignalName(name);
}

std::optional<SignalName> IndicatorReader::read(codec::Fields& spec, const std::string& slo_name,
                                                const std::string& service) {
  const bool has_inline = spec.has("indicator"), has_ref = spec.has("indicatorRef");
  if (has_inline == has_ref) {
    spec.raw("indicator");
    spec.raw("indicatorRef");
    spec.problem("indicator", "give exactly one of indicator and indicatorRef");
    return std::nullopt;
  }
  if (has_inline) {
    codec::Fields object = spec.child("indicator");
    read_inline_kind(object, "SLI");
    const std::string name = object.has("metadata") ? read_metadata(object, {}).name : slo_name;
    const auto queries = read_object(object);
    object.finish();
    if (!queries || name.empty()) return std::nullopt;
    if (around_.signals.contains(name) || slis_.contains(name)) {
      spec.problem("indicator",
                   fmt::format("'{}' is also the name of a {}; name it with indicatorRef, or give "
                               "this one a name of its own",
                               name, slis_.contains(name) ? "SLI" : "Signal"));
      return std::nullopt;
    }
    return want(spec, "indicator", name, *queries, service);
  }
  const std::string ref = spec.text("indicatorRef");
  if (const auto sli = slis_.find(ref); sli != slis_.end()) {
    if (!sli->second) return std::nullopt;
    return want(spec, "indicatorRef", ref, *sli->second, service);
  }
  const auto signal = around_.signals.find(ref);
  if (signal == around_.signals.end()) {
    std::map<std::string, int> known;
    for (const auto& [name, queries] : slis_) known[name] = 0;
    for (const auto& [name, kind] : around_.signals) known[name] = 0;
    spec.problem("indicatorRef", unknown_name("SLI or Signal", ref, known));
    return std::nullopt;
  }
  if (signal->second != SignalKind::kRatio && signal->second != SignalKind::kLatency) {
    spec.problem("indicatorRef", fmt::format("signal '{}' has no good and bad events; an objective "
                                             "needs a signal of kind ratio or latency",
                                             ref));
    return std::nullopt;
  }
  return SignalName(ref);
}

std::vector<SignalSpec> IndicatorReader::take_signals() {
  std::vector<SignalSpec> signals;
  for (auto& [name, wanted] : wanted_) signals.push_back(std::move(wanted.spec));
  wanted_.clear();
  return signals;
}

}  // namespace tocsin::slo
