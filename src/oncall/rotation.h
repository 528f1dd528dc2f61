#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "oncall/schedule.h"

namespace tocsin::oncall {

// The n-th turn of a rotation, from its hand-off to the next. Turn 0 begins at the first hand-off,
// and is the turn of participant `first`.
struct RotationTurn {
  int64_t n = 0;
  Time begin;
  Time end;  // not included; Time::max() when a rule has no hand-off any more
  bool operator==(const RotationTurn&) const = default;
};

// The turns that touch [begin, end), whole, in their order: they tile the time from the first
// hand-off on. Turns of no length (the clocks skip them) are left out, so numbers may be missing.
std::vector<RotationTurn> rotation_turns(const Rotation& rotation, const calendar::Zone& zone,
                                         Time begin, Time end);
// Nothing before the first hand-off.
std::optional<RotationTurn> rotation_turn_at(const Rotation& rotation, const calendar::Zone& zone,
                                             Time at);

// Whose turn the n-th is: an index of `participants`, which must not be empty.
size_t participant_of(const Rotation& rotation, int64_t n);

}  // namespace tocsin::oncall
