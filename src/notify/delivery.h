#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "catalog/catalog.h"

namespace tocsin::notify {

// What a message is about; the sender looks at it again before each send.
struct Subject {
  std::string kind;  // page, recovery, test
  std::string id;    // of a page: the page's id
  bool operator==(const Subject&) const = default;
};

// The kind of subject that no room answers for: a test is always wanted.
inline constexpr const char* kTestSubject = "test";

// The parts of a message to somebody who was woken, in the order in which they are told. Channels
// render them; nobody writes channel text elsewhere.
struct Message {
  bool is_page = true;  // a page wants an acknowledgement; a notification does not
  // Sent by the canary to see that pages arrive (oncall/canary.h): nothing of it stands in the
  // logbook.
  bool is_drill = false;
  std::string title;   // "SEV-1 checkout: customers cannot pay"
  std::string impact;  // what users lose, with counts
  Time since;
  std::string likely;      // what is likely; may be empty
  std::string first_step;  // what to do first, with the runbook's URL
  std::string runbook;     // URL or empty
  std::string answer_url;  // the signed one-time link; empty for a notification
  std::string incident_id;
  std::string alert_id;
  std::string service;
  std::string severity;  // SEV-1 to SEV-5
  std::vector<catalog::Link> links;
};

// One intent to tell one person by one way.
struct Delivery {
  std::string id;  // also the idempotency key: the same for every try
  Subject subject;
  catalog::PersonId person;
  catalog::Contact contact;
  Message message;
  int attempts = 0;              // tries begun so far
  bool maybe_duplicate = false;  // an earlier try may have arrived: the message says so
};

enum class Outcome {
  kSent,     // the provider took it
  kFailed,   // it will not be tried again: refused for good, or the tries are used up
  kDropped,  // nobody wants it any more
};

// What a provider says later of a message that it took. "Sent" is not "delivered".
enum class Receipt { kDelivered, kUndelivered, kRead };

}  // namespace tocsin::notify
