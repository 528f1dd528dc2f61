#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "store/database.h"

namespace tocsin::store {

// One session for what is read seldom: opened when it is first asked for, and anew after the
// database was away. Thread-safe; one reads at a time.
class KeptReader {
 public:
  explicit KeptReader(Database& database) : database_(database) {}

  // What `query` finds, a Result; kUnavailable also when there is no session to be had.
  template <class Query>
  auto read(Query query) -> decltype(query(std::declval<Session&>())) {
    const std::lock_guard lock(mutex_);
    if (session_ == nullptr) {
      ASSIGN_OR_RETURN(session_, database_.connect_for_reading());
    }
    auto found = query(*session_);
    if (!found && found.error().code == Code::kUnavailable) session_.reset();
    return found;
  }

 private:
  Database& database_;
  std::mutex mutex_;
  std::unique_ptr<Session> session_;
};

}  // namespace tocsin::store
