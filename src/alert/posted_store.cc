#include "alert/posted_store.h"

#include <algorithm>

#include "store/many_rows.h"

namespace tocsin::alert {

using routing::Labels;
using routing::PostedAlert;

Result<> insert_posted(store::Session& sql, std::span<const NewPosted> alerts) {
  static const store::ManyRows insert(
      "INSERT INTO posted_alert (number, fingerprint, labels, annotations, generator_url, starts,"
      " ends, updated, is_timeout, is_ended, last_entry) VALUES ",
      11);
  std::vector<store::Value> values;
  values.reserve(alerts.size() * insert.columns());
  for (const auto& [place, alert] : alerts) {
    values.emplace_back(place.number);
    values.emplace_back(to_column(alert.fingerprint));
    values.emplace_back(store::BlobRef{alert.labels});
    values.emplace_back(store::BlobRef{alert.annotations});
    values.emplace_back(store::TextRef{alert.generator_url});
    for (const Time time : {alert.starts, alert.ends, alert.updated}) {
      values.emplace_back(store::value(time));
    }
    values.emplace_back(store::value(alert.is_timeout));
    values.emplace_back(store::value(false));  // is_ended
    values.emplace_back(place.last_entry);
  }
  return insert.exec(sql, values);
}

Result<> update_posted(store::Session& sql, const PostedPlace& place, const PostedAlert& alert,
                       bool is_ended) {
  RETURN_IF_ERROR(sql.exec(
      "UPDATE posted_alert SET annotations = $2, generator_url = $3, starts = $4, ends = $5,"
      " updated = $6, is_timeout = $7, is_ended = $8, last_entry = $9 WHERE number = $1",
      place.number, store::BlobRef{alert.annotations.bytes()}, alert.generator_url, alert.starts,
      alert.ends, alert.updated, alert.is_timeout, is_ended, place.last_entry));
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
                             " is_timeout, is_ended, number, last_entry FROM posted_alert"));
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
