#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "oncall/pager.h"

namespace tocsin::incident {

enum class State {
  kTriage,
  kInvestigating,
  kIdentified,
  kMitigating,
  kMonitoring,
  kResolved,
  kClosed,
  kDeclined,
  kMerged,
  kCancelled,
};
std::string_view name_of(State state);
std::optional<State> parse_state(std::string_view text);

// As each happened; the logbook keeps when it was recorded.
struct Times {
  std::optional<Time> impact_started, detected, paged, acknowledged, declared, mitigated, resolved;
};

struct Incident {
  std::string id;      // inc_...
  int64_t number = 0;  // 1, 2, 3: what people say aloud
  std::string title;
  State state = State::kTriage;
  int severity = 3;  // SEV-1 to SEV-5
  catalog::ServiceId service;
  catalog::TeamId team;
  std::string impact;
  Times times;
  Time opened, updated;
  bool is_severity_by_hand = false;  // a person has set it; it no longer follows the alerts
  std::optional<Time> clean_since;   // since when none of its page alerts fires
  std::string who_has_it;            // the actor who acknowledged: "user:ada"; empty if nobody
  std::string follows;  // the incident of the same service that had ended shortly before; or empty
};

}  // namespace tocsin::incident
