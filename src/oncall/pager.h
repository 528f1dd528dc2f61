#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alert/alert.h"
#include "notify/answer_link.h"
#include "notify/outbox.h"
#include "oncall/policies.h"
#include "oncall/resolve.h"

namespace tocsin::oncall {

// The incident of drills (canary.h): nothing of it stands in the logbook.
inline constexpr const char* kDrill = "canary";

// Who answers, and as whom it counts: answers are counted by person, whatever they came by.
struct Answerer {
  store::Actor actor;  // for the logbook
  // A person of the catalog; or the actor's text ("user:root", "token:ci") of somebody who is tied
  // to none. That counts as one, too, and ends nobody's pages. A person's id has no ':'.
  std::string who;
};
// `person` may be empty.
Answerer answers_as(store::Actor actor, std::string_view person);

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

inline constexpr int kBringInStep = -1;  // Page::step of those who were brought in

struct Page {
  std::string id;  // pag_...
  std::string incident_id;
  catalog::PersonId person;
  int step = 0, round = 0;
  Time created;
  std::optional<Time> first_sent;
  std::string state;  // trying, told, failed, dropped, answered
  std::string call;   // whose messages tell of it: its own id, or a bundle's
  std::string via;    // why this person: "via schedule payments"; empty: named as a person
};

// What will happen unless somebody answers or it is over.
struct Coming {
  enum class What { kStep, kRingAgain, kBringIn };
  What what = What::kStep;
  Time at;
  std::vector<Found> people;  // as the schedules of now say for then
  std::vector<std::string> channels;
};

// Where an escalation stands.
struct Standing {
  EscalationState state = EscalationState::kRinging;
  int step = 0, round = 0;               // played last
  std::vector<std::string> answered_by;  // Answerer::who; policy->acknowledgements are wanted
  std::optional<Time> acknowledged_at;
  bool operator==(const Standing&) const = default;
};

struct Escalation : Standing {
  std::string incident_id;
  catalog::TeamId team;
  Time started;
  std::vector<catalog::PersonId> ringing;  // who is rung now
  std::vector<Coming> coming;              // the soonest first
  std::shared_ptr<const Policy> policy;    // in force; an edit counts from the next step
  std::shared_ptr<const Policy> policy_at_start;
  std::string acknowledged_by;  // actor
  bool is_snoozed = false;
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

// Plays a team's policy until enough people have answered. All state is in rows; all waits are
// timers of the engine. A way that fails moves the page to the person's next way at once, and when
// all people of a step are in trouble, the next step begins at once.
class Pager : public notify::DeliveryListener {
 public:
  struct Parts {
    engine::Engine& engine;
    notify::Outbox& outbox;
    const notify::AnswerLinks& links;
    Log& log;
    Metrics& metrics;
    const OnCall* on_call = nullptr;            // lives longer; nothing: no schedule has anybody
    std::vector<catalog::Contact> operators{};  // told when an escalation could tell nobody
  };
  static constexpr Duration kShortestSnooze = minutes(1);
  static constexpr Duration kLongestSnooze = hours(24);

  static std::unique_ptr<Pager> make(Parts parts);
  virtual void listen(PagerListener& listener) = 0;
  // What is declared now; replaced on reload. An escalation under way takes an edit up with its
  // next step.
  virtual void use(std::shared_ptr<const catalog::Catalog> catalog,
                   std::vector<Policy> policies = {}) = 0;

  // Begins, or begins again when one had ended; does nothing while one is ringing or acknowledged.
  virtual Result<> start(engine::Tx& tx, const PageReason& reason) = 0;
  // Names the page or the bundle; all its pages that still matter, one an incident.
  virtual Result<std::vector<Page>> pages_of(store::Session& session,
                                             const std::string& page_or_bundle) = 0;
  // kFailedPrecondition when it is over; acknowledging twice is fine and changes nothing. Where the
  // policy wants several, it rings on until so many different people have answered.
  virtual Result<> acknowledge(engine::Tx& tx, const std::string& incident_id,
                               const Answerer& by) = 0;
  // The next step at once, also after an acknowledgement. kFailedPrecondition when it is over, or
  // seems to be.
  virtual Result<> escalate(engine::Tx& tx, const std::string& incident_id,
                            const store::Actor& by) = 0;
  // Acknowledged for so long; then it rings from the first step unless it is over.
  // kInvalidArgument: shorter than kShortestSnooze or longer than kLongestSnooze.
  virtual Result<> snooze(engine::Tx& tx, const std::string& incident_id, Duration how_long,
                          const Answerer& by) = 0;
  // The problem is over: nobody else is paged, and everybody who was told is told of the recovery.
  virtual Result<> stop(engine::Tx& tx, const std::string& incident_id,
                        const notify::Message& recovery) = 0;
  // The problem seems to be over: nobody else is paged for now. start() goes on where it was,
  // stop() ends it.
  virtual Result<> pause(engine::Tx& tx, const std::string& incident_id) = 0;
  // Rings from the first step on although it was acknowledged: whoever had it is done with it.
  virtual Result<> ring_again(engine::Tx& tx, const PageReason& reason) = 0;
  // Ends it without a word to anybody and removes all of it, as if it had never been: for drills.
  virtual Result<> forget(engine::Tx& tx, const std::string& incident_id) = 0;
  // What the next pages say; those that are out stay as they are.
  virtual Result<> refresh(engine::Tx& tx, const std::string& incident_id,
                           const notify::Message& message) = 0;

  // All of it: the policy, what the schedules say comes next, the newest pages. For screens.
  virtual Result<std::optional<Escalation>> read(store::Session& session,
                                                 const std::string& incident_id) = 0;
  // Of one row; nothing when nobody is paged for it.
  virtual Result<std::optional<Standing>> standing(store::Session& session,
                                                   const std::string& incident_id) = 0;
  // Whether the step by which this page was rung is the one that is played last. A page of those
  // who were brought in is of no step: until somebody is rung by one after them.
  virtual Result<bool> is_played(store::Session& session, const Page& page) = 0;
  // Everybody who was rung for it, each once, in the order of their first pages.
  virtual Result<std::vector<catalog::PersonId>> people_paged(store::Session& session,
                                                              const std::string& incident_id) = 0;
  virtual Result<std::optional<Page>> read_page(store::Session& session,
                                                const std::string& page_id) = 0;
  // Escalations that nobody answers or that reach nobody, a line each, for the operators' status.
  virtual Result<std::vector<std::string>> troubles(store::Session& session) = 0;
  // The policies in use, for pictures of them. Thread-safe.
  virtual std::shared_ptr<const PoliciesInUse> policies() const = 0;
};

}  // namespace tocsin::oncall
