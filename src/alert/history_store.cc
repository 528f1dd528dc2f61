#include "alert/history_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert/posted_store.h"
#include "routing/go_text.h"

namespace tocsin::alert {
namespace {

using store::LogbookRecord;

constexpr int kMostNotifications = 1'000;  // with one page of entries

int64_t entry_before(const LogbookRecord& record) {
  const auto* before = record.entry.data.if_contains("before");
  return before && before->is_int64() ? before->get_int64() : 0;
}

// From one entry to the one before it, newest first.
Result<> read_chain(store::Session& sql, int64_t seq, size_t limit,
                    std::vector<LogbookRecord>& entries) {
  while (seq > 0 && entries.size() < limit) {
    ASSIGN_OR_RETURN(auto record, store::read_logbook_entry(sql, seq));
    if (!record) return {};
    const int64_t next = entry_before(*record);
    entries.push_back(*std::move(record));
    if (next >= seq) return {};
    seq = next;
  }
  return {};
}

// Where each of the alert's chains ends: that in memory, and those of its earlier lives.
Result<std::vector<int64_t>> ends_of(store::Session& sql, uint64_t fingerprint, int64_t last_entry,
                                     int64_t before, int limit) {
  std::vector<int64_t> ends;
  if (before > 0) {
    ASSIGN_OR_RETURN(const auto record, store::read_logbook_entry(sql, before));
    if (!record || record->entry.subject_kind != "posted_alert" ||
        record->entry.subject_id != routing::fingerprint_text(fingerprint)) {
      return invalid(fmt::format("before {} is no entry of alert {}", before,
                                 routing::fingerprint_text(fingerprint)));
    }
    ends.push_back(entry_before(*record));
  } else {
    ends.push_back(last_entry);
  }
  ASSIGN_OR_RETURN(const auto past,
                   sql.query("SELECT last_entry FROM posted_past WHERE fingerprint = $1"
                             " AND last_entry < $2 ORDER BY last_entry DESC LIMIT $3",
                             to_column(fingerprint), before > 0 ? before : INT64_MAX, limit));
  for (const auto& row : past) ends.push_back(row.integer(0));
  return ends;
}

Result<std::vector<AlertNotification>> notifications_of(store::Session& sql, uint64_t fingerprint,
                                                        Time from, Time until) {
  ASSIGN_OR_RETURN(
      const auto rows,
      sql.query("SELECT n.id, n.group_key, n.receiver, n.kind, n.state, n.detail, a.is_firing,"
                " n.began, n.finished, n.reason, n.tries, n.maybe_duplicate"
                " FROM notification_alert a JOIN notification n ON n.id = a.notification"
                " WHERE a.fingerprint = $1 AND n.began >= $2 AND n.began < $3"
                " ORDER BY n.began DESC, n.id LIMIT $4",
                to_column(fingerprint), from, until, kMostNotifications));
  std::vector<AlertNotification> out;
  for (const auto& row : rows) {
    out.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5),
                   row.flag(6), row.time(7), row.maybe_time(8), row.text(9), row.integer(10),
                   row.flag(11)});
  }
  std::ranges::reverse(out);
  return out;
}

}  // namespace

Result<AlertHistory> history_of_alert(store::Session& sql, uint64_t fingerprint, int64_t last_entry,
                                      int limit, int64_t before) {
  AlertHistory history;
  ASSIGN_OR_RETURN(const auto ends, ends_of(sql, fingerprint, last_entry, before, limit));
  const auto most = static_cast<size_t>(limit);
  for (const int64_t end : ends) {
    // An earlier life that the chain already went through.
    if (!history.entries.empty() && end >= history.entries.back().seq) continue;
    RETURN_IF_ERROR(read_chain(sql, end, most + 1, history.entries));
  }
  history.has_more = history.entries.size() > most;
  if (history.has_more) history.entries.resize(most);
  std::ranges::reverse(history.entries);

  // What was told between this page and the one before it belongs here.
  Time from = from_micros(INT64_MIN), until = from_micros(INT64_MAX);
  if (history.has_more) from = history.entries.front().recorded;
  if (before > 0) {
    ASSIGN_OR_RETURN(const auto record, store::read_logbook_entry(sql, before));
    if (record) until = record->recorded;
  }
  ASSIGN_OR_RETURN(history.notifications, notifications_of(sql, fingerprint, from, until));
  return history;
}

std::optional<routing::Labels> labels_from_text(std::string_view rest) {
  if (!rest.starts_with('{') || !rest.ends_with('}')) return std::nullopt;
  rest = rest.substr(1, rest.size() - 2);
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!rest.empty()) {
    const size_t quote = rest.find("=\"");
    if (quote == std::string_view::npos) return std::nullopt;
    size_t end = quote + 2;
    while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
    if (end >= rest.size()) return std::nullopt;
    auto text = routing::go_unquote(rest.substr(quote + 1, end - quote));
    if (!text) return std::nullopt;
    pairs.emplace_back(rest.substr(0, quote), *std::move(text));
    rest.remove_prefix(end + 1);
    if (rest.starts_with(", ")) rest.remove_prefix(2);
  }
  std::vector<routing::LabelPair> views(pairs.begin(), pairs.end());
  return routing::Labels::from(std::move(views));
}

std::optional<routing::Labels> labels_of_entry(const LogbookRecord& record) {
  const auto* value = record.entry.data.if_contains("labels");
  if (!value || !value->is_string()) return std::nullopt;
  return labels_from_text(value->get_string());
}

Result<std::optional<routing::Labels>> past_labels(store::Session& sql, uint64_t fingerprint) {
  ASSIGN_OR_RETURN(const auto rows,
                   sql.query("SELECT last_entry FROM posted_past WHERE fingerprint = $1"
                             " ORDER BY last_entry DESC LIMIT 1",
                             to_column(fingerprint)));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const auto record, store::read_logbook_entry(sql, rows[0].integer(0)));
  if (!record) return std::nullopt;
  return labels_of_entry(*record);
}

}  // namespace tocsin::alert
