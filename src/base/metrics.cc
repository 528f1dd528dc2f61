#include "base/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/result.h"

namespace tocsin {
namespace {

std::string escape_label(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string label_text(const Metrics::Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    out += fmt::format("{}{}=\"{}\"", out.empty() ? "" : ",", name, escape_label(value));
  }
  return out;
}

std::string braces(std::string_view labels) {
  return labels.empty() ? std::string() : fmt::format("{{{}}}", labels);
}

std::string number(double v) {
  if (std::isnan(v)) return "NaN";
  if (std::isinf(v)) return v > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", v);
}

void print_histogram(std::string& out, std::string_view name, const std::string& labels,
                     const Histogram& h) {
  const std::vector<uint64_t> counts = h.counts();
  const std::string comma = labels.empty() ? "" : ",";
  uint64_t total = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    total += counts[i];
    const std::string le = i < h.bounds().size() ? number(h.bounds()[i]) : "+Inf";
    out += fmt::format("{}_bucket{{{}{}le=\"{}\"}} {}\n", name, labels, comma, le, total);
  }
  out += fmt::format("{}_sum{} {}\n", name, braces(labels), number(h.sum()));
  out += fmt::format("{}_count{} {}\n", name, braces(labels), total);
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(new std::atomic<uint64_t>[bounds_.size() + 1]()) {}

void Histogram::observe(double v, uint64_t times) {
  const auto at = std::ranges::lower_bound(bounds_, v) - bounds_.begin();
  counts_[static_cast<size_t>(at)].fetch_add(times, std::memory_order_relaxed);
  sum_.fetch_add(v * static_cast<double>(times), std::memory_order_relaxed);
}

std::vector<uint64_t> Histogram::counts() const {
  std::vector<uint64_t> out(bounds_.size() + 1);
  for (size_t i = 0; i < out.size(); ++i) out[i] = counts_[i].load(std::memory_order_relaxed);
  return out;
}

std::span<const double> default_latency_bounds() {
  static constexpr double kBounds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                       0.25,  0.5,    1,     2.5,  5,     10,   30};
  return kBounds;
}

struct Metrics::Family {
  std::string help;
  std::string type;
  std::map<std::string, Counter> counters;  // by label text
  std::map<std::string, Gauge> gauges;
  std::map<std::string, Histogram> histograms;
  std::map<std::string, std::function<double()>> readers;
};

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Metrics::Family& Metrics::family(const std::string& name, const std::string& help,
                                 std::string_view type) {
  auto& slot = families_[name];
  if (!slot) {
    slot = std::make_unique<Family>();
    slot->help = help;
    slot->type = type;
  }
  if (slot->type != type)
    bug(fmt::format("metric {} is used as {} and as {}", name, slot->type, type));
  return *slot;
}

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  std::scoped_lock lock(mutex_);
  return family(name, help, "counter").counters[label_text(labels)];
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  std::scoped_lock lock(mutex_);
  return family(name, help, "gauge").gauges[label_text(labels)];
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help,
                              const Labels& labels, std::span<const double> bounds) {
  std::scoped_lock lock(mutex_);
  auto& all = family(name, help, "histogram").histograms;
  return all.try_emplace(label_text(labels), std::vector(bounds.begin(), bounds.end()))
      .first->second;
}

void Metrics::gauge_from(const std::string& name, const std::string& help,
                         std::function<double()> read, const Labels& labels) {
  std::scoped_lock lock(mutex_);
  family(name, help, "gauge").readers[label_text(labels)] = std::move(read);
}

std::string Metrics::to_text() const {
  std::scoped_lock lock(mutex_);
  std::string out;
  for (const auto& [name, f] : families_) {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, f->help, name, f->type);
    for (const auto& [labels, c] : f->counters) {
      out += fmt::format("{}{} {}\n", name, braces(labels), c.value());
    }
    for (const auto& [labels, g] : f->gauges) {
      out += fmt::format("{}{} {}\n", name, braces(labels), number(g.value()));
    }
    for (const auto& [labels, read] : f->readers) {
      out += fmt::format("{}{} {}\n", name, braces(labels), number(read()));
    }
    for (const auto& [labels, h] : f->histograms) print_histogram(out, name, labels, h);
  }
  return out;
}

}  // namespace tocsin
