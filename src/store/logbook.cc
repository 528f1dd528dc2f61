#include "store/logbook.h"

#include <fmt/format.h>

#include "store/many_rows.h"

namespace tocsin::store {
namespace {

// The columns in the order of read_record().
const ManyRows& insert() {
  static const ManyRows insert(
      "INSERT INTO logbook (seq, recorded, happened, actor_kind, actor_name, kind, subject_kind, "
      "subject_id, incident_id, data) VALUES ",
      10);
  return insert;
}
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

std::string name_of_actor(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::string(text);
  const std::string_view kind = text.substr(0, colon), name = text.substr(colon + 1);
  const bool is_person = kind == "user" || kind == "link";
  return is_person ? std::string(name) : fmt::format("{} {}", kind, name);
}

Result<> append_logbook(Session& session, int64_t seq, Time recorded, const LogbookEntry& entry) {
  const std::string data = codec::to_text(entry.data);
  const LogbookLine line{entry.happened,   entry.kind,        entry.subject_kind,
                         entry.subject_id, entry.incident_id, data};
  return append_logbook(session, seq, recorded, entry.actor, std::span(&line, 1));
}

Result<> append_logbook(Session& session, int64_t seq, Time recorded, const Actor& actor,
                        std::span<const LogbookLine> lines) {
  std::vector<Value> params;
  params.reserve(lines.size() * insert().columns());
  for (const LogbookLine& line : lines) {
    if (actor.kind.empty() || actor.name.empty() || line.kind.empty() ||
        line.subject_kind.empty() || line.subject_id.empty()) {
      return fail(Code::kInternal,
                  fmt::format("logbook entry '{}' of actor '{}' about '{} {}': a part is missing",
                              line.kind, actor.to_text(), line.subject_kind, line.subject_id));
    }
    params.emplace_back(seq++);
    params.emplace_back(value(recorded));
    params.emplace_back(value(line.happened));
    for (const std::string_view text : {std::string_view(actor.kind), std::string_view(actor.name),
                                        line.kind, line.subject_kind, line.subject_id}) {
      params.emplace_back(TextRef{text});
    }
    params.push_back(line.incident_id.empty() ? Value{} : Value{TextRef{line.incident_id}});
    params.emplace_back(TextRef{line.data});
  }
  return insert().exec(session, params);
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

Result<std::optional<LogbookRecord>> read_logbook_entry(Session& session, int64_t seq) {
  ASSIGN_OR_RETURN(const Rows rows, session.query(kReadAfter, seq - 1, 1));
  if (rows.empty() || rows[0].integer(0) != seq) return std::nullopt;
  ASSIGN_OR_RETURN(LogbookRecord record, read_record(rows[0]));
  return record;
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
