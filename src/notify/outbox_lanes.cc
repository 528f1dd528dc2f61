#include <fmt/format.h>

#include <algorithm>

#include "notify/outbox_flow.h"
#include "notify/retry.h"

// How many tries go to one provider at once, and who waits for a place.
namespace tocsin::notify {
namespace {

using engine::Tx;

constexpr Duration kLaneCheck = seconds(5);
constexpr size_t kMostWishes = 1000;  // then those that are over are forgotten

// A mail relay refuses more connections from one client, and a host that somebody gave as a webhook
// may be as small as a script: there is one lane for each of them, while all people who are reached
// by SMS are in one.
bool is_small(std::string_view lane) { return lane == "mail" || lane.starts_with("webhook:"); }

}  // namespace

int64_t OutboxFlow::places_in(std::string_view lane) const {
  const int64_t most = is_small(lane)
                           ? std::min(limits_.tries_at_once, limits_.tries_at_once_of_small)
                           : limits_.tries_at_once;
  const auto wish = wishes_.find(lane);
  return wish == wishes_.end() ? most : std::min(most, wish->second.places);
}

// After a clock that was set back nobody can say how long is left: one try finds out.
bool OutboxFlow::is_resting(std::string_view lane, bool is_page, Time now) const {
  const auto wish = wishes_.find(lane);
  if (wish == wishes_.end() || now < wish->second.asked) return false;
  const auto& [asked, until, places] = wish->second;
  return now < (is_page ? std::min<Time>(until, asked + kLongestWait) : until);
}

std::optional<OutboxFlow::Rest> OutboxFlow::rest_of(Tx& tx, const OutboxRow& row) const {
  const bool is_page = row.delivery.message.is_page;
  if (is_resting(row.lane, is_page, tx.now())) return Rest{wishes_.at(row.lane).until, true};
  const Duration asked = transport_.wait_asked_for(row.delivery);
  if (asked <= Duration(0)) return std::nullopt;
  return Rest{tx.now() + std::min(asked, is_page ? kLongestWait : kLongestAskedWait), false};
}

// No try was made, so none is counted. A page's other ways begin at once, as if one had failed.
Result<> OutboxFlow::leave_alone(Tx& tx, OutboxRow row, const Rest& rest) {
  row.detail =
      fmt::format("the provider has asked to be left alone until {}", to_rfc3339(rest.until));
  const Delivery delivery = row.delivery;
  const Error error{Code::kResourceExhausted, row.detail};
  if (rest.is_of_lane) {
    RETURN_IF_ERROR(queue_in_lane(tx, std::move(row)));
  } else {
    RETURN_IF_ERROR(update_row(tx.sql(), row));
    RETURN_IF_ERROR(tx.set_timer({.kind = kSendTimer, .subject = delivery.id, .due = rest.until}));
  }
  DeliveryListener* const listener = listener_of(delivery.subject);
  if (!delivery.message.is_page || listener == nullptr) return {};
  return listener->on_trouble(tx, delivery, error);
}

void OutboxFlow::note_wish(Tx& tx, const OutboxRow& row) {
  const Duration asked =
      std::min(transport_.wait_asked_by(row.delivery.contact), kLongestAskedWait);
  if (asked <= Duration(0)) return;
  if (wishes_.size() >= kMostWishes) {
    std::erase_if(wishes_, [&](const auto& wish) { return wish.second.until <= tx.now(); });
  }
  wishes_.insert_or_assign(row.lane, Wish{tx.now(), tx.now() + asked});
}

// When a pause is over one try goes first: all at once would be refused as the first ones were, and
// use up their tries. Each that is taken lets two go.
bool OutboxFlow::widen(Tx& tx, const OutboxRow& row) {
  const auto it = wishes_.find(row.lane);
  if (it == wishes_.end()) return false;
  Wish& wish = it->second;
  // What began before the provider asked says nothing of now.
  if (!row.tried || *row.tried <= wish.asked) return false;
  wish.until = std::min<Time>(wish.until, tx.now());
  wish.places += 1;
  if (wish.places >= limits_.tries_at_once) wishes_.erase(it);
  return true;
}

Result<> OutboxFlow::queue_in_lane(Tx& tx, OutboxRow row) {
  ASSIGN_OR_RETURN(const auto others, read_waiting(tx.sql(), row.lane, 1));
  row.state = RowState::kWaiting;
  RETURN_IF_ERROR(update_row(tx.sql(), row));
  if (!others.empty()) return {};  // the timer is set, and setting it again would put it off
  return tx.set_timer(
      {.kind = kLaneTimer, .subject = row.lane, .due = next_look(row.lane, tx.now())});
}

// At the end of a pause, and while there is none every few seconds.
Time OutboxFlow::next_look(std::string_view lane, Time now) const {
  if (!is_resting(lane, true, now)) return now + kLaneCheck;
  const Wish& wish = wishes_.find(lane)->second;
  return std::min<Time>(wish.until, wish.asked + kLongestWait);
}

// One place came free. Those that were woken a moment ago are not `sending` yet, so that looking
// for all free places at each of many ends in one commit would wake the same places again and
// again.
Result<> OutboxFlow::wake_lane(Tx& tx, const std::string& lane, int64_t places) {
  RETURN_IF_ERROR(wake_some(tx, lane, places));
  return {};
}

Result<bool> OutboxFlow::wake_some(Tx& tx, const std::string& lane, int64_t most) {
  ASSIGN_OR_RETURN(const int64_t sending, count_sending(tx.sql(), lane));
  const int64_t free = std::clamp<int64_t>(places_in(lane) - sending, 0, most);
  ASSIGN_OR_RETURN(const std::vector<InLane> waiting,
                   read_waiting(tx.sql(), lane, std::max<int64_t>(free, 1)));
  if (waiting.empty()) return false;
  if (free == 0) return true;
  for (const InLane& next : waiting) {
    // Pages are first: where one rests all behind it do, and a notification rests for longer.
    if (is_resting(lane, next.is_page, tx.now())) break;
    RETURN_IF_ERROR(set_pending(tx.sql(), next.id));
    RETURN_IF_ERROR(tx.set_timer({.kind = kSendTimer, .subject = next.id, .due = tx.now()}));
  }
  return true;
}

// Fills the places that a woken row did not take: it was held, or its person's quiet hours began.
Result<> OutboxFlow::on_lane(Tx& tx, const std::string& lane) {
  ASSIGN_OR_RETURN(const bool any_waited, wake_some(tx, lane, places_in(lane)));
  if (!any_waited) return {};
  return tx.set_timer({.kind = kLaneTimer, .subject = lane, .due = next_look(lane, tx.now())});
}

}  // namespace tocsin::notify
