#include <fmt/format.h>

#include "telemetry/telemetry.h"

// Remote write requests and what query sources answer: the doors of Telemetry.

namespace tocsin::telemetry {
namespace {

// A batch that grew larger than this is not kept for the next request.
constexpr size_t kKeptBatchBytes = 32 << 20;
// Symbols of remote write 2.0 may stand for more text than the message has bytes.
constexpr size_t kResolvedTimes = 4;

}  // namespace

std::unique_ptr<WriteBatch> Telemetry::borrow_batch() {
  std::scoped_lock lock(batches_mutex_);
  if (batches_out_ >= limits_.max_requests) return nullptr;
  ++batches_out_;
  if (batches_.empty()) return std::make_unique<WriteBatch>();
  std::unique_ptr<WriteBatch> batch = std::move(batches_.back());
  batches_.pop_back();
  return batch;
}

void Telemetry::give_back(std::unique_ptr<WriteBatch> batch) {
  std::scoped_lock lock(batches_mutex_);
  --batches_out_;
  if (batch->memory() <= kKeptBatchBytes) batches_.push_back(std::move(batch));
}

WriteOutcome Telemetry::write(std::optional<std::string_view> content_type,
                              std::optional<std::string_view> content_encoding,
                              std::string_view body) {
  const auto refused = [this](RefusedRequest request) {
    metrics_.refuse(request.reason);
    return WriteOutcome{request.status, std::move(request.message)};
  };
  const auto protocol = negotiate(content_type, content_encoding);
  if (!protocol) return refused(protocol.error());
  std::unique_ptr<WriteBatch> batch = borrow_batch();
  if (!batch) {
    return refused(
        {429, Refusal::kBusy,
         fmt::format("{} requests are being taken already; try again", limits_.max_requests)});
  }
  const auto done = [&](WriteOutcome outcome) {
    give_back(std::move(batch));
    return outcome;
  };
  const auto message = unpack_snappy(body, limits_.max_request_bytes, *batch);
  if (!message) return done(refused(message.error()));
  const auto decoded =
      decode(*protocol, *message, *hasher_, limits_.max_request_bytes * kResolvedTimes, *batch);
  if (!decoded) return done(refused(decoded.error()));
  const IngestOutcome taken = ingest(*batch);
  metrics_.requests.add();
  metrics_.histograms.add(batch->histograms);
  metrics_.exemplars.add(batch->exemplars);
  WriteOutcome outcome{204, "", taken.samples, batch->histograms, batch->exemplars};
  if (taken.refused_samples > 0) {
    outcome.status = 400;
    outcome.message =
        fmt::format("{} of {} samples were not taken, the others were: {}", taken.refused_samples,
                    batch->samples.size(),
                    taken.first_refusal ? taken.first_refusal->message
                                        : "they are more than ten minutes in the future");
  }
  return done(std::move(outcome));
}

template <class F>
void Telemetry::add_queried(const SignalName& name, F&& add) {
  const Time now = clock_.now();
  std::unique_lock state(state_mutex_);
  const std::shared_ptr<const SignalSet> current = signals();
  const CompiledSignal* signal = current->find(name);
  if (signal == nullptr) return;
  add(*signal, now);
  if (folder_.has_increments()) tell(std::move(state), folder_.take_increments(now), now);
}

void Telemetry::add_ratio(const SignalName& name, const Labels& group, Time from, Time to,
                          double bad, double total, bool is_told) {
  add_queried(name, [&](const CompiledSignal& signal, Time now) {
    folder_.add_ratio(signal, group, {to_millis(from), to_millis(to), 0}, bad, total, now, is_told);
  });
}

void Telemetry::add_rate(const SignalName& name, const Labels& group, Time from, Time to,
                         double count) {
  add_queried(name, [&](const CompiledSignal& signal, Time now) {
    folder_.add_rate(signal, group, {to_millis(from), to_millis(to), count}, now);
  });
}

void Telemetry::add_level(const SignalName& name, const Labels& group, double value, Time at) {
  add_queried(name, [&](const CompiledSignal& signal, Time) {
    folder_.add_level(signal, group, value, at);
  });
}

}  // namespace tocsin::telemetry
