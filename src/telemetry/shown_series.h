#pragma once

#include <string>
#include <vector>

#include "telemetry/write_batch.h"

namespace tocsin::telemetry {

// Which series a target showed when it was last scraped, so that those that it does not show any
// more are ended with a staleness marker, as Prometheus does (scrape/scrape.go): at once, and all
// of them when a scrape gives nothing. A series with a time of its own is not followed: its target
// says itself how old it is. Holds the label bytes of one scrape. Used by one thread at a time.
class ShownSeries {
 public:
  // `batch` holds what was scraped now, and nothing else, before finish_labels(); has_own_time[i]
  // says whether series i came with a time. Appends a marker for each series that was shown before
  // and is not now.
  void renew(WriteBatch& batch, const std::vector<bool>& has_own_time, int64_t t_ms,
             const LabelHasher& hash);

 private:
  struct Shown {
    SeriesHash hash;
    uint32_t size = 0;  // of its labels
    bool is_followed = true;
  };
  std::string labels_;  // wire form, one series after the other
  std::vector<Shown> shown_;
};

}  // namespace tocsin::telemetry
