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
      "INSERT INTO incident_channel (incident, state, name, suffix, asked, channel, url, topic,"
      " invited, is_told, wanted_by, archive_at, tries, problem)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
      " ON CONFLICT (incident) DO UPDATE SET state = excluded.state, name = excluded.name,"
      " suffix = excluded.suffix, asked = excluded.asked, channel = excluded.channel,"
      " url = excluded.url, topic = excluded.topic, invited = excluded.invited,"
      " is_told = excluded.is_told, wanted_by = excluded.wanted_by,"
      " archive_at = excluded.archive_at, tries = excluded.tries, problem = excluded.problem",
      row.incident, name_of(row.state), row.name, row.suffix, row.asked, row.channel, row.url,
      row.topic, join(row.invited, ","), row.is_told, row.wanted_by, row.archive_at, row.tries,
      row.problem));
  return {};
}

Result<std::optional<ChannelRow>> read_channel(store::Session& sql, std::string_view incident) {
  ASSIGN_OR_RETURN(
      const store::Rows rows,
      sql.query("SELECT incident, state, name, suffix, asked, channel, url, topic, invited,"
                " is_told, wanted_by, archive_at, tries, problem FROM incident_channel"
                " WHERE incident = $1",
                incident));
  if (rows.empty()) return std::nullopt;
  const store::Row& from = rows.front();
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
  row.is_told = from.flag(9);
  row.wanted_by = from.text(10);
  row.archive_at = from.maybe_time(11);
  row.tries = static_cast<int>(from.integer(12));
  row.problem = from.text(13);
  return row;
}

Result<std::vector<std::string>> unfinished_channels(store::Session& sql) {
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
