#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/json.h"
#include "notify/delivery.h"
#include "store/database.h"

namespace tocsin::notify {

// A delivery that was given up, as it may be shown: without secrets. Kept for 30 days after its
// end.
struct DeadLetter {
  std::string id;
  Subject subject;
  std::string person;  // of a policy's channel: "#ops"
  std::string channel;
  std::string to;  // as shown_address()
  bool is_page = false;
  std::string title;
  std::string incident;  // empty: of none
  int tries = 0;
  Time created, failed;
  std::string why;
  std::string retry_of;    // the delivery that this one had sent again
  std::string retried_as;  // empty: nobody has sent it again
};

struct DeadLetterQuery {
  std::string channel;  // empty: all
  std::string person;
  std::optional<Time> since;    // failed then or later
  std::optional<bool> retried;  // nothing: both
  int limit = 100;              // 1 to 500
  std::string after;            // DeadLetterPage::next of the page before
};

struct DeadLetterPage {
  std::vector<DeadLetter> letters;  // newest first
  std::string next;                 // empty: that is all
};

// The canary's own, tests and codes for contacts are left out: whoever asked for a test was told,
// and a code is not kept. kInvalidArgument: `after` is none of ours.
Result<DeadLetterPage> read_dead_letters(store::Session& session, const DeadLetterQuery& query);

codec::JsonObject to_json(const DeadLetter& letter);

}  // namespace tocsin::notify
