#include "parity/replay.h"

#include <fmt/format.h>

#include <stdexcept>

#include "base/rng.h"
#include "slo/burn.h"
#include "telemetry/selector_promql.h"
#include "telemetry/telemetry.h"

namespace tocsin::parity {
namespace {

using telemetry::Telemetry;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

class Listener final : public slo::TierListener {
 public:
  void on_change(const slo::TierChange& change) override { changes.push_back(change); }
  std::vector<slo::TierChange> changes;
};

// Telemetry and the book on time that is moved by hand.
class House {
 public:
  explicit House(const std::string& job) {
    clock.advance(kBegin - clock.now());
    telemetry = must(Telemetry::open({}, nullptr, clock, rng, log, metrics));
    std::vector<telemetry::SignalSpec> specs;
    const telemetry::SignalName signal("requests");
    specs.push_back(must(telemetry::ratio_from_promql(
        signal, "",
        fmt::format("sum(rate(http_requests_total{{job=\"{}\",code=~\"5..\"}}[5m]))", job),
        fmt::format("sum(rate(http_requests_total{{job=\"{}\"}}[5m]))", job))));
    must(telemetry->configure(std::move(specs)));
    slo::Objective objective;
    objective.name = slo::ObjectiveName("requests");
    objective.signal = signal;
    objective.tiers = slo::default_tiers(objective.target, objective.window.length);
    std::vector<slo::SloBook::Entry> entries;
    entries.push_back({std::move(objective), *telemetry->index_of(signal)});
    must(book.configure(std::move(entries), *telemetry, clock.now()));
    telemetry->set_listener(&book);
  }

  void take(const std::string& job, const Scrape& scrape) {
    telemetry::WriteBatch batch;
    const auto put = [&](const char* code, double value) {
      batch.begin_series();
      batch.add_label("__name__", "http_requests_total");
      batch.add_label("code", code);
      batch.add_label("instance", scrape.instance);
      batch.add_label("job", job);
      batch.samples.push_back({to_millis(scrape.at), value, 0});
      batch.end_series(telemetry->hasher());
    };
    put("200", scrape.good);
    if (scrape.has_bad) put("500", scrape.bad);
    batch.finish_labels();
    if (telemetry->ingest(batch).refused_samples > 0) throw std::runtime_error("refused");
  }

  void move_to(Time to) {
    if (to > clock.now()) clock.advance(to - clock.now());
  }

  ManualClock clock;
  SeededRng rng{1};
  Log log{clock, LogLevel::kError, LogFormat::kLogfmt};
  Metrics metrics;
  Listener listener;
  slo::SloBook book{kBegin, listener, log, metrics};
  std::unique_ptr<Telemetry> telemetry;
};

void note(const slo::ObjectiveView& view, Time at, Ours& ours) {
  for (const slo::TierView& tier : view.tiers) {
    if (tier.tier->kind != slo::Tier::Kind::kBurn) continue;
    const slo::Evidence& e = tier.evidence;
    ours.windows[tier.tier->long_window][at] = {e.bad_long, e.total_long};
    ours.windows[tier.tier->short_window][at] = {e.bad_short, e.total_short};
  }
}

}  // namespace

Ours replay(const Service& service) {
  House house(service.name);
  Ours ours;
  auto next = service.scrapes.begin();
  for (Time edge = kBegin; edge <= kEnd; edge += seconds(5)) {
    for (; next != service.scrapes.end() && next->at <= edge; ++next) {
      house.move_to(next->at);
      house.take(service.name, *next);
    }
    house.move_to(edge);
    house.book.advance(edge);
    if (edge < kLookedFrom || (edge - kBegin) % kScrape != Duration(0)) continue;
    note(house.book.objectives().at(0), edge, ours);
  }
  ours.changes = std::move(house.listener.changes);
  return ours;
}

}  // namespace tocsin::parity
