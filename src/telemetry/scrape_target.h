#pragma once

#include "telemetry/scrape_address.h"
#include "telemetry/shown_series.h"
#include "telemetry/sources.h"

namespace tocsin::telemetry {

// One target of a job. Its samples carry `job` and `instance`; `up`, `scrape_duration_seconds` and
// `scrape_samples_scraped` are made for it as Prometheus does. A target that passes a limit of its
// job gives nothing but up = 0. What a scrape shows no more, or a failed one does not show, is
// ended with staleness markers.
class ScrapeTarget final : public Source, public std::enable_shared_from_this<ScrapeTarget> {
 public:
  ScrapeTarget(ScrapeJob job, ScrapeAddress target, Telemetry& telemetry, net::Client& client);

  void ask(std::function<void(std::move_only_function<void()>)> done) override;
  Duration interval() const override { return job_.interval; }
  SourceStatus status() const override;
  bool is_same(const Source& other) const override;
  void end(Time at) override;

 private:
  void take(Result<net::HttpAnswer> answer, Time at, Duration took);
  // One scrape's series, and whether each came with a time of its own.
  struct Scrape {
    WriteBatch batch;
    std::vector<bool> has_own_time;
  };
  // The samples of an answer: how many. kResourceExhausted when there are more than the job allows,
  // kAlreadyExists for a label that is given twice.
  Result<size_t> read(const net::HttpAnswer& answer, Time at, Scrape& scrape) const;
  void count_refused(const Error& error);
  void add_series(WriteBatch& batch, const std::map<std::string, std::string>& labels, double value,
                  int64_t t_ms) const;
  void add_own(WriteBatch& batch, const char* name, double value, Time at) const;

  const ScrapeJob job_;
  const ScrapeAddress target_;
  Telemetry& telemetry_;
  net::Client& client_;
  ShownSeries shown_;
  bool was_scraped_ = false;
  mutable std::mutex mutex_;
  SourceStatus status_;
};

// What lets a call in: headers and TLS.
void authorize(const SourceAuth& auth, net::HttpCall& call);

}  // namespace tocsin::telemetry
