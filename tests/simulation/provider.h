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
};
inline constexpr int kMoods = 9;

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
  // Its messages have no receipts, and none rings on.
  void poll(const notify::SentMessage&, OnPolled done) override { done(notify::PollAnswer{}); }
  void cancel(const notify::SentMessage&) override {}
  Duration wait_asked_by(const catalog::Contact&) const override { return Duration(0); }

  void set_mood(catalog::Contact::Kind kind, Mood mood) { moods_[kind] = mood; }
  void heal() { moods_.clear(); }

  // Seen before each try is begun.
  std::function<void(const notify::Delivery&)> on_try;
  const std::vector<Arrival>& arrivals() const { return arrivals_; }
  // Messages that came again without saying that they might.
  const std::vector<std::string>& unmarked() const { return unmarked_; }
  size_t tries() const { return tries_; }

 private:
  using Done = std::shared_ptr<OnTaken>;
  void arrive(const notify::Delivery& delivery);
  Mood mood_for(catalog::Contact::Kind kind);

  Rng& rng_;
  const Clock& clock_;
  Agenda& agenda_;
  std::map<catalog::Contact::Kind, Mood> moods_;
  std::set<std::string> arrived_;
  std::vector<Arrival> arrivals_;
  std::vector<std::string> unmarked_;
  size_t tries_ = 0;
};

}  // namespace tocsin::simulation
