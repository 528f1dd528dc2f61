#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/told.h"
#include "store/database.h"

namespace tocsin::alert {

// One notification, from its intent on.
struct NotificationRecord {
  std::string id;
  ToldKey key;
  std::string state;   // sending, sent, failed, cut off
  std::string reason;  // receiver::name_of(Reason)
  int64_t firing = 0;
  int64_t resolved = 0;
  bool maybe_duplicate = false;
  Time began;
  std::optional<Time> finished;
  int64_t tries = 0;
  std::string detail;  // of a failure: what the provider answered
};

// --- table told
Result<> write_told(store::Session& sql, const ToldKey& key, const Known& known);
Result<> delete_told(store::Session& sql, const ToldKey& key);
Result<Known> read_told(store::Session& sql, const ToldKey& key);  // nothing known: an empty one
Result<std::vector<std::pair<ToldKey, Known>>> all_told(store::Session& sql);

// --- table notification
Result<> insert_notification(store::Session& sql, const NotificationRecord& record);
Result<> finish_notification(store::Session& sql, std::string_view id, std::string_view state,
                             Time at, int tries, std::string_view detail);
// What is `sending` for this key was cut off. Their ids.
Result<std::vector<std::string>> cut_off_notifications(store::Session& sql, const ToldKey& key,
                                                       Time at);
Result<> insert_notification_alert(store::Session& sql, std::string_view id, uint64_t fingerprint,
                                   bool is_firing);
// At most `limit` of those that began before; how many it were.
Result<int64_t> delete_old_notifications(store::Session& sql, Time before, int limit);

// Where a page of notifications ends.
struct NotificationPlace {
  Time began = Time::max();
  std::string id;
};
// Those of one group, named by its key or the key's hash, to all its receivers: the newest `limit`
// before that place, oldest first.
Result<std::vector<NotificationRecord>> notifications_of_group(
    store::Session& sql, std::string_view group, int limit, const NotificationPlace& before = {});
// 32 hex digits: names a group where its key is too long.
std::string group_hash(std::string_view group_key);

}  // namespace tocsin::alert
