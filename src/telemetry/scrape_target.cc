#include "telemetry/scrape_target.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "telemetry/prom_text.h"

namespace tocsin::telemetry {
namespace {

// What is measured of the scrape itself.
constexpr const char* kOwn[] = {"up", "scrape_duration_seconds", "scrape_samples_scraped"};

}  // namespace

void authorize(const SourceAuth& auth, net::HttpCall& call) {
  if (!auth.bearer.empty())
    call.headers.emplace_back("Authorization", "Bearer " + auth.bearer.reveal());
  if (!auth.user.empty()) {
    call.headers.emplace_back("Authorization",
                              "Basic " + base64(auth.user + ":" + auth.password.reveal()));
  }
  call.ca_file = auth.ca_file;
  call.verify_tls = auth.verify_tls;
}

ScrapeTarget::ScrapeTarget(ScrapeJob job, ScrapeAddress target, Telemetry& telemetry,
                           net::Client& client)
    : job_(std::move(job)), target_(std::move(target)), telemetry_(telemetry), client_(client) {
  status_.name = fmt::format("{}/{}", job_.job, target_.address);
  status_.kind = SourceKind::kScrape;
}

SourceStatus ScrapeTarget::status() const {
  std::scoped_lock lock(mutex_);
  return status_;
}

bool ScrapeTarget::is_same(const Source& other) const {
  const auto* target = dynamic_cast<const ScrapeTarget*>(&other);
  return target != nullptr && target->job_ == job_ && target->target_ == target_;
}

void ScrapeTarget::ask(std::function<void(std::move_only_function<void()>)> done) {
  net::HttpCall call;
  call.url = target_.url;
  call.headers = {
      {"Accept",
       "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"},
      {"X-Prometheus-Scrape-Timeout-Seconds", fmt::format("{:g}", to_seconds(job_.timeout))}};
  call.timeout = job_.timeout;
  call.max_answer = job_.max_body;
  authorize(job_.auth, call);
  const Time at = telemetry_.clock().now();
  const Duration begun = telemetry_.clock().monotonic();
  client_.call(std::move(call), [self = shared_from_this(), at, begun,
                                 done = std::move(done)](Result<net::HttpAnswer> answer) {
    const Duration took = self->telemetry_.clock().monotonic() - begun;
    done([self, at, took, answer = std::move(answer)]() mutable {
      self->take(std::move(answer), at, took);
    });
  });
}

void ScrapeTarget::take(Result<net::HttpAnswer> answer, Time at, Duration took) {
  Scrape scrape;
  WriteBatch& batch = scrape.batch;
  Result<size_t> samples = 0;
  if (!answer) {
    samples = fail(answer.error());
  } else if (answer->status != 200) {
    samples =
        fail(Code::kUnavailable, fmt::format("the target answered with status {}", answer->status));
  } else {
    samples = read(*answer, at, scrape);
  }
  if (!samples) count_refused(samples.error());
  // Half an exposition would be half a scrape: some counters ahead of the others.
  if (!samples) batch.clear();
  shown_.renew(batch, scrape.has_own_time, to_millis(at), telemetry_.hasher());
  was_scraped_ = true;
  add_own(batch, kOwn[0], samples ? 1 : 0, at);
  add_own(batch, kOwn[1], to_seconds(took), at);
  add_own(batch, kOwn[2], samples ? static_cast<double>(*samples) : 0, at);
  batch.finish_labels();
  const IngestOutcome outcome = telemetry_.ingest(batch);

  std::scoped_lock lock(mutex_);
  status_.state = samples ? SourceState::kUp : SourceState::kDown;
  status_.last_error = samples ? std::string() : samples.error().message;
  if (samples) status_.last_at = at;
  if (samples && outcome.first_refusal) status_.last_error = outcome.first_refusal->message;
}

void ScrapeTarget::count_refused(const Error& error) {
  switch (error.code) {
    case Code::kResourceExhausted: telemetry_.count_refused(Refusal::kTargetTooLarge); break;
    case Code::kAlreadyExists: telemetry_.count_refused(Refusal::kDuplicateLabel); break;
    case Code::kInvalidArgument: telemetry_.count_refused(Refusal::kMalformed); break;
    default: break;  // it gave no answer
  }
}

void ScrapeTarget::end(Time at) {
  if (!std::exchange(was_scraped_, false)) return;
  WriteBatch batch;
  shown_.renew(batch, {}, to_millis(at), telemetry_.hasher());
  for (const char* own : kOwn) add_own(batch, own, stale_marker(), at);
  batch.finish_labels();
  telemetry_.ingest(batch);
}

Result<size_t> ScrapeTarget::read(const net::HttpAnswer& answer, Time at, Scrape& scrape) const {
  const auto type = answer.headers.find("content-type");
  const TextFormat format = text_format_of(type == answer.headers.end() ? "" : type->second);
  size_t count = 0;
  std::map<std::string, std::string> labels;
  const Result<> parsed = parse_prom_text(answer.body, format, [&](const TextSample& sample) {
    if (++count > job_.max_samples) return false;
    labels.clear();
    for (const auto& [name, value] : sample.labels) {
      if (!value.empty()) labels[std::string(name)] = value;
    }
    labels["__name__"] = sample.name;
    add_series(scrape.batch, labels, sample.value, sample.t_ms.value_or(to_millis(at)));
    scrape.has_own_time.push_back(sample.t_ms.has_value());
    return true;
  });
  RETURN_IF_ERROR(parsed);
  if (count > job_.max_samples) {
    return fail(
        Code::kResourceExhausted,
        fmt::format("the target shows more than {} samples (max_samples)", job_.max_samples));
  }
  return count;
}

void ScrapeTarget::add_series(WriteBatch& batch, const std::map<std::string, std::string>& labels,
                              double value, int64_t t_ms) const {
  std::map<std::string, std::string> all = labels;
  std::vector<std::pair<std::string, std::string>> aside;
  for (const auto& [name, own] : target_.labels) {
    const auto [it, is_new] = all.emplace(name, own);
    if (is_new || job_.honor_labels) continue;
    aside.emplace_back(name, std::exchange(it->second, own));
  }
  // As Prometheus: the target's own label moves aside, behind those that moved there before it.
  for (auto& [name, its] : aside) {
    do name.insert(0, "exported_");
    while (!all.emplace(name, its).second);
  }
  batch.begin_series();
  for (const auto& [name, text] : all) batch.add_label(name, text);
  batch.samples.push_back({t_ms, value, 0});
  batch.end_series(telemetry_.hasher());
}

void ScrapeTarget::add_own(WriteBatch& batch, const char* name, double value, Time at) const {
  add_series(batch, {{"__name__", name}}, value, to_millis(at));
}

}  // namespace tocsin::telemetry
