#include "base/rng.h"

#include <errno.h>
#include <sys/random.h>

#include <cstring>
#include <vector>

#include "base/result.h"
#include "base/text.h"

namespace tocsin {

uint64_t Rng::next() {
  uint64_t value = 0;
  fill(std::span(reinterpret_cast<unsigned char*>(&value), sizeof value));
  return value;
}

uint64_t Rng::below(uint64_t bound) {
  if (bound == 0) bug("Rng::below(0)");
  // Values past the last whole multiple of bound would favour small results; draw again.
  const uint64_t limit = ~uint64_t{0} - ~uint64_t{0} % bound;
  uint64_t value = next();
  while (value >= limit) value = next();
  return value % bound;
}

double Rng::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::string Rng::token(size_t bytes) {
  std::vector<unsigned char> raw(bytes);
  fill(raw);
  return base64url(std::string_view(reinterpret_cast<const char*>(raw.data()), raw.size()));
}

void SystemRng::fill(std::span<unsigned char> out) {
  for (size_t done = 0; done < out.size();) {
    const ssize_t got = ::getrandom(out.data() + done, out.size() - done, 0);
    if (got < 0 && errno != EINTR) bug("getrandom failed");
    if (got > 0) done += static_cast<size_t>(got);
  }
}

void SeededRng::fill(std::span<unsigned char> out) {
  std::scoped_lock lock(mutex_);
  for (size_t done = 0; done < out.size(); done += 8) {
    const uint64_t word = engine_();
    std::memcpy(out.data() + done, &word, std::min<size_t>(8, out.size() - done));
  }
}

}  // namespace tocsin
