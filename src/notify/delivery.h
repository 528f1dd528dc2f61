#pragma once

#include <optional>
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
// Nor for a page that was sent again when it was over: as a notification.
inline constexpr const char* kResentSubject = "resent";
// Codes for contacts (contact_book.h): the code stands in the message's `impact`, which is not kept
// after the delivery has ended.
inline constexpr const char* kCodeSubject = "contact_code";
// Those that can be answered.
inline constexpr const char* kPageSubject = "page";

// The parts of a message to somebody who was woken, in the order in which they are told. Channels
// render them; nobody writes channel text elsewhere.
struct Message {
  bool is_page = true;  // a page wants an acknowledgement; a notification does not
  // Waits for the end of the person's quiet hours when it is not. A page always is.
  bool is_urgent = true;
  // Nobody wants it any more from then on; nothing: no end.
  std::optional<Time> until;
  // What a notification tells of, for the listener that is asked whether it is still wanted; not
  // shown. May be empty.
  std::string about;
  // Sent by the canary to see that pages arrive (oncall/canary.h): nothing of it stands in the
  // logbook.
  bool is_drill = false;
  // A page of several incidents at once: it has no incident_id, so that it is in no incident's line
  // or thread and the end of one of them leaves it alone; its links answer for one incident each.
  bool is_bundle = false;
  std::string title;   // "SEV-1 checkout: customers cannot pay"
  std::string impact;  // what users lose, with counts
  Time since;
  std::string likely;       // what is likely; may be empty
  std::string first_step;   // what to do first, with the runbook's URL
  std::string runbook;      // URL or empty
  std::string answer_url;   // the signed link; empty for a notification
  std::string incident_id;  // empty: of no incident, or of several
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
  std::string language = "en";   // of the person or room: of what Tocsin adds to a message
  int reply_code = 0;            // what answers by SMS begin with ("4a"); 0: none
  int attempts = 0;              // tries begun so far
  bool maybe_duplicate = false;  // an earlier try may have arrived: the message says so
  // The message of this conversation under which it goes, as its provider calls it (Taken). Looked
  // up before each try; empty: none, or the channel has no threads.
  std::string thread = {};
};

enum class Outcome {
  kSent,     // the provider took it
  kFailed,   // it will not be tried again: refused for good, or the tries are used up
  kDropped,  // nobody wants it any more
};

// What a provider says later of a message that it took. "Sent" is not "delivered".
enum class Receipt { kDelivered, kUndelivered, kRead };

// What a provider says when it takes a message.
struct Taken {
  std::string provider = {};    // which one of several, as tocsin.yaml names it
  std::string message_id = {};  // the provider's name for the message; empty: it has none
  Duration receipts_within{0};  // how long to ask what became of it; 0: nobody will tell
  bool is_new_head = false;     // the thread that it was for is gone: later ones go under this
};

// A message that a provider took, as it knows it.
struct SentMessage {
  catalog::Contact::Kind channel = catalog::Contact::Kind::kSms;
  std::string provider;
  std::string message_id;
};

// What came of a message, told by its provider in a callback.
struct ReceiptReport {
  std::string delivery;
  int attempt = 0;  // which try it tells of; 0: the one that was taken
  Receipt receipt = Receipt::kDelivered;
  std::string detail = {};  // why it did not arrive; no secrets
};

// The same when the provider is asked.
struct PollAnswer {
  std::optional<Receipt> receipt = {};  // nothing: not known yet
  std::string detail = {};
  bool acknowledged = false;  // the person pressed the provider's own button for that
  bool keep_asking = false;   // delivered, and the person may still answer
};

}  // namespace tocsin::notify
