#include <algorithm>

#include "notify/outbox_flow.h"

// How many tries go to one provider at once, and who waits for a place.
namespace tocsin::notify {
namespace {

using engine::Tx;

constexpr Duration kLaneCheck = seconds(5);

// A mail relay refuses more connections from one client, and a host that somebody gave as a webhook
// may be as small as a script: there is one lane for each of them, while all people who are reached
// by SMS are in one.
bool is_small(std::string_view lane) { return lane == "mail" || lane.starts_with("webhook:"); }

}  // namespace

int64_t OutboxFlow::places_in(std::string_view lane) const {
  return is_small(lane) ? std::min(limits_.tries_at_once, limits_.tries_at_once_of_small)
                        : limits_.tries_at_once;
}

Result<> OutboxFlow::queue_in_lane(Tx& tx, OutboxRow row) {
  ASSIGN_OR_RETURN(const auto others, read_waiting(tx.sql(), row.lane, 1));
  row.state = RowState::kWaiting;
  RETURN_IF_ERROR(update_row(tx.sql(), row));
  if (!others.empty()) return {};  // the timer is set, and setting it again would put it off
  return tx.set_timer({.kind = kLaneTimer, .subject = row.lane, .due = tx.now() + kLaneCheck});
}

// One place came free. Those that were woken a moment ago are not `sending` yet, so that looking
// for all free places at each of many ends in one commit would wake the same places again and
// again.
Result<> OutboxFlow::wake_lane(Tx& tx, const std::string& lane) {
  ASSIGN_OR_RETURN(const bool any_waited, wake_some(tx, lane, 1));
  static_cast<void>(any_waited);
  return {};
}

Result<bool> OutboxFlow::wake_some(Tx& tx, const std::string& lane, int64_t most) {
  ASSIGN_OR_RETURN(const int64_t sending, count_sending(tx.sql(), lane));
  const int64_t free = std::clamp<int64_t>(places_in(lane) - sending, 0, most);
  ASSIGN_OR_RETURN(std::vector<std::string> waiting,
                   read_waiting(tx.sql(), lane, std::max<int64_t>(free, 1)));
  const bool any_waited = !waiting.empty();
  if (free == 0) waiting.clear();
  for (const std::string& id : waiting) {
    RETURN_IF_ERROR(set_pending(tx.sql(), id));
    RETURN_IF_ERROR(tx.set_timer({.kind = kSendTimer, .subject = id, .due = tx.now()}));
  }
  return any_waited;
}

// Fills the places that a woken row did not take: it was held, or its person's quiet hours began.
Result<> OutboxFlow::on_lane(Tx& tx, const std::string& lane) {
  ASSIGN_OR_RETURN(const bool any_waited, wake_some(tx, lane, places_in(lane)));
  if (!any_waited) return {};
  return tx.set_timer({.kind = kLaneTimer, .subject = lane, .due = tx.now() + kLaneCheck});
}

}  // namespace tocsin::notify
