#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "telemetry/folder.h"

// How a series is connected to the signals that it matches: the slow half of Folder, run once for
// each label set and generation.

namespace tocsin::telemetry {
namespace {

// Bounds are written by people and by clients: 0.3, 3e-1 and 0.30000000000000004 are the same one.
bool is_same_bound(double a, double b) {
  return std::isfinite(a) && std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

}  // namespace

bool Folder::is_measured(const SignalSpec& spec) const {
  if (spec.kind != SignalKind::kLatency) return true;
  return std::ranges::any_of(streams_.bounds_of(spec.name), [&](double bound) {
    return is_same_bound(bound, spec.latency_bound);
  });
}

Decision Folder::decide(const SeriesSighting& sighting, uint32_t minute,
                        bool& is_over_group_limit) {
  uint32_t index = series_.find(sighting.identity);
  // scrape_duration_seconds and its like come from the scraper, also while the target is down: they
  // do not speak for it.
  const std::string_view metric = sighting.labels.get(kMetricName);
  const bool is_of_target = sighting.target_hash != 0 && !metric.starts_with("scrape_");
  const uint32_t target = is_of_target ? series_.target(sighting.target_hash) : kNone;
  const bool is_witness = target != kNone && (series_.target_at(target).witness == kNone ||
                                              series_.target_at(target).witness == index);
  if (sighting.matches.empty() && !is_witness) {
    // It mattered to signals that are gone. Should it matter again, counting begins anew.
    if (index != kNone) series_.free(index);
    return {};
  }
  if (index == kNone) {
    index = series_.make(sighting.identity);
    series_[index].may_be_born = !sighting.was_known;
  }
  Series& series = series_[index];
  // A series that was followed as its target's witness, or dropped, is not born when it is wanted.
  if (sighting.was_known) series.may_be_born = false;
  series.minute = minute;
  series.target = target;
  series.is_up = metric == "up";
  if (is_witness) series_.target_at(target).witness = index;
  if (target != kNone) series_.target_at(target).minute = minute;
  if (series.generation != generation()) {
    series.generation = generation();
    series.feeds.clear();
    feed(series, index, sighting, is_over_group_limit);
  }
  const uint32_t replica =
      sighting.replica.empty() ? 0 : election_.replica(sighting.cluster, sighting.replica);
  return {index, replica};
}

void Folder::feed(Series& series, uint32_t index, const SeriesSighting& sighting,
                  bool& is_over_group_limit) {
  for (const SignalMatch& match : sighting.matches) {
    const CompiledSignal* signal = signals_->find(match.signal);
    if (signal == nullptr) continue;
    Labels group;
    for (const std::string& label : signal->spec->by) {
      group[label] = std::string(sighting.labels.get(label));
    }
    SeriesFeed made{.signal = match.signal};
    const auto stream = streams_.stream(*signal->spec, group);
    if (!stream) {
      is_over_group_limit = true;
      continue;
    }
    made.stream = *stream;
    if (!feed_signal(match, sighting, made)) continue;
    if (made.is_level) streams_[*stream].level_series.push_back(index);
    series.feeds.push_back(made);
  }
}

bool Folder::feed_signal(const SignalMatch& match, const SeriesSighting& sighting,
                         SeriesFeed& feed) {
  const SignalSpec& spec = *signals_->find(match.signal)->spec;
  switch (spec.kind) {
    case SignalKind::kRatio: return feed_ratio(spec, match, feed, sighting.target_hash);
    case SignalKind::kLatency: return match.is_of && feed_bucket(spec, sighting, feed);
    case SignalKind::kRate: feed.bad = 1; return match.is_of;
    case SignalKind::kLevel: feed.is_level = true; return match.is_of;
  }
  return false;
}

bool Folder::feed_ratio(const SignalSpec& spec, const SignalMatch& match, SeriesFeed& feed,
                        uint64_t target_hash) {
  const bool counts_good = !spec.good.empty();
  const bool is_part = counts_good ? match.is_good : match.is_bad;
  feed.total = match.is_total ? 1 : 0;
  feed.bad = static_cast<int8_t>(counts_good ? feed.total - (is_part ? 1 : 0) : (is_part ? 1 : 0));
  feed.is_told = spec.by.empty();
  if (!feed.is_told) return true;
  // A series that is both sides needs no holding, but it tells that its side is known. With bad
  // events that is of no use: which series of total are good is not known to anybody.
  const bool is_both = is_part && match.is_total;
  if (is_both && !counts_good) return true;
  feed.is_held = !is_both;
  feed.side = is_part ? PairHold::Side::kPart : PairHold::Side::kTotal;
  feed.pair = pair_of(feed.signal, target_hash,
                      counts_good ? PairHold::Kind::kGoodAndTotal : PairHold::Kind::kBadAndTotal);
  return true;
}

bool Folder::feed_bucket(const SignalSpec& spec, const SeriesSighting& sighting, SeriesFeed& feed) {
  const std::string text(sighting.labels.get("le"));
  char* end = nullptr;
  const double le = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || std::isnan(le)) return false;
  const auto column = streams_.bucket_column(spec.name, le);
  if (!column) return false;
  feed.column = *column;
  const bool is_total = std::isinf(le) && le > 0;
  const bool is_good = is_same_bound(le, spec.latency_bound);
  if (!is_total && !is_good) return true;
  feed.total = is_total ? 1 : 0;
  feed.bad = static_cast<int8_t>(feed.total - (is_good ? 1 : 0));
  feed.is_told = spec.by.empty();
  feed.side = is_good ? PairHold::Side::kPart : PairHold::Side::kTotal;
  if (feed.is_told)
    feed.pair = pair_of(feed.signal, sighting.histogram_hash, PairHold::Kind::kLatency);
  return true;
}

uint32_t Folder::pair_of(SignalIndex signal, uint64_t key, PairHold::Kind kind) {
  const auto [at, is_new] = pair_index_.try_emplace({signal, key}, 0);
  if (is_new) at->second = pairs_.make_pair(signal, kind);
  return at->second;
}

}  // namespace tocsin::telemetry
