#include "alert/notification_store.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>

#include "alert/posted_store.h"

namespace tocsin::alert {
namespace {

// Group keys may be longer than an index takes. XXH3, 128 bits.
std::string hash_of(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

// NUL stands in none of the parts.
std::string told_id(const ToldKey& key) {
  std::string text = key.group_key;
  for (const std::string_view part : {std::string_view(key.receiver), std::string_view(key.kind)}) {
    text += '\0';
    text += part;
  }
  return hash_of(text + '\0' + std::to_string(key.index));
}

store::Blob blob_of(const Fingerprints& list) {
  store::Blob blob;
  blob.bytes.reserve(list.size() * 8);
  for (const uint64_t fingerprint : list) {
    for (int i = 0; i < 64; i += 8) blob.bytes += static_cast<char>(fingerprint >> i);
  }
  return blob;
}

Result<Fingerprints> list_of(const std::string& bytes) {
  if (bytes.size() % 8 != 0) {
    return fail(Code::kDataLoss, "a list of fingerprints in table told is cut off");
  }
  Fingerprints list;
  list.reserve(bytes.size() / 8);
  for (size_t at = 0; at < bytes.size(); at += 8) {
    uint64_t fingerprint = 0;
    for (size_t i = 0; i < 8; ++i) {
      fingerprint |= uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
    }
    list.push_back(fingerprint);
  }
  return list;
}

Result<std::pair<ToldKey, Known>> told_of(const store::Row& row) {
  const ToldKey key{row.text(0), row.text(1), row.text(2), static_cast<int>(row.integer(3))};
  Known known;
  if (const auto at = row.maybe_time(4)) {
    Told told;
    told.at = *at;
    ASSIGN_OR_RETURN(told.firing, list_of(row.blob(5)));
    ASSIGN_OR_RETURN(told.resolved, list_of(row.blob(6)));
    ASSIGN_OR_RETURN(told.still_open, list_of(row.blob(7)));
    told.expires = row.time(8);
    told.noted = row.time(11);
    if (!row.is_null(13)) {
      ASSIGN_OR_RETURN(told.imported, list_of(row.blob(13)));
    }
    known.told = std::move(told);
  }
  if (row.flag(9)) {
    ASSIGN_OR_RETURN(known.doubtful, list_of(row.blob(10)));
    known.doubted = row.time(12);
  }
  return std::pair(key, std::move(known));
}

#define TOLD_COLUMNS                                                                  \
  "group_key, receiver, kind, position, told, firing, resolved, still_open, expires," \
  " is_in_doubt, doubtful, noted, doubted, imported"

}  // namespace

Result<> write_told(store::Session& sql, const ToldKey& key, const Known& known) {
  const Told told = known.told.value_or(Told());
  RETURN_IF_ERROR(sql.exec(
      "INSERT INTO told (id, " TOLD_COLUMNS
      ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
      " ON CONFLICT (id) DO UPDATE SET told = excluded.told, firing = excluded.firing,"
      " resolved = excluded.resolved, still_open = excluded.still_open,"
      " expires = excluded.expires, is_in_doubt = excluded.is_in_doubt,"
      " doubtful = excluded.doubtful, noted = excluded.noted,"
      " doubted = excluded.doubted, imported = excluded.imported",
      told_id(key), key.group_key, key.receiver, key.kind, key.index,
      known.told ? std::optional(told.at) : std::nullopt, blob_of(told.firing),
      blob_of(told.resolved), blob_of(told.still_open), told.expires, known.doubtful.has_value(),
      blob_of(known.doubtful.value_or(Fingerprints())), told.noted, known.doubted,
      told.imported.empty() ? std::nullopt : std::optional(blob_of(told.imported))));
  return {};
}

Result<> delete_told(store::Session& sql, const ToldKey& key) {
  RETURN_IF_ERROR(sql.exec("DELETE FROM told WHERE id = $1", told_id(key)));
  return {};
}

Result<Known> read_told(store::Session& sql, const ToldKey& key) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT " TOLD_COLUMNS " FROM told WHERE id = $1", told_id(key)));
  if (rows.empty()) return Known();
  ASSIGN_OR_RETURN(auto told, told_of(rows.front()));
  return std::move(told.second);
}

Result<std::vector<std::pair<ToldKey, Known>>> all_told(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows, sql.query("SELECT " TOLD_COLUMNS " FROM told"));
  std::vector<std::pair<ToldKey, Known>> all;
  all.reserve(rows.size());
  for (const auto& row : rows) {
    ASSIGN_OR_RETURN(auto told, told_of(row));
    all.push_back(std::move(told));
  }
  return all;
}

Result<> insert_notification(store::Session& sql, const NotificationRecord& r) {
  RETURN_IF_ERROR(sql.exec(
      "INSERT INTO notification (id, told_id, group_hash, group_key, receiver, kind, position,"
      " state, reason, firing, resolved, maybe_duplicate, began, tries, detail)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, 'sending', $8, $9, $10, $11, $12, 0, '')",
      r.id, told_id(r.key), hash_of(r.key.group_key), r.key.group_key, r.key.receiver, r.key.kind,
      r.key.index, r.reason, r.firing, r.resolved, r.maybe_duplicate, r.began));
  return {};
}

Result<> finish_notification(store::Session& sql, std::string_view id, std::string_view state,
                             Time at, int tries, std::string_view detail) {
  RETURN_IF_ERROR(
      sql.exec("UPDATE notification SET state = $2, finished = $3, tries = $4, detail = $5"
               " WHERE id = $1",
               id, state, at, tries, detail));
  return {};
}

Result<std::vector<std::string>> cut_off_notifications(store::Session& sql, const ToldKey& key,
                                                       Time at) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("UPDATE notification SET state = 'cut off', finished = $2,"
                             " detail = 'the server ended before the answer came'"
                             " WHERE told_id = $1 AND state = 'sending' RETURNING id",
                             told_id(key), at));
  std::vector<std::string> ids;
  for (const auto& row : rows) ids.push_back(row.text(0));
  return ids;
}

Result<> insert_notification_alert(store::Session& sql, std::string_view id, uint64_t fingerprint,
                                   bool is_firing) {
  RETURN_IF_ERROR(
      sql.exec("INSERT INTO notification_alert (fingerprint, notification, is_firing)"
               " VALUES ($1, $2, $3)",
               to_column(fingerprint), id, is_firing));
  return {};
}

Result<int64_t> delete_old_notifications(store::Session& sql, Time before, int limit) {
  RETURN_IF_ERROR(
      sql.exec("DELETE FROM notification_alert WHERE notification IN (SELECT id FROM notification"
               " WHERE began < $1 ORDER BY began, id LIMIT $2)",
               before, limit));
  return sql.exec(
      "DELETE FROM notification WHERE id IN (SELECT id FROM notification"
      " WHERE began < $1 ORDER BY began, id LIMIT $2)",
      before, limit);
}

std::string group_hash(std::string_view group_key) { return hash_of(group_key); }

// A key begins with a brace, a hash does not.
Result<std::vector<NotificationRecord>> notifications_of_group(store::Session& sql,
                                                               std::string_view group, int limit,
                                                               const NotificationPlace& before) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT id, group_key, receiver, kind, position, state, reason, firing, resolved,"
                " maybe_duplicate, began, finished, tries, detail FROM notification"
                " WHERE group_hash = $1 AND (began < $3 OR (began = $3 AND id > $4))"
                " ORDER BY began DESC, id LIMIT $2",
                group.starts_with('{') ? hash_of(group) : std::string(group), limit, before.began,
                before.id));
  std::vector<NotificationRecord> records;
  for (const auto& row : rows) {
    NotificationRecord r;
    r.id = row.text(0);
    r.key = {row.text(1), row.text(2), row.text(3), static_cast<int>(row.integer(4))};
    r.state = row.text(5);
    r.reason = row.text(6);
    r.firing = row.integer(7);
    r.resolved = row.integer(8);
    r.maybe_duplicate = row.flag(9);
    r.began = row.time(10);
    r.finished = row.maybe_time(11);
    r.tries = row.integer(12);
    r.detail = row.text(13);
    records.push_back(std::move(r));
  }
  std::ranges::reverse(records);
  return records;
}

}  // namespace tocsin::alert
