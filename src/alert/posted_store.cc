#include "alert/posted_store.h"

#include <algorithm>

namespace tocsin::alert {

using routing::Labels;
using routing::PostedAlert;

Result<> write_posted(store::Session& sql, uint64_t fingerprint, const PostedAlert& alert,
                      bool is_ended) {
  RETURN_IF_ERROR(sql.exec(
      "INSERT INTO posted_alert (fingerprint, labels, annotations, generator_url, starts, ends,"
      " updated, is_timeout, is_ended) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
      " ON CONFLICT (fingerprint) DO UPDATE SET annotations = excluded.annotations,"
      " generator_url = excluded.generator_url, starts = excluded.starts, ends = excluded.ends,"
      " updated = excluded.updated, is_timeout = excluded.is_timeout,"
      " is_ended = excluded.is_ended",
      to_column(fingerprint), store::Blob{std::string(alert.labels.bytes())},
      store::Blob{std::string(alert.annotations.bytes())}, alert.generator_url, alert.starts,
      alert.ends, alert.updated, alert.is_timeout, is_ended));
  return {};
}

Result<> delete_posted(store::Session& sql, uint64_t fingerprint) {
  RETURN_IF_ERROR(
      sql.exec("DELETE FROM posted_alert WHERE fingerprint = $1", to_column(fingerprint)));
  return {};
}

Result<std::vector<PostedRow>> all_posted(store::Session& sql) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT labels, annotations, generator_url, starts, ends, updated,"
                             " is_timeout, is_ended FROM posted_alert"));
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
    all.push_back(std::move(read));
  }
  return all;
}

Result<AlertHistory> history_of_alert(store::Session& sql, uint64_t fingerprint, int limit) {
  AlertHistory history;
  ASSIGN_OR_RETURN(history.entries,
                   store::read_subject_logbook(sql, "posted_alert",
                                               routing::fingerprint_text(fingerprint), limit));
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
