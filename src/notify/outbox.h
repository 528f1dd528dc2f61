#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/engine.h"
#include "notify/answer_link.h"
#include "notify/answers.h"
#include "notify/delivery.h"

namespace tocsin::notify {

// Whom a message goes to, as it is known now.
struct Addressee {
  catalog::Person person;
  catalog::Contact contact;
};

// What the rooms below tell the outbox and hear from it; called inside transactions of the engine.
class DeliveryListener {
 public:
  virtual ~DeliveryListener() = default;
  // Looked at before each try: false drops the delivery.
  virtual Result<bool> is_still_wanted(engine::Tx& tx, const Subject& subject) = 0;
  // The same of one delivery, for who sends several kinds of messages about a subject
  // (Message::about).
  virtual Result<bool> is_still_worth_sending(engine::Tx& tx, const Delivery& delivery) {
    return is_still_wanted(tx, delivery.subject);
  }
  // Where a failed delivery goes when it is sent again; nothing: the catalog knows the person.
  // kFailedPrecondition when there is no such place any more.
  virtual Result<std::optional<Addressee>> addressee(engine::Tx& tx, const Delivery& delivery) {
    static_cast<void>(tx), static_cast<void>(delivery);
    return std::nullopt;
  }
  // A try failed in a way that may pass (timeout, 5xx, 429), or a page cannot be tried now because
  // its provider has asked to be left alone; the outbox goes on by itself. The pager uses it to go
  // on to the next way at once.
  virtual Result<> on_trouble(engine::Tx& tx, const Delivery& delivery, const Error& error) = 0;
  // Exactly once for a delivery.
  virtual Result<> on_outcome(engine::Tx& tx, const Delivery& delivery, Outcome outcome,
                              const std::string& detail) = 0;
  // After kSent, where the provider tells what became of the message: kDelivered and then perhaps
  // kRead, or kUndelivered. Each at most once, also when callbacks come twice or out of order.
  virtual Result<> on_receipt(engine::Tx& tx, const Delivery& delivery, Receipt receipt,
                              const std::string& detail) {
    static_cast<void>(tx), static_cast<void>(delivery), static_cast<void>(receipt),
        static_cast<void>(detail);
    return {};
  }
};

// Hands one message to a provider. `done` exactly once, from any thread. Error codes decide what
// follows: kUnavailable, kDeadlineExceeded, kResourceExhausted are tried again, others are final.
// kDeadlineExceeded says that it may have arrived all the same: the next try is marked.
class Transport {
 public:
  using OnTaken = std::move_only_function<void(Result<Taken>)>;
  using OnPolled = std::move_only_function<void(Result<PollAnswer>)>;

  virtual ~Transport() = default;
  virtual void send(const Delivery& delivery, OnTaken done) = 0;
  // Asks what became of a message that was taken. `done` at most once, from any thread.
  virtual void poll(const SentMessage& message, OnPolled done) = 0;
  // Nobody wants a message any more that would go on ringing. No answer is waited for.
  virtual void cancel(const SentMessage& message) = 0;
  // How long the provider has asked us not to send to this contact (Retry-After), from now.
  // Thread-safe.
  virtual Duration wait_asked_by(const catalog::Contact& contact) const = 0;
  // The same where it is not the provider of all such contacts that asks, but those that this one
  // message would go to (the push services of a person's browsers). Thread-safe.
  virtual Duration wait_asked_for(const Delivery&) const { return Duration(0); }
};

// Everything by which a delivery is given up, and by which the outbox bounds its work.
struct OutboxLimits {
  // Tries at once for one provider (an account for SMS, a Slack host), so that a dead one holds up
  // only itself; no more than net::Client has connections for one host. The mail relay and the host
  // of a webhook get fewer.
  int tries_at_once = 64;
  int tries_at_once_of_small = 16;
  int page_tries = 10;
  int notification_tries = 16;
  // Notifications to a webhook or a template of tocsin.yaml: since they were enqueued, and never
  // more tries than these, whatever happens (a process that dies again and again).
  Duration patience = hours(48);
  int patient_tries = 200;
  // Messages that may wait in the lane of one provider for longer than `notification_tries`.
  int64_t patient_queue = 5'000;
  Duration try_deadline = seconds(60);  // longer than any timeout of a transport
  Duration poll_after = seconds(60);    // a message without a receipt is asked for, again and again
  Duration keep = days(30);             // finished rows
};

// Intents to send are rows written in the same transaction as the decision; a try is: look again,
// mark `sending` with a deadline, commit, send, commit the result. A try whose result never came
// (crash, lost answer) is repeated after its deadline, or at the next start, marked
// `maybe_duplicate`. Backoff 1 s, 2 s, 4 s ... to 5 min with jitter, for a page at most 10 tries; a
// notification to a webhook is tried for 48 h, with waits of up to 30 min.
//
// Messages of one incident to one webhook form a line: a notification waits until every earlier
// message of its line has ended. A page waits for nobody. See docs/notify.md for the reasons.
//
// What is not urgent (Message::is_urgent) waits for the end of the person's quiet hours, as the
// catalog in use has them when it is due.
//
// A row that is sent may wait for its receipt: callbacks of the provider come in by
// report_receipt(); while none has come the transport is asked (Transport::poll) until
// Taken::receipts_within is over. Callbacks may come twice, in any order and before the answer to
// the try.
//
// Threading: enqueue() and all listeners on the writer's thread, inside a transaction. Destroy it
// after the engine has stopped and before the engine is destroyed; an answer of the transport that
// comes later is ignored.
class Outbox {
 public:
  // Registers its timers with the engine (before Engine::start).
  static std::unique_ptr<Outbox> make(engine::Engine& engine, Transport& transport, Log& log,
                                      Metrics& metrics, OutboxLimits limits = {});
  virtual ~Outbox() = default;
  // By subject kind; set while wiring. Until somebody listens to a kind its deliveries wait: nobody
  // can say whether they are still wanted. Only kTestSubject and kResentSubject need no listener.
  virtual void listen(std::string subject_kind, DeliveryListener& listener) = 0;
  // Returns the delivery's id.
  virtual Result<std::string> enqueue(engine::Tx& tx, Subject subject,
                                      const catalog::Person& person,
                                      const catalog::Contact& contact, Message message) = 0;
  // Whose quiet hours count, and where people are reached when something is sent again. What waits
  // for the end of quiet hours is reckoned anew. Without one there are no quiet hours. Thread-safe.
  virtual void use(std::shared_ptr<const catalog::Catalog> catalog) = 0;
  // Makes the link of a page that is sent again. Set while wiring; without it none is.
  virtual void link_by(const AnswerLinks& links) = 0;
  // Sends a failed delivery again as a new one, marked, to the person's contact as it is now, and
  // writes `delivery.resent` by `by`; returns the new id. A page that nobody wants any more goes as
  // a notification. kNotFound: no such delivery. kFailedPrecondition: it has not failed, was sent
  // again already, told a code for a contact, or the person or the contact is gone; the message
  // says which.
  virtual Result<std::string> resend(engine::Tx& tx, const std::string& id,
                                     const store::Actor& by) = 0;
  // Whom a provider's own "acknowledge" answers (Pushover); found by asking. Set while wiring.
  virtual void listen_for_answers(AnswerListener& listener) = 0;
  // Inside a transaction; unknown deliveries and repetitions change nothing.
  virtual Result<> report_receipt(engine::Tx& tx, const ReceiptReport& report) = 0;
  // Before the engine is stopped: begins no more tries (what is due goes at the next start) and
  // waits until the results of those under way are committed, at most `patience`. Returns how many
  // are left: they go again at the next start, marked. From any thread but the writer's.
  virtual size_t stop(Duration patience) = 0;
};

}  // namespace tocsin::notify
