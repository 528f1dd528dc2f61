#include "alert/sends.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace tocsin::alert {
namespace {

constexpr Duration kWriteAgain = std::chrono::seconds(1);
// Also where the intent was written so late that the flush is over.
constexpr Duration kShortestTry = std::chrono::seconds(1);
constexpr std::array<double, 5> kLatencyBounds = {1, 5, 10, 15, 20};

}  // namespace

Duration retry_wait(int tries, double jitter) {
  const double plain = std::min(0.5 * std::pow(1.5, std::clamp(tries - 1, 0, 30)), 60.0);
  return from_seconds(plain * (0.5 + jitter));
}

bool may_have_arrived(const receiver::SendFailure& failure) {
  switch (failure.error.code) {
    case Code::kUnavailable:
    case Code::kDeadlineExceeded:
    case Code::kUnknown:
    case Code::kCancelled:
    case Code::kInternal:
    case Code::kDataLoss: return true;
    default: return false;  // it was refused, or never left
  }
}

const Sends::KindMetrics& Sends::metrics_of(std::string_view kind) {
  if (const auto known = metrics_.find(kind); known != metrics_.end()) return known->second;
  Metrics& m = parts_.metrics;
  const Metrics::Labels labels{{"integration", std::string(kind)}};
  for (const char* reason :
       {"clientError", "contextCanceled", "contextDeadlineExceeded", "other", "serverError"}) {
    m.counter("alertmanager_notifications_failed_total",
              "The total number of failed notifications.",
              {{"integration", std::string(kind)}, {"reason", reason}});
  }
  return metrics_
      .emplace(std::string(kind),
               KindMetrics{
                   m.counter("alertmanager_notifications_total",
                             "The total number of attempted notifications.", labels),
                   m.counter("alertmanager_notification_requests_total",
                             "The total number of attempted notification requests.", labels),
                   m.counter("alertmanager_notification_requests_failed_total",
                             "The total number of failed notification requests.", labels),
                   m.histogram("alertmanager_notification_latency_seconds",
                               "The latency of notifications in seconds.", labels, kLatencyBounds)})
      .first->second;
}

// --- the steps

void Sends::start(Order order) {
  const uint64_t id = ++last_id_;
  Send& send = sends_[id];
  send.key = order.intent->key;
  send.order = std::move(order);
  by_key_[send.key] = id;
  write(id, send, Step::kBeginning);
}

void Sends::settle(const ToldKey& key, const Fingerprints& resolved) {
  const uint64_t id = ++last_id_;
  Send& send = sends_[id];
  send.key = key;
  send.settled = resolved;
  by_key_[key] = id;
  write(id, send, Step::kSettling);
}

void Sends::write(uint64_t id, Send& send, Step step) {
  send.step = step;
  if (writing_ < kMostWriting) return submit(id, send);
  (step == Step::kBeginning ? begins_ : ends_).push_back(id);
}

void Sends::submit(uint64_t id, Send& send) {
  ++writing_;
  const auto answer = [&](SendEvent::Kind kind) {
    return [inbox = parts_.inbox, id, kind](Result<> written) {
      inbox->put(SendEvent{id, kind, std::move(written), {}});
    };
  };
  switch (send.step) {
    case Step::kBeginning:
      return parts_.book.begin(send.order->intent, answer(SendEvent::Kind::kBegun));
    case Step::kFinishing:
      return parts_.book.finish(send.order->intent, send.outcome,
                                answer(SendEvent::Kind::kFinished));
    case Step::kSettling:
      return parts_.book.settle(send.key, send.settled, answer(SendEvent::Kind::kSettled));
    case Step::kSending: break;
  }
  bug("a step of a send that is not written");
}

void Sends::written_one() {
  --writing_;
  while (writing_ < kMostWriting && !(ends_.empty() && begins_.empty())) {
    auto& waiting = ends_.empty() ? begins_ : ends_;
    const uint64_t id = waiting.front();
    waiting.pop_front();
    submit(id, sends_.at(id));
  }
}

void Sends::attempt(uint64_t id, Send& send, Duration now) {
  send.step = Step::kSending;
  send.try_began = now;
  Order& order = *send.order;
  if (send.may_have_arrived) order.message.maybe_duplicate = true;
  ++send.tries;
  metrics_of(send.key.kind).requests.add();
  order.integration->send(
      order.message,
      std::min(std::max(order.deadline - now, kShortestTry), order.integration->longest_try()),
      [inbox = parts_.inbox, id](receiver::Sent sent) {
        inbox->put(SendEvent{id, SendEvent::Kind::kAnswered, {}, std::move(sent)});
      });
}

void Sends::wait(uint64_t id, Send& send, Duration until) {
  send.due = until;
  due_.emplace(until, id);
}

// --- what comes back

std::optional<ToldKey> Sends::handle(SendEvent event, Duration now) {
  if (event.kind != SendEvent::Kind::kAnswered) written_one();
  const auto found = sends_.find(event.send);
  if (found == sends_.end()) return std::nullopt;
  Send& send = found->second;
  switch (event.kind) {
    case SendEvent::Kind::kBegun: {
      if (!event.written && (is_stopping_ || now + kWriteAgain >= send.order->deadline)) {
        parts_.log.error("a group was not told because the intent could not be written",
                         {{"group", send.key.group_key},
                          {"receiver", send.key.receiver},
                          {"error", event.written.error()}});
        return free(event.send);
      }
      begun(event.send, send, event.written, now);
      return std::nullopt;
    }
    case SendEvent::Kind::kAnswered:
      answered(event.send, send, std::move(event.sent), now);
      return std::nullopt;
    case SendEvent::Kind::kFinished:
      if (event.written) return free(event.send);
      parts_.log.warn("what became of a notification could not be written; it is tried again",
                      {{"group", send.key.group_key},
                       {"receiver", send.key.receiver},
                       {"error", event.written.error()}});
      if (is_stopping_) return free(event.send);  // the next start finds the intent
      wait(event.send, send, now + kWriteAgain);
      return std::nullopt;
    case SendEvent::Kind::kSettled: return free(event.send);
  }
  return std::nullopt;
}

void Sends::begun(uint64_t id, Send& send, const Result<>& written, Duration now) {
  if (written) return attempt(id, send, now);
  wait(id, send, now + kWriteAgain);
}

void Sends::answered(uint64_t id, Send& send, receiver::Sent sent, Duration now) {
  const KindMetrics& metrics = metrics_of(send.key.kind);
  metrics.latency.observe(to_seconds(now - send.try_began));
  if (sent) {
    metrics.notifications.add();
    send.outcome = {.sent = {}, .may_have_arrived = true, .tries = send.tries};
    return write(id, send, Step::kFinishing);
  }
  metrics.failed_requests.add();
  receiver::SendFailure failure = std::move(sent.error());
  if (may_have_arrived(failure)) send.may_have_arrived = true;
  if (!failure.retry || is_stopping_) return give_up(id, send, std::move(failure));
  const Duration again = now + retry_wait(send.tries, parts_.rng.unit());
  if (again >= send.order->deadline) {
    failure.reason = "contextDeadlineExceeded";
    return give_up(id, send, std::move(failure));
  }
  send.outcome.sent = std::unexpected(std::move(failure));
  wait(id, send, again);
}

void Sends::give_up(uint64_t id, Send& send, receiver::SendFailure failure) {
  metrics_of(send.key.kind).notifications.add();
  parts_.metrics
      .counter("alertmanager_notifications_failed_total",
               "The total number of failed notifications.",
               {{"integration", send.key.kind}, {"reason", failure.reason}})
      .add();
  parts_.log.warn("a notification failed; the group is tried again at its next turn",
                  {{"receiver", send.key.receiver},
                   {"integration", send.key.kind},
                   {"group", send.key.group_key},
                   {"tries", send.tries},
                   {"error", failure.error}});
  send.outcome = {.sent = std::unexpected(std::move(failure)),
                  .may_have_arrived = send.may_have_arrived,
                  .tries = send.tries};
  write(id, send, Step::kFinishing);
}

ToldKey Sends::free(uint64_t id) {
  const auto found = sends_.find(id);
  ToldKey key = std::move(found->second.key);
  if (found->second.due) due_.erase({*found->second.due, id});
  sends_.erase(found);
  by_key_.erase(key);
  return key;
}

// --- waits

void Sends::run_due(Duration now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const uint64_t id = due_.begin()->second;
    due_.erase(due_.begin());
    Send& send = sends_.at(id);
    send.due.reset();
    switch (send.step) {
      case Step::kBeginning:
      case Step::kFinishing: write(id, send, send.step); break;
      case Step::kSending: attempt(id, send, now); break;
      case Step::kSettling: break;
    }
  }
}

std::optional<Duration> Sends::next_due() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

void Sends::stop() {
  is_stopping_ = true;
  for (const uint64_t id : std::exchange(begins_, {})) free(id);
  for (auto& [id, send] : sends_) {
    if (send.step != Step::kSending || !send.due) continue;
    due_.erase({*send.due, id});
    send.due.reset();
    receiver::SendFailure failure = send.outcome.sent.error();
    failure.reason = "contextCanceled";
    give_up(id, send, std::move(failure));
  }
}

}  // namespace tocsin::alert
