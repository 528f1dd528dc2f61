#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "routing/labels.h"

namespace tocsin::routing {

// An alert as somebody else's rule engine reports it: the thing that Alertmanager's API takes. Not
// one of our own objectives' alerts (those are alert::Alert). Immutable once shared.
struct PostedAlert {
  Labels labels;
  Labels annotations;
  Time starts;
  Time ends;     // in the future while it fires
  Time updated;  // when it was last posted
  std::string generator_url;
  bool is_timeout = false;  // `ends` was not posted: it is `updated` plus resolve_timeout
  // That it is resolved has been written down. So it stays when the clock is set back before
  // `ends`.
  bool is_over = false;

  bool is_resolved(Time now) const { return is_over || ends <= now; }
  uint64_t fingerprint() const { return labels.fingerprint(); }
};
using PostedAlertRef = std::shared_ptr<const PostedAlert>;

// A post as views into memory of the one who read it. Most posts repeat an alert that is known: no
// PostedAlert is made of those.
struct PostedView {
  std::string_view labels;       // as Labels::bytes()
  std::string_view annotations;  // the same
  std::string_view generator_url;
  uint64_t fingerprint = 0;
  Time starts;
  Time ends;
  Time updated;
  bool is_timeout = false;

  static PostedView of(const PostedAlert& alert);
  PostedAlert to_alert() const;
  bool is_resolved(Time now) const { return ends <= now; }
};

// What is known after `newer` was posted over `older`, which is stored, of the same labels: the
// rules of Alerts.Put and Alert.Merge (alertmanager provider/mem/mem.go, types/types.go). Intervals
// that overlap are merged: the earliest start holds, the later `updated` of the two supplies the
// rest, and of two ends that were posted the latest; else the newer stands alone. `now` decides
// what counts as resolved. Unlike the reference: an older one that is stamped after `now`, or is
// over and ends after it, is from before the clock was set back, and does not hold against the
// newer.
PostedAlert merge(const PostedAlert& older, const PostedAlert& newer, Time now);

}  // namespace tocsin::routing
