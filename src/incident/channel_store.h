#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "codec/json.h"
#include "store/database.h"

namespace tocsin::incident {

// A row of table incident_channel: how far the channel of an incident is.
struct ChannelRow {
  enum class State { kWanted, kOpen, kArchived, kFailed };
  std::string incident;
  State state = State::kWanted;
  std::string name;           // as it was asked for, or is
  int suffix = 1;             // 2 and more: the name without it was taken
  std::optional<Time> asked;  // a creation under `name` was handed to Slack, and nobody knows yet
  std::string channel;        // C...
  std::string url;
  std::string topic;                 // as it was set
  std::vector<std::string> invited;  // people
  std::optional<Time> archive_at;
  int tries = 0;        // failures in a row
  std::string problem;  // of the last failure
};
std::string_view name_of(ChannelRow::State state);

Result<> put_channel(store::Session& sql, const ChannelRow& row);
Result<std::optional<ChannelRow>> read_channel(store::Session& sql, std::string_view incident);
// Of all incidents from that number on.
Result<std::map<std::string, ChannelRow>> channels_since(store::Session& sql, int64_t number);
// The incidents whose channel is still to be made.
Result<std::vector<std::string>> wanted_channels(store::Session& sql);

// {state, name, id, url, problem}.
codec::JsonObject to_json(const ChannelRow& row);

}  // namespace tocsin::incident
