#include "incident/incident.h"

#include <array>

namespace tocsin::incident {
namespace {

constexpr std::array<std::pair<State, std::string_view>, 10> kStates = {{
    {State::kTriage, "triage"},
    {State::kInvestigating, "investigating"},
    {State::kIdentified, "identified"},
    {State::kMitigating, "mitigating"},
    {State::kMonitoring, "monitoring"},
    {State::kResolved, "resolved"},
    {State::kClosed, "closed"},
    {State::kDeclined, "declined"},
    {State::kMerged, "merged"},
    {State::kCancelled, "cancelled"},
}};

}  // namespace

std::string_view name_of(State state) {
  for (const auto& [known, name] : kStates) {
    if (known == state) return name;
  }
  bug("unknown state of an incident");
}

std::optional<State> parse_state(std::string_view text) {
  for (const auto& [state, name] : kStates) {
    if (name == text) return state;
  }
  return std::nullopt;
}

}  // namespace tocsin::incident
