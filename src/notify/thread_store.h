#pragma once

#include <optional>
#include <string>
#include <vector>

#include "notify/delivery.h"
#include "store/database.h"

namespace tocsin::notify {

// The thread of one incident in one conversation: a row of table message_thread.
struct Thread {
  std::string incident;
  catalog::Contact contact;  // kind and address
  catalog::PersonId person;  // whom it was opened for
  std::string language;
  std::string opener;  // the delivery that went first
  std::string head;    // the provider's name of its message; empty: not known (yet)
};

// Whether messages of this delivery stand in threads: its channel has them, and it is about an
// incident.
bool is_threaded(const Delivery& delivery);

Result<std::optional<Thread>> read_thread(store::Session& session, const Delivery& delivery);
// `delivery` goes first, also instead of one whose answer never came.
Result<> open_thread(store::Session& session, const Delivery& delivery, Time now);
// `replace`: also when there is a head already, because it is gone.
Result<> set_thread_head(store::Session& session, const Delivery& delivery, const std::string& head,
                         bool replace);
// Those of an incident whose head is known.
Result<std::vector<Thread>> threads_of(store::Session& session, std::string_view incident);
Result<> prune_threads(store::Session& session, Time before);

}  // namespace tocsin::notify
