#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "notify/outbox.h"
#include "oncall/schedule_book.h"

namespace tocsin::oncall {

// Tells people what happens to their schedules, by the outbox: who begins that they are on call,
// what is open and what the hand-off note says (which is closed then), the team that a gap is
// ahead, who is asked for a swap and who asked what became of it. Notifications, no pages: by the
// person's first rule for what is not urgent, else by their last contact, and not in their quiet
// hours.
//
// Threading: its listeners on the writer's thread; use() from any.
class ScheduleNotices final : public ScheduleBook::Listener, public notify::DeliveryListener {
 public:
  static constexpr const char* kSubject = "schedule";

  struct Parts {
    notify::Outbox& outbox;
    Log& log;
    std::string external_url;
    // A line for each open incident of the team; room incident knows them.
    std::function<Result<std::vector<std::string>>(store::Session&, const catalog::TeamId&)>
        open_incidents;
  };
  explicit ScheduleNotices(Parts parts);

  void use(std::shared_ptr<const catalog::Catalog> catalog);

  Result<> on_hand_off(engine::Tx& tx, const Schedule& schedule, const Turn& before,
                       const Turn& after) override;
  Result<> on_fault(engine::Tx& tx, const Schedule& schedule, const std::string& fault) override;
  Result<> on_swap(engine::Tx& tx, const Schedule& schedule, const SwapRequest& swap) override;

  Result<bool> is_still_wanted(engine::Tx& tx, const notify::Subject& subject) override;
  Result<bool> is_still_worth_sending(engine::Tx& tx, const notify::Delivery& delivery) override;
  Result<> on_trouble(engine::Tx& tx, const notify::Delivery& delivery,
                      const Error& error) override;
  Result<> on_outcome(engine::Tx& tx, const notify::Delivery& delivery, notify::Outcome outcome,
                      const std::string& detail) override;

 private:
  Result<> tell(engine::Tx& tx, const Schedule& schedule, const catalog::PersonId& person,
                const notify::Message& message);
  notify::Message message(const Schedule& schedule, std::string title, std::string text,
                          Time since) const;

  const Parts parts_;
  mutable std::mutex mutex_;
  std::shared_ptr<const catalog::Catalog> catalog_ = std::make_shared<const catalog::Catalog>();
};

}  // namespace tocsin::oncall
