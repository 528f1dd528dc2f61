#pragma once

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
  bool is_told = false;              // the first message is on its way
  std::string wanted_by;             // actor
  std::optional<Time> archive_at;
  int tries = 0;        // failures in a row
  std::string problem;  // of the last failure
};
std::string_view name_of(ChannelRow::State state);

Result<> put_channel(store::Session& sql, const ChannelRow& row);
Result<std::optional<ChannelRow>> read_channel(store::Session& sql, std::string_view incident);
// Those for which something is still to be done.
Result<std::vector<std::string>> unfinished_channels(store::Session& sql);

// {state, name, id, url, problem}.
codec::JsonObject to_json(const ChannelRow& row);

}  // namespace tocsin::incident
