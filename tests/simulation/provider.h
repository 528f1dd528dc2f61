#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/rng.h"
#include "notify/outbox.h"

namespace tocsin::simulation {

// How a channel treats what it is given.
enum class Mood {
  kWell,
  kRefuses,    // for the moment; nothing arrives
  kRejects,    // for good; nothing arrives
  kTimesOut,   // says that it may have arrived; half of it does
  kHangs,      // never answers; half of it arrives
  kSilent,     // never answers; nothing arrives
  kLate,       // arrives, and says so seconds to minutes later
  kTwice,      // arrives, and says so twice
  kWhimsical,  // any of these, try by try
  // Providers with receipts: they take it at once and say later what became of it.
  kReceipts,  // arrives; delivered and read are told, in any order, some twice
  kLies,      // does not arrive; "undelivered" is told later, some twice
  kHasty,     // the same, and the receipt comes before the answer to the try
  kMute,      // does not arrive; only who asks hears of it
  kVanishes,  // does not arrive, and nobody ever says so
};
inline constexpr int kMoods = 9;      // without receipts
inline constexpr int kAllMoods = 14;  // with them

// Something that happens at a moment of monotonic time, whatever the wall clock does.
class Agenda {
 public:
  void at(Duration when, std::function<void()> what) { all_.emplace(when, std::move(what)); }
  std::optional<Duration> next() const {
    return all_.empty() ? std::nullopt : std::optional(all_.begin()->first);
  }
  void run_until(Duration now) {
    while (!all_.empty() && all_.begin()->first <= now) {
      auto node = all_.extract(all_.begin());
      node.mapped()();
    }
  }

 private:
  std::multimap<Duration, std::function<void()>> all_;
};

// One message that reached a person.
struct Arrival {
  Duration at;  // monotonic
  notify::Delivery delivery;
};

// The providers of all channels. It outlives crashes of Tocsin, as providers do.
class Provider final : public notify::Transport {
 public:
  Provider(Rng& rng, const Clock& clock, Agenda& agenda)
      : rng_(rng), clock_(clock), agenda_(agenda) {}

  void send(const notify::Delivery& delivery, OnTaken done) override;
  // What became of a message that it took. None rings on.
  void poll(const notify::SentMessage& message, OnPolled done) override;
  void cancel(const notify::SentMessage&) override {}
  Duration wait_asked_by(const catalog::Contact&) const override { return Duration(0); }

  void set_mood(catalog::Contact::Kind kind, Mood mood) { moods_[kind] = mood; }
  void heal() { moods_.clear(); }
  // The next process stands; what the dead one would still have said did not reach it.
  void serve_again() { is_cut_off_ = false; }
  // The n-th try from now is the last thing that the process does, before the provider has the
  // message or after it.
  std::function<void()> on_death;
  void die_at_try(size_t n, bool arrives) { dies_at_ = tries_ + n, arrives_at_death_ = arrives; }

  // Seen before each try is begun.
  std::function<void(const notify::Delivery&)> on_try;
  // Its answers as its own side sees them: whether it took the message.
  std::function<void(const notify::Delivery&, bool was_taken)> on_answer;
  // Calls back with what became of a message; false: it was not heard, and is told again.
  std::function<bool(const notify::Delivery&, const notify::ReceiptReport&)> on_receipt;
  // Somebody asked, and hears that it was not delivered.
  std::function<void(const notify::Delivery&)> on_asked;
  const std::vector<Arrival>& arrivals() const { return arrivals_; }
  // Messages that came again without saying that they might.
  const std::vector<std::string>& unmarked() const { return unmarked_; }
  size_t tries() const { return tries_; }

 private:
  using Done = std::shared_ptr<OnTaken>;
  void treat(const notify::Delivery& delivery, OnTaken done);
  void take_with_receipts(const notify::Delivery& delivery, Mood mood, const Done& done);
  void tell(const notify::Delivery& delivery, notify::Receipt receipt, Duration when);
  void arrive(const notify::Delivery& delivery);
  Mood mood_for(catalog::Contact::Kind kind);

  Rng& rng_;
  const Clock& clock_;
  Agenda& agenda_;
  std::map<catalog::Contact::Kind, Mood> moods_;
  std::set<std::string> arrived_;
  std::vector<Arrival> arrivals_;
  std::vector<std::string> unmarked_;
  // By the name of the message, once it is known.
  std::map<std::string, std::pair<notify::Delivery, notify::Receipt>> truth_;
  size_t tries_ = 0;
  size_t dies_at_ = 0;
  bool arrives_at_death_ = false, is_cut_off_ = false;
};

}  // namespace tocsin::simulation
