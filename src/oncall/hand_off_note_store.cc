#include "oncall/hand_off_note_store.h"

#include "catalog/catalog_json.h"
#include "codec/json.h"

namespace tocsin::oncall {
namespace {

#define NOTE_COLUMNS "id, schedule, author, body, created, updated, handed_off, receivers"

Result<HandOffNote> note_of(const store::Row& row) {
  HandOffNote note{.id = row.text(0),
                   .schedule = ScheduleId(row.text(1)),
                   .author = row.text(2),
                   .text = row.text(3),
                   .created = row.time(4),
                   .updated = row.time(5),
                   .handed_off = row.maybe_time(6),
                   .receivers = {}};
  ASSIGN_OR_RETURN(const codec::Json receivers, codec::read_own_json(row.text(7)));
  if (!receivers.is_array()) return fail(Code::kDataLoss, "a note's receivers are no list");
  for (const codec::Json& one : receivers.as_array()) {
    if (!one.is_string()) return fail(Code::kDataLoss, "a note's receiver is no text");
    note.receivers.emplace_back(std::string(one.as_string()));
  }
  return note;
}

}  // namespace

Result<std::optional<HandOffNote>> open_note(store::Session& sql, const ScheduleId& schedule) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " NOTE_COLUMNS
                             " FROM hand_off_note WHERE schedule = $1 AND handed_off IS NULL",
                             schedule));
  if (rows.empty()) return std::nullopt;
  return note_of(rows.front());
}

Result<> write_open_note(store::Session& sql, const HandOffNote& note) {
  RETURN_IF_ERROR(
      sql.exec("INSERT INTO hand_off_note (" NOTE_COLUMNS
               ") VALUES ($1, $2, $3, $4, $5, $6, NULL, '[]')"
               " ON CONFLICT (id) DO UPDATE SET author = excluded.author, body = excluded.body,"
               " updated = excluded.updated",
               note.id, note.schedule, note.author, note.text, note.created, note.updated));
  return {};
}

Result<> delete_open_note(store::Session& sql, const ScheduleId& schedule) {
  RETURN_IF_ERROR(
      sql.exec("DELETE FROM hand_off_note WHERE schedule = $1 AND handed_off IS NULL", schedule));
  return {};
}

Result<std::optional<HandOffNote>> hand_over_note(store::Session& sql, const ScheduleId& schedule,
                                                  const std::vector<catalog::PersonId>& receivers,
                                                  Time at) {
  ASSIGN_OR_RETURN(auto note, open_note(sql, schedule));
  if (!note) return std::nullopt;
  note->handed_off = at;
  note->receivers = receivers;
  RETURN_IF_ERROR(sql.exec("UPDATE hand_off_note SET handed_off = $2, receivers = $3 WHERE id = $1",
                           note->id, at, codec::to_text(catalog::names_json(receivers))));
  return note;
}

Result<std::vector<HandOffNote>> closed_notes(store::Session& sql, const ScheduleId& schedule,
                                              int limit) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " NOTE_COLUMNS
                             " FROM hand_off_note WHERE schedule = $1 AND handed_off IS NOT NULL"
                             " ORDER BY handed_off DESC, id LIMIT $2",
                             schedule, limit));
  std::vector<HandOffNote> out;
  for (const auto& row : rows) {
    ASSIGN_OR_RETURN(HandOffNote note, note_of(row));
    out.push_back(std::move(note));
  }
  return out;
}

}  // namespace tocsin::oncall
