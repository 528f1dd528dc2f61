#include "oncall/policy.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::oncall {
namespace {

Duration pause_between_rounds(const Policy& policy, int finished_round, bool is_anybody_told) {
  if (finished_round > policy.repeat) {
    return std::clamp(kSlowFactor * policy.repeat_after, kSlowLeast, kSlowMost);
  }
  return is_anybody_told ? policy.repeat_after : std::min(policy.repeat_after, kUntoldPause);
}

bool is_among(const std::vector<std::string>& severities, std::string_view severity) {
  return severities.empty() || severity.empty() ||
         std::ranges::find(severities, severity) != severities.end();
}

}  // namespace

const Channel* Policy::channel(std::string_view channel_name) const {
  const auto found = std::ranges::find(channels, channel_name, &Channel::name);
  return found == channels.end() ? nullptr : &*found;
}

Policy policy_of(const catalog::Team& team) {
  Policy policy;
  for (const catalog::EscalationStep& step : team.escalation) {
    policy.steps.push_back({step.after, {{Target::Kind::kPerson, step.person.value()}}, {}});
  }
  policy.repeat = team.repeat;
  policy.repeat_after = team.repeat_after;
  return policy;
}

std::string why_not_played(const Condition& when, std::string_view severity, Time at,
                           bool is_answered) {
  if (!is_among(when.severities, severity)) {
    return fmt::format("{} is none of {}", severity, fmt::join(when.severities, ", "));
  }
  if (when.first_response && *when.first_response != is_answered) {
    return is_answered ? "somebody has answered already" : "nobody has answered yet";
  }
  if (when.hours.empty() || when.hours.contains(when.zone, at) != when.is_outside_hours) return "";
  return fmt::format("it is {} {} ({})", when.is_outside_hours ? "within" : "outside",
                     calendar::to_text(when.hours), when.zone.name());
}

bool is_for(const BringIn& bring_in, std::string_view severity) {
  // Unlike a step, which somebody must play: without a severity nothing says that it is this bad.
  return !severity.empty() && is_among(bring_in.severities, severity);
}

Next next_after(const Policy& policy, Place played, bool is_anybody_told) {
  const auto here = static_cast<size_t>(played.step);
  if (here + 1 < policy.steps.size()) {
    const Duration gap = policy.steps[here + 1].after - policy.steps[here].after;
    return {{played.step + 1, played.round}, std::max(gap, Duration(0))};
  }
  return {{0, played.round + 1}, pause_between_rounds(policy, played.round, is_anybody_told)};
}

}  // namespace tocsin::oncall
