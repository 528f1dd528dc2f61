#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "routing/matcher.h"

namespace tocsin::routing {

enum class SilenceState { kPending, kActive, kExpired };
std::string_view name_of(SilenceState state);  // pending, active, expired

struct Silence {
  std::string id;     // a UUID
  Matchers matchers;  // all must match; at least one, and one that does not match the empty value
  Time starts, ends, updated;
  std::string created_by;
  std::string comment;
  Labels annotations;

  SilenceState state(Time now) const;
  bool mutes(const Labels& labels, Time now) const;
};

// Whether it may be kept at all; the message is the reference's ("invalid silence: ...").
Result<> check(const Silence& silence, Time now);

// What a POST of `wanted` means (alertmanager silence/silence.go, Set). `existing` is the one of
// its id, if it has an id. A start in the past becomes now.
struct SilenceChange {
  enum class Kind {
    kCreate,
    kUpdate,
    kReplace
  };  // kReplace: the existing one expires now, a new id is made
  Kind kind = Kind::kCreate;
  Silence silence;  // without an id for kCreate and kReplace
};
Result<SilenceChange> plan_change(const Silence* existing, Silence wanted, Time now);

// The silence as it is after somebody ended it: a pending one starts and ends now.
Result<Silence> expire(Silence silence, Time now);

// Whether one filter of GET /silences lets it through: it must hold an identical matcher; nothing
// is evaluated (api/v2/api.go, CheckSilenceMatchesFilterLabels).
bool has_matchers(const Silence& silence, const Matchers& filter);

// active by end, pending by start, expired by newest end first; in this order of states.
void sort_for_api(std::vector<Silence>& silences, Time now);

}  // namespace tocsin::routing
