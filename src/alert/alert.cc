#include "alert/alert.h"

#include <fmt/format.h>

namespace tocsin::alert {
namespace {

constexpr uint64_t kOffset = 14695981039346656037U;
constexpr uint64_t kPrime = 1099511628211U;

uint64_t add(uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= kPrime;
  }
  return hash;
}

}  // namespace

std::string fingerprint(const Labels& labels) {
  constexpr std::string_view kSeparator = "\xff";
  uint64_t hash = kOffset;
  for (const auto& [name, value] : labels) {
    hash = add(add(hash, name), kSeparator);
    hash = add(add(hash, value), kSeparator);
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace tocsin::alert
