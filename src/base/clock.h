#pragma once

#include <atomic>
#include <memory>

#include "base/time.h"

namespace tocsin {

// The only source of time in the house; a check in CI forbids now() elsewhere. Rules do not take a
// Clock: they take a Time. Whoever drives the rules (the engine, a loop, a thread) holds the Clock.
// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall-clock time. It may jump, forwards and backwards.
  virtual Time now() const = 0;
  // Time since an unspecified start; never goes back and goes on while the machine is suspended.
  // For timeouts and for measuring.
  virtual Duration monotonic() const = 0;
};

// CLOCK_REALTIME and CLOCK_BOOTTIME.
class SystemClock final : public Clock {
 public:
  Time now() const override;
  Duration monotonic() const override;
};

// Time that a test moves by hand. Starts at 2026-01-05T00:00:00Z, a Monday, unless told otherwise.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start = from_micros(1'767'571'200'000'000))
      : wall_us_(to_micros(start)) {}
  Time now() const override { return from_micros(wall_us_.load()); }
  Duration monotonic() const override { return Duration(monotonic_us_.load()); }
  void advance(Duration by) {
    wall_us_ += by.count();
    monotonic_us_ += by.count();
  }
  // Moves the wall clock alone, as an operator or NTP would.
  void jump(Duration by) { wall_us_ += by.count(); }

 private:
  std::atomic<int64_t> wall_us_;
  std::atomic<int64_t> monotonic_us_ = 0;
};

}  // namespace tocsin
