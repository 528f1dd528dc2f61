#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tocsin::routing {

// Labels::fingerprint_of() of several blocks side by side. One alone waits for a multiplication at
// each byte, so that four of about the same length take little longer than one.
inline constexpr size_t kFingerprintsTogether = 4;
using LabelBlocks = std::array<std::string_view, kFingerprintsTogether>;
std::array<uint64_t, kFingerprintsTogether> fingerprints_of(const LabelBlocks& blocks);

}  // namespace tocsin::routing
