#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "routing/posted_alert.h"
#include "store/logbook.h"

namespace tocsin::alert {

// Where an alert's row and its history are.
struct PostedPlace {
  int64_t number = 0;      // the row's key
  int64_t last_entry = 0;  // the newest entry of the logbook about it
};

// A row of posted_alert. Its end is written only when something new was said, so while it fires the
// row's `ends` may lie behind what the sender has asked for since.
struct PostedRow {
  PostedPlace place;
  routing::PostedAlert alert;
  bool is_ended = false;  // that it is resolved has been written down
};

// Alerts that fire and had no row.
struct NewPosted {
  PostedPlace place;
  routing::PostedView alert;
};
Result<> insert_posted(store::Session& sql, std::span<const NewPosted> alerts);
Result<> update_posted(store::Session& sql, const PostedPlace& place,
                       const routing::PostedAlert& alert, bool is_ended);
// It is over; what remains is where its history is.
Result<> forget_posted(store::Session& sql, const PostedPlace& place, uint64_t fingerprint);
Result<std::vector<PostedRow>> all_posted(store::Session& sql);

// What happened to one alert, oldest first: its entries in the logbook, then for each notification
// that told its receiver something new about it: when, whom, and how it ended.
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
};
struct AlertHistory {
  std::vector<store::LogbookRecord> entries;
  std::vector<AlertNotification> notifications;
};
// The newest `limit` of each. `last_entry` is what PostedBook::last_entry() says, 0 when the alert
// is not in memory any more.
Result<AlertHistory> history_of_alert(store::Session& sql, uint64_t fingerprint, int64_t last_entry,
                                      int limit);

// 64 bits as the signed number that a column holds.
inline int64_t to_column(uint64_t fingerprint) { return static_cast<int64_t>(fingerprint); }
inline uint64_t fingerprint_of(int64_t column) { return static_cast<uint64_t>(column); }

}  // namespace tocsin::alert
