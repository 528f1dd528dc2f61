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
};

}  // namespace tocsin::incident
