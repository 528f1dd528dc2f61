#pragma once

#include <expected>

#include "door/heartbeat.h"
#include "door/opsgenie.h"

namespace tocsin::door {

// The bodies of Opsgenie's Heartbeat API v2 (docs.opsgenie.com/docs/heartbeat-api). Pure.

struct OpsgenieHeartbeat {
  HeartbeatSpec spec;
  std::optional<bool> is_enabled;
};
// A new one.
std::expected<OpsgenieHeartbeat, OpsgenieErrors> read_opsgenie_heartbeat(const codec::Node& body);
// Changes of one that is known: what the body does not name stays.
std::expected<OpsgenieHeartbeat, OpsgenieErrors> read_opsgenie_change(const codec::Node& body,
                                                                      const HeartbeatSpec& known);

codec::JsonObject opsgenie_view(const Heartbeat& heartbeat);

}  // namespace tocsin::door
