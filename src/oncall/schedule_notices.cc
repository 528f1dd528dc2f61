#include "oncall/schedule_notices.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "catalog/catalog_json.h"
#include "oncall/hand_off_note_store.h"
#include "oncall/schedule_book_parts.h"
#include "oncall/schedule_words.h"

namespace tocsin::oncall {
namespace {

using People = std::vector<catalog::PersonId>;

bool has(const People& people, const catalog::PersonId& person) {
  return std::ranges::find(people, person) != people.end();
}

std::string at(const Schedule& schedule, Time time) {
  return fmt::format("{} ({})", moment_words(schedule.zone, time), schedule.zone.name());
}

std::string between(const Schedule& schedule, const SwapRequest& swap) {
  return fmt::format("from {} to {}", moment_words(schedule.zone, swap.begin),
                     at(schedule, swap.end));
}

const catalog::Contact* way_to(const catalog::Person& person) {
  for (const catalog::NotificationRule& rule : person.not_urgent) {
    if (const catalog::Contact* contact = person.contact(rule.contact)) return contact;
  }
  return person.contacts.empty() ? nullptr : &person.contacts.back();
}

std::set<catalog::PersonId> participants_of(const Schedule& schedule) {
  std::set<catalog::PersonId> out;
  if (schedule.versions.empty()) return out;
  for (const Layer& layer : schedule.versions.back().layers) {
    for (const Participant& one : layer.rotation.participants) {
      out.insert(one.people.begin(), one.people.end());
    }
  }
  return out;
}

// Whom a swap's state is news for.
std::set<catalog::PersonId> concerned(const Schedule& schedule, const SwapRequest& swap) {
  switch (swap.state) {
    case SwapRequest::State::kOpen: {
      if (!swap.to.empty()) return {swap.to};
      auto all = participants_of(schedule);
      all.erase(swap.from);
      return all;
    }
    case SwapRequest::State::kTaken:
    case SwapRequest::State::kDeclined:
    case SwapRequest::State::kExpired: return {swap.from};
    case SwapRequest::State::kWithdrawn:
      return swap.to.empty() ? std::set<catalog::PersonId>{} : std::set{swap.to};
  }
  bug("unknown state of a swap");
}

std::string title_of(const Schedule& schedule, const SwapRequest& swap) {
  const std::string& from = swap.from.value();
  const std::string& name = schedule.name;
  switch (swap.state) {
    case SwapRequest::State::kOpen:
      return fmt::format("{} asks you to take a turn in {}", from, name);
    case SwapRequest::State::kTaken:
      return fmt::format("{} takes your turn in {}", swap.to.value(), name);
    case SwapRequest::State::kDeclined:
      return fmt::format("{} cannot take your turn in {}", swap.to.value(), name);
    case SwapRequest::State::kExpired:
      return fmt::format("Nobody took your turn in {}: it is yours", name);
    case SwapRequest::State::kWithdrawn:
      return fmt::format("{} keeps the turn in {} after all", from, name);
  }
  bug("unknown state of a swap");
}

}  // namespace

ScheduleNotices::ScheduleNotices(Parts parts) : parts_(std::move(parts)) {
  parts_.outbox.listen(kSubject, *this);
}

void ScheduleNotices::use(std::shared_ptr<const catalog::Catalog> catalog) {
  const std::scoped_lock lock(mutex_);
  catalog_ = std::move(catalog);
}

notify::Message ScheduleNotices::message(const Schedule& schedule, std::string title,
                                         std::string text, Time since) const {
  notify::Message out;
  out.is_page = false;
  out.is_urgent = false;
  out.title = std::move(title);
  out.impact = std::move(text);
  out.since = since;
  out.links = {{"Schedule", fmt::format("{}/oncall/schedules/{}", parts_.external_url,
                                        url_encode(schedule.id.value()))}};
  return out;
}

Result<> ScheduleNotices::tell(engine::Tx& tx, const Schedule& schedule,
                               const catalog::PersonId& id, const notify::Message& message) {
  std::shared_ptr<const catalog::Catalog> catalog;
  {
    const std::scoped_lock lock(mutex_);
    catalog = catalog_;
  }
  const catalog::Person* person = catalog->person(id);
  const catalog::Contact* contact = person == nullptr ? nullptr : way_to(*person);
  if (contact == nullptr) {
    parts_.log.warn("somebody cannot be told of a schedule: there is no way to them",
                    {{"person", id.value()}, {"schedule", schedule.id.value()}});
    return {};
  }
  const auto delivery = parts_.outbox.enqueue(tx, notify::Subject{kSubject, schedule.id.value()},
                                              *person, *contact, message);
  if (delivery) return {};
  // A notice that cannot be written must not undo the hand-off.
  if (delivery.error().code != Code::kInvalidArgument) return fail(delivery.error());
  parts_.log.warn("somebody cannot be told of a schedule",
                  {{"person", id.value()}, {"error", delivery.error().message}});
  return {};
}

Result<> ScheduleNotices::on_hand_off(engine::Tx& tx, const Schedule& schedule, const Turn& before,
                                      const Turn& after) {
  People begin;
  for (const auto& person : after.people) {
    if (!has(before.people, person)) begin.push_back(person);
  }
  if (begin.empty()) return {};
  // Who only joins somebody takes nothing over: the note is for who comes when its writer's turn
  // ends.
  const bool somebody_goes = std::ranges::any_of(
      before.people, [&](const auto& person) { return !has(after.people, person); });
  std::optional<HandOffNote> note;
  if (somebody_goes || before.people.empty()) {
    ASSIGN_OR_RETURN(note, hand_over_note(tx.sql(), schedule.id, begin, tx.now()));
  }
  if (note) {
    RETURN_IF_ERROR(append_entry(tx, schedule.id, "schedule.note_handed_off", kItself,
                                 {{"id", note->id}, {"to", catalog::names_json(begin)}}));
  }
  ASSIGN_OR_RETURN(const auto open, parts_.open_incidents(tx.sql(), schedule.team));
  const std::string state =
      open.empty() ? "No incident is open." : "Open incidents:\n" + join(open, "\n");
  const std::string with =
      before.people.empty() ? "" : fmt::format(" You follow {}.", people_words(before.people));
  const std::string left = note ? "\n" + note_in_notice(*note) : "";
  notify::Message text = message(
      schedule, fmt::format("You are on call: {}", schedule.name),
      fmt::format("Until {}.{} {}{}", at(schedule, after.end), with, state, left), tx.now());
  text.until = after.end;
  for (const auto& person : begin) RETURN_IF_ERROR(tell(tx, schedule, person, text));
  return {};
}

Result<> ScheduleNotices::on_fault(engine::Tx& tx, const Schedule& schedule,
                                   const std::string& fault) {
  std::shared_ptr<const catalog::Catalog> catalog;
  {
    const std::scoped_lock lock(mutex_);
    catalog = catalog_;
  }
  const catalog::Team* team = catalog->team(schedule.team);
  if (team == nullptr) return {};
  std::set<catalog::PersonId> people(team->members.begin(), team->members.end());
  if (people.empty()) {
    for (const catalog::EscalationStep& step : team->escalation) people.insert(step.person);
  }
  const notify::Message text =
      message(schedule, fmt::format("Schedule {} needs a look", schedule.name), fault, tx.now());
  for (const auto& person : people) RETURN_IF_ERROR(tell(tx, schedule, person, text));
  return {};
}

Result<> ScheduleNotices::on_swap(engine::Tx& tx, const Schedule& schedule,
                                  const SwapRequest& swap) {
  const std::string note = swap.note.empty() ? "" : fmt::format(": {}", swap.note);
  notify::Message text =
      message(schedule, title_of(schedule, swap),
              fmt::format("It is the turn {}{}", between(schedule, swap), note), tx.now());
  if (swap.state == SwapRequest::State::kOpen) {
    text.about = swap.id;  // asked for as long as it is open
    text.until = swap.begin;
  }
  for (const auto& person : concerned(schedule, swap)) {
    RETURN_IF_ERROR(tell(tx, schedule, person, text));
  }
  return {};
}

Result<bool> ScheduleNotices::is_still_wanted(engine::Tx&, const notify::Subject&) { return true; }

// Whoever is asked in the morning for a turn that somebody took at night is asked for nothing.
Result<bool> ScheduleNotices::is_still_worth_sending(engine::Tx& tx,
                                                     const notify::Delivery& delivery) {
  const std::string& swap_id = delivery.message.about;
  if (swap_id.empty()) return true;
  ASSIGN_OR_RETURN(const auto swap, read_swap(tx.sql(), swap_id));
  return swap && swap->state == SwapRequest::State::kOpen;
}

Result<> ScheduleNotices::on_trouble(engine::Tx&, const notify::Delivery&, const Error&) {
  return {};
}

Result<> ScheduleNotices::on_outcome(engine::Tx& tx, const notify::Delivery& delivery,
                                     notify::Outcome outcome, const std::string& detail) {
  if (outcome != notify::Outcome::kFailed) return {};
  tx.after_commit([this, person = delivery.person.value(), title = delivery.message.title, detail] {
    parts_.log.warn("a notice about a schedule did not arrive",
                    {{"person", person}, {"title", title}, {"error", detail}});
  });
  return {};
}

}  // namespace tocsin::oncall
