#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"

namespace tocsin::alert {

// One thing that keeps a firing alert from being told. The kinds are an open set: whoever holds an
// alert back names a kind of its own, and readers show the ones that they do not know by name.
struct Suppressor {
  std::string kind;
  std::string by;  // which one, as its kind names it
  auto operator<=>(const Suppressor&) const = default;
};
using Suppressors = std::vector<Suppressor>;  // sorted; empty: it may be told

inline constexpr std::string_view kBySilence = "silence";                  // the silence's id
inline constexpr std::string_view kByInhibition = "inhibition";            // the inhibiting alert
inline constexpr std::string_view kByMuteTime = "mute_time_interval";      // its name
inline constexpr std::string_view kByActiveTime = "active_time_interval";  // one it is not within
inline constexpr std::string_view kBySnooze = "snooze";                    // by whom, until when
inline constexpr std::string_view kByPageGate = "page_gate";               // the receiver

// [{"kind":"silence","by":"5b7a..."}]
codec::JsonArray to_json(const Suppressors& suppressors);
Suppressors suppressors_of(const codec::JsonArray& json);  // what to_json() gave

}  // namespace tocsin::alert
