#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/fields.h"

namespace tocsin::notify {

// Which incidents get a channel in Slack by themselves, and how it is made: notify.slack's
// incident_channels. Without it channels are made only when somebody asks, with these defaults.
struct IncidentChannels {
  std::vector<int> severities;  // 1 to 5; empty: none by itself
  std::string prefix = "inc";
  bool is_private = false;
  std::optional<Duration> archive_after;  // since the incident ended; nothing: never
  std::string language = "en";            // of what Tocsin adds to its messages: en or de

  bool opens_at(int severity) const;
};

// Reads the mapping and finishes it.
IncidentChannels read_incident_channels(codec::Fields fields);

}  // namespace tocsin::notify
