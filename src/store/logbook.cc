#include "store/logbook.h"

#include <fmt/format.h>

namespace tocsin::store {
namespace {

// The columns in the order of read_record().
constexpr std::string_view kInsert =
    "INSERT INTO logbook (seq, recorded, happened, actor_kind, actor_name, kind, subject_kind, "
    "subject_id, incident_id, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
constexpr std::string_view kReadAfter =
    "SELECT seq, recorded, happened, actor_kind, actor_name, kind, subject_kind, subject_id, "
    "incident_id, data FROM logbook WHERE seq > $1 ORDER BY seq LIMIT $2";
constexpr std::string_view kReadIncident =
    "SELECT seq, recorded, happened, actor_kind, actor_name, kind, subject_kind, subject_id, "
    "incident_id, data FROM logbook WHERE incident_id = $1 ORDER BY happened, seq LIMIT $2";
constexpr std::string_view kReadIncidentAfter =
    "SELECT seq, recorded, happened, actor_kind, actor_name, kind, subject_kind, subject_id, "
    "incident_id, data FROM logbook WHERE incident_id = $1 AND (happened, seq) > ($2, $3) "
    "ORDER BY happened, seq LIMIT $4";

Result<LogbookRecord> read_record(const Row& row) {
  LogbookRecord record;
  record.seq = row.integer(0);
  record.recorded = row.time(1);
  record.entry.happened = row.time(2);
  record.entry.actor = Actor{row.text(3), row.text(4)};
  record.entry.kind = row.text(5);
  record.entry.subject_kind = row.text(6);
  record.entry.subject_id = row.text(7);
  record.entry.incident_id = row.maybe_text(8).value_or("");
  auto data = codec::read_own_json(row.text(9));
  if (!data || !data->is_object()) {
    return fail(Code::kDataLoss,
                fmt::format("logbook entry {}: its data is not a JSON object", record.seq));
  }
  record.entry.data = std::move(data->as_object());
  return record;
}

Result<std::vector<LogbookRecord>> read_records(const Rows& rows) {
  std::vector<LogbookRecord> records;
  records.reserve(rows.size());
  for (const Row& row : rows) {
    ASSIGN_OR_RETURN(LogbookRecord record, read_record(row));
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace

Result<> append_logbook(Session& session, int64_t seq, Time recorded, const LogbookEntry& entry) {
  if (entry.actor.kind.empty() || entry.actor.name.empty() || entry.kind.empty() ||
      entry.subject_kind.empty() || entry.subject_id.empty()) {
    return fail(
        Code::kInternal,
        fmt::format("logbook entry '{}' of actor '{}' about '{} {}': a part is missing", entry.kind,
                    entry.actor.to_text(), entry.subject_kind, entry.subject_id));
  }
  const Value incident = entry.incident_id.empty() ? Value{} : value(entry.incident_id);
  const std::vector<Value> params{value(seq),
                                  value(recorded),
                                  value(entry.happened),
                                  value(entry.actor.kind),
                                  value(entry.actor.name),
                                  value(entry.kind),
                                  value(entry.subject_kind),
                                  value(entry.subject_id),
                                  incident,
                                  value(codec::to_text(entry.data))};
  RETURN_IF_ERROR(session.exec(kInsert, std::span<const Value>(params)));
  return {};
}

Result<std::vector<LogbookRecord>> read_logbook(Session& session, int64_t after, int limit) {
  ASSIGN_OR_RETURN(const Rows rows, session.query(kReadAfter, after, limit));
  return read_records(rows);
}

Result<std::vector<LogbookRecord>> read_incident_logbook(Session& session,
                                                         std::string_view incident, int limit,
                                                         int64_t after) {
  if (after == 0) {
    ASSIGN_OR_RETURN(const Rows rows, session.query(kReadIncident, incident, limit));
    return read_records(rows);
  }
  ASSIGN_OR_RETURN(
      const Rows place,
      session.query("SELECT seq, happened FROM logbook WHERE seq = $1 AND incident_id = $2", after,
                    incident));
  if (place.empty()) {
    return invalid(fmt::format("entry {} is not in the timeline of incident {}", after, incident));
  }
  ASSIGN_OR_RETURN(const Rows rows,
                   session.query(kReadIncidentAfter, incident, place.at(0).time(1), after, limit));
  return read_records(rows);
}

Result<int64_t> last_logbook_seq(Session& session) {
  ASSIGN_OR_RETURN(const Rows rows, session.query("SELECT COALESCE(MAX(seq), 0) FROM logbook"));
  return rows.at(0).integer(0);
}

Result<std::optional<Time>> last_logbook_time(Session& session) {
  ASSIGN_OR_RETURN(const Rows rows,
                   session.query("SELECT recorded FROM logbook ORDER BY seq DESC LIMIT 1"));
  if (rows.empty()) return std::nullopt;
  return rows.front().maybe_time(0);
}

codec::JsonObject to_json(const LogbookRecord& record) {
  const LogbookEntry& entry = record.entry;
  codec::JsonObject json;
  json["seq"] = record.seq;
  json["happened_at"] = to_rfc3339(entry.happened);
  json["recorded_at"] = to_rfc3339(record.recorded);
  json["actor"] = entry.actor.to_text();
  json["kind"] = entry.kind;
  json["subject_kind"] = entry.subject_kind;
  json["subject_id"] = entry.subject_id;
  if (entry.incident_id.empty()) {
    json["incident"] = nullptr;
  } else {
    json["incident"] = entry.incident_id;
  }
  json["data"] = entry.data;
  return json;
}

}  // namespace tocsin::store
