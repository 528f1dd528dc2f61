#include "alert/posted_store.h"

#include <algorithm>

namespace tocsin::alert {

using routing::Labels;
using routing::PostedAlert;

Result<> insert_posted(store::Session& sql, const PostedPlace& place, uint64_t fingerprint,
                       const PostedAlert& alert, bool is_ended) {
  RETURN_IF_ERROR(sql.exec(
      "INSERT INTO posted_alert (number, fingerprint, labels, annotations, generator_url, starts,"
      " ends, updated, is_timeout, is_ended, last_entry)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      place.number, to_column(fingerprint), store::Blob{std::string(alert.labels.bytes())},
      store::Blob{std::string(alert.annotations.bytes())}, alert.generator_url, alert.starts,
      alert.ends, alert.updated, alert.is_timeout, is_ended, place.last_entry));
  return {};
}

Result<> update_posted(store::Session& sql, const PostedPlace& place, const PostedAlert& alert,
                       bool is_ended, const Flapping& flapping) {
  RETURN_IF_ERROR(sql.exec(
      "UPDATE posted_alert SET annotations = $2, generator_url = $3, starts = $4, ends = $5,"
      " updated = $6, is_timeout = $7, is_ended = $8, last_entry = $9, changes = $10,"
      " newest_slot = $11, flapping_since = $12 WHERE number = $1",
      place.number, store::Blob{std::string(alert.annotations.bytes())}, alert.generator_url,
      alert.starts, alert.ends, alert.updated, alert.is_timeout, is_ended, place.last_entry,
      static_cast<int64_t>(flapping.changes), flapping.newest, flapping.since));
  return {};
}

Result<> set_last_entry(store::Session& sql, const PostedPlace& place) {
  RETURN_IF_ERROR(sql.exec("UPDATE posted_alert SET last_entry = $2 WHERE number = $1",
                           place.number, place.last_entry));
  return {};
}

Result<> forget_posted(store::Session& sql, const PostedPlace& place, uint64_t fingerprint) {
  RETURN_IF_ERROR(sql.exec("DELETE FROM posted_alert WHERE number = $1", place.number));
  RETURN_IF_ERROR(sql.exec("INSERT INTO posted_past (fingerprint, last_entry) VALUES ($1, $2)",
                           to_column(fingerprint), place.last_entry));
  return {};
}

Result<std::vector<PostedRow>> all_posted(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT labels, annotations, generator_url, starts, ends, updated,"
                             " is_timeout, is_ended, number, last_entry, changes, newest_slot,"
                             " flapping_since FROM posted_alert"));
  std::vector<PostedRow> all;
  all.reserve(rows.size());
  for (const auto& row : rows) {
    PostedRow read;
    read.alert.labels = Labels::from_bytes(row.blob(0));
    read.alert.annotations = Labels::from_bytes(row.blob(1));
    read.alert.generator_url = row.text(2);
    read.alert.starts = row.time(3);
    read.alert.ends = row.time(4);
    read.alert.updated = row.time(5);
    read.alert.is_timeout = row.flag(6);
    read.is_ended = row.flag(7);
    read.place = {row.integer(8), row.integer(9)};
    read.flapping = {static_cast<uint32_t>(row.integer(10)), row.integer(11), row.maybe_time(12)};
    all.push_back(std::move(read));
  }
  return all;
}

namespace {

// From one entry to the one before it.
Result<> read_chain(store::Session& sql, int64_t seq, int limit,
                    std::vector<store::LogbookRecord>& entries) {
  while (seq > 0 && std::ssize(entries) < limit) {
    ASSIGN_OR_RETURN(auto record, store::read_logbook_entry(sql, seq));
    if (!record) return {};
    const auto* before = record->entry.data.if_contains("before");
    const int64_t next = before && before->is_int64() ? before->get_int64() : 0;
    entries.push_back(*std::move(record));
    if (next >= seq) return {};
    seq = next;
  }
  return {};
}

}  // namespace

Result<AlertHistory> history_of_alert(store::Session& sql, uint64_t fingerprint, int64_t last_entry,
                                      int limit) {
  AlertHistory history;
  RETURN_IF_ERROR(read_chain(sql, last_entry, limit, history.entries));
  ASSIGN_OR_RETURN(const auto past,
                   sql.query("SELECT last_entry FROM posted_past WHERE fingerprint = $1"
                             " ORDER BY last_entry DESC LIMIT $2",
                             to_column(fingerprint), limit));
  for (const auto& row : past) {
    RETURN_IF_ERROR(read_chain(sql, row.integer(0), limit, history.entries));
  }
  std::ranges::reverse(history.entries);
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT n.id, n.group_key, n.receiver, n.kind, n.state, n.detail, a.is_firing,"
                " n.began, n.finished FROM notification_alert a"
                " JOIN notification n ON n.id = a.notification WHERE a.fingerprint = $1"
                " ORDER BY n.began DESC, n.id LIMIT $2",
                to_column(fingerprint), limit));
  for (const auto& row : rows) {
    history.notifications.push_back({row.text(0), row.text(1), row.text(2), row.text(3),
                                     row.text(4), row.text(5), row.flag(6), row.time(7),
                                     row.maybe_time(8)});
  }
  std::ranges::reverse(history.notifications);
  return history;
}

}  // namespace tocsin::alert
