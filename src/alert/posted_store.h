#pragma once

#include <span>
#include <string>
#include <vector>

#include "alert/flapping.h"
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
  Flapping flapping;
};

// Alerts that had no row.
struct NewPosted {
  PostedPlace place;
  routing::PostedView alert;
  bool is_ended = false;
};
Result<> insert_posted(store::Session& sql, std::span<const NewPosted> alerts);
Result<> update_posted(store::Session& sql, const PostedPlace& place,
                       const routing::PostedAlert& alert, bool is_ended, const Flapping& flapping);
Result<> set_last_entry(store::Session& sql, const PostedPlace& place);
// It is over; what remains is where its history is.
Result<> forget_posted(store::Session& sql, const PostedPlace& place, uint64_t fingerprint);
Result<std::vector<PostedRow>> all_posted(store::Session& sql);

// 64 bits as the signed number that a column holds.
inline int64_t to_column(uint64_t fingerprint) { return static_cast<int64_t>(fingerprint); }
inline uint64_t fingerprint_of(int64_t column) { return static_cast<uint64_t>(column); }

}  // namespace tocsin::alert
