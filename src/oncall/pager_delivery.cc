#include <fmt/format.h>

#include <algorithm>

#include "notify/address.h"
#include "oncall/pager_parts.h"

namespace tocsin::oncall {
namespace {

// A webhook is tried for two days; who waits to hear the end does not wait that long for the next
// way. This many tries take about nine minutes.
constexpr int kRecoveryTries = 10;

bool is_lost(const Way& way) {
  return way.state == "trouble" || way.state == "failed" || way.state == "dropped";
}

}  // namespace

Result<bool> RowPager::is_still_wanted(engine::Tx& tx, const notify::Subject& subject) {
  if (subject.kind != kPageSubject) return true;
  ASSIGN_OR_RETURN(const auto pages, pages_of_call(tx.sql(), subject.id));
  return std::ranges::any_of(pages, &PageRow::is_live);
}

// Rooms are those of the incident's policy, and operators those of tocsin.yaml.
Result<std::optional<notify::Addressee>> RowPager::addressee(engine::Tx& tx,
                                                             const notify::Delivery& delivery) {
  const auto gone = [&] {
    return fail(Code::kFailedPrecondition,
                fmt::format("'{}' has no {} any more; nothing is sent again",
                            delivery.person.value(), catalog::name_of(delivery.contact.kind)));
  };
  if (delivery.subject.kind == kOperatorsSubject) {
    for (const catalog::Contact& contact : operators_) {
      if (contact.kind == delivery.contact.kind &&
          notify::kept_address(contact) == notify::kept_address(delivery.contact)) {
        return notify::Addressee{{.id = delivery.person, .name = "Operators"}, contact};
      }
    }
    return gone();
  }
  if (delivery.subject.kind != kChannelSubject) return std::nullopt;
  // In a thread it is said to a person, too; the catalog knows them.
  if (!delivery.person.value().starts_with('#')) return std::nullopt;
  ASSIGN_OR_RETURN(const auto row, read_escalation(tx.sql(), delivery.subject.id));
  if (!row) return gone();
  ASSIGN_OR_RETURN(const PolicyPtr policy, policy_of(tx.sql(), *row));
  const auto in_use = policies();
  const std::string name = delivery.person.value().substr(1);  // "#ops"
  const Channel* channel = in_use->channel(policy->id, name);
  if (channel == nullptr) return gone();
  return notify::Addressee{{.id = delivery.person, .name = name}, channel->contact};
}

Result<> RowPager::on_trouble(engine::Tx& tx, const notify::Delivery& delivery,
                              const Error& error) {
  if (delivery.subject.kind == kRecoverySubject) {
    return delivery.attempts == kRecoveryTries ? on_recovery_failed(tx, delivery) : Result<>{};
  }
  if (delivery.subject.kind != kPageSubject) return {};
  ASSIGN_OR_RETURN(const auto way, read_way(tx.sql(), delivery.id));
  if (!way || way->state != "trying") return {};  // only the first trouble of a way moves the page
  return on_way_lost(tx, *way, "trouble", error.message);
}

Result<> RowPager::on_way_timer(engine::Tx& tx, const std::string& delivery_id) {
  ASSIGN_OR_RETURN(const auto way, read_way(tx.sql(), delivery_id));
  if (!way || way->state != "trying") return {};
  return on_way_lost(tx, *way, "trouble", "no success within " + tocsin::to_text(kWayPatience));
}

Result<> RowPager::on_outcome(engine::Tx& tx, const notify::Delivery& delivery,
                              notify::Outcome outcome, const std::string& detail) {
  const bool has_failed = outcome == notify::Outcome::kFailed;
  if (delivery.subject.kind == kRecoverySubject) {
    return has_failed ? on_recovery_failed(tx, delivery) : Result<>{};
  }
  if (delivery.subject.kind == kOperatorsSubject && has_failed) {
    tx.after_commit([this, incident = delivery.subject.id, detail] {
      log_.error("the operators could not be told that nobody was",
                 {{"incident", incident}, {"error", detail}});
    });
  }
  if (delivery.subject.kind != kPageSubject) return {};
  ASSIGN_OR_RETURN(const auto way, read_way(tx.sql(), delivery.id));
  ASSIGN_OR_RETURN(auto call, read_call(tx.sql(), delivery.subject.id));
  if (!call) return {};
  if (!way) {
    // Somebody had it sent again: whoever it reached hears the end, too.
    return outcome == notify::Outcome::kSent ? on_call_sent(tx, *call) : Result<>{};
  }
  RETURN_IF_ERROR(tx.cancel_timer(kWayTimer, delivery.id));
  switch (outcome) {
    case notify::Outcome::kSent:
      RETURN_IF_ERROR(set_way_state(tx.sql(), delivery.id, "sent"));
      if (call->is_lost) {
        call->is_lost = false;
        RETURN_IF_ERROR(update_call(tx.sql(), *call));
      }
      return on_call_sent(tx, *call);
    case notify::Outcome::kFailed: return on_way_lost(tx, *way, "failed", detail);
    case notify::Outcome::kDropped: break;
  }
  RETURN_IF_ERROR(set_way_state(tx.sql(), delivery.id, "dropped"));
  if (!delivery.maybe_duplicate) return {};
  // An earlier try may have woken this person: they hear that it is over.
  ASSIGN_OR_RETURN(const auto pages, pages_of_call(tx.sql(), call->id));
  for (const PageRow& page : pages) {
    ASSIGN_OR_RETURN(const auto row, one_of_call(tx, page.page.incident_id));
    if (!row || row->state != RowState::kStopped) continue;
    RETURN_IF_ERROR(tell_recovery(tx, *row, call->person, {call->id, way->index}));
  }
  return {};
}

// "Sent" is not "delivered": a message that did not arrive is a way that did not work, and nobody
// was told by it.
Result<> RowPager::on_receipt(engine::Tx& tx, const notify::Delivery& delivery,
                              notify::Receipt receipt, const std::string& detail) {
  if (receipt != notify::Receipt::kUndelivered) return {};
  if (delivery.subject.kind == kRecoverySubject) return on_recovery_failed(tx, delivery);
  if (delivery.subject.kind != kPageSubject) return {};
  ASSIGN_OR_RETURN(auto way, read_way(tx.sql(), delivery.id));
  if (!way || way->state != "sent") return {};
  RETURN_IF_ERROR(set_way_state(tx.sql(), delivery.id, "failed"));
  RETURN_IF_ERROR(take_back_told(tx, delivery));
  way->state = "trying";  // as if it had only now turned out
  return on_way_lost(tx, *way, "failed", detail.empty() ? "it was not delivered" : detail);
}

// Nothing that is known of has arrived, unless another way has. Whoever answered knows of it all
// the same.
Result<> RowPager::take_back_told(engine::Tx& tx, const notify::Delivery& delivery) {
  const std::string& call = delivery.subject.id;
  ASSIGN_OR_RETURN(const auto ways, ways_of(tx.sql(), call));
  if (std::ranges::any_of(ways, [](const Way& w) { return w.state == "sent"; })) return {};
  ASSIGN_OR_RETURN(const auto pages, pages_of_call(tx.sql(), call));
  for (const PageRow& row : pages) {
    Page page = row.page;
    if (page.state != "told") continue;
    page.state = row.is_live ? "trying" : "failed";
    // An earlier try may have woken this person: they hear that it is over.
    if (!delivery.maybe_duplicate) page.first_sent.reset();
    RETURN_IF_ERROR(update_page(tx.sql(), page));
    RETURN_IF_ERROR(count_told_anew(tx, page.incident_id));
  }
  return {};
}

Result<> RowPager::count_told_anew(engine::Tx& tx, const std::string& incident_id) {
  ASSIGN_OR_RETURN(auto row, one_of_call(tx, incident_id));
  if (!row) return {};
  ASSIGN_OR_RETURN(const auto told, pages_told(tx.sql(), incident_id, row->place.round));
  row->told_in_round &= told.in_round > 0;
  const bool is_nobody_told = row->first_told && told.in_all == 0;
  if (is_nobody_told) row->first_told.reset();
  RETURN_IF_ERROR(update_escalation(tx.sql(), *row));
  if (row->state != RowState::kRinging) return {};
  // It turned out only after the rounds were through. They need not hear it of every round.
  if (is_nobody_told && row->is_exhausted) {
    ASSIGN_OR_RETURN(const auto earlier,
                     tx.sql().query("SELECT 1 FROM outbox WHERE subject_kind = $1"
                                    " AND subject_id = $2 AND created >= $3 LIMIT 1",
                                    kOperatorsSubject, incident_id, row->started));
    if (earlier.empty()) RETURN_IF_ERROR(page_operators(tx, *row));
  }
  if (row->told_in_round) return {};
  // The long pause was for people who had been told; those of an earlier step had not.
  ASSIGN_OR_RETURN(const PolicyPtr policy, policy_of(tx.sql(), *row));
  if (next_after(*policy, row->place, false).place.round == row->place.round) return {};
  ASSIGN_OR_RETURN(const int hopeful, count_hopeful(tx.sql(), incident_id, row->place));
  return hopeful == 0 ? hurry(tx, *row) : Result<>{};
}

Result<> RowPager::on_call_sent(engine::Tx& tx, const Call& call) {
  ASSIGN_OR_RETURN(const auto pages, pages_of_call(tx.sql(), call.id));
  for (const PageRow& page : pages) {
    ASSIGN_OR_RETURN(auto row, one_of_call(tx, page.page.incident_id));
    if (row) RETURN_IF_ERROR(on_page_sent(tx, page.page, *std::move(row)));
  }
  return {};
}

Result<> RowPager::on_page_sent(engine::Tx& tx, Page page, EscalationRow row) {
  const bool is_first_of_page = !page.first_sent;
  if (is_first_of_page) page.first_sent = tx.now();
  if (page.state != "answered") page.state = "told";
  RETURN_IF_ERROR(update_page(tx.sql(), page));
  if (is_first_of_page) {
    RETURN_IF_ERROR(
        append(tx, row.incident, "page.told", "page", page.id, {{"person", page.person.value()}}));
    tx.after_commit([this] { told_metric_.add(); });
  }
  if (page.round == row.place.round) row.told_in_round = true;
  const bool is_first_of_incident = !row.first_told;
  if (is_first_of_incident) {
    row.first_told = tx.now();
    tx.after_commit(
        [this, after = tx.now() - row.started] { first_told_metric_.observe(to_seconds(after)); });
  }
  RETURN_IF_ERROR(update_escalation(tx.sql(), row));
  if (is_first_of_incident && listener_ != nullptr) {
    RETURN_IF_ERROR(listener_->on_first_told(tx, row.incident, tx.now()));
  }
  // It was on its way when the problem ended.
  if (row.state != RowState::kStopped) return {};
  ASSIGN_OR_RETURN(ReachedBy by, best_way(tx.sql(), row.incident, page.person));
  return tell_recovery(tx, row, page.person, std::move(by));
}

Result<> RowPager::on_way_lost(engine::Tx& tx, const Way& way, std::string_view new_state,
                               const std::string& why) {
  RETURN_IF_ERROR(tx.cancel_timer(kWayTimer, way.delivery));
  RETURN_IF_ERROR(set_way_state(tx.sql(), way.delivery, new_state));
  ASSIGN_OR_RETURN(auto call, read_call(tx.sql(), way.call));
  if (!call) return {};
  ASSIGN_OR_RETURN(auto pages, pages_of_call(tx.sql(), call->id));
  ASSIGN_OR_RETURN(const auto ways, ways_of(tx.sql(), call->id));
  const bool is_wanted = std::ranges::any_of(pages, &PageRow::is_live);
  if (is_wanted && way.state == "trying" && way.index == ways.back().index) {
    ASSIGN_OR_RETURN(const auto started, start_way(tx, *call, way.index + 1, nullptr));
    if (started) {
      for (const PageRow& page : pages) {
        if (!page.is_live) continue;
        RETURN_IF_ERROR(append(tx, page.page.incident_id, "page.other_way", "page", page.page.id,
                               {{"person", call->person.value()}, {"why", why}}));
      }
      return {};
    }
  }
  if (!std::ranges::all_of(ways, is_lost)) return {};
  const bool is_over =
      std::ranges::none_of(ways, [](const Way& w) { return w.state == "trouble"; });
  for (PageRow& page : pages) {
    const bool has_hope = page.page.state == "trying" || page.page.state == "told";
    if (!is_over || !has_hope || (!page.is_live && page.page.state == "told")) continue;
    page.page.state = "failed";
    RETURN_IF_ERROR(update_page(tx.sql(), page.page));
    RETURN_IF_ERROR(append(tx, page.page.incident_id, "page.failed", "page", page.page.id,
                           {{"person", call->person.value()}, {"why", why}}));
  }
  // Not again for a trouble that only ends: the next step was begun at the first.
  return call->is_lost ? Result<>{} : on_call_lost(tx, *std::move(call), pages);
}

Result<> RowPager::on_call_lost(engine::Tx& tx, Call call, const std::vector<PageRow>& pages) {
  call.is_lost = true;
  RETURN_IF_ERROR(update_call(tx.sql(), call));
  for (const PageRow& page : pages) {
    if (!page.is_live) continue;
    ASSIGN_OR_RETURN(auto row, one_of_call(tx, page.page.incident_id));
    const Place place{page.page.step, page.page.round};
    if (!row || row->state != RowState::kRinging || row->place != place) continue;
    ASSIGN_OR_RETURN(const int hopeful, count_hopeful(tx.sql(), row->incident, place));
    if (hopeful == 0) RETURN_IF_ERROR(hurry(tx, *row));
  }
  return {};
}

Result<> RowPager::tell_recovery(engine::Tx& tx, const EscalationRow& row,
                                 const catalog::PersonId& person_id, ReachedBy by) {
  if (!row.recovery) return {};
  ASSIGN_OR_RETURN(const auto told, recovery_way(tx.sql(), row.incident, person_id));
  if (told && told->way >= by.way) return {};
  ASSIGN_OR_RETURN(const auto call, read_call(tx.sql(), by.call));
  if (!call) return {};
  const CallPlan plan = plan_of(*call);
  const auto ways = static_cast<int>(plan.ways.size());
  if (ways == 0) return {};
  const auto in_use = policies();
  const catalog::Person* known = in_use->catalog().person(person_id);
  const catalog::Person person{.id = person_id, .name = person_id.value()};
  for (const int end = (by.way / ways + 1) * ways; by.way < end; ++by.way) {
    const auto& contact = plan.ways[static_cast<size_t>(by.way % ways)].contact;
    auto delivery = outbox_.enqueue(tx, notify::Subject{kRecoverySubject, row.incident},
                                    known == nullptr ? person : *known,
                                    with_secret(person_id, contact), *row.recovery);
    if (delivery) return put_recovery_way(tx.sql(), row.incident, person_id, by);
    if (delivery.error().code != Code::kInvalidArgument) return fail(std::move(delivery.error()));
  }
  return {};
}

Result<> RowPager::on_recovery_failed(engine::Tx& tx, const notify::Delivery& delivery) {
  ASSIGN_OR_RETURN(const auto row, read_escalation(tx.sql(), delivery.subject.id));
  if (!row) return {};
  ASSIGN_OR_RETURN(auto by, recovery_way(tx.sql(), row->incident, delivery.person));
  if (!by) return {};
  const auto plan_call_id = by->call;
  ASSIGN_OR_RETURN(const auto call, read_call(tx.sql(), plan_call_id));
  if (!call) return {};
  const CallPlan plan = plan_of(*call);
  const auto ways = static_cast<int>(plan.ways.size());
  if (ways == 0) return {};
  // What is given up late, or was sent again by hand, is not the way that is being tried now.
  const catalog::Contact& current = plan.ways[static_cast<size_t>(by->way % ways)].contact;
  if (current.kind != delivery.contact.kind || current.address != delivery.contact.address) {
    return {};
  }
  // Past the last way of its lap nothing is left to try.
  if (by->way % ways + 1 >= ways) return {};
  ++by->way;
  return tell_recovery(tx, *row, delivery.person, *std::move(by));
}

}  // namespace tocsin::oncall
