#include "telemetry/testing/house.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "telemetry/selector_promql.h"

namespace tocsin::telemetry::testing {

House::House(bool has_database, IngestLimits limits) : limits_(std::move(limits)) {
  if (has_database) {
    std::string name =
        (std::filesystem::temp_directory_path() / "tocsin_telemetry_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) bug("no temporary directory");
    directory_ = name;
  }
  open();
}

House::~House() {
  telemetry.reset();
  database_.reset();
  if (!directory_.empty()) std::filesystem::remove_all(directory_);
}

void House::open() {
  if (!directory_.empty()) {
    auto database = store::Database::open("sqlite:" + (directory_ / "telemetry.db").string());
    if (!database) bug(database.error().message);
    database_ = *std::move(database);
  }
  auto opened = Telemetry::open(limits_, database_.get(), clock, rng, log, *metrics);
  if (!opened) bug(opened.error().message);
  telemetry = *std::move(opened);
  if (auto loaded = telemetry->load(); !loaded) bug(loaded.error().message);
  telemetry->set_listener(&heard);
}

void House::crash() {
  telemetry.reset();
  database_.reset();
  metrics = std::make_unique<Metrics>();
  open();
}

void House::configure(std::vector<SignalSpec> specs) {
  const auto configured = telemetry->configure(std::move(specs));
  ASSERT_TRUE(configured) << configured.error().message;
}

uint64_t House::metric(const std::string& line_start) const {
  const std::string text = metrics->to_text();
  const size_t at = text.find("\n" + line_start + " ");
  if (at == std::string::npos) return 0;
  return std::stoull(text.substr(at + line_start.size() + 2));
}

SignalSpec ratio(const std::string& name, const std::string& good, const std::string& bad,
                 const std::string& total) {
  auto spec = ratio_from_promql(SignalName(name), good, bad, total);
  if (!spec) bug(spec.error().message);
  return *std::move(spec);
}

SignalSpec shop_ratio(const std::string& name) {
  return ratio(name, "", "sum(rate(http_requests_total{job=\"shop\",code=~\"5..\"}[5m]))",
               "sum(rate(http_requests_total{job=\"shop\"}[5m]))");
}

TestSeries requests(const std::string& code, int64_t t_ms, double v, const std::string& instance) {
  return {{{"__name__", "http_requests_total"},
           {"code", code},
           {"instance", instance},
           {"job", "shop"}},
          {{t_ms, v}}};
}

}  // namespace tocsin::telemetry::testing
