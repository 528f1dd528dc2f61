#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "catalog/catalog.h"
#include "door/draft.h"

namespace tocsin::door {

// What is expected to call in, again and again.
struct HeartbeatSpec {
  enum class Origin { kCatalog, kOpsgenie };
  std::string name;
  Origin origin = Origin::kCatalog;
  Duration every{0};
  Duration grace{0};
  std::string service;  // empty if none
  std::string severity = "critical";
  std::string summary;
  std::string description;
  std::string runbook;
  std::string tags;  // of Opsgenie's: "a, b"
  std::map<std::string, std::string> labels;
  bool operator==(const HeartbeatSpec&) const = default;
};
std::string_view name_of(HeartbeatSpec::Origin origin);

struct Heartbeat {
  HeartbeatSpec spec;
  bool is_enabled = true;
  Time since;  // what the next ping is counted from: the last one, or when it was declared
  std::optional<Time> last_ping;
  std::optional<Time> due;     // when it will be overdue; nothing while it is not waited for
  std::optional<Time> missed;  // since when its alert fires
};

// disabled, waiting (for its first ping), alive, missed.
std::string_view state_of(const Heartbeat& heartbeat);

// When a heartbeat is overdue that was heard of at `since`.
inline Time due_after(const HeartbeatSpec& spec, Time since) {
  return since + spec.every + spec.grace;
}
// After a start of ours nothing is overdue earlier than this from now: a ping may have met a closed
// door. Its grace, or more where that is short.
Duration patience_of(const HeartbeatSpec& spec);

// The alert of a heartbeat that is overdue, and the same when it has called in again.
routing::PostedAlert missed_alert(const Heartbeat& heartbeat, Time now);
routing::PostedAlert returned_alert(const Heartbeat& heartbeat, Time now);

// The row's column `definition`.
codec::JsonObject to_json(const HeartbeatSpec& spec);
Result<HeartbeatSpec> heartbeat_from_json(std::string_view text, std::string name,
                                          HeartbeatSpec::Origin origin);

// Reads the documents `apiVersion: tocsin/v1, kind: Heartbeat` of a catalog; the form is told in
// docs/doors.md.
std::vector<HeartbeatSpec> read_heartbeats(const catalog::Catalog& catalog,
                                           codec::Problems& problems);

}  // namespace tocsin::door
