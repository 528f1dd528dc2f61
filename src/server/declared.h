#pragma once

#include <memory>
#include <string>
#include <vector>

#include "alert/posted_policy.h"
#include "catalog/catalog.h"
#include "door/heartbeat.h"
#include "door/mapping.h"
#include "oncall/policy.h"
#include "oncall/schedule_spec.h"
#include "server/config.h"
#include "slo/objective.h"
#include "telemetry/signal.h"

namespace tocsin::server {

// All that the catalog's files declare, read by the rooms that know each kind.
struct Declared {
  std::shared_ptr<const catalog::Catalog> catalog;
  std::vector<telemetry::SignalSpec> signals;  // declared ones, and those that objectives imply
  std::vector<slo::Objective> objectives;
  alert::PostedPolicy posted = alert::PostedPolicy::defaults();
  std::vector<oncall::Policy> policies;
  std::vector<door::DoorSpec> doors;
  std::vector<door::HeartbeatSpec> heartbeats;
  std::vector<oncall::ScheduleSpec> schedules;
};

// Reads every file. What is wrong goes to `problems`, all of it; the result is only fit for use
// when there are none. A missing catalog folder is a problem unless the configuration left it to
// the default.
Declared load_declared(const Config& config, codec::Problems& problems);

// The contacts of people and the channels of policies that can never be reached with this
// configuration, because their URLs name an address inside: a line each, with the fix and without
// the URL's path. What only the name of a host hides is found when it is called.
std::vector<std::string> refused_contacts(const Declared& declared,
                                          const notify::NotifyConfig& config);
// The same as one line for a running server's operators, which names the first ten and the fix;
// empty: there are none.
std::string trouble_of_refused(const Declared& declared, const notify::NotifyConfig& config);

}  // namespace tocsin::server
