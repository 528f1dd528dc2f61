#include "routing/fingerprints.h"

#include <algorithm>

#include "routing/labels.h"

namespace tocsin::routing {
namespace {

uint64_t fnv(char byte, uint64_t hash) {
  return (hash ^ static_cast<unsigned char>(byte)) * 1099511628211U;
}
uint64_t fnv(std::string_view bytes, uint64_t hash) {
  for (const char c : bytes) hash = fnv(c, hash);
  return hash;
}

}  // namespace

std::array<uint64_t, kFingerprintsTogether> fingerprints_of(const LabelBlocks& blocks) {
  const auto& [a, b, c, d] = blocks;
  const size_t shortest = std::min({a.size(), b.size(), c.size(), d.size()});
  const uint64_t begin = Labels::Hasher().fingerprint();
  uint64_t of_a = begin, of_b = begin, of_c = begin, of_d = begin;
  for (size_t i = 0; i < shortest; ++i) {
    of_a = fnv(a[i], of_a);
    of_b = fnv(b[i], of_b);
    of_c = fnv(c[i], of_c);
    of_d = fnv(d[i], of_d);
  }
  return {fnv(a.substr(shortest), of_a), fnv(b.substr(shortest), of_b),
          fnv(c.substr(shortest), of_c), fnv(d.substr(shortest), of_d)};
}

}  // namespace tocsin::routing
