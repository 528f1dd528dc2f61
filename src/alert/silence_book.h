#pragma once

#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "routing/silence.h"

namespace tocsin::alert {

// The silences, in memory and in table silences; every change is committed with its entry in the
// logbook before the call answers. Expired ones are kept for `retention`. Thread-safe.
class SilenceBook {
 public:
  struct Limits {
    Duration retention = std::chrono::hours(120);
    size_t max_silences = 0;  // --silences.max-silences; 0: none
    size_t max_bytes = 0;     // --silences.max-silence-size-bytes; 0: none
  };
  SilenceBook(engine::Engine& engine, const Clock& clock, Rng& rng, Metrics& metrics, Limits limits);

  Result<> load(store::Session& sql);
  // The id, which may be a new one (routing/silence.h, plan_change). kNotFound for an unknown id.
  Result<std::string> set(routing::Silence silence, const store::Actor& by);
  Result<> expire(const std::string& id, const store::Actor& by);  // twice is fine; kNotFound

  std::optional<routing::Silence> find(const std::string& id) const;
  std::vector<routing::Silence> all() const;
  // Ids of the active silences that match. The answer for one alert is cached until a silence changes
  // or starts or ends.
  std::vector<std::string> muting(const routing::Labels& labels, Time now) const;
  Result<> collect(Time now);  // forgets expired ones after the retention
};

}  // namespace tocsin::alert
