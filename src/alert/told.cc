#include "alert/told.h"

#include <xxhash.h>

#include <algorithm>
#include <iterator>

namespace tocsin::alert {

using receiver::Reason;

Fingerprints union_of(const Fingerprints& a, const Fingerprints& b) {
  Fingerprints all;
  all.reserve(a.size() + b.size());
  std::ranges::set_union(a, b, std::back_inserter(all));
  return all;
}

Fingerprints difference_of(const Fingerprints& a, const Fingerprints& b) {
  Fingerprints rest;
  std::ranges::set_difference(a, b, std::back_inserter(rest));
  return rest;
}

bool is_subset(const Fingerprints& part, const Fingerprints& whole) {
  return std::ranges::includes(whole, part);
}

bool Known::is_open(uint64_t fingerprint) const {
  const auto has = [&](const Fingerprints& list) {
    return std::ranges::binary_search(list, fingerprint);
  };
  return (told && (has(told->firing) || has(told->still_open))) || (doubtful && has(*doubtful));
}

bool Known::has_open() const {
  return (told && (!told->firing.empty() || !told->still_open.empty())) ||
         (doubtful && !doubtful->empty());
}

Fingerprints Known::open() const {
  Fingerprints all;
  if (told) all = union_of(told->firing, told->still_open);
  return doubtful ? union_of(all, *doubtful) : all;
}

std::optional<Reason> why_tell(const Known& known, const Fingerprints& firing,
                               const Fingerprints& resolved, const TellRules& rules, Time now) {
  if (firing.empty()) {
    if (resolved.empty() || !rules.send_resolved) return std::nullopt;
    // Others may be silenced and open all the same.
    return is_subset(known.open(), resolved) ? Reason::kAllResolved : Reason::kSomeResolved;
  }
  if (!known.told) return Reason::kFirst;
  const Told& told = *known.told;
  if (rules.has_woken || !is_subset(firing, told.firing)) return Reason::kNewAlerts;
  if (rules.send_resolved && !resolved.empty()) return Reason::kSomeResolved;
  if (known.doubtful) return Reason::kRepeat;
  if (!rules.is_acknowledged && told.at + rules.repeat_interval <= now) return Reason::kRepeat;
  return std::nullopt;
}

Told after_telling(const Known& known, Fingerprints firing, Fingerprints resolved, Time at,
                   Time expires) {
  Told told;
  told.still_open = difference_of(difference_of(known.open(), firing), resolved);
  told.at = at;
  told.firing = std::move(firing);
  told.resolved = std::move(resolved);
  told.expires = expires;
  return told;
}

Known without(Known known, const Fingerprints& resolved) {
  if (known.told) {
    known.told->firing = difference_of(known.told->firing, resolved);
    known.told->still_open = difference_of(known.told->still_open, resolved);
  }
  if (known.doubtful) known.doubtful = difference_of(*known.doubtful, resolved);
  return known;
}

std::optional<Known> merged(const Known& known, const Told& heard) {
  if (known.told && known.told->noted >= heard.noted) return std::nullopt;
  Known out = known;
  out.told = heard;
  if (known.doubtful && known.doubted < heard.noted) {
    const Fingerprints unnamed =
        difference_of(difference_of(*known.doubtful, heard.firing), heard.resolved);
    out.told->still_open = union_of(heard.still_open, unnamed);
    out.doubtful.reset();
    out.doubted = {};
  }
  return out;
}

uint64_t imported_hash(const routing::Labels& labels) {
  return XXH64(labels.bytes().data(), labels.bytes().size(), 0);
}

std::optional<Known> adopt(const Known& known, uint64_t hash, uint64_t fingerprint, Time starts) {
  if (!known.told || known.told->imported.empty() || starts > known.told->at) return std::nullopt;
  if (!std::ranges::binary_search(known.told->imported, hash)) return std::nullopt;
  Known out = known;
  std::erase(out.told->imported, hash);
  out.told->firing = union_of(out.told->firing, {fingerprint});
  return out;
}

}  // namespace tocsin::alert
