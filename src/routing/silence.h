#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "routing/matcher.h"

namespace tocsin::routing {

enum class SilenceState { kPending, kActive, kExpired };
std::string_view name_of(SilenceState state);  // pending, active, expired

// Alerts that match are not told from `starts` until before `ends`. A value. The reference's v2 API
// knows one set of matchers a silence, and so do we.
struct Silence {
  std::string id;     // a UUID
  Matchers matchers;  // all must match
  Time starts, ends, updated;
  std::string created_by;
  std::string comment;
  Labels annotations;

  SilenceState state(Time now) const;
  bool mutes(const Labels& labels, Time now) const;
};

// Whether it may be kept at all; the messages are the reference's (api/v2/api.go
// postSilencesHandler, silence/silence.go validateSilence). At least one matcher is needed, and one
// that does not take the empty value; to the reference != and !~ never take it.
Result<> check(const Silence& silence, Time now);
Result<> check_times(const Silence& silence, Time now);  // the part of it that comes first

// What a POST of `wanted` means (silence/silence.go, Set). `existing` is the one of its id, if it
// has an id and there is one; kNotFound for an id of none. A silence may be changed in place while
// its past stays true: the matchers are the same, and an active one keeps the second it started in,
// a pending one does not start in the past. An expired one stays as it is and a new one is made.
struct SilenceChange {
  enum class Kind { kCreate, kUpdate, kReplace };  // kReplace: the existing one must be expired now
  Kind kind = Kind::kCreate;
  Silence silence;  // without an id for kCreate and kReplace; a start in the past has become now
};
Result<SilenceChange> plan_change(const Silence* existing, Silence wanted, Time now);

// The silence as it is after somebody ended it: a pending one starts and ends now, an expired one
// stays as it is.
Silence expire(Silence silence, Time now);

// Whether one filter of GET /silences lets it through: it must hold an identical matcher for each
// of the filter's; nothing is evaluated (api/v2/api.go, CheckSilenceMatchesFilterLabels).
bool has_matchers(const Silence& silence, const Matchers& filter);

// Active ones by end, pending ones by start, expired ones by newest end first; in this order of
// states. Of two at the same time the smaller id comes first.
void sort_for_api(std::vector<Silence>& silences, Time now);

}  // namespace tocsin::routing
