#include "oncall/user_groups.h"

#include <algorithm>

#include "base/text.h"
#include "notify/retry.h"
#include "oncall/schedule_book_parts.h"
#include "oncall/schedule_store.h"

namespace tocsin::oncall {
namespace {

constexpr const char* kGroupTimer = "slack.group";
constexpr const char* kHealth = "slack_group";
constexpr const char* kSubject = "user_group";

// `users` of usergroups.users.list
// (https://docs.slack.dev/reference/methods/usergroups.users.list).
std::vector<std::string> users_of(const codec::JsonObject& body) {
  std::vector<std::string> out;
  const codec::JsonArray* users = codec::find_array(body, "users");
  if (users == nullptr) return out;
  for (const codec::Json& user : *users) {
    if (const auto* id = user.if_string()) out.emplace_back(*id);
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace

UserGroups::UserGroups(Parts parts)
    : engine_(parts.engine),
      slack_(parts.engine, parts.slack, kHealth),
      log_(parts.log),
      metrics_(parts.metrics) {
  engine_.on_timer(kGroupTimer,
                   [this](engine::Tx& tx, const std::string& id) { return on_timer(tx, id); });
}

std::shared_ptr<const UserGroups::InUse> UserGroups::in_use() const {
  const std::lock_guard lock(mutex_);
  return in_use_;
}

Result<> UserGroups::use(const std::vector<ScheduleSpec>& declared,
                         std::shared_ptr<const catalog::Catalog> catalog) {
  auto next = std::make_shared<InUse>();
  next->catalog = std::move(catalog);
  for (const ScheduleSpec& spec : declared) {
    if (spec.slack_user_group.empty()) continue;
    next->groups[spec.slack_user_group].insert(spec.schedule.id);
  }
  {
    const std::lock_guard lock(mutex_);
    in_use_ = next;
  }
  return engine_.run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(const auto known, group_ids(tx.sql()));
    for (const std::string& id : known) {
      if (next->groups.contains(id)) continue;
      RETURN_IF_ERROR(delete_group(tx.sql(), id));
      RETURN_IF_ERROR(tx.cancel_timer(kGroupTimer, id));
    }
    for (const auto& [id, schedules] : next->groups) {
      ASSIGN_OR_RETURN(const auto row, read_group(tx.sql(), id));
      if (!row) RETURN_IF_ERROR(put_group(tx.sql(), {.id = id, .state = {}, .problem = {}}));
      RETURN_IF_ERROR(tx.set_timer({.kind = kGroupTimer, .subject = id, .due = tx.now()}));
    }
    return {};
  });
}

Result<std::optional<GroupRow>> UserGroups::read(store::Session& sql,
                                                 const ScheduleId& schedule) const {
  const auto now = in_use();
  for (const auto& [id, schedules] : now->groups) {
    if (schedules.contains(schedule)) return read_group(sql, id);
  }
  return std::nullopt;
}

Result<> UserGroups::on_hand_off(engine::Tx& tx, const Schedule& schedule, const Turn&,
                                 const Turn&) {
  const auto now = in_use();
  for (const auto& [id, schedules] : now->groups) {
    if (!schedules.contains(schedule.id)) continue;
    RETURN_IF_ERROR(tx.set_timer({.kind = kGroupTimer, .subject = id, .due = tx.now()}));
  }
  return {};
}

// By the rows and not by the book's snapshot: a change of this very commit is not published yet.
Result<GroupPlan> UserGroups::plan(engine::Tx& tx, const std::string& id, const InUse& now) const {
  std::vector<catalog::PersonId> people;
  for (const ScheduleId& schedule : now.groups.at(id)) {
    ASSIGN_OR_RETURN(const auto found, read_schedules_kept(tx.sql(), schedule.value()));
    if (found.empty() || found.front().ended) continue;
    const Turn turn = turn_at(found.front().schedule, tx.now());
    people.insert(people.end(), turn.people.begin(), turn.people.end());
  }
  return plan_group(people, *now.catalog);
}

Result<> UserGroups::on_timer(engine::Tx& tx, const std::string& id) {
  const auto now = in_use();
  // Not declared yet since the start (use() sets the timer again), or not any more.
  if (!now->groups.contains(id)) return {};
  ASSIGN_OR_RETURN(auto row, read_group(tx.sql(), id));
  if (!row) return {};
  if (slack_.is_busy(id, tx.now())) {
    return tx.set_timer(
        {.kind = kGroupTimer, .subject = id, .due = tx.now() + notify::SlackTurns::kWhileBusy});
  }
  ASSIGN_OR_RETURN(const GroupPlan wanted, plan(tx, id, *now));
  const GroupStep step = next_step(wanted, row->state, tx.now());
  if (step == GroupStep::kKeep || step == GroupStep::kNothing) {
    return keep(tx, *std::move(row), wanted);
  }
  RETURN_IF_ERROR(tx.set_timer(
      {.kind = kGroupTimer, .subject = id, .due = tx.now() + notify::SlackTurns::kAnswerWithin}));
  if (step == GroupStep::kLook) {
    look(tx, id);
    return {};
  }
  set(tx, id, wanted.members, row->state);
  // Until the answer is there nobody knows who is in it: whatever becomes of this process, or of
  // the answer, the next step is to look.
  row->state.confirmed.reset();
  return put_group(tx.sql(), *row);
}

// Nothing is to be done until somebody hands off, or for an hour.
Result<> UserGroups::keep(engine::Tx& tx, GroupRow row, const GroupPlan& plan) {
  Time next = tx.now() + kGroupLookEvery;
  if (!plan.members.empty() && row.state.confirmed) next = *row.state.confirmed + kGroupLookEvery;
  RETURN_IF_ERROR(tx.set_timer({.kind = kGroupTimer, .subject = row.id, .due = next}));
  const std::string problem = problem_of(plan);
  if (problem == row.problem && row.tries == 0) return {};
  const bool is_new = problem != row.problem && !problem.empty();
  row.problem = problem;
  row.tries = 0;
  RETURN_IF_ERROR(put_group(tx.sql(), row));
  if (!is_new) return {};
  tx.after_commit([this, id = row.id, problem] {
    log_.warn("a Slack user group lacks somebody", {{"group", id}, {"why", problem}});
  });
  return append_about(tx, kSubject, row.id, "user_group.lacking", kItself, {{"why", problem}});
}

void UserGroups::look(engine::Tx& tx, const std::string& id) {
  slack_.call(tx, id, "usergroups.users.list", {{"usergroup", id}}, id,
              [this, id](engine::Tx& later, const notify::SlackReply& reply) {
                return on_looked(later, id, reply);
              });
}

void UserGroups::set(engine::Tx& tx, const std::string& id, const std::vector<std::string>& members,
                     const GroupState& before) {
  slack_.call(tx, id, "usergroups.users.update", {{"usergroup", id}, {"users", join(members, ",")}},
              id, [this, id, members, before](engine::Tx& later, const notify::SlackReply& reply) {
                return on_set(later, id, members, before, reply);
              });
}

Result<> UserGroups::on_looked(engine::Tx& tx, const std::string& id,
                               const notify::SlackReply& reply) {
  ASSIGN_OR_RETURN(auto row, read_group(tx.sql(), id));
  if (!row) return {};
  if (!reply.body && notify::may_pass(reply.body.error().code)) {
    return fail_call(tx, *std::move(row), reply);
  }
  // Where it may not be looked at it is set without a look; setting twice does no harm.
  row->state.members = reply.body ? users_of(*reply.body) : std::vector<std::string>();
  row->state.confirmed = tx.now();
  RETURN_IF_ERROR(put_group(tx.sql(), *row));
  return tx.set_timer({.kind = kGroupTimer, .subject = id, .due = tx.now()});
}

Result<> UserGroups::on_set(engine::Tx& tx, const std::string& id,
                            const std::vector<std::string>& members, const GroupState& before,
                            const notify::SlackReply& reply) {
  ASSIGN_OR_RETURN(auto row, read_group(tx.sql(), id));
  if (!row) return {};
  if (!reply.body) {
    if (!notify::may_have_arrived(reply.body.error().code)) row->state = before;
    return fail_call(tx, *std::move(row), reply);
  }
  RETURN_IF_ERROR(append_about(
      tx, kSubject, id, "user_group.set", kItself,
      {{"members", codec::to_array(members)}, {"before", codec::to_array(row->state.members)}}));
  row->state = {members, tx.now()};
  row->tries = 0;
  row->problem.clear();
  RETURN_IF_ERROR(put_group(tx.sql(), *row));
  tx.after_commit([this] {
    metrics_.counter("tocsin_user_groups_set_total", "Changes of Slack user groups.").add();
  });
  // Who is on call may have changed meanwhile.
  return tx.set_timer({.kind = kGroupTimer, .subject = id, .due = tx.now()});
}

// Tried until it works, also when the refusal is final: somebody may grant the scope.
Result<> UserGroups::fail_call(engine::Tx& tx, GroupRow row, const notify::SlackReply& reply) {
  const std::string why = reply.body.error().message;
  const bool is_news = row.tries == 0 || row.problem != why;
  row.tries += 1;
  row.problem = why;
  RETURN_IF_ERROR(put_group(tx.sql(), row));
  const Duration wait = notify::backoff(row.tries, tx.rng().unit(), reply.asked_wait);
  RETURN_IF_ERROR(tx.set_timer({.kind = kGroupTimer, .subject = row.id, .due = tx.now() + wait}));
  if (!is_news) return {};
  tx.after_commit([this, id = row.id, why] {
    log_.warn("a Slack user group is not as it should be; it is tried again",
              {{"group", id}, {"error", why}});
  });
  return append_about(tx, kSubject, row.id, "user_group.failed", kItself, {{"why", why}});
}

}  // namespace tocsin::oncall
