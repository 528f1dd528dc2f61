#include "provider.h"

#include <fmt/format.h>

namespace tocsin::simulation {
namespace {

using notify::Receipt;

// How long it may be asked what became of a message.
constexpr Duration kReceiptsWithin = std::chrono::minutes(10);
constexpr Duration kTellsAgainAfter = std::chrono::seconds(5);

std::string name_of_message(const notify::Delivery& delivery) {
  return fmt::format("{}/{}", delivery.id, delivery.attempts);
}

}  // namespace

Mood Provider::mood_for(catalog::Contact::Kind kind) {
  const auto found = moods_.find(kind);
  const Mood mood = found == moods_.end() ? Mood::kWell : found->second;
  return mood == Mood::kWhimsical ? static_cast<Mood>(rng_.below(kMoods - 1)) : mood;
}

void Provider::arrive(const notify::Delivery& delivery) {
  if (!arrived_.insert(delivery.id).second && !delivery.maybe_duplicate) {
    unmarked_.push_back(
        fmt::format("{} to {}, try {}", delivery.id, delivery.person.value(), delivery.attempts));
  }
  arrivals_.push_back({clock_.monotonic(), delivery});
}

void Provider::send(const notify::Delivery& delivery, OnTaken done) {
  if (is_cut_off_) return;
  ++tries_;
  if (on_try) on_try(delivery);
  if (tries_ == dies_at_) {
    // Nobody hears its answer any more.
    if (arrives_at_death_) treat(delivery, [](Result<notify::Taken>) {});
    is_cut_off_ = true;
    return on_death();
  }
  treat(delivery, [this, delivery, done = std::move(done)](Result<notify::Taken> answer) mutable {
    if (on_answer) on_answer(delivery, answer.has_value());
    done(std::move(answer));
  });
}

void Provider::treat(const notify::Delivery& delivery, OnTaken done) {
  const auto later = std::make_shared<OnTaken>(std::move(done));
  const bool is_lucky = rng_.below(2) == 0;
  const Mood mood = mood_for(delivery.contact.kind);
  switch (mood) {
    case Mood::kWhimsical:
    case Mood::kWell: arrive(delivery); return (*later)({});
    case Mood::kRefuses: return (*later)(fail(Code::kUnavailable, "connection refused"));
    case Mood::kRejects: return (*later)(fail(Code::kPermissionDenied, "no such mailbox"));
    case Mood::kTimesOut:
      if (is_lucky) arrive(delivery);
      return (*later)(fail(Code::kDeadlineExceeded, "no answer in time"));
    case Mood::kHangs:
      if (is_lucky) arrive(delivery);
      return;
    case Mood::kSilent: return;
    case Mood::kLate:
      arrive(delivery);
      agenda_.at(clock_.monotonic() + seconds(1 + rng_.below(180)), [later] { (*later)({}); });
      return;
    case Mood::kTwice:
      arrive(delivery);
      (*later)({});
      agenda_.at(clock_.monotonic() + seconds(rng_.below(90)), [later] { (*later)({}); });
      return;
    case Mood::kReceipts:
    case Mood::kLies:
    case Mood::kHasty:
    case Mood::kMute:
    case Mood::kVanishes: return take_with_receipts(delivery, mood, later);
  }
}

void Provider::take_with_receipts(const notify::Delivery& delivery, Mood mood, const Done& done) {
  const notify::Taken taken{.provider = "courier",
                            .message_id = name_of_message(delivery),
                            .receipts_within = kReceiptsWithin};
  const Duration now = clock_.monotonic();
  if (mood == Mood::kReceipts) {
    arrive(delivery);
    const Duration first = now + seconds(rng_.below(20)), second = now + seconds(rng_.below(40));
    tell(delivery, Receipt::kDelivered, first);
    if (rng_.below(2) == 0) tell(delivery, Receipt::kRead, second);
    if (rng_.below(2) == 0) tell(delivery, Receipt::kDelivered, second);
  } else if (mood == Mood::kHasty) {
    tell(delivery, Receipt::kUndelivered, now);
    return agenda_.at(now + seconds(1), [done, taken] { (*done)(taken); });
  } else if (mood == Mood::kLies) {
    const Duration first = now + seconds(rng_.below(50));
    tell(delivery, Receipt::kUndelivered, first);
    if (rng_.below(2) == 0) tell(delivery, Receipt::kUndelivered, first + seconds(rng_.below(9)));
  } else if (mood == Mood::kMute) {
    truth_.try_emplace(taken.message_id, delivery, Receipt::kUndelivered);
  }
  (*done)(taken);
}

// A callback, as often as it takes until it is heard.
void Provider::tell(const notify::Delivery& delivery, Receipt receipt, Duration when) {
  agenda_.at(when, [this, delivery, receipt] {
    truth_.try_emplace(name_of_message(delivery), delivery, receipt);
    const notify::ReceiptReport report{
        .delivery = delivery.id, .attempt = delivery.attempts, .receipt = receipt};
    if (on_receipt && !on_receipt(delivery, report)) {
      tell(delivery, receipt, clock_.monotonic() + kTellsAgainAfter);
    }
  });
}

void Provider::poll(const notify::SentMessage& message, OnPolled done) {
  if (is_cut_off_) return;
  const auto found = truth_.find(message.message_id);
  notify::PollAnswer answer;
  if (found != truth_.end()) {
    answer.receipt = found->second.second;
    if (answer.receipt == Receipt::kUndelivered && on_asked) on_asked(found->second.first);
  }
  done(std::move(answer));
}

}  // namespace tocsin::simulation
