#include "incident/channel_store.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"

namespace tocsin::incident {
namespace {

using RowState = ChannelRow::State;

constexpr std::array kStates{RowState::kWanted, RowState::kOpen, RowState::kArchived,
                             RowState::kFailed};

Result<RowState> parse_channel_state(std::string_view name) {
  for (const RowState state : kStates) {
    if (name == name_of(state)) return state;
  }
  return fail(Code::kDataLoss, fmt::format("table incident_channel: '{}' is no state", name));
}

#define CHANNEL_COLUMNS \
  "incident, state, name, suffix, asked, channel, url, topic, invited, archive_at, tries, problem"

Result<ChannelRow> channel_of(const store::Row& from) {
  ChannelRow row;
  row.incident = from.text(0);
  ASSIGN_OR_RETURN(row.state, parse_channel_state(from.text(1)));
  row.name = from.text(2);
  row.suffix = static_cast<int>(from.integer(3));
  row.asked = from.maybe_time(4);
  row.channel = from.text(5);
  row.url = from.text(6);
  row.topic = from.text(7);
  const std::string invited = from.text(8);
  for (const std::string_view person : split(invited, ',')) {
    if (!person.empty()) row.invited.emplace_back(person);
  }
  row.archive_at = from.maybe_time(9);
  row.tries = static_cast<int>(from.integer(10));
  row.problem = from.text(11);
  return row;
}

codec::Json text_or_null(const std::string& text) {
  return text.empty() ? codec::Json(nullptr) : codec::Json(text);
}

}  // namespace

std::string_view name_of(RowState state) {
  switch (state) {
    case RowState::kWanted: return "wanted";
    case RowState::kOpen: return "open";
    case RowState::kArchived: return "archived";
    case RowState::kFailed: return "failed";
  }
  bug("unknown state of an incident's channel");
}

Result<> put_channel(store::Session& sql, const ChannelRow& row) {
  RETURN_IF_ERROR(sql.exec(
      "INSERT INTO incident_channel (" CHANNEL_COLUMNS
      ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
      " ON CONFLICT (incident) DO UPDATE SET state = excluded.state, name = excluded.name,"
      " suffix = excluded.suffix, asked = excluded.asked, channel = excluded.channel,"
      " url = excluded.url, topic = excluded.topic, invited = excluded.invited,"
      " archive_at = excluded.archive_at, tries = excluded.tries, problem = excluded.problem",
      row.incident, name_of(row.state), row.name, row.suffix, row.asked, row.channel, row.url,
      row.topic, join(row.invited, ","), row.archive_at, row.tries, row.problem));
  return {};
}

Result<std::optional<ChannelRow>> read_channel(store::Session& sql, std::string_view incident) {
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      sql.query("SELECT " CHANNEL_COLUMNS " FROM incident_channel WHERE incident = $1", incident));
  if (rows.empty()) return std::nullopt;
  return channel_of(rows.front());
}

Result<std::map<std::string, ChannelRow>> channels_since(store::Session& sql, int64_t number) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   sql.query("SELECT " CHANNEL_COLUMNS " FROM incident_channel WHERE incident IN"
                             " (SELECT id FROM incident WHERE number >= $1)",
                             number));
  std::map<std::string, ChannelRow> out;
  for (const store::Row& row : rows) {
    ASSIGN_OR_RETURN(ChannelRow channel, channel_of(row));
    const std::string incident = channel.incident;
    out.emplace(incident, std::move(channel));
  }
  return out;
}

Result<std::vector<std::string>> wanted_channels(store::Session& sql) {
  ASSIGN_OR_RETURN(const store::Rows rows,
                   sql.query("SELECT incident FROM incident_channel WHERE state = 'wanted'"
                             " ORDER BY incident"));
  std::vector<std::string> out;
  for (const store::Row& row : rows) out.push_back(row.text(0));
  return out;
}

codec::JsonObject to_json(const ChannelRow& row) {
  return {{"state", name_of(row.state)},
          {"name", text_or_null(row.name)},
          {"id", text_or_null(row.channel)},
          {"url", text_or_null(row.url)},
          {"problem", text_or_null(row.problem)}};
}

}  // namespace tocsin::incident
