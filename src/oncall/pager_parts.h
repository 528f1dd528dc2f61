#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "oncall/escalation_store.h"
#include "oncall/page_store.h"
#include "oncall/pager.h"

namespace tocsin::oncall {

inline constexpr const char* kEscalateTimer = "page.escalate";
inline constexpr const char* kWakeTimer = "page.wake";  // snoozed, or acknowledged for a time
inline constexpr const char* kBringInTimer = "page.bring_in";
inline constexpr const char* kWayTimer = "page.way";           // patience with a way
inline constexpr const char* kRuleTimer = "page.rule";         // the next way by its time
inline constexpr const char* kKeepTimer = "page.keep";         // what is over is forgotten
inline constexpr const char* kGatherTimer = "page.gather";     // a bundle goes
inline constexpr const char* kPageSubject = "page";            // its id: of a call
inline constexpr const char* kRecoverySubject = "recovery";    // its id: of an incident
inline constexpr const char* kChannelSubject = "channel";      // the same
inline constexpr const char* kOperatorsSubject = "operators";  // the same
// A link in a page can be answered this long.
inline constexpr Duration kAnswerFor = std::chrono::hours(24);
// A way that has not succeeded by then (a provider that hangs, a queue before it) is in trouble:
// the next one is begun beside it.
inline constexpr Duration kWayPatience = std::chrono::seconds(30);

// The pager over its tables. pager.cc has what the room `incident` asks for, pager_answer.cc what
// people answer, pager_ring.cc the steps, pager_call.cc how one person is called,
// pager_delivery.cc what the outbox says, and page_keeping.cc how long all of it is kept.
// Everything but use() and the reads runs in transactions of the engine.
class RowPager final : public Pager {
 public:
  explicit RowPager(Parts parts);

  void listen(PagerListener& listener) override { listener_ = &listener; }
  void use(std::shared_ptr<const catalog::Catalog> catalog, std::vector<Policy> policies) override;

  Result<> start(engine::Tx& tx, const PageReason& reason) override;
  Result<> acknowledge(engine::Tx& tx, const std::string& incident_id, const Answerer& by) override;
  Result<> escalate(engine::Tx& tx, const std::string& incident_id,
                    const store::Actor& by) override;
  Result<> snooze(engine::Tx& tx, const std::string& incident_id, Duration how_long,
                  const Answerer& by) override;
  Result<> stop(engine::Tx& tx, const std::string& incident_id,
                const notify::Message& recovery) override;
  Result<> pause(engine::Tx& tx, const std::string& incident_id) override;
  Result<> ring_again(engine::Tx& tx, const PageReason& reason) override;
  Result<> forget(engine::Tx& tx, const std::string& incident_id) override;
  Result<> refresh(engine::Tx& tx, const std::string& incident_id,
                   const notify::Message& message) override;

  Result<std::optional<Escalation>> read(store::Session& session,
                                         const std::string& incident_id) override;
  Result<std::optional<Standing>> standing(store::Session& session,
                                           const std::string& incident_id) override;
  Result<bool> is_played(store::Session& session, const Page& page) override;
  Result<std::vector<catalog::PersonId>> people_paged(store::Session& session,
                                                      const std::string& incident_id) override;
  Result<std::optional<Page>> read_page(store::Session& session,
                                        const std::string& page_id) override;
  Result<std::vector<Page>> pages_of(store::Session& session,
                                     const std::string& page_or_bundle) override;
  Result<std::vector<std::string>> troubles(store::Session& session) override;
  std::shared_ptr<const PoliciesInUse> policies() const override;

  Result<bool> is_still_wanted(engine::Tx& tx, const notify::Subject& subject) override;
  Result<std::optional<notify::Addressee>> addressee(engine::Tx& tx,
                                                     const notify::Delivery& delivery) override;
  Result<> on_trouble(engine::Tx& tx, const notify::Delivery& delivery,
                      const Error& error) override;
  Result<> on_outcome(engine::Tx& tx, const notify::Delivery& delivery, notify::Outcome outcome,
                      const std::string& detail) override;
  Result<> on_receipt(engine::Tx& tx, const notify::Delivery& delivery, notify::Receipt receipt,
                      const std::string& detail) override;

 private:
  using PolicyPtr = std::shared_ptr<const Policy>;
  Result<PolicyPtr> policy_of(store::Session& sql, const EscalationRow& row);

  Result<> begin(engine::Tx& tx, const PageReason& reason);
  Result<> resume(engine::Tx& tx, EscalationRow row, const PageReason& reason);
  Result<std::vector<Coming>> coming(store::Session& sql, const EscalationRow& row,
                                     const Policy& policy);

  // --- steps
  enum class Played { kRung, kTold, kSkipped, kNobody };
  Result<> on_timer(engine::Tx& tx, const std::string& incident_id);
  // Plays the step at `row.next`, and those after it that take no time; then sets the timer.
  Result<> ring_next(engine::Tx& tx, EscalationRow& row);
  Result<PolicyPtr> take_up_edits(engine::Tx& tx, EscalationRow& row);
  Result<> enter_round(engine::Tx& tx, EscalationRow& row, const Policy& policy);
  Result<> exhaust(engine::Tx& tx, EscalationRow& row);
  Result<> page_operators(engine::Tx& tx, const EscalationRow& row);
  Result<Played> play_step(engine::Tx& tx, const EscalationRow& row, const Policy& policy);
  Result<Resolved> find(store::Session& sql, const std::vector<Target>& targets,
                        const Policy& policy, Time at, engine::Tx* advance);
  // Whoever answers for the team when a step, or a whole round, has nobody.
  Result<bool> ring_fallback(engine::Tx& tx, const EscalationRow& row, const Policy& policy,
                             const std::string& why);
  // True: somebody of them is rung.
  Result<bool> ring_all(engine::Tx& tx, const EscalationRow& row, const std::vector<Found>& people,
                        int step);
  Result<> tell_channels(engine::Tx& tx, const EscalationRow& row, const Policy& policy,
                         const std::vector<std::string>& names);
  Result<> wait_for_next(engine::Tx& tx, EscalationRow& row, Duration wait);
  // The ways of all who are rung now are used up: the next step begins at once.
  Result<> hurry(engine::Tx& tx, EscalationRow& row);
  Result<> on_bring_in_timer(engine::Tx& tx, const std::string& incident_id);
  Result<> maybe_bring_in(engine::Tx& tx, EscalationRow& row);

  // --- answers
  Result<> silence(engine::Tx& tx, EscalationRow& row, const Answerer& by,
                   std::optional<Duration> how_long, bool is_snoozed);
  Result<> tell_threads(engine::Tx& tx, const EscalationRow& row, const Answerer& by);
  Result<> on_wake(engine::Tx& tx, const std::string& incident_id);

  // --- one person
  // False: there is no way to this person.
  Result<bool> ring(engine::Tx& tx, const EscalationRow& row, const catalog::Person& person,
                    const std::string& via, int step);
  Result<std::string> gather(engine::Tx& tx, const catalog::Person& person);
  Result<> on_gathered(engine::Tx& tx, const std::string& call_id);
  // Begins the ways that begin at once, and waits for the others; false when no way is left. `row`:
  // an escalation that is not written yet.
  Result<bool> begin_lap(engine::Tx& tx, Call& call, const EscalationRow* row);
  // Starts the first way from `index` on that the outbox takes; nothing when none is left.
  Result<std::optional<int>> start_way(engine::Tx& tx, const Call& call, int index,
                                       const EscalationRow* row);
  Result<> note_skipped(engine::Tx& tx, const Call& call, const notify::Message& message,
                        const std::string& why);
  Result<std::optional<notify::Message>> message_of(engine::Tx& tx, const Call& call,
                                                    const EscalationRow* row);
  // One escalation of a call. Nothing also when its row cannot be understood: it must not hold up
  // the others of a bundle. Its own timers fail and are found by the auditor.
  Result<std::optional<EscalationRow>> one_of_call(engine::Tx& tx, const std::string& incident);
  Result<> on_rule_timer(engine::Tx& tx, const std::string& call_id);
  Result<bool> is_still_rung(engine::Tx& tx, const std::vector<PageRow>& pages);
  CallPlan plan_of(const Call& call) const;

  // --- deliveries
  Result<> on_call_sent(engine::Tx& tx, const Call& call);
  Result<> on_page_sent(engine::Tx& tx, Page page, EscalationRow row);
  Result<> take_back_told(engine::Tx& tx, const notify::Delivery& delivery);
  Result<> count_told_anew(engine::Tx& tx, const std::string& incident_id);
  Result<> on_way_timer(engine::Tx& tx, const std::string& delivery_id);
  Result<> on_way_lost(engine::Tx& tx, const Way& way, std::string_view new_state,
                       const std::string& why);
  // Every way of the call is in trouble.
  Result<> on_call_lost(engine::Tx& tx, Call call, const std::vector<PageRow>& pages);
  Result<> on_recovery_failed(engine::Tx& tx, const notify::Delivery& delivery);
  Result<> tell_recovery(engine::Tx& tx, const EscalationRow& row, const catalog::PersonId& person,
                         ReachedBy by);

  // page_keeping.cc
  Result<> on_keep(engine::Tx& tx, const std::string& subject);

  // With the secret of the contact, which only the catalog of now has.
  catalog::Contact with_secret(const catalog::PersonId& person, catalog::Contact contact) const;
  Result<> append(engine::Tx& tx, const std::string& incident, std::string kind,
                  std::string_view subject_kind, std::string_view subject_id,
                  codec::JsonObject data, store::Actor actor = store::system_actor("pager"));

  engine::Engine& engine_;
  notify::Outbox& outbox_;
  const notify::AnswerLinks& links_;
  const OnCall* const on_call_;
  const std::vector<catalog::Contact> operators_;
  Log& log_;
  Counter& rung_metric_;
  Counter& told_metric_;
  Counter& unreachable_metric_;
  Counter& exhausted_metric_;
  Counter& bundled_metric_;
  Histogram& first_told_metric_;
  PagerListener* listener_ = nullptr;
  PolicyRecords records_;
  mutable std::mutex mutex_;
  std::shared_ptr<const PoliciesInUse> in_use_;
};

}  // namespace tocsin::oncall
