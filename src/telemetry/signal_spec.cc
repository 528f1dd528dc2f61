#include "telemetry/signal_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "catalog/address.h"
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

// Whether the query is what this kind of signal is made from. Counters and buckets may be given
// plainly, as OpenSLO has them.
void check_shape(Fields& fields, std::string_view key, Shape wanted, const StreamingQuery& query,
                 const SignalSpec& spec) {
  const bool is_latency = spec.kind == SignalKind::kLatency;
  if (wanted == Shape::kLevel) {
    if (query.shape != Shape::kLevel)
      fields.problem(key, "a level is a gauge, without rate() or increase()");
    return;
  }
  const bool is_sum = query.shape == Shape::kIncrease ||
                      (query.shape == Shape::kQuantile && is_latency) ||
                      (query.shape == Shape::kLevel && query.fold == SignalSpec::LevelFold::kSum);
  if (!is_sum) fields.problem(key, "this wants a counter, such as sum(rate(m[5m]))");
  for (const Selector& selector : query.selectors) {
    if (is_latency && std::ranges::count(selector, "le", &Matcher::label) > 0)
      fields.problem(key, "leave out the label le: every bucket is wanted");
  }
}

// `sum by (le)` is how buckets are written; all else is said once, under spec.by.
void check_groups(Fields& fields, std::string_view key, const StreamingQuery& query,
                  const SignalSpec& spec) {
  std::vector<std::string> by = query.by, said = spec.by;
  if (spec.kind == SignalKind::kLatency) std::erase(by, "le");
  std::ranges::sort(by);
  std::ranges::sort(said);
  if (!by.empty() && by != said)
    fields.problem(key, "what it is grouped by is said once, under spec.by");
}

// max(m) and avg(m) say how a level is folded; `fold:` may say the same, and nothing else.
void read_fold(Fields& fields, std::string_view key, const StreamingQuery& query,
               SignalSpec& spec) {
  if (query.fold == SignalSpec::LevelFold::kSum) return;
  if (fields.has("fold") && spec.fold != query.fold) {
    fields.problem(key, "the query and `fold` do not agree on how series are folded");
  }
  spec.fold = query.fold;
}

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
    check_shape(fields, key, wanted, *query, reading.spec);
    check_groups(fields, key, *query, reading.spec);
    if (wanted == Shape::kLevel) read_fold(fields, key, *query, reading.spec);
    return query->selectors;
  }
  if (query) check_groups(fields, key, *query, reading.spec);
  if (wanted == Shape::kLevel) {
    if (query && query->shape == Shape::kLevel) read_fold(fields, key, *query, reading.spec);
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
  if (kind == SignalKind::kLevel)
    spec.fold = static_cast<SignalSpec::LevelFold>(fields.choice("fold", kFolds, 0));
  if (!fields.has("of")) fields.problem("of", "is missing: say which series");
  spec.of = read_query(fields, "of", shape, reading, sent.of);
  if (kind == SignalKind::kLatency) {
    spec.latency_bound = fields.number("bound", std::nullopt, 1e-6, 1e6);
    if (!reading.source.empty()) {
      fields.problem("",
                     "a latency is folded from samples; leave out spec.source, or write a ratio");
    }
  }
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

std::vector<std::string> read_by(Fields& spec) {
  std::vector<std::string> by = spec.texts("by");
  if (std::set<std::string>(by.begin(), by.end()).size() != by.size())
    spec.problem("by", "a label is there twice");
  if (spec.has("latency") && std::ranges::count(by, "le") > 0)
    spec.problem("by", "a latency is made from all buckets; leave out le");
  return by;
}

SignalSpec read_signal(const catalog::Document& document, const catalog::Catalog& catalog,
                       const Sources& sources, codec::Problems& problems) {
  SignalSpec signal;
  Fields root(document.node, document.file, problems);
  root.text("apiVersion");
  root.text("kind");
  Fields metadata = root.child("metadata");
  signal.name = SignalName(metadata.text("name"));
  // As every name of the catalog: it is a segment of a URL, too.
  if (const std::string bad = catalog::wrong_with_name(signal.name.value());
      !bad.empty() && !signal.name.empty()) {
    metadata.problem("name", fmt::format("'{}' {}", codec::shown(signal.name.value()), bad));
  }
  metadata.finish();
  Fields spec = root.child("spec");
  signal.service = spec.text("service", "");
  if (!signal.service.empty() && catalog.service(catalog::ServiceId(signal.service)) == nullptr) {
    std::vector<std::string> known;
    for (const auto& [id, service] : catalog.services) known.push_back(id.value());
    spec.problem("service", fmt::format("{} is not known{}", codec::shown(signal.service),
                                        codec::did_you_mean(signal.service, known)));
  }
  signal.by = read_by(spec);
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
