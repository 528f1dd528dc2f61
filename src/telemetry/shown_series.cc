#include "telemetry/shown_series.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace tocsin::telemetry {

void ShownSeries::renew(WriteBatch& batch, const std::vector<bool>& has_own_time, int64_t t_ms,
                        const LabelHasher& hash) {
  std::vector<Shown> now;
  now.reserve(batch.series.size());
  for (size_t i = 0; i < batch.series.size(); ++i) {
    const WriteBatch::Series& series = batch.series[i];
    now.push_back({series.hash, series.labels_size, i >= has_own_time.size() || !has_own_time[i]});
  }
  const std::vector<Shown> before = std::exchange(shown_, std::move(now));
  // Most targets show the same series again and again, in the same order.
  if (std::ranges::equal(before, shown_, {}, &Shown::hash, &Shown::hash)) return;
  const std::string labels = std::exchange(labels_, batch.resolved);
  std::unordered_set<uint64_t> still;
  for (const Shown& shown : shown_) still.insert(shown.hash.lo);
  size_t at = 0;
  for (const Shown& old : before) {
    const std::string_view wire = std::string_view(labels).substr(at, old.size);
    at += old.size;
    if (!old.is_followed || still.contains(old.hash.lo)) continue;
    batch.begin_series();
    batch.resolved += wire;
    batch.samples.push_back({t_ms, stale_marker(), 0});
    batch.end_series(hash);
  }
}

}  // namespace tocsin::telemetry
