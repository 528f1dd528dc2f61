#pragma once

#include <atomic>

#include "base/clock.h"

namespace tocsin::engine {

// Engine time: the wall clock's value when it was made, moved on by the monotonic clock. Setting
// the wall clock changes it only when somebody calls move(); until then apart() says how
// far the two are from each other. Thread-safe.
class EngineClock {
 public:
  explicit EngineClock(const Clock& clock)
      : clock_(clock), offset_us_(to_micros(clock.now()) - clock.monotonic().count()) {}

  Time now() const { return from_micros(clock_.monotonic().count() + offset_us_.load()); }
  // Wall time minus engine time.
  Duration apart() const { return clock_.now() - now(); }
  void move(Duration by) { offset_us_ += by.count(); }
  Duration monotonic() const { return clock_.monotonic(); }

 private:
  const Clock& clock_;
  std::atomic<int64_t> offset_us_;
};

}  // namespace tocsin::engine
