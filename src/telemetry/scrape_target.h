#pragma once

#include "telemetry/sources.h"
#include "telemetry/target_file.h"

namespace tocsin::telemetry {

// One target of a job. Its samples carry `job` and `instance`; `up`, `scrape_duration_seconds` and
// `scrape_samples_scraped` are made for it as Prometheus does. A target that passes a limit of its
// job gives nothing but up = 0.
class ScrapeTarget final : public Source, public std::enable_shared_from_this<ScrapeTarget> {
 public:
  ScrapeTarget(ScrapeJob job, ScrapeAddress target, Telemetry& telemetry, net::Client& client);

  void ask(std::function<void(std::move_only_function<void()>)> done) override;
  Duration interval() const override { return job_.interval; }
  SourceStatus status() const override;
  bool is_same(const Source& other) const override;

 private:
  void take(Result<net::HttpAnswer> answer, Time at, Duration took);
  // The samples of an answer; kResourceExhausted when there are more than the job allows.
  Result<size_t> read(const net::HttpAnswer& answer, Time at, WriteBatch& batch) const;
  void add_series(WriteBatch& batch, const std::map<std::string, std::string>& labels, double value,
                  int64_t t_ms) const;
  void add_own(WriteBatch& batch, const char* name, double value, Time at) const;

  const ScrapeJob job_;
  const ScrapeAddress target_;
  Telemetry& telemetry_;
  net::Client& client_;
  mutable std::mutex mutex_;
  SourceStatus status_;
};

// What lets a call in: headers and TLS.
void authorize(const SourceAuth& auth, net::HttpCall& call);

}  // namespace tocsin::telemetry
