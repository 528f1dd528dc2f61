#include "telemetry/telemetry.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace tocsin::telemetry {
namespace {

uint32_t minute_of(Time t) {
  return static_cast<uint32_t>(std::chrono::floor<minutes>(t.time_since_epoch()).count());
}

}  // namespace

Result<std::unique_ptr<Telemetry>> Telemetry::open(IngestLimits limits, store::Database* database,
                                                   const Clock& clock, Rng& rng, Log& log,
                                                   Metrics& metrics) {
  std::unique_ptr<TelemetryStore> store;
  if (database != nullptr) {
    ASSIGN_OR_RETURN(store, TelemetryStore::open(*database));
  }
  return std::unique_ptr<Telemetry>(
      new Telemetry(std::move(limits), std::move(store), clock, rng, log, metrics));
}

Telemetry::Telemetry(IngestLimits limits, std::unique_ptr<TelemetryStore> store, const Clock& clock,
                     Rng& rng, Log& log, Metrics& metrics)
    : limits_(std::move(limits)),
      clock_(clock),
      rng_(rng),
      log_(log),
      metrics_(metrics),
      index_(limits_.max_series),
      store_(std::move(store)),
      folder_({.fail_over = limits_.fail_over}),
      signals_(std::make_shared<SignalSet>()) {
  std::string secret(LabelHasher::kSecretBytes, '\0');
  rng_.fill({reinterpret_cast<unsigned char*>(secret.data()), secret.size()});
  hasher_ = std::make_unique<LabelHasher>(secret);
  metrics.gauge_from("tocsin_ingest_series", "Label sets that are remembered",
                     [this] { return static_cast<double>(index_.size()); });
  metrics.gauge_from("tocsin_ingest_series_limit", "How many label sets may be remembered",
                     [this] { return static_cast<double>(index_.max_series()); });
  metrics.gauge_from("tocsin_ingest_followed_series", "Series that feed signals", [this] {
    std::scoped_lock lock(state_mutex_);
    return static_cast<double>(folder_.series());
  });
}

Telemetry::~Telemetry() { stop(); }

Result<> Telemetry::load() {
  if (!store_) return {};
  std::scoped_lock lock(disk_mutex_, state_mutex_);
  ASSIGN_OR_RETURN(const Restored restored, store_->load());
  if (!restored.secret.empty()) {
    ASSIGN_OR_RETURN(const std::string secret, base64_decode(restored.secret));
    if (secret.size() != LabelHasher::kSecretBytes) {
      return fail(Code::kDataLoss,
                  "the secret of the label hash in telemetry.db is damaged; "
                  "restore the file or remove it");
    }
    hasher_ = std::make_unique<LabelHasher>(secret);
  } else {
    std::string secret(LabelHasher::kSecretBytes, '\0');
    rng_.fill({reinterpret_cast<unsigned char*>(secret.data()), secret.size()});
    RETURN_IF_ERROR(store_->keep_secret(base64(secret)));
    hasher_ = std::make_unique<LabelHasher>(secret);
  }
  return folder_.restore(restored, minute_of(clock_.now()));
}

Result<> Telemetry::configure(std::vector<SignalSpec> specs) {
  std::unique_lock state(state_mutex_);
  {
    std::scoped_lock lock(signals_mutex_);
    std::map<SignalName, SignalIndex> indexes = indexes_;
    std::vector<CompiledSignal> compiled;
    std::set<SignalName> seen;
    for (SignalSpec& spec : specs) {
      if (!seen.insert(spec.name).second) {
        return invalid(fmt::format("signal '{}' is declared twice", spec.name.value()));
      }
      const SignalIndex index =
          indexes.try_emplace(spec.name, static_cast<SignalIndex>(indexes.size())).first->second;
      compiled.push_back(
          compiled_signal(index, std::make_shared<const SignalSpec>(std::move(spec))));
    }
    ASSIGN_OR_RETURN(std::shared_ptr<const SignalSet> built,
                     SignalSet::build(std::move(compiled), signals_->generation() + 1));
    indexes_ = std::move(indexes);
    signals_ = std::move(built);
    folder_.configure(signals_);
  }
  const Time now = clock_.now();
  std::vector<RatioIncrement> increments = folder_.take_increments(now);
  tell(std::move(state), std::move(increments), now);
  return {};
}

std::shared_ptr<const SignalSet> Telemetry::signals() const {
  std::scoped_lock lock(signals_mutex_);
  return signals_;
}

std::optional<SignalIndex> Telemetry::index_of(const SignalName& name) const {
  std::scoped_lock lock(signals_mutex_);
  const auto at = indexes_.find(name);
  if (at == indexes_.end()) return std::nullopt;
  return at->second;
}

IngestOutcome Telemetry::ingest(WriteBatch& batch) {
  IngestOutcome outcome;
  const Time now = clock_.now();
  const uint32_t minute = minute_of(now);
  // Signals may change between the lookup and the folding; the lookup is then done again.
  bool is_folded = false;
  while (!is_folded) {
    outcome = {};
    const std::shared_ptr<const SignalSet> current = signals();
    index_.resolve(batch, current->generation(), minute);
    std::vector<Sighted> sighted = sight(batch, *current, outcome);
    is_folded = fold(batch, sighted, current->generation(), minute, now, outcome);
  }
  outcome.samples = batch.samples.size() - outcome.refused_samples;
  metrics_.samples.add(outcome.samples);
  if (outcome.samples > 0) last_sample_us_.store(to_micros(now), std::memory_order_relaxed);
  return outcome;
}

void Telemetry::refuse(WriteBatch::Series& entry, RefusedSeries refusal, IngestOutcome& outcome) {
  entry.is_refused = true;
  metrics_.refuse(refusal.reason, entry.count);
  outcome.refused_samples += entry.count;
  if (!outcome.first_refusal) outcome.first_refusal = std::move(refusal);
}

std::vector<Telemetry::Sighted> Telemetry::sight(WriteBatch& batch, const SignalSet& signals,
                                                 IngestOutcome& outcome) {
  std::vector<Sighted> sighted;
  // In the order of the request, so that the same requests give the same streams.
  std::ranges::sort(batch.missing);
  size_t room = index_.max_series() - std::min(index_.max_series(), index_.size());
  for (const uint32_t i : batch.missing) {
    WriteBatch::Series& entry = batch.series[i];
    const bool was_known = index_.is_known(entry.hash);
    if (!was_known && room == 0) {
      refuse(entry,
             {Refusal::kSeriesLimit,
              fmt::format(
                  "the limit of {} series is reached and new ones are not taken; raise "
                  "telemetry.limits.max_series, or send fewer series with write_relabel_configs",
                  index_.max_series())},
             outcome);
      continue;
    }
    auto sighting = sight_one(entry, signals);
    if (!sighting) {
      refuse(entry, std::move(sighting.error()), outcome);
      continue;
    }
    sighting->was_known = was_known;
    if (!was_known) --room;
    sighted.push_back({i, *std::move(sighting)});
  }
  return sighted;
}

std::expected<SeriesSighting, RefusedSeries> Telemetry::sight_one(const WriteBatch::Series& entry,
                                                                  const SignalSet& signals) const {
  auto labels = LabelSet::parse_wire({entry.labels, entry.labels_size}, limits_.labels);
  if (!labels) return std::unexpected(std::move(labels.error()));
  SeriesSighting out;
  out.labels = *std::move(labels);
  out.replica = out.labels.get(limits_.replica_label);
  out.cluster = out.labels.get(limits_.cluster_label);
  if (!out.replica.empty()) out.labels.erase(limits_.replica_label);
  out.matches = signals.match(out.labels);
  std::string text, without_le;
  for (const auto& [name, value] : out.labels.all()) {
    const size_t begin = text.size();
    text.append(name).append(1, '\xff').append(value).append(1, '\xff');
    if (name != "le") without_le.append(text, begin);
  }
  out.identity = (*hasher_)(text);
  out.histogram_hash = (*hasher_)(without_le).lo;
  const std::string_view job = out.labels.get("job"), instance = out.labels.get("instance");
  if (!job.empty() || !instance.empty()) {
    text.assign(job).append(1, '\xff').append(instance);
    out.target_hash = (*hasher_)(text).lo | 1;  // 0 says that there is none
  }
  return out;
}

bool Telemetry::fold(WriteBatch& batch, std::vector<Sighted>& sighted, uint32_t generation,
                     uint32_t minute, Time now, IngestOutcome& outcome) {
  std::unique_lock state(state_mutex_);
  if (folder_.generation() != generation) return false;
  for (Sighted& s : sighted) {
    WriteBatch::Series& entry = batch.series[s.entry];
    bool is_over_group_limit = false;
    entry.decision = folder_.decide(s.sighting, minute, is_over_group_limit);
    if (is_over_group_limit) metrics_.refuse(Refusal::kGroupLimit);
    // Over the limit by the width of a race: it is decided again with its next sample.
    index_.remember(entry.hash, generation, minute, entry.decision);
  }
  const FoldCounts counts = folder_.fold(batch, minute, now);
  metrics_.add(counts);
  outcome.refused_samples += counts.future;
  if (folder_.has_increments()) tell(std::move(state), folder_.take_increments(now), now);
  return true;
}

void Telemetry::tell(std::unique_lock<std::mutex> state, std::vector<RatioIncrement> increments,
                     Time arrived) {
  if (increments.empty() || listener_ == nullptr) return;
  std::scoped_lock telling(telling_);
  state.unlock();
  listener_->on_increments(increments, arrived);
}

IngestStatus Telemetry::status() const {
  const int64_t last = last_sample_us_.load(std::memory_order_relaxed);
  return {index_.size(), index_.max_series(), metrics_.samples.value(),
          last == 0 ? std::nullopt : std::optional(from_micros(last))};
}

std::vector<SignalStatus> Telemetry::signal_status() const {
  const std::shared_ptr<const SignalSet> current = signals();
  std::scoped_lock lock(state_mutex_);
  const std::map<SignalIndex, size_t> series = folder_.series_by_signal();
  std::vector<SignalStatus> out;
  for (const CompiledSignal& signal : current->signals()) {
    const auto at = series.find(signal.index);
    out.push_back({signal.spec, at == series.end() ? 0 : at->second,
                   folder_.streams().streams_of(signal.spec->name, shape_of(*signal.spec)).size()});
  }
  return out;
}

}  // namespace tocsin::telemetry
