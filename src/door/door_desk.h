#pragma once

#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "alert/mark_book.h"
#include "alert/posted_book.h"
#include "door/draft.h"

namespace tocsin::door {

// By what a sender knows an alert: the labels source, integration and dedup_key together.
struct Key {
  std::string source, integration, dedup_key;
  static std::optional<Key> of(const routing::Labels& labels);  // nothing without a dedup_key
  std::string to_text() const;
};

// What a sender says about an alert beyond whether it fires.
struct Mark {
  enum class Kind { kAcknowledge, kUnacknowledge, kSnooze, kNote };
  Kind kind = Kind::kAcknowledge;
  std::string user;           // whom the sender names; the actor is the token
  std::string note;           // may be empty
  std::optional<Time> until;  // of a snooze
  std::string_view source;    // pagerduty, opsgenie
};

// Between the doors and the book of posted alerts: finds an alert by its sender's key, and sees to
// it that one key has one firing alert, whose labels may change meanwhile (a severity that rises is
// other labels and so another alert: the old one is resolved by the same commit).
//
// The index is made of the labels, so it needs no table. Posts of one key wait for one another,
// others do not. Thread-safe.
class DoorDesk {
 public:
  struct Parts {
    engine::Engine& engine;
    alert::PostedBook& book;
    const Clock& clock;
    alert::MarkBook* marks = nullptr;  // null: a mark is in the alert's history alone
  };

  explicit DoorDesk(const Parts& parts) : parts_(parts) {}
  void load();  // once, after the book's

  // Alerts that are known by their labels, as they are. Blocks for the commit.
  Result<> put(const std::vector<routing::PostedAlert>& alerts, const store::Actor& by) {
    return parts_.book.put(alerts, by);
  }
  // Alerts that their sender knows by a key. A resolve of what is not open is nothing. Blocks for
  // the commit.
  Result<> post(std::vector<routing::PostedAlert> alerts, const store::Actor& by);
  // False when no alert is open under the key.
  Result<bool> mark(const Key& key, const Mark& mark, const store::Actor& by);
  // The newest under this key, open or over and not yet forgotten; null when there is none.
  routing::PostedAlertRef find(const Key& key) const;
  // What was said of it, if it is an alert of a book with marks.
  alert::Mark mark_of(uint64_t fingerprint) const {
    const auto found = parts_.marks != nullptr ? parts_.marks->find(fingerprint) : nullptr;
    return found ? *found : alert::Mark();
  }
  // Everything in the book: for a look that no key answers.
  std::vector<routing::PostedAlertRef> all() const { return parts_.book.all(); }

 private:
  static constexpr size_t kStripes = 64;
  std::vector<std::unique_lock<std::mutex>> lock(const std::vector<std::optional<Key>>& keys);
  routing::PostedAlertRef open(const Key& key) const;
  void note(const std::vector<std::pair<std::string, uint64_t>>& posted);
  void forget_gone();  // index_mutex_ is held

  const Parts parts_;
  std::array<std::mutex, kStripes> stripes_;
  mutable std::mutex index_mutex_;
  std::unordered_map<std::string, uint64_t> index_;  // by Key::to_text()
};

}  // namespace tocsin::door
