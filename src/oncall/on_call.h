#pragma once

#include <optional>

#include "oncall/schedule.h"

namespace tocsin::oncall {

// Who asks whose turn it is: the pager, policies, Slack's user group. Implemented by the schedule
// book; thread-safe, from memory, never waits.
class OnCall {
 public:
  virtual ~OnCall() = default;
  // Nothing when there is no such schedule.
  virtual std::optional<Turn> on_call(const ScheduleId& schedule, Time at) const = 0;
};

}  // namespace tocsin::oncall
