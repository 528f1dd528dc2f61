#include "alert/posted_store.h"

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
  for (const auto& [place, alert, is_ended] : alerts) {
    values.emplace_back(place.number);
    values.emplace_back(to_column(alert.fingerprint));
    values.emplace_back(store::BlobRef{alert.labels});
    values.emplace_back(store::BlobRef{alert.annotations});
    values.emplace_back(store::TextRef{alert.generator_url});
    for (const Time time : {alert.starts, alert.ends, alert.updated}) {
      values.emplace_back(store::value(time));
    }
    values.emplace_back(store::value(alert.is_timeout));
    values.emplace_back(store::value(is_ended));
    values.emplace_back(place.last_entry);
  }
  return insert.exec(sql, values);
}

Result<> update_posted(store::Session& sql, const PostedPlace& place, const PostedAlert& alert,
                       bool is_ended, const Flapping& flapping) {
  RETURN_IF_ERROR(sql.exec(
      "UPDATE posted_alert SET annotations = $2, generator_url = $3, starts = $4, ends = $5,"
      " updated = $6, is_timeout = $7, is_ended = $8, last_entry = $9, changes = $10,"
      " newest_slot = $11, flapping_since = $12 WHERE number = $1",
      place.number, store::BlobRef{alert.annotations.bytes()}, alert.generator_url, alert.starts,
      alert.ends, alert.updated, alert.is_timeout, is_ended, place.last_entry,
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

}  // namespace tocsin::alert
