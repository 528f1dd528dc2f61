#include "notify/outbox_flow.h"
#include "notify/thread_store.h"

namespace tocsin::notify {
namespace {

using engine::Tx;

// A message waits this long for the answer to the one that opens its thread: long enough for a
// provider that is well, and shorter than the pager's patience.
constexpr Duration kHeadPatience = seconds(5);

}  // namespace

Result<bool> OutboxFlow::join_thread(Tx& tx, Delivery& delivery) {
  delivery.thread.clear();
  if (!is_threaded(delivery)) return true;
  ASSIGN_OR_RETURN(const auto thread, read_thread(tx.sql(), delivery));
  if (thread && !thread->head.empty()) {
    delivery.thread = thread->head;
    return true;
  }
  if (thread && thread->opener != delivery.id) {
    ASSIGN_OR_RETURN(const auto opener, read_row(tx.sql(), thread->opener));
    const bool is_on_its_way = opener && opener->state == RowState::kSending && opener->tried &&
                               tx.now() - *opener->tried < kHeadPatience;
    if (is_on_its_way) return false;
  }
  RETURN_IF_ERROR(open_thread(tx.sql(), delivery, tx.now()));
  return true;
}

Result<> OutboxFlow::note_thread(Tx& tx, const Delivery& delivery, const Taken& taken) {
  if (!is_threaded(delivery) || taken.message_id.empty()) return {};
  return set_thread_head(tx.sql(), delivery, taken.message_id, taken.is_new_head);
}

}  // namespace tocsin::notify
