#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alert/alert.h"
#include "notify/answer_link.h"
#include "notify/outbox.h"

namespace tocsin::oncall {

// What people are paged for. One escalation an incident.
struct PageReason {
  std::string incident_id;
  catalog::TeamId team;
  notify::Message message;  // without the link: the pager adds one for each page
};

enum class EscalationState {
  kRinging,
  kAcknowledged,
  kStopped,    // the problem is over
  kExhausted,  // every round is through and nobody answered: an error that the operators are told
};

struct Page {
  std::string id;  // pag_...
  std::string incident_id;
  catalog::PersonId person;
  int step = 0, round = 0;
  Time created;
  std::optional<Time> first_sent;
  std::string state;  // trying, told, failed, dropped, answered
};

struct Escalation {
  std::string incident_id;
  catalog::TeamId team;
  EscalationState state = EscalationState::kRinging;
  int step = 0, round = 0;
  Time started;
  catalog::PersonId ringing;    // who is rung now; empty unless it rings
  std::optional<Time> next_at;  // what happens next, and when
  catalog::PersonId next_person;
  std::optional<Time> acknowledged_at;
  std::string acknowledged_by;  // actor
  std::vector<Page> pages;
};

// Declared here, implemented by `incident`; inside the transaction.
class PagerListener {
 public:
  virtual ~PagerListener() = default;
  virtual Result<> on_first_told(engine::Tx& tx, const std::string& incident_id, Time at) = 0;
  virtual Result<> on_acknowledged(engine::Tx& tx, const std::string& incident_id,
                                   const store::Actor& by, Time at) = 0;
};

// Rings a team's people in their order until somebody answers. All state is in rows; all waits are
// timers of the engine. A way that fails moves the page to the person's next way at once, and when
// the person's ways are used up, to the next person at once.
class Pager : public notify::DeliveryListener {
 public:
  struct Parts {
    engine::Engine& engine;
    notify::Outbox& outbox;
    const notify::AnswerLinks& links;
    Log& log;
    Metrics& metrics;
  };
  static std::unique_ptr<Pager> make(Parts parts);
  virtual void listen(PagerListener& listener) = 0;
  // The catalog of now; replaced on reload. An escalation under way keeps the list it started with.
  virtual void use(std::shared_ptr<const catalog::Catalog> catalog) = 0;

  // Begins, or begins again when one had ended; does nothing while one is ringing or acknowledged.
  virtual Result<> start(engine::Tx& tx, const PageReason& reason) = 0;
  // kFailedPrecondition when it is over; acknowledging twice is fine and changes nothing.
  virtual Result<> acknowledge(engine::Tx& tx, const std::string& incident_id,
                               const store::Actor& by) = 0;
  // The problem is over: nobody else is paged, and everybody who was told is told of the recovery.
  virtual Result<> stop(engine::Tx& tx, const std::string& incident_id,
                        const notify::Message& recovery) = 0;
  // The problem seems to be over: nobody else is paged for now. start() goes on where it was,
  // stop() ends it. Does nothing unless it rings.
  virtual Result<> pause(engine::Tx& tx, const std::string& incident_id) = 0;
  // Rings from the first person on although it was acknowledged: whoever had it is done with it.
  virtual Result<> ring_again(engine::Tx& tx, const PageReason& reason) = 0;
  // Ends it without a word to anybody and removes all of it, as if it had never been: for drills.
  virtual Result<> forget(engine::Tx& tx, const std::string& incident_id) = 0;
  // What the next pages say; those that are out stay as they are.
  virtual Result<> refresh(engine::Tx& tx, const std::string& incident_id,
                           const notify::Message& message) = 0;

  virtual Result<std::optional<Escalation>> read(store::Session& session,
                                                 const std::string& incident_id) = 0;
  virtual Result<std::optional<Page>> read_page(store::Session& session,
                                                const std::string& page_id) = 0;
  // Escalations that nobody answers or that reach nobody, a line each, for the operators' status.
  virtual Result<std::vector<std::string>> troubles(store::Session& session) = 0;
};

}  // namespace tocsin::oncall
