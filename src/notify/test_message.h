#pragma once

#include <string>
#include <vector>

#include "notify/outbox.h"

namespace tocsin::notify {

// Sends a message that says that it is a test to each contact of a person, each by itself; returns
// the ids of the deliveries in the order of the contacts. What becomes of them is in the logbook
// and in read_delivery_status(). kFailedPrecondition when the person has no contacts.
Result<std::vector<std::string>> notify_test_message(engine::Tx& tx, Outbox& outbox,
                                                     const catalog::Person& person);

}  // namespace tocsin::notify
