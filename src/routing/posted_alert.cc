#include "routing/posted_alert.h"

#include <algorithm>

namespace tocsin::routing {
namespace {

// provider/mem/mem.go, Alerts.Put. An interval that covers the older one whole needs no merging:
// what a merge would give is the newer one.
bool overlaps(const PostedAlert& older, const PostedAlert& newer) {
  return (newer.ends > older.starts && newer.ends < older.ends) ||
         (newer.starts > older.starts && newer.starts < older.ends);
}

// Requests that run side by side may be stamped in another order than they are stored in, but not
// by this much.
constexpr Duration kSideBySide = std::chrono::seconds(2);

}  // namespace

PostedView PostedView::of(const PostedAlert& alert) {
  return {alert.labels.bytes(), alert.annotations.bytes(),
          alert.generator_url,  alert.fingerprint(),
          alert.starts,         alert.ends,
          alert.updated,        alert.is_timeout};
}

PostedAlert PostedView::to_alert() const {
  return {Labels::from_bytes(std::string(labels), fingerprint),
          Labels::from_bytes(std::string(annotations), 0),
          starts,
          ends,
          updated,
          std::string(generator_url),
          is_timeout,
          false};
}

PostedAlert merge(const PostedAlert& older, const PostedAlert& newer, Time now) {
  if (!overlaps(older, newer)) return newer;
  if (older.is_over && older.ends > now) return newer;
  if (older.updated > now + kSideBySide) {
    PostedAlert merged = newer;
    merged.starts = std::min(older.starts, newer.starts);
    return merged;
  }
  // Two posts may come in another order than they were stamped: the later stamp says what holds.
  const bool is_late = newer.updated < older.updated;
  const PostedAlert& earlier = is_late ? newer : older;
  PostedAlert merged = is_late ? older : newer;
  merged.starts = std::min(earlier.starts, merged.starts);
  // Of two explicit ends the latest holds. An end that only comes from resolve_timeout gives way.
  const bool may_extend = merged.is_resolved(now) ? earlier.is_resolved(now) : !earlier.is_timeout;
  if (may_extend) merged.ends = std::max(earlier.ends, merged.ends);
  return merged;
}

}  // namespace tocsin::routing
