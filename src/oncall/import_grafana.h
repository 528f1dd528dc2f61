#pragma once

#include <map>
#include <string>
#include <vector>

#include "oncall/import.h"

// The parts of the reader of Grafana OnCall.
namespace tocsin::oncall {

struct GrafanaShifts {
  std::map<std::string, const codec::Node*> shifts;  // by id
  std::map<std::string, std::string> names;          // of users, by id
};

// A schedule of any type with the layers that its shifts make. What cannot be taken over is in its
// notes.
SourceSchedule read_grafana_schedule(const codec::Node& node, const GrafanaShifts& known, Time now);

}  // namespace tocsin::oncall
