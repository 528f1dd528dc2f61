// What taking a remote write request costs in process, without HTTP: samples per CPU second of the
// calling thread, whole and by stage (snappy, decoding with hashing, lookup, folding), for the
// series and requests of bench/load_series.h; 5% of the series feed signals. The same through the
// real server: bench/ingest_peers.py --servers tocsin.
#include <fmt/format.h>
#include <snappy.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/load_series.h"
#include "telemetry/selector_promql.h"
#include "telemetry/telemetry.h"

namespace tocsin::telemetry {
namespace {

constexpr int64_t kStartMs = 1'767'571'200'000;
constexpr uint64_t kSamplesToTake = 8'000'000;

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

class Stopwatch {
 public:
  template <class F>
  auto run(F&& work) {
    const double begin = cpu_seconds();
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      seconds_ += cpu_seconds() - begin;
    } else {
      auto result = work();
      seconds_ += cpu_seconds() - begin;
      return result;
    }
  }
  double seconds() const { return seconds_; }

 private:
  double seconds_ = 0;
};

template <class T, class E>
T must(std::expected<T, E> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

std::vector<SignalSpec> signals_for(uint32_t series) {
  std::vector<SignalSpec> specs;
  for (uint32_t pod = 0; pod * bench::kSeriesPerPod < series; ++pod) {
    const std::string job = bench::service_of(pod * bench::kSeriesPerPod, series);
    if (std::ranges::any_of(specs, [&](const SignalSpec& s) { return s.name.value() == job; })) {
      break;  // services repeat from here on
    }
    const std::string query = fmt::format("http_requests_total{{job=\"{}\"", job);
    specs.push_back(
        must(ratio_from_promql(SignalName(job), "", query + ",code=~\"5..\"}", query + "}")));
  }
  return specs;
}

// Sums what is told, and holds it against what was sent.
class Sum final : public RatioListener {
 public:
  void on_increments(std::span<const RatioIncrement> increments, Time) override {
    for (const RatioIncrement& i : increments) {
      bad += i.bad;
      total += i.total;
    }
  }
  double bad = 0, total = 0;
};

struct House {
  ManualClock clock{from_millis(kStartMs)};
  SystemRng rng;
  Log log{clock, LogLevel::kError, LogFormat::kLogfmt};
  Metrics metrics;
  Sum sum;
  std::unique_ptr<Telemetry> telemetry;
};

void run(uint32_t series) {
  House house;
  house.telemetry =
      must(Telemetry::open({}, nullptr, house.clock, house.rng, house.log, house.metrics));
  house.telemetry->set_listener(&house.sum);
  must(house.telemetry->configure(signals_for(series)));

  std::vector<bench::SeriesBlock> blocks;
  for (uint32_t first = 0; first < series; first += bench::kSamplesPerRequest) {
    blocks.emplace_back(first, std::min(bench::kSamplesPerRequest, series - first), series,
                        kStartMs);
  }
  std::vector<bench::ServiceCounts> counts(bench::kMostServices);
  Stopwatch first, whole, unpack, walk;
  const LabelHasher& hash = house.telemetry->hasher();
  WriteBatch batch;
  const uint64_t rounds = std::max<uint64_t>(4, kSamplesToTake / series) + 1;
  uint64_t taken = 0;
  for (uint64_t round = 0; round < rounds; ++round) {
    const int64_t at_ms = kStartMs + static_cast<int64_t>(round) * bench::kRoundMs;
    for (bench::SeriesBlock& block : blocks) {
      const std::string body = block.next_round(at_ms, counts);
      const auto write = [&] {
        return house.telemetry->write("application/x-protobuf", "snappy", body);
      };
      const WriteOutcome outcome = (round == 0 ? first : whole).run(write);
      if (outcome.status != 204) throw std::runtime_error(outcome.message);
      if (round == 0) continue;
      taken += outcome.samples;
      const auto message = must(unpack.run([&] { return unpack_snappy(body, 64 << 20, batch); }));
      must(walk.run([&] { return decode(WriteProtocol::kV1, message, hash, 64 << 20, batch); }));
    }
    house.clock.advance(milliseconds(bench::kRoundMs));
  }
  double bad = 0, total = 0;
  for (const bench::ServiceCounts& c : counts) {
    bad += static_cast<double>(c.bad);
    total += static_cast<double>(c.total);
  }
  const double n = static_cast<double>(taken);
  const auto ns = [&](double s) { return s / n * 1e9; };
  fmt::print(
      "{:>9} series: {:6.2f} M samples/CPU s; {:5.1f} ns a sample: snappy {:5.1f}, decode and hash "
      "{:5.1f}, lookup and fold {:5.1f}; new series {:4.2f} us; counts {}\n",
      series, n / whole.seconds() / 1e6, ns(whole.seconds()), ns(unpack.seconds()),
      ns(walk.seconds()), ns(whole.seconds() - unpack.seconds() - walk.seconds()),
      first.seconds() / series * 1e6,
      bad == house.sum.bad && total == house.sum.total ? "exact" : "WRONG");
  if (bad != house.sum.bad || total != house.sum.total) {
    throw std::runtime_error(fmt::format("{} of {} events were told instead of {} of {}",
                                         house.sum.bad, house.sum.total, bad, total));
  }
}

}  // namespace
}  // namespace tocsin::telemetry

int main(int argc, char** argv) {
  try {
    std::vector<uint32_t> sizes;
    for (int i = 1; i < argc; ++i) {
      const std::string_view text = argv[i];
      uint32_t size = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
      if (error != std::errc() || end != text.data() + text.size() || size == 0) {
        fmt::print(stderr, "usage: ingest_bench [SERIES...]\n");
        return 2;
      }
      sizes.push_back(size);
    }
    if (sizes.empty()) sizes = {10'000, 100'000, 1'000'000};
    for (const uint32_t size : sizes) tocsin::telemetry::run(size);
  } catch (const std::exception& e) {
    fmt::print(stderr, "error: {}\n", e.what());
    return 1;
  }
  return 0;
}
