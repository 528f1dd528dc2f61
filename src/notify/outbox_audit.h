#pragma once

#include <string>
#include <vector>

#include "engine/engine.h"

namespace tocsin::notify {

// Finds deliveries that are not over and that nothing would ever move (a row without its timer, see
// outbox_flow.h), and gives them their timer back, due now. One line for each, without secrets; at
// most 100 at once. In a house without defects, over a database that nobody edited, there is none.
Result<std::vector<std::string>> mend_outbox(engine::Tx& tx);

}  // namespace tocsin::notify
