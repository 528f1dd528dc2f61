#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "oncall/pager_parts.h"

namespace tocsin::oncall {
namespace {

bool has_answered(const EscalationRow& row, const catalog::PersonId& person) {
  return std::ranges::find(row.answered_by, person.value()) != row.answered_by.end();
}

// Whom a message to a room is for, as the outbox wants it.
catalog::Person room_person(const std::string& name, const std::string& language) {
  catalog::Person room{.id = catalog::PersonId("#" + name), .name = name};
  room.language = language;
  return room;
}

}  // namespace

Result<> RowPager::on_timer(engine::Tx& tx, const std::string& incident_id) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), incident_id));
  if (!row || row->state != RowState::kRinging) return {};
  return ring_next(tx, *row);
}

Result<> RowPager::ring_next(engine::Tx& tx, EscalationRow& row) {
  while (true) {
    ASSIGN_OR_RETURN(const PolicyPtr policy, take_up_edits(tx, row));
    const bool is_new_round = row.next.round != row.place.round;
    row.place = row.next;
    if (is_new_round) RETURN_IF_ERROR(enter_round(tx, row, *policy));
    Played played = Played::kNobody;
    if (!policy->steps.empty()) {
      ASSIGN_OR_RETURN(played, play_step(tx, row, *policy));
    }
    bool is_rung = played == Played::kRung;
    row.rung_in_round |= is_rung;
    row.next = next_after(*policy, row.place, true).place;
    const bool is_end_of_round = row.next.round != row.place.round;
    if (is_end_of_round && !row.rung_in_round) {
      ASSIGN_OR_RETURN(is_rung,
                       ring_fallback(tx, row, *policy, "no step of the round rang anybody"));
      row.rung_in_round = is_rung;
    }
    const Duration wait = next_after(*policy, row.place, is_rung || row.told_in_round).wait;
    // A step that is left out keeps its time, unless nobody was rung yet: then nobody is waited
    // for.
    const bool takes_time =
        is_rung || played == Played::kTold || (played == Played::kSkipped && row.rung_in_round);
    if (takes_time || is_end_of_round) return wait_for_next(tx, row, wait);
  }
}

// What the catalog says now, if it differs: from this step on. A team that is gone, or has nobody
// any more, does not end its escalations.
Result<RowPager::PolicyPtr> RowPager::take_up_edits(engine::Tx& tx, EscalationRow& row) {
  const auto in_use = policies();
  const Recorded& now = in_use->of_team(row.team);
  if (now.record == row.plan) return now.policy;
  if (now.policy->steps.empty()) return policy_of(tx.sql(), row);
  RETURN_IF_ERROR(records_.keep(tx, now));
  if (row.plan_at_start.empty()) row.plan_at_start = row.plan;
  row.plan = now.record;
  if (static_cast<size_t>(row.next.step) >= now.policy->steps.size()) {
    row.next = {0, row.next.round + 1};
  }
  RETURN_IF_ERROR(append(tx, row.incident, "escalation.policy_changed", "incident", row.incident,
                         {{"policy", now.policy->id.value()},
                          {"from_step", row.next.step},
                          {"round", row.next.round}}));
  return now.policy;
}

Result<> RowPager::enter_round(engine::Tx& tx, EscalationRow& row, const Policy& policy) {
  row.told_in_round = row.rung_in_round = false;
  return is_beyond(policy, row.place) && !row.is_exhausted ? exhaust(tx, row) : Result<>{};
}

Result<> RowPager::exhaust(engine::Tx& tx, EscalationRow& row) {
  row.is_exhausted = true;
  const bool is_anybody_told = row.first_told.has_value();
  const std::string_view what = is_anybody_told ? "every round is through and nobody has answered"
                                                : "finished with nobody told";
  tx.after_commit([this, incident = row.incident, team = row.team, what] {
    exhausted_metric_.add();
    log_.error(what, {{"incident", incident}, {"team", team.value()}});
  });
  RETURN_IF_ERROR(append(tx, row.incident, "escalation.exhausted", "incident", row.incident,
                         {{"severity", "error"},
                          {"what", what},
                          {"team", row.team.value()},
                          {"rounds", row.place.round}}));
  return is_anybody_told ? Result<>{} : page_operators(tx, row);
}

// By all of their ways at once: whoever is left must hear that nobody else did.
Result<> RowPager::page_operators(engine::Tx& tx, const EscalationRow& row) {
  const catalog::Person operators{.id = catalog::PersonId("operators"), .name = "Operators"};
  notify::Message message = row.message;
  message.is_page = true;
  message.incident_id = row.incident;
  message.title =
      fmt::format("Tocsin could tell nobody of team {}: {}", row.team.value(), row.message.title);
  message.answer_url.clear();
  for (const catalog::Contact& contact : operators_) {
    auto delivery = outbox_.enqueue(tx, notify::Subject{kOperatorsSubject, row.incident}, operators,
                                    contact, message);
    if (!delivery && delivery.error().code != Code::kInvalidArgument) {
      return fail(std::move(delivery.error()));
    }
  }
  if (operators_.empty()) return {};
  return append(tx, row.incident, "operators.paged", "incident", row.incident,
                {{"ways", operators_.size()}});
}

Result<RowPager::Played> RowPager::play_step(engine::Tx& tx, const EscalationRow& row,
                                             const Policy& policy) {
  const Step& step = policy.steps[static_cast<size_t>(row.place.step)];
  if (const std::string why =
          why_not_played(step.when, row.message.severity, tx.now(), !row.answered_by.empty());
      !why.empty()) {
    RETURN_IF_ERROR(append(tx, row.incident, "escalation.step_skipped", "incident", row.incident,
                           {{"step", row.place.step}, {"round", row.place.round}, {"why", why}}));
    return Played::kSkipped;
  }
  ASSIGN_OR_RETURN(Resolved found, find(tx.sql(), step.targets, policy, tx.now(), &tx));
  RETURN_IF_ERROR(tell_channels(tx, row, policy, found.channels));
  for (const std::string& target : found.nobody) {
    RETURN_IF_ERROR(append(tx, row.incident, "page.skipped", "incident", row.incident,
                           {{"target", target}, {"why", target + " has nobody"}}));
  }
  const bool was_anybody = !found.people.empty();
  std::erase_if(found.people, [&](const Found& f) { return has_answered(row, f.person); });
  if (was_anybody && found.people.empty()) return Played::kSkipped;
  ASSIGN_OR_RETURN(bool is_rung, ring_all(tx, row, found.people, row.place.step));
  if (!was_anybody && !found.nobody.empty()) {
    ASSIGN_OR_RETURN(is_rung, ring_fallback(tx, row, policy,
                                            fmt::format("{} has nobody", found.nobody.front())));
  }
  if (is_rung) return Played::kRung;
  return found.channels.empty() ? Played::kNobody : Played::kTold;
}

Result<Resolved> RowPager::find(store::Session& sql, const std::vector<Target>& targets,
                                const Policy& policy, Time at, engine::Tx* advance) {
  const auto in_use = policies();
  Result<> kept;
  const auto next = [&](const std::string& team, const std::vector<catalog::PersonId>& members) {
    const auto last = last_of_round(sql, policy.id, team);
    if (!last) {
      kept = fail(last.error());
      return members.front();
    }
    catalog::PersonId person = next_in_round(members, *last);
    if (advance != nullptr) kept = put_last_of_round(sql, policy.id, team, person);
    return person;
  };
  Resolved found = resolve(targets, {in_use->catalog(), on_call_, next}, at);
  if (!kept) return fail(std::move(kept.error()));
  return found;
}

Result<bool> RowPager::ring_fallback(engine::Tx& tx, const EscalationRow& row, const Policy& policy,
                                     const std::string& why) {
  const auto in_use = policies();
  ASSIGN_OR_RETURN(Resolved found, find(tx.sql(), policy.fallback, policy, tx.now(), &tx));
  RETURN_IF_ERROR(tell_channels(tx, row, policy, found.channels));
  std::vector<Found> people = std::move(found.people);
  for (Found& person : people) person.via = "as fallback: " + why;
  if (people.empty()) {
    const catalog::Team* team = in_use->catalog().team(row.team);
    for (const auto& member : team == nullptr ? std::vector<catalog::PersonId>() : team->members) {
      people.push_back({member, "as a member of the team: " + why});
    }
  }
  std::erase_if(people, [&](const Found& f) { return has_answered(row, f.person); });
  codec::JsonArray names;
  for (const Found& person : people) names.push_back(codec::Json(person.person.value()));
  RETURN_IF_ERROR(append(tx, row.incident, "escalation.fallback", "incident", row.incident,
                         {{"why", why}, {"people", std::move(names)}}));
  tx.after_commit([this, incident = row.incident, team = row.team, why] {
    log_.warn("an escalation falls back to others",
              {{"incident", incident}, {"team", team.value()}, {"why", why}});
  });
  return ring_all(tx, row, people, row.place.step);
}

Result<bool> RowPager::ring_all(engine::Tx& tx, const EscalationRow& row,
                                const std::vector<Found>& people, int step) {
  const auto in_use = policies();
  bool is_rung = false;
  for (const Found& found : people) {
    const catalog::Person* person = in_use->catalog().person(found.person);
    if (person == nullptr) continue;
    ASSIGN_OR_RETURN(const bool is_under_way, ring(tx, row, *person, found.via, step));
    is_rung |= is_under_way;
  }
  return is_rung;
}

// Once an incident, and once at its end.
Result<> RowPager::tell_channels(engine::Tx& tx, const EscalationRow& row, const Policy& policy,
                                 const std::vector<std::string>& names) {
  const auto in_use = policies();
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const bool is_first, insert_channel(tx.sql(), row.incident, name));
    if (!is_first) continue;
    const Channel* channel = in_use->channel(policy.id, name);
    std::string why = "the policy has no such channel any more";
    if (channel != nullptr) {
      notify::Message message = row.recovery.value_or(row.message);
      message.is_page = false;
      message.incident_id = row.incident;
      message.answer_url.clear();
      auto delivery = outbox_.enqueue(tx, notify::Subject{kChannelSubject, row.incident},
                                      room_person(name, channel->language), channel->contact,
                                      std::move(message));
      if (delivery) {
        RETURN_IF_ERROR(append(tx, row.incident, "channel.told", "incident", row.incident,
                               {{"channel", name}}));
        continue;
      }
      if (delivery.error().code != Code::kInvalidArgument) return fail(std::move(delivery.error()));
      why = delivery.error().message;
    }
    RETURN_IF_ERROR(append(tx, row.incident, "channel.skipped", "incident", row.incident,
                           {{"channel", name}, {"why", why}}));
  }
  return {};
}

Result<> RowPager::wait_for_next(engine::Tx& tx, EscalationRow& row, Duration wait) {
  row.next_at = tx.now() + wait;
  RETURN_IF_ERROR(
      tx.set_timer({.kind = kEscalateTimer, .subject = row.incident, .due = *row.next_at}));
  return update_escalation(tx.sql(), row);
}

Result<> RowPager::hurry(engine::Tx& tx, EscalationRow& row) {
  ASSIGN_OR_RETURN(const PolicyPtr policy, policy_of(tx.sql(), row));
  const Next next = next_after(*policy, row.place, row.told_in_round);
  if (next.place.round == row.place.round) {
    row.next = next.place;
    return ring_next(tx, row);
  }
  // The end of a round: the pause stays, but it is the short one when the round reached nobody.
  const Time at = tx.now() + next.wait;
  if (row.next_at && *row.next_at <= at) return {};
  return wait_for_next(tx, row, next.wait);
}

Result<> RowPager::on_bring_in_timer(engine::Tx& tx, const std::string& incident_id) {
  ASSIGN_OR_RETURN(auto row, read_escalation(tx.sql(), incident_id));
  if (!row || row->state == RowState::kStopped) return {};
  // The timer is right also when the clock was set meanwhile, which the row does not know.
  row->bring_in_at = tx.now();
  RETURN_IF_ERROR(update_escalation(tx.sql(), *row));
  return maybe_bring_in(tx, *row);
}

// Now, if it is due: also later than planned, when an alert fires again or it got worse.
Result<> RowPager::maybe_bring_in(engine::Tx& tx, EscalationRow& row) {
  const bool is_on =
      row.state == RowState::kRinging || (row.state == RowState::kAcknowledged && !row.is_calm);
  if (!is_on || !row.bring_in_at || *row.bring_in_at > tx.now() || row.brought_in) return {};
  ASSIGN_OR_RETURN(const PolicyPtr policy, policy_of(tx.sql(), row));
  if (!policy->bring_in || !is_for(*policy->bring_in, row.message.severity)) return {};
  std::vector<Target> targets = policy->bring_in->targets;
  const bool is_everybody = targets.empty();
  if (is_everybody) {
    for (const Step& step : policy->steps) {
      for (const Target& target : step.targets) {
        if (target.kind != Target::Kind::kChannel) targets.push_back(target);
      }
    }
  }
  ASSIGN_OR_RETURN(Resolved found, find(tx.sql(), targets, *policy, tx.now(), &tx));
  RETURN_IF_ERROR(tell_channels(tx, row, *policy, found.channels));
  ASSIGN_OR_RETURN(const auto pages, pages_of_incident(tx.sql(), row.incident, 1000));
  std::erase_if(found.people, [&](const Found& f) {
    return has_answered(row, f.person) || std::ranges::any_of(pages, [&](const PageRow& p) {
             return p.page.person == f.person &&
                    (p.is_live || (is_everybody && p.page.created >= row.started));
           });
  });
  row.brought_in = tx.now();
  codec::JsonArray names;
  for (Found& person : found.people) {
    names.push_back(codec::Json(person.person.value()));
    person.via = person.via.empty() ? "brought in" : "brought in " + person.via;
  }
  RETURN_IF_ERROR(append(tx, row.incident, "escalation.brought_in", "incident", row.incident,
                         {{"people", std::move(names)}}));
  RETURN_IF_ERROR(update_escalation(tx.sql(), row));
  ASSIGN_OR_RETURN(const bool is_rung, ring_all(tx, row, found.people, kBringInStep));
  if (!is_rung && !found.people.empty()) {
    tx.after_commit([this, incident = row.incident] {
      log_.warn("nobody could be brought in", {{"incident", incident}});
    });
  }
  return {};
}

}  // namespace tocsin::oncall
