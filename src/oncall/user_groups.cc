#include "oncall/user_groups.h"

#include <algorithm>

#include "base/text.h"
#include "notify/retry.h"
#include "oncall/schedule_store.h"

namespace tocsin::oncall {
namespace {

constexpr const char* kGroupTimer = "slack.group";
constexpr const char* kHealth = "slack_group";
// An answer that has not come by then is not waited for: longer than any timeout of a call.
constexpr Duration kAnswerWithin = seconds(60);
constexpr Duration kWhileCalling = seconds(1);

codec::JsonArray to_array(const std::vector<std::string>& texts) {
  codec::JsonArray out;
  for (const std::string& text : texts) out.push_back(codec::Json(text));
  return out;
}

// `users` of usergroups.users.list
// (https://docs.slack.dev/reference/methods/usergroups.users.list).
std::vector<std::string> users_of(const codec::JsonObject& body) {
  std::vector<std::string> out;
  const codec::Json* users = body.if_contains("users");
  const auto* array = users == nullptr ? nullptr : users->if_array();
  if (array == nullptr) return out;
  for (const codec::Json& user : *array) {
    if (const auto* id = user.if_string()) out.emplace_back(*id);
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace

UserGroups::UserGroups(Parts parts)
    : engine_(parts.engine), slack_(parts.slack), log_(parts.log), metrics_(parts.metrics) {
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
  // One call at a time: two that overtake each other would leave the older people in it.
  const auto begun = calling_.find(id);
  if (begun != calling_.end() && tx.now() - begun->second < kAnswerWithin) {
    return tx.set_timer({.kind = kGroupTimer, .subject = id, .due = tx.now() + kWhileCalling});
  }
  ASSIGN_OR_RETURN(const GroupPlan wanted, plan(tx, id, *now));
  const GroupStep step = next_step(wanted, row->state, tx.now());
  if (step == GroupStep::kKeep || step == GroupStep::kNothing) {
    return keep(tx, *std::move(row), wanted);
  }
  RETURN_IF_ERROR(
      tx.set_timer({.kind = kGroupTimer, .subject = id, .due = tx.now() + kAnswerWithin}));
  const GroupState before = row->state;
  if (step == GroupStep::kSet) {
    // Until the answer is there nobody knows who is in it: whatever becomes of this process, or of
    // the answer, the next step is to look.
    row->state.confirmed.reset();
    RETURN_IF_ERROR(put_group(tx.sql(), *row));
  }
  // After a rollback this is in the way for a second too long, and no more.
  tx.after_commit([this, id, step, members = wanted.members, before, at = tx.now()] {
    calling_[id] = at;
    if (step == GroupStep::kLook) {
      look(id);
    } else {
      set(id, members, before);
    }
  });
  return {};
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
  return append(tx, row.id, "user_group.lacking", {{"why", problem}});
}

void UserGroups::look(const std::string& id) {
  slack_.call("usergroups.users.list", {{"usergroup", id}}, kHealth, id,
              handled(id, [this, id](engine::Tx& tx, const notify::SlackReply& reply) {
                return on_looked(tx, id, reply);
              }));
}

void UserGroups::set(const std::string& id, const std::vector<std::string>& members,
                     const GroupState& before) {
  slack_.call(
      "usergroups.users.update", {{"usergroup", id}, {"users", join(members, ",")}}, kHealth, id,
      handled(id, [this, id, members, before](engine::Tx& tx, const notify::SlackReply& reply) {
        return on_set(tx, id, members, before, reply);
      }));
}

// The answer in a transaction of its own.
notify::SlackApi::Done UserGroups::handled(const std::string& id, OnReply handle) {
  return [this, id, handle = std::move(handle)](notify::SlackReply reply) {
    // A full queue loses the answer; the timer asks again.
    engine_.submit(
        [this, id, handle, reply = std::move(reply)](engine::Tx& tx) -> Result<> {
          calling_.erase(id);
          return handle(tx, reply);
        },
        [](const Result<>&) {});
  };
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
  RETURN_IF_ERROR(
      append(tx, id, "user_group.set",
             {{"members", to_array(members)}, {"before", to_array(row->state.members)}}));
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
  return append(tx, row.id, "user_group.failed", {{"why", why}});
}

Result<> UserGroups::append(engine::Tx& tx, const std::string& id, std::string kind,
                            codec::JsonObject data) {
  return tx.append({.happened = tx.now(),
                    .actor = store::system_actor("schedules"),
                    .kind = std::move(kind),
                    .subject_kind = "user_group",
                    .subject_id = id,
                    .incident_id = {},
                    .data = std::move(data)});
}

}  // namespace tocsin::oncall
