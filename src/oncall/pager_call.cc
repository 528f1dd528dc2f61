#include <fmt/format.h>

#include <algorithm>

#include "oncall/bundle_text.h"
#include "oncall/pager_parts.h"

namespace tocsin::oncall {

Result<bool> RowPager::ring(engine::Tx& tx, const EscalationRow& row, const catalog::Person& person,
                            const std::string& via, int step) {
  if (person.contacts.empty()) {
    RETURN_IF_ERROR(append(tx, row.incident, "page.skipped", "person", person.id.value(),
                           {{"person", person.id.value()}, {"why", "has no contact"}}));
    return false;
  }
  // One page a person and incident is wanted at a time: a backlog of older ones is not sent.
  RETURN_IF_ERROR(end_pages_of(tx.sql(), row.incident, person.id));
  Page page;
  page.id = tx.new_id("pag");
  page.incident_id = row.incident;
  page.person = person.id;
  page.step = step;
  page.round = row.place.round;
  page.created = tx.now();
  page.state = "trying";
  page.via = via;
  ASSIGN_OR_RETURN(const Recent recent,
                   recent_calls(tx.sql(), person.id, row.message.service, tx.now() - kStormWindow));
  const bool is_alone = goes_at_once(recent);
  page.call = page.id;
  if (!is_alone) {
    ASSIGN_OR_RETURN(page.call, gather(tx, person));
  }
  RETURN_IF_ERROR(insert_page(tx.sql(), page));
  codec::JsonObject data{{"person", person.id.value()}, {"step", page.step}, {"round", page.round}};
  if (!via.empty()) data["via"] = via;
  if (!is_alone) data["bundle"] = page.call;
  RETURN_IF_ERROR(append(tx, row.incident, "page.rung", "page", page.id, std::move(data)));
  tx.after_commit([this, is_alone] {
    rung_metric_.add();
    if (!is_alone) bundled_metric_.add();
  });
  if (!is_alone) return true;
  Call call{.id = page.id, .person = person.id, .service = row.message.service};
  call.plan = plan_call(person);
  call.begun = tx.now();
  RETURN_IF_ERROR(insert_call(tx.sql(), call));
  ASSIGN_OR_RETURN(const bool is_under_way, begin_lap(tx, call, &row));
  if (!is_under_way) {
    page.state = "failed";
    RETURN_IF_ERROR(update_page(tx.sql(), page));
    call.is_lost = true;
    RETURN_IF_ERROR(update_call(tx.sql(), call));
  }
  return is_under_way;
}

// The bundle that waits for more, or a new one. It goes soon, but not within kStormWindow of the
// bundle before it.
Result<std::string> RowPager::gather(engine::Tx& tx, const catalog::Person& person) {
  ASSIGN_OR_RETURN(auto open, gathering_of(tx.sql(), person.id));
  if (open) return open->id;
  ASSIGN_OR_RETURN(const auto last, last_bundle_of(tx.sql(), person.id, tx.now() - kStormWindow));
  Duration wait = kGather;
  if (last)
    wait = std::clamp(Duration(*last + kStormWindow - tx.now()), Duration(kGather),
                      Duration(kStormWindow));
  Call call{.id = tx.new_id("pag"), .person = person.id};
  call.state = Call::State::kGathering;
  call.is_bundle = true;
  call.plan = plan_call(person);
  RETURN_IF_ERROR(insert_call(tx.sql(), call));
  RETURN_IF_ERROR(tx.set_timer({.kind = kGatherTimer, .subject = call.id, .due = tx.now() + wait}));
  return call.id;
}

Result<> RowPager::on_gathered(engine::Tx& tx, const std::string& call_id) {
  ASSIGN_OR_RETURN(auto call, read_call(tx.sql(), call_id));
  if (!call || call->state != Call::State::kGathering) return {};
  ASSIGN_OR_RETURN(const auto pages, pages_of_call(tx.sql(), call_id));
  const bool is_wanted = std::ranges::any_of(pages, &PageRow::is_live);
  call->state = is_wanted ? Call::State::kCalling : Call::State::kOver;
  call->begun = tx.now();
  if (!is_wanted) return update_call(tx.sql(), *call);
  // Whoever answers the bundle answers what it tells of, and nothing else.
  for (const PageRow& page : pages) {
    if (!page.is_live) RETURN_IF_ERROR(leave_bundle(tx.sql(), page.page.id));
  }
  ASSIGN_OR_RETURN(const bool is_under_way, begin_lap(tx, *call, nullptr));
  return is_under_way ? Result<>{} : on_call_lost(tx, *std::move(call), pages);
}

CallPlan RowPager::plan_of(const Call& call) const {
  if (call.plan) return *call.plan;
  const auto in_use = policies();
  const catalog::Person* person = in_use->catalog().person(call.person);
  return person == nullptr ? CallPlan() : plan_call(*person);
}

Result<bool> RowPager::begin_lap(engine::Tx& tx, Call& call, const EscalationRow* row) {
  const CallPlan plan = plan_of(call);
  const auto ways = static_cast<int>(plan.ways.size());
  const int base = call.lap * ways;
  const auto at_once = static_cast<int>(plan.at_once());
  bool is_under_way = at_once < ways && plan.ways[plan.at_once()].after.has_value();
  int begun = 0;  // ways of this lap
  while (begun < at_once) {
    ASSIGN_OR_RETURN(const auto started, start_way(tx, call, base + begun, row));
    if (!started) break;
    is_under_way = true;
    begun = *started - base + 1;
  }
  call.next_way = static_cast<int>(plan.next_timed(plan.at_once()));
  if (call.next_way < ways || plan.keep_ringing > Duration(0)) {
    const Duration wait = plan.wait(std::nullopt, static_cast<size_t>(call.next_way));
    RETURN_IF_ERROR(tx.set_timer({.kind = kRuleTimer, .subject = call.id, .due = tx.now() + wait}));
  }
  RETURN_IF_ERROR(update_call(tx.sql(), call));
  return is_under_way;
}

Result<std::optional<int>> RowPager::start_way(engine::Tx& tx, const Call& call, int index,
                                               const EscalationRow* row) {
  const CallPlan plan = plan_of(call);
  const auto ways = static_cast<int>(plan.ways.size());
  const int end = (call.lap + 1) * ways;
  if (index >= end) return std::nullopt;
  ASSIGN_OR_RETURN(const auto message, message_of(tx, call, row));
  if (!message) return std::nullopt;
  std::vector<Way> earlier;
  if (call.lap > 0) {
    ASSIGN_OR_RETURN(earlier, ways_of(tx.sql(), call.id));
  }
  const catalog::Person person{.id = call.person, .name = call.person.value()};
  const auto in_use = policies();
  const catalog::Person* known = in_use->catalog().person(call.person);
  for (; index < end; ++index) {
    const auto place = static_cast<size_t>(index % ways);
    // What the outbox still works on from the last lap is not begun beside itself.
    const bool is_busy = std::ranges::any_of(earlier, [&](const Way& way) {
      return static_cast<size_t>(way.index % ways) == place &&
             (way.state == "trying" || way.state == "trouble");
    });
    if (is_busy) continue;
    auto delivery = outbox_.enqueue(tx, notify::Subject{kPageSubject, call.id},
                                    known == nullptr ? person : *known,
                                    with_secret(call.person, plan.ways[place].contact), *message);
    // An address that the outbox refuses is a way that does not work; anything else is tried again
    // with the whole transaction.
    if (!delivery && delivery.error().code != Code::kInvalidArgument) {
      return fail(std::move(delivery.error()));
    }
    if (delivery) {
      RETURN_IF_ERROR(
          tx.set_timer({.kind = kWayTimer, .subject = *delivery, .due = tx.now() + kWayPatience}));
      RETURN_IF_ERROR(insert_way(tx.sql(), Way{call.id, index, *std::move(delivery), "trying"}));
      return index;
    }
    RETURN_IF_ERROR(note_skipped(tx, call, *message, delivery.error().message));
  }
  tx.after_commit([this] { unreachable_metric_.add(); });
  return std::nullopt;
}

// In the timeline of each incident that the message tells of.
Result<> RowPager::note_skipped(engine::Tx& tx, const Call& call, const notify::Message& message,
                                const std::string& why) {
  std::vector<std::string> incidents{message.incident_id};
  if (message.is_bundle) {
    ASSIGN_OR_RETURN(const auto pages, pages_of_call(tx.sql(), call.id));
    incidents.clear();
    for (const PageRow& page : pages) {
      if (page.is_live) incidents.push_back(page.page.incident_id);
    }
  }
  for (const std::string& incident : incidents) {
    RETURN_IF_ERROR(append(tx, incident, "page.skipped", "page", call.id,
                           {{"person", call.person.value()}, {"why", why}}));
  }
  return {};
}

// Nothing when none of its pages matters any more.
Result<std::optional<notify::Message>> RowPager::message_of(engine::Tx& tx, const Call& call,
                                                            const EscalationRow* row) {
  std::vector<BundledPage> parts;
  const auto add = [&](const EscalationRow& escalation, const std::string& page) {
    BundledPage part{escalation.message, links_.url_for(page, tx.now() + kAnswerFor)};
    part.message.is_page = true;
    part.message.incident_id = escalation.incident;
    part.message.answer_url = part.answer_url;
    parts.push_back(std::move(part));
  };
  if (row != nullptr && !call.is_bundle) {
    add(*row, call.id);
    return std::move(parts.front().message);
  }
  ASSIGN_OR_RETURN(const auto pages, pages_of_call(tx.sql(), call.id));
  for (const PageRow& page : pages) {
    if (!page.is_live) continue;
    ASSIGN_OR_RETURN(const auto escalation, one_of_call(tx, page.page.incident_id));
    if (escalation) add(*escalation, page.page.id);
  }
  if (parts.empty()) return std::nullopt;
  if (parts.size() == 1) return std::move(parts.front().message);
  return bundle_message(std::move(parts), links_.url_for(call.id, tx.now() + kAnswerFor));
}

Result<std::optional<EscalationRow>> RowPager::one_of_call(engine::Tx& tx,
                                                           const std::string& incident) {
  auto row = read_escalation(tx.sql(), incident);
  if (row || row.error().code != Code::kDataLoss) return row;
  tx.after_commit([this, incident, error = row.error()] {
    log_.error("an escalation cannot be read; it is left out of what is sent",
               {{"incident", incident}, {"error", error}});
  });
  return std::nullopt;
}

Result<> RowPager::on_rule_timer(engine::Tx& tx, const std::string& call_id) {
  ASSIGN_OR_RETURN(auto call, read_call(tx.sql(), call_id));
  if (!call || call->state != Call::State::kCalling) return {};
  ASSIGN_OR_RETURN(const auto pages, pages_of_call(tx.sql(), call_id));
  if (std::ranges::none_of(pages, &PageRow::is_live)) return {};
  const CallPlan plan = plan_of(*call);
  const auto ways = static_cast<int>(plan.ways.size());
  if (call->next_way >= ways) {
    ASSIGN_OR_RETURN(const bool goes_on, is_still_rung(tx, pages));
    if (plan.keep_ringing == Duration(0) || !goes_on) return {};
    ++call->lap;
    for (const PageRow& page : pages) {
      if (!page.is_live) continue;
      RETURN_IF_ERROR(append(tx, page.page.incident_id, "page.rung_again", "page", page.page.id,
                             {{"person", call->person.value()}, {"lap", call->lap}}));
    }
    ASSIGN_OR_RETURN(const bool is_under_way, begin_lap(tx, *call, nullptr));
    static_cast<void>(is_under_way);  // what is in trouble has moved the step on already
    return {};
  }
  const int index = call->lap * ways + call->next_way;
  ASSIGN_OR_RETURN(const auto begun, ways_of(tx.sql(), call_id));
  if (begun.empty() || begun.back().index < index) {  // else it was begun when another failed
    ASSIGN_OR_RETURN(const auto started, start_way(tx, *call, index, nullptr));
    const bool is_any_left = started || std::ranges::any_of(begun, [](const Way& way) {
                               return way.state == "trying" || way.state == "sent";
                             });
    if (!is_any_left) {
      RETURN_IF_ERROR(on_call_lost(tx, *call, pages));
      call->is_lost = true;
    }
  }
  const auto here = static_cast<size_t>(call->next_way);
  const size_t next = plan.next_timed(here + 1);
  call->next_way = static_cast<int>(next);
  if (next < plan.ways.size() || plan.keep_ringing > Duration(0)) {
    RETURN_IF_ERROR(tx.set_timer(
        {.kind = kRuleTimer, .subject = call_id, .due = tx.now() + plan.wait(here, next)}));
  }
  return update_call(tx.sql(), *call);
}

// Whether one of the pages is of the step that is rung now, or of those who were brought in.
Result<bool> RowPager::is_still_rung(engine::Tx& tx, const std::vector<PageRow>& pages) {
  for (const PageRow& page : pages) {
    if (!page.is_live) continue;
    if (page.page.step == kBringInStep) return true;
    ASSIGN_OR_RETURN(const auto row, one_of_call(tx, page.page.incident_id));
    if (row && row->state == RowState::kRinging &&
        row->place == Place{page.page.step, page.page.round}) {
      return true;
    }
  }
  return false;
}

}  // namespace tocsin::oncall
