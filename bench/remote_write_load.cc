// A load of remote write 1.0: N series, each with a new value every 15 seconds of sample time, in
// requests of 10,000 samples over connections that stay open. All requests are made before the
// clock starts, so that the server is what is measured. A series always comes over the same
// connection: its samples arrive in order.
//
//   remote_write_load --url http://127.0.0.1:9110/api/v1/write --series 10000 --rounds 240
//
// Two phases: `first` is one round, in which the server meets each series for the first time;
// `steady` is the rest. One JSON line each says what was sent. With --step a line is read from
// standard input before each phase, so that the caller can look at the server in between.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/load_sender.h"
#include "bench/load_series.h"

namespace tocsin::bench {
namespace {

struct Options {
  std::string url;
  std::string token;
  std::string counts_file;
  uint32_t series = 10'000;
  uint32_t rounds = 20;
  uint32_t connections = 4;
  int64_t last_s = 0;  // time of the last round
  bool is_stepped = false;
};

constexpr const char* kHelp =
    R"(Usage: remote_write_load --url URL [OPTION...]
  --url URL          http://ADDRESS:PORT/PATH
  --token-file FILE  a bearer token
  --series N         default 10000; five of a hundred are http_requests_total
  --rounds N         default 20; one sample of each series, 15 s apart
  --connections N    default 4
  --last SECONDS     Unix time of the last round; default now
  --counts FILE      writes what each service counted as JSON
  --step             waits for a line on standard input before each phase
)";

uint32_t number_of(const std::string& option, const std::string& text) {
  size_t used = 0;
  unsigned long n = 0;
  try {
    n = std::stoul(text, &used);
  } catch (const std::exception&) {
  }
  if (used == 0 || used != text.size() || n == 0 || n > 4'000'000'000UL) {
    throw std::runtime_error(fmt::format("{} '{}' must be a number from 1 on", option, text));
  }
  return static_cast<uint32_t>(n);
}

std::string token_of(const std::string& file) {
  std::string token;
  if (!(std::ifstream(file) >> token)) throw std::runtime_error("cannot read " + file);
  return token;
}

Options read_options(int argc, char** argv) {
  Options options;
  options.last_s = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto value = [&]() -> std::string {
      if (i + 1 == argc) throw std::runtime_error(name + " needs a value");
      return argv[++i];
    };
    if (name == "--help" || name == "-h") {
      std::cout << kHelp;
      std::exit(0);
    }
    if (name == "--url")
      options.url = value();
    else if (name == "--token-file")
      options.token = token_of(value());
    else if (name == "--series")
      options.series = number_of(name, value());
    else if (name == "--rounds")
      options.rounds = number_of(name, value());
    else if (name == "--connections")
      options.connections = number_of(name, value());
    else if (name == "--last")
      options.last_s = number_of(name, value());
    else if (name == "--counts")
      options.counts_file = value();
    else if (name == "--step")
      options.is_stepped = true;
    else
      throw std::runtime_error(fmt::format("unknown option '{}'; see --help", name));
  }
  if (options.url.empty()) throw std::runtime_error("--url is missing; see --help");
  return options;
}

// What one connection sends: its blocks of series, round after round.
struct Lane {
  struct Round {
    std::vector<std::string> requests;
    uint64_t samples = 0;
  };
  std::vector<Round> rounds;
  std::vector<ServiceCounts> counts{kMostServices};
  uint64_t raw_bytes = 0, packed_bytes = 0, samples = 0;
};

Lane prepare(const Options& options, const Target& target, uint32_t lane_number) {
  Lane lane;
  lane.rounds.resize(options.rounds);
  const int64_t first_ms = options.last_s * 1000 - (options.rounds - 1) * kRoundMs;
  const uint32_t step = kSamplesPerRequest * options.connections;
  for (uint64_t first = uint64_t{lane_number} * kSamplesPerRequest; first < options.series;
       first += step) {
    const auto begin = static_cast<uint32_t>(first);
    SeriesBlock block(begin, std::min(kSamplesPerRequest, options.series - begin), options.series,
                      first_ms);
    for (uint32_t round = 0; round < options.rounds; ++round) {
      const std::string packed = block.next_round(first_ms + round * kRoundMs, lane.counts);
      lane.rounds[round].requests.push_back(request_of(target, packed));
      lane.rounds[round].samples += block.size();
      lane.samples += block.size();
      lane.raw_bytes += block.raw_bytes();
      lane.packed_bytes += packed.size();
    }
  }
  return lane;
}

// Runs `work(0..n-1)` on a thread each; throws what one of them threw.
template <class Work>
void on_threads(uint32_t n, Work&& work) {
  std::vector<std::exception_ptr> errors(n);
  {
    std::vector<std::jthread> threads;
    for (uint32_t i = 0; i < n; ++i) {
      threads.emplace_back([&, i] {
        try {
          work(i);
        } catch (...) {
          errors[i] = std::current_exception();
        }
      });
    }
  }
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

void say(const std::string& line) { std::cout << line << std::endl; }

void run_phase(const char* name, const Options& options, const Target& target,
               const std::vector<Lane>& lanes, uint32_t from, uint32_t to) {
  if (std::string line; options.is_stepped && !std::getline(std::cin, line)) {
    throw std::runtime_error("standard input ended before the phase " + std::string(name));
  }
  std::vector<uint64_t> samples(lanes.size()), requests(lanes.size()), retries(lanes.size());
  const auto begun = std::chrono::steady_clock::now();
  on_threads(static_cast<uint32_t>(lanes.size()), [&](uint32_t i) {
    Sender sender(target);
    for (uint32_t round = from; round < to; ++round) {
      for (const std::string& request : lanes[i].rounds[round].requests) {
        sender.deliver(request);
        ++requests[i];
      }
      samples[i] += lanes[i].rounds[round].samples;
    }
    retries[i] = sender.retries();
  });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const auto sum = [](const std::vector<uint64_t>& all) {
    uint64_t total = 0;
    for (const uint64_t n : all) total += n;
    return total;
  };
  say(fmt::format(R"({{"phase":"{}","samples":{},"requests":{},"retries":{},"seconds":{:.3f}}})",
                  name, sum(samples), sum(requests), sum(retries), took.count()));
}

void write_counts(const std::string& file, const Options& options, const std::vector<Lane>& lanes) {
  std::map<std::string, ServiceCounts> by_name;
  for (uint32_t pod = 0; pod * kSeriesPerPod < options.series && pod < kMostServices; ++pod) {
    by_name[service_of(pod * kSeriesPerPod, options.series)];
  }
  uint32_t number = 0;
  for (auto& [name, counts] : by_name) {  // names sort as their numbers do
    for (const Lane& lane : lanes) {
      counts.bad += lane.counts[number].bad;
      counts.total += lane.counts[number].total;
    }
    ++number;
  }
  std::ofstream out(file);
  const char* separator = "{";
  for (const auto& [name, counts] : by_name) {
    out << separator
        << fmt::format(R"("{}":{{"bad":{},"total":{}}})", name, counts.bad, counts.total);
    separator = ",\n";
  }
  out << "}\n";
  if (!out.flush()) throw std::runtime_error("cannot write " + file);
}

void run(const Options& options) {
  const Target target = parse_target(options.url, options.token);
  const uint32_t blocks = (options.series + kSamplesPerRequest - 1) / kSamplesPerRequest;
  std::vector<Lane> lanes(std::min(options.connections, blocks));
  on_threads(static_cast<uint32_t>(lanes.size()),
             [&](uint32_t i) { lanes[i] = prepare(options, target, i); });
  uint64_t samples = 0, raw = 0, packed = 0;
  for (const Lane& lane : lanes) {
    samples += lane.samples;
    raw += lane.raw_bytes;
    packed += lane.packed_bytes;
  }
  if (!options.counts_file.empty()) write_counts(options.counts_file, options, lanes);
  say(fmt::format(R"({{"phase":"prepared","samples":{},"raw_bytes":{:.1f},"wire_bytes":{:.1f}}})",
                  samples, static_cast<double>(raw) / static_cast<double>(samples),
                  static_cast<double>(packed) / static_cast<double>(samples)));
  run_phase("first", options, target, lanes, 0, 1);
  if (options.rounds > 1) run_phase("steady", options, target, lanes, 1, options.rounds);
}

}  // namespace
}  // namespace tocsin::bench

int main(int argc, char** argv) {
  try {
    tocsin::bench::run(tocsin::bench::read_options(argc, argv));
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "remote_write_load: " << e.what() << "\n";
    return 1;
  }
}
