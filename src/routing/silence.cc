#include "routing/silence.h"

#include <algorithm>
#include <tuple>

namespace tocsin::routing {
namespace {

bool takes_empty(const Matcher& matcher) {
  const bool is_positive = matcher.op() == MatchOp::kEqual || matcher.op() == MatchOp::kRegex;
  return is_positive && matcher.matches("");
}

// Whether `wanted` can take the place of `existing` without saying anything else about the past.
bool may_update(const Silence& existing, const Silence& wanted, Time now) {
  if (existing.matchers != wanted.matchers) return false;
  switch (existing.state(now)) {
    case SilenceState::kActive:
      // The API writes milliseconds, so a start that was read comes back cut short.
      return std::chrono::floor<seconds>(existing.starts) ==
             std::chrono::floor<seconds>(wanted.starts);
    case SilenceState::kPending: return wanted.starts >= now;
    case SilenceState::kExpired: break;
  }
  return false;
}

int rank(SilenceState state) {
  return state == SilenceState::kActive ? 0 : state == SilenceState::kPending ? 1 : 2;
}

}  // namespace

std::string_view name_of(SilenceState state) {
  switch (state) {
    case SilenceState::kPending: return "pending";
    case SilenceState::kActive: return "active";
    case SilenceState::kExpired: return "expired";
  }
  return "";
}

SilenceState Silence::state(Time now) const {
  if (now < starts) return SilenceState::kPending;
  return now < ends ? SilenceState::kActive : SilenceState::kExpired;
}

bool Silence::mutes(const Labels& labels, Time now) const {
  return state(now) == SilenceState::kActive && all_match(matchers, labels);
}

Result<> check_times(const Silence& silence, Time now) {
  if (silence.starts >= silence.ends) {
    return invalid("Failed to create silence: start time must be before end time");
  }
  if (silence.ends < now) {
    return invalid("Failed to create silence: end time can't be in the past");
  }
  // Other processes and a reference's files could not take it.
  constexpr Time kYear10000{std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1)};
  if (silence.ends >= kYear10000) {
    return invalid("Failed to create silence: end time must be before the year 10000");
  }
  return {};
}

Result<> check(const Silence& silence, Time now) {
  RETURN_IF_ERROR(check_times(silence, now));
  if (silence.matchers.empty()) return invalid("invalid silence: matcher set 0 is empty");
  if (std::ranges::all_of(silence.matchers, takes_empty)) {
    return invalid(
        "invalid silence: matcher set 0: at least one matcher must not match the empty string");
  }
  return {};
}

Result<SilenceChange> plan_change(const Silence* existing, Silence wanted, Time now) {
  RETURN_IF_ERROR(check(wanted, now));
  if (existing == nullptr && !wanted.id.empty()) return not_found("silence not found");
  wanted.updated = now;
  using Kind = SilenceChange::Kind;
  if (existing != nullptr && may_update(*existing, wanted, now)) {
    return SilenceChange{Kind::kUpdate, std::move(wanted)};
  }
  wanted.id.clear();
  wanted.starts = std::max(wanted.starts, now);
  const bool is_over = existing == nullptr || existing->state(now) == SilenceState::kExpired;
  return SilenceChange{is_over ? Kind::kCreate : Kind::kReplace, std::move(wanted)};
}

Silence expire(Silence silence, Time now) {
  const SilenceState state = silence.state(now);
  if (state == SilenceState::kExpired) return silence;
  if (state == SilenceState::kPending) silence.starts = now;
  silence.ends = now;
  silence.updated = now;
  return silence;
}

bool has_matchers(const Silence& silence, const Matchers& filter) {
  return std::ranges::all_of(filter, [&](const Matcher& wanted) {
    return std::ranges::find(silence.matchers, wanted) != silence.matchers.end();
  });
}

void sort_for_api(std::vector<Silence>& silences, Time now) {
  std::ranges::sort(silences, [now](const Silence& a, const Silence& b) {
    const SilenceState state = a.state(now);
    if (state != b.state(now)) return rank(state) < rank(b.state(now));
    switch (state) {
      case SilenceState::kActive: return std::tie(a.ends, a.id) < std::tie(b.ends, b.id);
      case SilenceState::kPending: return std::tie(a.starts, a.id) < std::tie(b.starts, b.id);
      case SilenceState::kExpired: break;
    }
    return std::tie(b.ends, a.id) < std::tie(a.ends, b.id);
  });
}

}  // namespace tocsin::routing
