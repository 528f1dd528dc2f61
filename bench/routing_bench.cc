// What one posted alert costs the rules of src/routing: its labels, its fingerprint, the question
// of what inhibits it.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "routing/inhibition.h"
#include "routing/labels.h"

namespace tocsin::routing {
namespace {

// Ten labels of about 230 bytes, sorted by name as Prometheus sends them.
std::vector<std::pair<std::string, std::string>> alert_labels(size_t number) {
  return {{"alertname", fmt::format("KubePodCrashLooping{}", number % 40)},
          {"cluster", "production-eu-central-1"},
          {"container", "checkout"},
          {"instance", fmt::format("10.0.{}.{}:8080", number / 250 % 250, number % 250)},
          {"job", "kube-state-metrics"},
          {"namespace", fmt::format("team-{}", number % 17)},
          {"pod", fmt::format("checkout-6d9f7c5b8-{:05}", number)},
          {"prometheus", "monitoring/k8s"},
          {"service", "checkout"},
          {"severity", number % 3 == 0 ? "critical" : "warning"}};
}

Labels labels_of(size_t number) {
  const auto owned = alert_labels(number);
  return Labels::from({owned.begin(), owned.end()});
}

void labels_from_buffer(benchmark::State& state) {
  const auto owned = alert_labels(1);
  std::vector<LabelPair> given(owned.begin(), owned.end()), buffer;
  if (state.range(0) != 0) std::swap(given[0], given[9]);
  for (auto _ : state) {
    buffer = given;
    benchmark::DoNotOptimize(Labels::from_buffer(buffer));
  }
}
BENCHMARK(labels_from_buffer)->ArgName("disordered")->Arg(0)->Arg(1);

void fingerprint(benchmark::State& state) {
  const Labels labels = labels_of(1);
  for (auto _ : state) benchmark::DoNotOptimize(labels.fingerprint());
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(labels.bytes().size()));
}
BENCHMARK(fingerprint);

void get_last(benchmark::State& state) {
  const Labels labels = labels_of(1);
  for (auto _ : state) benchmark::DoNotOptimize(labels.get("severity"));
}
BENCHMARK(get_last);

std::vector<InhibitRule> rules(size_t count) {
  std::vector<InhibitRule> out;
  for (size_t i = 0; i < count; ++i) {
    const auto read = [](const std::string& text) {
      return parse_matchers(text, MatcherSyntax::kClassic)->matchers;
    };
    out.push_back({"",
                   read(fmt::format("alertname=KubePodCrashLooping{},severity=critical", i)),
                   read(fmt::format("alertname=KubePodCrashLooping{},severity=~warning|info", i)),
                   {"cluster", "namespace"}});
  }
  return out;
}

std::vector<PostedAlertRef> alerts(size_t count) {
  std::vector<PostedAlertRef> out;
  for (size_t i = 0; i < count; ++i) {
    PostedAlert alert;
    alert.labels = labels_of(i);
    alert.ends = Time(hours(1));
    out.push_back(std::make_shared<const PostedAlert>(std::move(alert)));
  }
  return out;
}

// 13,000 alerts and 86 rules: the load of github.com/prometheus/alertmanager/issues/4606.
void inhibited_by(benchmark::State& state) {
  Inhibitor inhibitor(rules(86));
  const auto all = alerts(13'000);
  for (const auto& alert : all) inhibitor.put(alert);
  size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(inhibitor.inhibits(all[at]->labels, Time()));
    at = (at + 1) % all.size();
  }
}
BENCHMARK(inhibited_by);

void put_again(benchmark::State& state) {
  Inhibitor inhibitor(rules(86));
  const auto all = alerts(13'000);
  std::vector<PostedAlertRef> later;
  for (const auto& alert : all) {
    PostedAlert copy = *alert;
    copy.ends += minutes(1);
    later.push_back(std::make_shared<const PostedAlert>(std::move(copy)));
  }
  size_t at = 0;
  for (auto _ : state) {
    inhibitor.put(at / all.size() % 2 == 0 ? all[at % all.size()] : later[at % all.size()]);
    ++at;
  }
}
BENCHMARK(put_again);

}  // namespace
}  // namespace tocsin::routing

BENCHMARK_MAIN();
