#include "telemetry/signal_spec.h"

#include <fmt/format.h>

#include <map>

#include "codec/fields.h"
#include "telemetry/selector_promql.h"

namespace tocsin::telemetry {
namespace {

using codec::Fields;
using Shape = StreamingQuery::Shape;

// What the parts of one signal are read with.
struct Reading {
  SignalSpec& spec;
  const std::string source;  // empty: the signal is folded from samples
};

// The PromQL under `key`, compiled. With a source, text that cannot be folded is sent as it is, and
// then has to say over which time it counts.
std::vector<Selector> read_query(Fields& fields, std::string_view key, Shape wanted,
                                 Reading& reading, std::string& sent) {
  if (!fields.has(key)) {
    fields.raw(key);
    return {};
  }
  const std::string text = fields.text(key);
  if (text.empty()) return {};
  const auto query = compile_promql(text);
  if (reading.source.empty()) {
    if (!query) {
      fields.problem(key, query.error().message);
      return {};
    }
    // Counters and buckets may be given plainly, as OpenSLO has them.
    const bool fits =
        wanted == Shape::kLevel ? query->shape == Shape::kLevel : query->shape != Shape::kQuantile;
    if (!fits) {
      fields.problem(key, wanted == Shape::kLevel
                              ? "a level is a gauge, without rate() or increase()"
                              : "this wants a counter, such as sum(rate(m[5m]))");
    }
    if (!query->by.empty() && query->by != reading.spec.by) {
      fields.problem(key, "what it is grouped by is said once, under spec.by");
    }
    return query->selectors;
  }
  if (wanted == Shape::kLevel) {
    sent = text;
  } else if (query && query->shape != Shape::kQuantile) {
    sent = increase_promql(query->selectors, reading.spec.by);
  } else if (text.find("$step") != std::string::npos) {
    sent = text;
  } else {
    fields.problem(key, "write the increase over $step, such as sum(increase(m[$step]))");
  }
  return {};
}

void read_ratio(Fields fields, Reading reading) {
  SignalSpec& spec = reading.spec;
  spec.kind = SignalKind::kRatio;
  SignalSpec::Query sent;
  spec.good = read_query(fields, "good", Shape::kIncrease, reading, sent.good);
  spec.bad = read_query(fields, "bad", Shape::kIncrease, reading, sent.bad);
  spec.total = read_query(fields, "total", Shape::kIncrease, reading, sent.total);
  if (fields.has("good") == fields.has("bad"))
    fields.problem("", "give total and exactly one of good and bad");
  if (!fields.has("total")) fields.problem("total", "is missing: say which requests are counted");
  if (!reading.source.empty()) {
    sent.source = reading.source;
    spec.query = std::make_unique<SignalSpec::Query>(std::move(sent));
  }
  fields.finish();
}

void read_one(Fields fields, SignalKind kind, Shape shape, Reading reading) {
  constexpr std::string_view kFolds[] = {"sum", "max", "average"};
  SignalSpec& spec = reading.spec;
  spec.kind = kind;
  SignalSpec::Query sent;
  if (!fields.has("of")) fields.problem("of", "is missing: say which series");
  spec.of = read_query(fields, "of", shape, reading, sent.of);
  if (kind == SignalKind::kLatency) {
    spec.latency_bound = fields.number("bound", std::nullopt, 1e-6, 1e6);
    if (!reading.source.empty()) {
      fields.problem("",
                     "a latency is folded from samples; leave out spec.source, or write a ratio");
    }
  }
  if (kind == SignalKind::kLevel)
    spec.fold = static_cast<SignalSpec::LevelFold>(fields.choice("fold", kFolds, 0));
  if (!reading.source.empty()) {
    sent.source = reading.source;
    spec.query = std::make_unique<SignalSpec::Query>(std::move(sent));
  }
  fields.finish();
}

std::string read_source(Fields& spec, const Sources& sources) {
  const std::string source = spec.text("source", "");
  if (source.empty()) return source;
  std::vector<std::string> known;
  for (const QuerySource& query : sources.query) {
    if (query.name == source) return source;
    known.push_back(query.name);
  }
  spec.problem("source", fmt::format("{} is no source under telemetry.query of tocsin.yaml{}",
                                     codec::shown(source), codec::did_you_mean(source, known)));
  return source;
}

void read_kind(Fields& spec, Reading reading) {
  int kinds = 0;
  for (const char* key : {"ratio", "rate", "latency", "level"}) kinds += spec.has(key) ? 1 : 0;
  if (kinds != 1) {
    spec.problem("", "give exactly one of ratio, rate, latency and level");
    for (const char* key : {"ratio", "rate", "latency", "level"}) spec.raw(key);
    return;
  }
  if (spec.has("ratio")) read_ratio(spec.child("ratio"), reading);
  if (spec.has("rate")) read_one(spec.child("rate"), SignalKind::kRate, Shape::kIncrease, reading);
  if (spec.has("latency"))
    read_one(spec.child("latency"), SignalKind::kLatency, Shape::kIncrease, reading);
  if (spec.has("level")) read_one(spec.child("level"), SignalKind::kLevel, Shape::kLevel, reading);
}

SignalSpec read_signal(const catalog::Document& document, const catalog::Catalog& catalog,
                       const Sources& sources, codec::Problems& problems) {
  SignalSpec signal;
  Fields root(document.node, document.file, problems);
  root.text("apiVersion");
  root.text("kind");
  Fields metadata = root.child("metadata");
  signal.name = SignalName(metadata.text("name"));
  metadata.finish();
  Fields spec = root.child("spec");
  signal.service = spec.text("service", "");
  if (!signal.service.empty() && catalog.service(catalog::ServiceId(signal.service)) == nullptr) {
    std::vector<std::string> known;
    for (const auto& [id, service] : catalog.services) known.push_back(id.value());
    spec.problem("service", fmt::format("{} is not known{}", codec::shown(signal.service),
                                        codec::did_you_mean(signal.service, known)));
  }
  signal.by = spec.texts("by");
  read_kind(spec, Reading{signal, read_source(spec, sources)});
  spec.finish();
  root.finish();
  return signal;
}

}  // namespace

std::vector<SignalSpec> read_signals(const catalog::Catalog& catalog, const Sources& sources,
                                     codec::Problems& problems) {
  std::vector<SignalSpec> signals;
  std::map<SignalName, std::string> seen;  // and where
  for (const catalog::Document& document : catalog.documents) {
    if (document.api_version != "tocsin/v1" || document.kind != "Signal") continue;
    SignalSpec signal = read_signal(document, catalog, sources, problems);
    const std::string where = fmt::format("{}:{}", document.file, document.node.place.line);
    const auto [first, is_new] = seen.emplace(signal.name, where);
    if (!is_new && !signal.name.empty()) {
      problems.add(
          {document.file, document.node.place, "metadata.name",
           fmt::format("signal {} is declared at {} already", signal.name.value(), first->second)});
    }
    signals.push_back(std::move(signal));
  }
  return signals;
}

}  // namespace tocsin::telemetry
