#pragma once

#include <functional>
#include <string>

#include "catalog/catalog.h"
#include "engine/engine.h"

namespace tocsin::notify {

// What a message is about; the sender looks at it again before each send.
struct Subject {
  std::string kind;  // page, recovery, test
  std::string id;    // of a page: the page's id
};

// The parts of a message to somebody who was woken, in the order in which they are told. Channels
// render them; nobody writes channel text elsewhere.
struct Message {
  bool is_page = true;  // a page wants an acknowledgement; a notification does not
  std::string title;    // "SEV-1 checkout: customers cannot pay"
  std::string impact;   // what users lose, with counts
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

// What the rooms below tell the outbox and hear from it; called inside transactions of the engine.
class DeliveryListener {
 public:
  virtual ~DeliveryListener() = default;
  // Looked at before each try: false drops the delivery.
  virtual Result<bool> is_still_wanted(engine::Tx& tx, const Subject& subject) = 0;
  // A try failed in a way that may pass (timeout, 5xx, 429); the outbox tries again by itself. The
  // pager uses it to go on to the next way at once.
  virtual Result<> on_trouble(engine::Tx& tx, const Delivery& delivery, const Error& error) = 0;
  // Exactly once for a delivery.
  virtual Result<> on_outcome(engine::Tx& tx, const Delivery& delivery, Outcome outcome,
                              const std::string& detail) = 0;
};

// Hands one message to a provider. `done` exactly once, from any thread. Error codes decide what
// follows: kUnavailable, kDeadlineExceeded, kResourceExhausted are tried again, others are final.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual void send(const Delivery& delivery, std::move_only_function<void(Result<>)> done) = 0;
};

// Intents to send are rows written in the same transaction as the decision; a try is: look again,
// mark `sending` with a deadline, commit, send, commit the result. A try whose result never came
// (crash, lost answer) is repeated after its deadline, marked `maybe_duplicate`. Backoff 1 s, 2 s,
// 4 s ... to 5 min with jitter, for a page at most 10 tries.
class Outbox {
 public:
  // Registers its timers with the engine (before Engine::start).
  static std::unique_ptr<Outbox> make(engine::Engine& engine, Transport& transport, Log& log,
                                      Metrics& metrics);
  virtual ~Outbox() = default;
  // By subject kind; set while wiring.
  virtual void listen(std::string subject_kind, DeliveryListener& listener) = 0;
  // Returns the delivery's id.
  virtual Result<std::string> enqueue(engine::Tx& tx, Subject subject,
                                      const catalog::Person& person,
                                      const catalog::Contact& contact, Message message) = 0;
};

}  // namespace tocsin::notify
