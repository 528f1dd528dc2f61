#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "oncall/escalation_store.h"
#include "oncall/pager.h"

namespace tocsin::oncall {

inline constexpr const char* kEscalateTimer = "page.escalate";
inline constexpr const char* kWayTimer = "page.way";
inline constexpr const char* kPageSubject = "page";
inline constexpr const char* kRecoverySubject = "recovery";
// A link in a page can be answered this long.
inline constexpr Duration kAnswerFor = std::chrono::hours(24);
// A way that has not succeeded by then (a provider that hangs, a queue before it) is in trouble:
// the next one is begun beside it.
inline constexpr Duration kWayPatience = std::chrono::seconds(30);

// The pager over its tables. pager.cc has what the room `incident` asks for, pager_ring.cc whose
// turn it is, pager_delivery.cc what the outbox says. Everything but use() and the two reads runs
// in transactions of the engine.
class RowPager final : public Pager {
 public:
  explicit RowPager(Parts parts);

  void listen(PagerListener& listener) override { listener_ = &listener; }
  void use(std::shared_ptr<const catalog::Catalog> catalog) override;

  Result<> start(engine::Tx& tx, const PageReason& reason) override;
  Result<> acknowledge(engine::Tx& tx, const std::string& incident_id,
                       const store::Actor& by) override;
  Result<> stop(engine::Tx& tx, const std::string& incident_id,
                const notify::Message& recovery) override;
  Result<> pause(engine::Tx& tx, const std::string& incident_id) override;
  Result<> ring_again(engine::Tx& tx, const PageReason& reason) override;
  Result<> forget(engine::Tx& tx, const std::string& incident_id) override;
  Result<> refresh(engine::Tx& tx, const std::string& incident_id,
                   const notify::Message& message) override;

  Result<std::optional<Escalation>> read(store::Session& session,
                                         const std::string& incident_id) override;
  Result<std::optional<Page>> read_page(store::Session& session,
                                        const std::string& page_id) override;
  Result<std::vector<std::string>> troubles(store::Session& session) override;

  Result<bool> is_still_wanted(engine::Tx& tx, const notify::Subject& subject) override;
  Result<> on_trouble(engine::Tx& tx, const notify::Delivery& delivery,
                      const Error& error) override;
  Result<> on_outcome(engine::Tx& tx, const notify::Delivery& delivery, notify::Outcome outcome,
                      const std::string& detail) override;

 private:
  std::shared_ptr<const catalog::Catalog> catalog() const;

  Result<> begin(engine::Tx& tx, const PageReason& reason);
  Result<> resume(engine::Tx& tx, EscalationRow row, const PageReason& reason);

  Result<> on_timer(engine::Tx& tx, const std::string& incident_id);
  // Rings the person at `row.next`, and those after who cannot be rung at all; then sets the timer.
  Result<> ring_next(engine::Tx& tx, EscalationRow& row);
  Result<> enter_round(engine::Tx& tx, EscalationRow& row);
  Result<> exhaust(engine::Tx& tx, EscalationRow& row);
  // False: there is no way to this person.
  Result<bool> ring(engine::Tx& tx, EscalationRow& row, const catalog::Person& person);
  // Starts the first way from `index` on that the outbox takes; false when none is left.
  Result<bool> start_way(engine::Tx& tx, const EscalationRow& row, const Page& page,
                         const catalog::Person& person, size_t index);
  Result<> wait_for_next(engine::Tx& tx, EscalationRow& row, Duration wait);
  // The ways of the person who is rung now are used up: the next one is rung at once.
  Result<> hurry(engine::Tx& tx, EscalationRow& row);

  Result<> on_page_sent(engine::Tx& tx, Page page, EscalationRow row);
  Result<> on_way_timer(engine::Tx& tx, const std::string& delivery_id);
  Result<> on_way_lost(engine::Tx& tx, const Way& way, std::string_view new_state,
                       const std::string& why);
  Result<> on_recovery_failed(engine::Tx& tx, const notify::Delivery& delivery);
  Result<> tell_recovery(engine::Tx& tx, const EscalationRow& row, const catalog::PersonId& person,
                         size_t way);

  // With the secret of the contact, which only the catalog of now has.
  catalog::Contact with_secret(const catalog::PersonId& person, catalog::Contact contact) const;
  Result<> append(engine::Tx& tx, const EscalationRow& row, std::string kind,
                  std::string_view subject_kind, std::string_view subject_id,
                  codec::JsonObject data, store::Actor actor = store::system_actor("pager"));

  engine::Engine& engine_;
  notify::Outbox& outbox_;
  const notify::AnswerLinks& links_;
  Log& log_;
  Counter& rung_metric_;
  Counter& told_metric_;
  Counter& unreachable_metric_;
  Counter& exhausted_metric_;
  Histogram& first_told_metric_;
  PagerListener* listener_ = nullptr;
  mutable std::mutex mutex_;
  std::shared_ptr<const catalog::Catalog> catalog_;
};

}  // namespace tocsin::oncall
