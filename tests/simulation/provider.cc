#include "provider.h"

#include <fmt/format.h>

namespace tocsin::simulation {

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
  ++tries_;
  if (on_try) on_try(delivery);
  const auto later = std::make_shared<OnTaken>(std::move(done));
  const bool is_lucky = rng_.below(2) == 0;
  switch (mood_for(delivery.contact.kind)) {
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
  }
}

}  // namespace tocsin::simulation
