#include <fmt/format.h>

#include <algorithm>

#include "oncall/schedule_book_parts.h"

namespace tocsin::oncall {
namespace {

std::unexpected<Error> denied(std::string why) {
  return fail(Code::kPermissionDenied, std::move(why));
}

bool is_participant(const Schedule& schedule, const catalog::PersonId& person, Time now) {
  const auto holds = [&](const Layer& layer) {
    return std::ranges::any_of(layer.rotation.participants, [&](const Participant& one) {
      return std::ranges::find(one.people, person) != one.people.end();
    });
  };
  for (size_t i = 0; i < schedule.versions.size(); ++i) {
    const bool is_over = i + 1 < schedule.versions.size() && schedule.versions[i + 1].from <= now;
    if (!is_over && std::ranges::any_of(schedule.versions[i].layers, holds)) return true;
  }
  return false;
}

bool is_on_call_between(const Schedule& schedule, const catalog::PersonId& person, Time begin,
                        Time end) {
  return std::ranges::any_of(turns(schedule, begin, end), [&](const Turn& turn) {
    return std::ranges::find(turn.people, person) != turn.people.end();
  });
}

codec::JsonObject to_data(const SwapRequest& swap) {
  return {{"id", swap.id},
          {"from", swap.from.value()},
          {"to", swap.to.value()},
          {"begin", to_rfc3339(swap.begin)},
          {"end", to_rfc3339(swap.end)},
          {"state", name_of(swap.state)},
          {"note", swap.note}};
}

Result<> may_answer(const Schedule& schedule, const SwapRequest& swap, SwapRequest::State answer,
                    const catalog::PersonId& person, Time now) {
  if (answer == SwapRequest::State::kWithdrawn) {
    if (person == swap.from) return {};
    return denied(fmt::format("only {} may withdraw it, who asked", swap.from.value()));
  }
  if (!swap.to.empty()) {
    if (person == swap.to) return {};
    return denied(fmt::format("only {} may answer, whom it was put to", swap.to.value()));
  }
  if (person == swap.from) {
    return denied(fmt::format("{} asked; somebody else must take it", swap.from.value()));
  }
  if (is_participant(schedule, person, now)) return {};
  return denied(
      fmt::format("{} is not in schedule {}", codec::shown(person.value()), schedule.id.value()));
}

}  // namespace

Result<SwapRequest> RowScheduleBook::ask_swap(engine::Tx& tx, SwapRequest wanted,
                                              const store::Actor& by) {
  ASSIGN_OR_RETURN(const KeptSchedule kept, find(tx, wanted.schedule));
  if (wanted.from.empty()) return invalid("from is missing; say whose turn it is");
  RETURN_IF_ERROR(check_person(wanted.from));
  if (!wanted.to.empty()) RETURN_IF_ERROR(check_person(wanted.to));
  if (wanted.to == wanted.from) return invalid("to: nobody swaps with themselves");
  RETURN_IF_ERROR(check_note(wanted.note));
  RETURN_IF_ERROR(check_times(wanted.begin, wanted.end, tx.now()));
  if (wanted.begin <= tx.now()) {
    return invalid("begin is not in the future; who takes over a turn that runs takes it at once");
  }
  if (wanted.end - wanted.begin > kLongestPlan) {
    return invalid(fmt::format("a swap is at most {} long", to_text(kLongestPlan)));
  }
  if (!is_on_call_between(kept.schedule, wanted.from, wanted.begin, wanted.end)) {
    return invalid(
        fmt::format("{} is not on call in {} between {} and {}; there is no turn to "
                    "hand over",
                    wanted.from.value(), wanted.schedule.value(), to_rfc3339(wanted.begin),
                    to_rfc3339(wanted.end)));
  }
  ASSIGN_OR_RETURN(const auto others,
                   swaps_of(tx.sql(), wanted.schedule, static_cast<int>(kMostOverrides) + 1));
  const auto open = std::ranges::count(others, SwapRequest::State::kOpen, &SwapRequest::state);
  if (static_cast<size_t>(open) >= kMostOverrides) {
    return fail(Code::kResourceExhausted,
                fmt::format("{} swaps of this schedule are open; answer or withdraw some", open));
  }
  wanted.id = tx.new_id("swp");
  wanted.state = SwapRequest::State::kOpen;
  wanted.override_id.clear();
  wanted.created = tx.now();
  RETURN_IF_ERROR(insert_swap(tx.sql(), wanted));
  RETURN_IF_ERROR(tx.set_timer({kSwapTimer, wanted.id, wanted.begin, engine::Basis::kMoment}));
  RETURN_IF_ERROR(append_entry(tx, wanted.schedule, "schedule.swap_asked", by, to_data(wanted)));
  for (Listener* listener : listeners_) {
    RETURN_IF_ERROR(listener->on_swap(tx, kept.schedule, wanted));
  }
  return wanted;
}

Result<SwapRequest> RowScheduleBook::answer_swap(engine::Tx& tx, const std::string& id,
                                                 SwapRequest::State answer,
                                                 const catalog::PersonId& person,
                                                 const store::Actor& by) {
  ASSIGN_OR_RETURN(auto swap, read_swap(tx.sql(), id));
  if (!swap) return not_found(fmt::format("there is no swap '{}'", codec::shown(id)));
  if (answer == SwapRequest::State::kOpen || answer == SwapRequest::State::kExpired) {
    return invalid("a swap is taken, declined or withdrawn");
  }
  ASSIGN_OR_RETURN(KeptSchedule kept, find(tx, swap->schedule));
  if (swap->state != SwapRequest::State::kOpen || swap->begin <= tx.now()) {
    const auto state =
        swap->state == SwapRequest::State::kOpen ? SwapRequest::State::kExpired : swap->state;
    return fail(Code::kFailedPrecondition,
                fmt::format("swap {} is {} already", id, name_of(state)));
  }
  RETURN_IF_ERROR(may_answer(kept.schedule, *swap, answer, person, tx.now()));
  codec::JsonObject who{{"person", person.value()}};
  if (answer == SwapRequest::State::kDeclined && swap->to.empty()) {
    // One of many does not want it; the others may.
    who["swap"] = id;
    RETURN_IF_ERROR(append_entry(tx, swap->schedule, "schedule.swap_declined", by, std::move(who)));
    return *swap;
  }
  if (answer == SwapRequest::State::kTaken) {
    RETURN_IF_ERROR(check_person(person));
    RETURN_IF_ERROR(write_history(tx, kept));
    Override replacing{.id = {},
                       .kind = Override::Kind::kReplace,
                       .person = person,
                       .replaces = swap->from,
                       .begin = swap->begin,
                       .end = swap->end,
                       .note = swap->note,
                       .by = {}};
    RETURN_IF_ERROR(insert_checked(tx, kept, replacing, by, "schedule.override_added"));
    swap->override_id = replacing.id;
    swap->to = person;
  }
  swap->state = answer;
  RETURN_IF_ERROR(tx.cancel_timer(kSwapTimer, id));
  RETURN_IF_ERROR(settle_swap(tx, kept.schedule, *swap, by, std::move(who)));
  return *swap;
}

Result<> RowScheduleBook::settle_swap(engine::Tx& tx, const Schedule& schedule,
                                      const SwapRequest& swap, const store::Actor& by,
                                      codec::JsonObject data) {
  RETURN_IF_ERROR(update_swap(tx.sql(), swap));
  for (const auto& field : to_data(swap)) data[field.key()] = field.value();
  RETURN_IF_ERROR(append_entry(tx, swap.schedule,
                               fmt::format("schedule.swap_{}", name_of(swap.state)), by,
                               std::move(data)));
  for (Listener* listener : listeners_) RETURN_IF_ERROR(listener->on_swap(tx, schedule, swap));
  return {};
}

Result<> RowScheduleBook::on_swap_timer(engine::Tx& tx, const std::string& id) {
  ASSIGN_OR_RETURN(auto swap, read_swap(tx.sql(), id));
  if (!swap || swap->state != SwapRequest::State::kOpen) return {};
  swap->state = SwapRequest::State::kExpired;
  ASSIGN_OR_RETURN(const auto found, read_schedules_kept(tx.sql(), swap->schedule.value()));
  if (found.empty()) return update_swap(tx.sql(), *swap);
  return settle_swap(tx, found.front().schedule, *swap, kItself, {});
}

}  // namespace tocsin::oncall
