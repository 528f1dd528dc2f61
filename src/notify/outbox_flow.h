#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "notify/outbox.h"
#include "notify/outbox_store.h"
#include "notify/tries.h"

namespace tocsin::notify {

inline constexpr const char* kSendTimer = "outbox.send";
inline constexpr const char* kDeadlineTimer = "outbox.deadline";
inline constexpr const char* kPollTimer = "outbox.poll";
inline constexpr const char* kLaneTimer = "outbox.lane";
inline constexpr const char* kPruneTimer = "outbox.prune";

// What a message is ordered by: its incident and its receiver. Nothing: it is in no order.
std::optional<std::string> line_of(const Delivery& delivery);

// The life of a row, as transactions of the engine. See outbox.h for the promises.
//
// A row belongs to exactly one of: a timer outbox.send (pending), its lane (waiting), its line
// (held), a timer outbox.deadline (sending), or nobody (finished). A sent row that awaits its
// receipt has a timer outbox.poll. A lane with waiting rows has a timer outbox.lane, which wakes
// them even when the end of a try did not.
class OutboxFlow final : public Outbox {
 public:
  OutboxFlow(engine::Engine& engine, Transport& transport, Log& log, Metrics& metrics,
             OutboxLimits limits);
  ~OutboxFlow() override;

  void listen(std::string subject_kind, DeliveryListener& listener) override;
  Result<std::string> enqueue(engine::Tx& tx, Subject subject, const catalog::Person& person,
                              const catalog::Contact& contact, Message message) override;
  void use(std::shared_ptr<const catalog::Catalog> catalog) override;
  void link_by(const AnswerLinks& links) override { links_ = &links; }
  Result<std::string> resend(engine::Tx& tx, const std::string& id,
                             const store::Actor& by) override;
  void listen_for_answers(AnswerListener& listener) override { answers_ = &listener; }
  Result<> report_receipt(engine::Tx& tx, const ReceiptReport& report) override;
  size_t stop(Duration patience) override { return tries_->stop(patience); }

 private:
  // Where answers of the transport come in, from any thread; shut when the outbox is destroyed.
  struct Door {
    std::mutex mutex;
    OutboxFlow* flow = nullptr;
  };

  Result<> on_send(engine::Tx& tx, const std::string& id);
  Result<> on_deadline(engine::Tx& tx, const std::string& id);
  Result<> on_lane(engine::Tx& tx, const std::string& lane);
  Result<> on_prune(engine::Tx& tx);
  Result<> take_over(engine::Tx& tx);

  bool is_answered_for(const Subject& subject) const;
  Result<> wait_for_listener(engine::Tx& tx, const char* timer, const std::string& id);
  Result<bool> is_wanted(engine::Tx& tx, const Delivery& delivery);
  Result<std::string> insert(engine::Tx& tx, OutboxRow row);
  Result<> begin_try(engine::Tx& tx, OutboxRow row);
  // outbox_threads.cc. False: the message that opens its thread is on its way, and it waits for it.
  Result<bool> join_thread(engine::Tx& tx, Delivery& delivery);
  Result<> note_thread(engine::Tx& tx, const Delivery& delivery, const Taken& taken);
  void hand_over(const Delivery& delivery);
  void report(const std::string& id, int attempt, Result<Taken> answer);
  Result<> end_try(engine::Tx& tx, const std::string& id, int attempt, const Result<Taken>& answer);
  Result<> take(engine::Tx& tx, OutboxRow row, const Taken& taken);
  Result<> note_late_arrival(engine::Tx& tx, const OutboxRow& row, int attempt);
  Result<> fail_try(engine::Tx& tx, OutboxRow row, const Error& error);
  Result<> repeat_lost_try(engine::Tx& tx, OutboxRow row);
  Result<> finish(engine::Tx& tx, OutboxRow row, Outcome outcome, std::string detail);

  // outbox_order.cc
  bool is_patient(const Delivery& delivery) const;
  Result<std::optional<Time>> next_try(engine::Tx& tx, const OutboxRow& row, std::string& why_not);
  Result<bool> is_held(engine::Tx& tx, const OutboxRow& row);
  Result<> hold(engine::Tx& tx, OutboxRow row);
  Result<> wake_line(engine::Tx& tx, const std::optional<std::string>& line);
  // Whether the row waits for the end of quiet hours from now on, or was dropped.
  Result<bool> is_quieted(engine::Tx& tx, const OutboxRow& row);
  Result<> reckon_quiet(engine::Tx& tx);
  std::shared_ptr<const catalog::Catalog> catalog() const;

  // outbox_resend.cc
  Result<Addressee> addressee_now(engine::Tx& tx, const Delivery& delivery);

  // outbox_receipts.cc
  Result<> await_receipt(engine::Tx& tx, OutboxRow& row);
  Result<> on_poll(engine::Tx& tx, const std::string& id);
  void ask(const std::string& id, const SentMessage& message);
  Result<> on_polled(engine::Tx& tx, const std::string& id, const PollAnswer& answer);
  Result<> acknowledge(engine::Tx& tx, const OutboxRow& row);
  Result<> note_receipt(engine::Tx& tx, OutboxRow& row, Receipt receipt, const std::string& detail);
  Result<> tell_receipt(engine::Tx& tx, const OutboxRow& row, Receipt receipt,
                        const std::string& detail);

  // outbox_lanes.cc
  struct Rest {
    Time until;
    bool is_of_lane = true;  // else of this message alone
  };
  int64_t places_in(std::string_view lane) const;
  bool is_resting(std::string_view lane, bool is_page, Time now) const;
  std::optional<Rest> rest_of(engine::Tx& tx, const OutboxRow& row) const;
  Result<> leave_alone(engine::Tx& tx, OutboxRow row, const Rest& rest);
  // A try of the row has failed: perhaps its provider has asked to be left alone.
  void note_wish(engine::Tx& tx, const OutboxRow& row);
  // The row was taken; true: its lane has more places than before.
  bool widen(engine::Tx& tx, const OutboxRow& row);
  Time next_look(std::string_view lane, Time now) const;
  Result<> queue_in_lane(engine::Tx& tx, OutboxRow row);
  // A try of the lane has ended: who is next goes. `places`: how many came free.
  Result<> wake_lane(engine::Tx& tx, const std::string& lane, int64_t places = 1);
  // True when rows were waiting, whether or not there was a place for them.
  Result<bool> wake_some(engine::Tx& tx, const std::string& lane, int64_t most);
  Result<> append(engine::Tx& tx, std::string kind, const OutboxRow& row, codec::JsonObject more);
  bool has_tries_left(const OutboxRow& row, Time now) const;
  DeliveryListener* listener_of(const Subject& subject) const;
  void count_try(engine::Tx& tx, const OutboxRow& row, const Error* error);

  // A provider that has asked for a pause.
  struct Wish {
    Time asked, until;
    int64_t places = 1;  // tries at once when the pause is over
  };

  engine::Engine& engine_;
  Transport& transport_;
  Log& log_;
  Metrics& metrics_;
  const OutboxLimits limits_;
  std::map<std::string, DeliveryListener*, std::less<>> listeners_;
  AnswerListener* answers_ = nullptr;
  const AnswerLinks* links_ = nullptr;
  // By lane; on the writer's thread. Only a guess of what the provider will say: it is lost when
  // Tocsin stops, and stays when a transaction is rolled back.
  std::map<std::string, Wish, std::less<>> wishes_;
  int64_t last_place_ = 0;  // of a line; on the writer's thread
  mutable std::mutex catalog_mutex_;
  std::shared_ptr<const catalog::Catalog> catalog_;
  const std::shared_ptr<Tries> tries_ = std::make_shared<Tries>();
  const std::shared_ptr<Door> door_ = std::make_shared<Door>();
};

}  // namespace tocsin::notify
