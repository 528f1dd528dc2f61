#include "parity/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/rng.h"

namespace tocsin::parity {
namespace {

constexpr double kNormal = 0.0003;

double poisson(Rng& rng, double mean) {
  if (mean > 40) {
    double sum = -6;  // twelve uniform numbers are near enough to a normal one
    for (int i = 0; i < 12; ++i) sum += rng.unit();
    return std::max(0.0, std::round(mean + std::sqrt(mean) * sum));
  }
  double count = 0;
  for (double p = rng.unit(); p > std::exp(-mean); p *= rng.unit()) ++count;
  return count;
}

bool is_between(double t, double from, double length) { return t >= from && t < from + length; }

std::vector<Instance> one() { return {{.name = "a", .phase = milliseconds(3'217)}}; }

std::vector<Instance> three() {
  return {{.name = "a", .phase = milliseconds(1'003), .share = 0.5},
          {.name = "b", .phase = milliseconds(6'450), .share = 0.3},
          {.name = "c", .phase = milliseconds(12'871), .share = 0.2}};
}

// What happens to an instance between two scrapes, second by second.
void live(Service& service, size_t number, Rng& rng) {
  const Instance& instance = service.instances[number];
  Scrape scrape{kBegin, instance.name, 0, 0, !service.bad_is_born_late};
  const double step = to_seconds(kScrape) / 3;
  const Time first = kBegin + instance.born + instance.phase;
  for (Time at = first; at <= kEnd; at += kScrape) {
    const Duration age = at - first;
    if (instance.restarts.count() > 0 && age % instance.restarts < kScrape) {
      scrape.good = scrape.bad = 0;
    }
    for (int part = 0; part < 3 && age.count() > 0; ++part) {
      const double since = to_seconds(at - kLookedFrom) - step * (2.5 - part);
      const double day = 1 + 0.3 * std::sin(since / 86'400 * 6.28318);
      const double mean = service.per_second * instance.share * day * step;
      const double ratio = service.ratio(since, number);
      scrape.bad += poisson(rng, mean * ratio);
      scrape.good += poisson(rng, mean * (1 - ratio));
    }
    scrape.has_bad = scrape.has_bad || scrape.bad > 0;
    scrape.at = at;
    service.scrapes.push_back(scrape);
  }
}

}  // namespace

std::vector<Service> make_world() {
  std::vector<Service> all;
  all.push_back(
      {.name = "steady", .instances = three(), .ratio = [](double, size_t) { return kNormal; }});
  all.push_back({.name = "outage", .instances = one(), .ratio = [](double t, size_t) {
                   if (is_between(t, 3600, 600)) return 1.0;
                   return is_between(t, 14'400, 300) ? 0.5 : kNormal;
                 }});
  all.push_back({.name = "ramp", .instances = three(), .ratio = [](double t, size_t) {
                   if (is_between(t, 3600, 3600)) return 0.1 * (t - 3600) / 3600;
                   return is_between(t, 7200, 1800) ? 0.1 : kNormal;
                 }});
  all.push_back(
      {.name = "resets",
       .instances = {{.name = "a", .phase = seconds(2), .restarts = minutes(22)},
                     {.name = "b", .phase = seconds(9), .restarts = minutes(37)}},
       .ratio = [](double t, size_t) { return is_between(t, 5400, 5400) ? 0.03 : kNormal; }});
  all.push_back({.name = "one-of-five",
                 .instances = {{.name = "a", .phase = seconds(1), .share = 0.6},
                               {.name = "b", .phase = seconds(4), .share = 0.1},
                               {.name = "c", .phase = seconds(7), .share = 0.1},
                               {.name = "d", .phase = seconds(10), .share = 0.1},
                               {.name = "e", .phase = seconds(13), .share = 0.1}},
                 .ratio = [](double t, size_t instance) {
                   return instance == 1 && is_between(t, 3600, 7200) ? 0.4 : kNormal;
                 }});
  all.push_back(
      {.name = "few", .per_second = 0.01, .instances = one(), .ratio = [](double, size_t) {
         return 0.002;
       }});
  all.push_back({.name = "late-counter",
                 .instances = one(),
                 .ratio = [](double t, size_t) { return is_between(t, 3600, 900) ? 0.2 : 0.0; },
                 .bad_is_born_late = true});
  SeededRng rng(42);
  for (Service& service : all) {
    for (size_t i = 0; i < service.instances.size(); ++i) live(service, i, rng);
    std::stable_sort(service.scrapes.begin(), service.scrapes.end(),
                     [](const Scrape& a, const Scrape& b) { return a.at < b.at; });
  }
  return all;
}

std::string openmetrics(const std::vector<Service>& services) {
  std::string text = "# TYPE http_requests counter\n";
  for (const Service& service : services)
    for (const Scrape& scrape : service.scrapes) {
      const auto line = [&](const char* code, double value) {
        fmt::format_to(std::back_inserter(text),
                       "http_requests_total{{job=\"{}\",instance=\"{}\",code=\"{}\"}} {} {:.3f}\n",
                       service.name, scrape.instance, code, value,
                       static_cast<double>(to_millis(scrape.at)) / 1000);
      };
      line("200", scrape.good);
      if (scrape.has_bad) line("500", scrape.bad);
    }
  return text + "# EOF\n";
}

}  // namespace tocsin::parity
