#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/labels.h"
#include "routing/matcher.h"
#include "store/logbook.h"

namespace tocsin::alert {

// What happened to one alert.
struct AlertNotification {
  std::string notification;
  std::string group_key;
  std::string receiver;
  std::string kind;
  std::string state;  // sending, sent, failed, cut off
  std::string detail;
  bool is_firing = false;  // told as firing, else as resolved
  Time began;
  std::optional<Time> finished;
  std::string reason;  // receiver::name_of(Reason)
  int64_t tries = 0;
  bool maybe_duplicate = false;
};
struct AlertHistory {
  std::vector<store::LogbookRecord> entries;     // oldest first
  std::vector<AlertNotification> notifications;  // that told its receiver something new about it
  // Older entries are there; ask for them with the number of the oldest one here.
  bool has_more = false;
};
// The newest `limit` entries, those before entry `before` if that is not 0, and the notifications
// of the time that they cover, the newest 1,000. `last_entry` is what PostedBook::last_entry()
// says, 0 when the alert is not in memory any more. kInvalidArgument when `before` is no entry of
// the alert.
Result<AlertHistory> history_of_alert(store::Session& sql, uint64_t fingerprint, int64_t last_entry,
                                      int limit, int64_t before = 0);

// The labels of an alert that is not in memory any more, by its last entry; nothing where nobody
// ever heard of it.
Result<std::optional<routing::Labels>> past_labels(store::Session& sql, uint64_t fingerprint);
// What Labels::to_text() wrote; nothing for another text.
std::optional<routing::Labels> labels_from_text(std::string_view text);
// Of an entry about a posted alert.
std::optional<routing::Labels> labels_of_entry(const store::LogbookRecord& record);

// What is searched for: all that is set must hold.
struct HistoryQuery {
  std::string text;  // somewhere in labels, receiver, reasons, answers; ASCII case ignored
  routing::Matchers matchers;  // on the alert's labels; of a notification the group's, or those of
                               // an alert that it told
  std::vector<std::string>
      kinds;                     // posted_alert.fired, or all of a family: notification; empty: all
  std::string receiver;          // who was told, or was not because of a suppression
  std::optional<Time> from, to;  // recorded within [from, to)
  int64_t before = 0;            // entries with a lower number; 0: from the newest on
  size_t limit = 100;
};
struct HistoryPage {
  std::vector<store::LogbookRecord> entries;  // newest first
  // Where a search for more goes on (its `before`); 0 when all has been looked at.
  int64_t next = 0;
  size_t looked_at = 0;  // entries of the logbook
};
using LabelsOf = std::function<std::optional<routing::Labels>(uint64_t fingerprint)>;
// Searches the logbook backwards, at most kMostLookedAt entries of it in one call: the page may
// have fewer than `limit` entries, even none, and go on
// (docs/decisions/0006-searching-the-history.md).
Result<HistoryPage> search_history(store::Session& sql, const HistoryQuery& query,
                                   const LabelsOf& labels_of);
inline constexpr size_t kMostLookedAt = 200'000;

}  // namespace tocsin::alert
