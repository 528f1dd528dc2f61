#include "base/clock.h"

#include <time.h>

namespace tocsin {
namespace {

int64_t read_micros(clockid_t id) {
  timespec t{};
  ::clock_gettime(id, &t);
  return t.tv_sec * 1'000'000LL + t.tv_nsec / 1000;
}

}  // namespace

Time SystemClock::now() const { return from_micros(read_micros(CLOCK_REALTIME)); }
Duration SystemClock::monotonic() const { return Duration(read_micros(CLOCK_BOOTTIME)); }

}  // namespace tocsin
