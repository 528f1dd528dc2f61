#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "engine/engine.h"
#include "notify/slack_turns.h"
#include "oncall/schedule_book.h"
#include "oncall/user_group_store.h"

namespace tocsin::oncall {

// Keeps user groups of Slack equal to who is on call (`spec.slack_user_group` of schedules; several
// may name the same group, and then it has all of their people). What Slack confirmed is a row, and
// each next look is a timer of the engine (`slack.group`), so nothing is lost with the process: a
// call whose answer never came is made again. A group is called for only when it should differ from
// what Slack confirmed, and looked at once an hour, in case somebody changed it by hand.
//
// Threading: use() and read() from any thread; the rest in transactions of the engine. Answers of
// Slack come in from any thread; it must outlive the calls of `slack`.
class UserGroups final : public ScheduleBook::Listener {
 public:
  struct Parts {
    engine::Engine& engine;
    notify::SlackApi& slack;
    Log& log;
    Metrics& metrics;
  };
  // Before the engine starts.
  explicit UserGroups(Parts parts);

  // What is declared, after the schedule book has it; also at the start. A group that no schedule
  // names any more is left as it is.
  Result<> use(const std::vector<ScheduleSpec>& declared,
               std::shared_ptr<const catalog::Catalog> catalog);
  // Of a schedule; nothing when it names none.
  Result<std::optional<GroupRow>> read(store::Session& sql, const ScheduleId& schedule) const;

  Result<> on_hand_off(engine::Tx& tx, const Schedule& schedule, const Turn& before,
                       const Turn& after) override;
  Result<> on_fault(engine::Tx&, const Schedule&, const std::string&) override { return {}; }
  Result<> on_swap(engine::Tx&, const Schedule&, const SwapRequest&) override { return {}; }

 private:
  struct InUse {
    std::map<std::string, std::set<ScheduleId>> groups;  // which schedules fill a group
    std::shared_ptr<const catalog::Catalog> catalog;
  };
  std::shared_ptr<const InUse> in_use() const;

  Result<> on_timer(engine::Tx& tx, const std::string& id);
  Result<GroupPlan> plan(engine::Tx& tx, const std::string& id, const InUse& now) const;
  Result<> keep(engine::Tx& tx, GroupRow row, const GroupPlan& plan);
  void look(engine::Tx& tx, const std::string& id);
  // `before`: what was known of the group until now.
  void set(engine::Tx& tx, const std::string& id, const std::vector<std::string>& members,
           const GroupState& before);
  Result<> on_looked(engine::Tx& tx, const std::string& id, const notify::SlackReply& reply);
  Result<> on_set(engine::Tx& tx, const std::string& id, const std::vector<std::string>& members,
                  const GroupState& before, const notify::SlackReply& reply);
  Result<> fail_call(engine::Tx& tx, GroupRow row, const notify::SlackReply& reply);

  engine::Engine& engine_;
  notify::SlackTurns slack_;
  Log& log_;
  Metrics& metrics_;
  mutable std::mutex mutex_;
  std::shared_ptr<const InUse> in_use_ = std::make_shared<const InUse>();
};

}  // namespace tocsin::oncall
