#pragma once

#include <optional>
#include <string>
#include <vector>

#include "notify/delivery.h"
#include "store/database.h"

namespace tocsin::notify {

// A row of table outbox.
//   pending   a timer outbox.send will try it
//   waiting   due, but its lane is full; goes on when a try of the lane ends
//   held      due, but an earlier message of its line has not ended; the end of that wakes it
//   sending   a try is under way; a timer outbox.deadline ends it
//   sent, failed, dropped   finished: nothing changes any more
enum class RowState { kPending, kWaiting, kHeld, kSending, kSent, kFailed, kDropped };
std::string_view name_of(RowState state);
Result<RowState> parse_row_state(std::string_view name);  // kDataLoss
bool is_finished(RowState state);

// What is known of a message that was taken.
//   none      nothing will be told of it
//   awaited   a timer outbox.poll asks for it
//   unknown   asked for long enough, in vain
enum class ReceiptState { kNone, kAwaited, kDelivered, kUndelivered, kRead, kUnknown };
std::string_view name_of(ReceiptState state);

struct OutboxRow {
  Delivery delivery;
  RowState state = RowState::kPending;
  std::string lane;
  Time created;
  std::optional<Time> tried;  // when the last try began
  std::optional<Time> finished;
  std::string detail;  // the last failure, or why it ended; no secrets
  Taken taken;
  ReceiptState receipt = ReceiptState::kNone;
  std::optional<Time> poll_until;
  // The incident and the receiver that it is ordered by, and its place there; nothing: in no order,
  // or over.
  std::optional<std::string> line;
  int64_t place = 0;
  std::optional<Time> quiet_until;  // it waits for the end of the person's quiet hours
  std::string retry_of;             // the failed delivery that somebody sent again by this one
  std::string retried_as;           // of a failed one: by which it was sent again
};

Result<> insert_row(store::Session& session, const OutboxRow& row);
Result<std::optional<OutboxRow>> read_row(store::Session& session, std::string_view id);
// Writes all that changes in the life of a row: state, attempts, the mark, times and detail. A
// finished row loses what was only needed to send it: the secret, the address behind the host, the
// links to answer (of a bundle all links), the code for a contact and its place in a line.
Result<> update_row(store::Session& session, const OutboxRow& row);

// The receipt of a row that is sent, with what it is asked by.
Result<> update_receipt(store::Session& session, const OutboxRow& row);

Result<> set_pending(store::Session& session, std::string_view id);  // of a waiting or held row

// What is not over in a line, in its order.
struct InLine {
  std::string id;
  RowState state = RowState::kPending;
  bool is_page = false;
};
// Those before `place`; at most `limit`.
Result<std::vector<InLine>> read_line_before(store::Session& session, std::string_view line,
                                             int64_t place, int64_t limit);
Result<std::optional<InLine>> head_of_line(store::Session& session, std::string_view line);
Result<int64_t> last_place(store::Session& session);  // of all lines
// What has not ended in a lane and is not being sent; counted up to `limit`.
Result<int64_t> count_queued(store::Session& session, std::string_view lane, int64_t limit);

// Those that wait for the end of quiet hours.
struct QuietRow {
  std::string id;
  catalog::PersonId person;
  Time until;
};
Result<std::vector<QuietRow>> read_quiet(store::Session& session);
Result<> set_retried_as(store::Session& session, std::string_view id, std::string_view by);

Result<int64_t> count_sending(store::Session& session, std::string_view lane);
struct InLane {
  std::string id;
  bool is_page = false;
  Time created;
};
// Those that go next in a lane: pages first, then the oldest; at most `limit`.
Result<std::vector<InLane>> read_waiting(store::Session& session, std::string_view lane,
                                         int64_t limit);
Result<std::vector<std::pair<std::string, int>>> read_sending(store::Session& session);  // id, try
// Deletes rows that finished before `before`, at most `limit`; returns how many.
Result<int64_t> prune_rows(store::Session& session, Time before, int64_t limit);

// Whom a page was sent to; nothing when no message of it is kept.
Result<std::optional<std::string>> person_of_page(store::Session& session, std::string_view page);

// What became of a delivery, for screens and commands.
struct DeliveryStatus {
  RowState state = RowState::kPending;
  int attempts = 0;
  std::string detail;
  ReceiptState receipt = ReceiptState::kNone;
};
Result<std::optional<DeliveryStatus>> read_delivery_status(store::Session& session,
                                                           std::string_view id);

}  // namespace tocsin::notify
