#include "judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tocsin::simulation {
namespace {

using oncall::Policy;

// What a step, a way and a wake-up may be late, or early, with nothing in the way: the engine
// notices within two seconds that the clock was set.
constexpr Duration kSlack = std::chrono::seconds(3);
constexpr Duration kPatience = std::chrono::seconds(30);
constexpr Duration kAfterTrouble = std::chrono::seconds(90);
constexpr Duration kRingsAnewAfter = std::chrono::minutes(30);

std::string text_of(const store::LogbookRecord& entry, std::string_view field) {
  const auto* const value = entry.entry.data.if_contains(field);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

int number_of(const store::LogbookRecord& entry, std::string_view field) {
  const auto* const value = entry.entry.data.if_contains(field);
  return value == nullptr ? 0 : static_cast<int>(value->to_number<int64_t>());
}

// From one step to another of the same round, and from the last to the next round.
Duration gap_to(const Policy& policy, int from, int to, int round, bool is_told) {
  if (to > from) {
    return policy.steps[static_cast<size_t>(to)].after -
           policy.steps[static_cast<size_t>(from)].after;
  }
  if (round <= policy.repeat) {
    return is_told ? policy.repeat_after : std::min<Duration>(policy.repeat_after, minutes(1));
  }
  return std::clamp<Duration>(3 * policy.repeat_after, minutes(5), minutes(15));
}

std::string listed(const Names& names) { return fmt::format("[{}]", fmt::join(names, " ")); }

}  // namespace

std::string Judge::state_of(const std::string& incident) {
  const auto rows =
      house_.t.reader().query("SELECT state FROM escalation WHERE incident = $1", incident);
  return rows && !rows->empty() ? rows->front().text(0) : "";
}

bool Judge::is_live(const std::string& call) {
  const auto rows =
      house_.t.reader().query("SELECT 1 FROM page WHERE call = $1 AND is_live = 1", call);
  return rows && !rows->empty();
}

// --- what people did

void Judge::is_had(const std::string& incident, const std::string& person,
                   std::optional<Duration> how_long) {
  Case& one = cases_[incident];
  one.have.insert(person);
  one.is_answered = true;
  if (!one.is_had) one.had_since = now();
  one.is_had = true;
  one.is_snoozed = false;
  ++one.epoch;
  one.until.reset();
  if (!how_long) return;
  one.until = now() + *how_long;
  expect(*one.until + kSlack, [this, incident, epoch = one.epoch] {
    const Case& later = cases_[incident];
    const bool is_over = state_of(incident) == "stopped";
    return later.epoch == epoch && !is_over ? incident + " was not rung again in time" : "";
  });
}

void Judge::acknowledged(const std::string& incident, const std::string& person) {
  if (state_of(incident) == "stopped") return;
  Case& one = cases_[incident];
  if (one.is_had && !one.is_snoozed) {
    if (one.was_brought_in) one.have.insert(person);
    return;
  }
  const Policy& policy = model_.policy(one.team);
  one.have.insert(person);
  one.is_answered = true;
  if (one.have.size() < static_cast<size_t>(policy.acknowledgements)) return;
  const bool is_for_good = policy.acknowledged_for == Duration(0);
  is_had(incident, person, is_for_good ? std::nullopt : std::optional(policy.acknowledged_for));
}

void Judge::snoozed(const std::string& incident, const std::string& person, Duration how_long) {
  if (state_of(incident) == "stopped") return;
  is_had(incident, person, how_long);
  cases_[incident].is_snoozed = true;
}

Names Judge::told_of(const std::string& call) const {
  const auto found = told_of_.find(call);
  return found == told_of_.end() ? Names() : found->second;
}

// --- what the house writes down

void Judge::after_commit() {
  read_logbook();
  look();
}

void Judge::read_logbook() {
  const auto entries = store::read_logbook(house_.t.reader(), seq_, 10'000);
  if (!entries) return checks_.note(entries.error().message);
  struct Group {
    Rung rung;
    bool is_fallback = false;
    Time at;
  };
  std::map<std::tuple<std::string, int, int>, Group> groups;
  std::vector<std::tuple<std::string, int, int>> order;
  for (const Entry& entry : *entries) {
    seq_ = entry.seq;
    read(entry);
    if (entry.entry.kind != "page.rung") continue;
    const std::string incident = entry.entry.incident_id;
    const int step = number_of(entry, "step"), round = number_of(entry, "round");
    const auto key = std::tuple(incident, step, round);
    if (!groups.contains(key)) order.push_back(key);
    Group& group = groups[key];
    group.rung.step = step, group.rung.round = round, group.rung.at = now();
    group.rung.people.insert(text_of(entry, "person"));
    group.rung.calls.insert(call_of_[entry.entry.subject_id]);
    group.is_fallback |= text_of(entry, "via").starts_with("as ");
    group.at = entry.entry.happened;
  }
  for (const auto& key : order) {
    Group& group = groups[key];
    rung(std::get<0>(key), std::move(group.rung), group.is_fallback, group.at);
  }
}

void Judge::read(const Entry& entry) {
  const std::string& kind = entry.entry.kind;
  const std::string& incident = entry.entry.incident_id;
  const auto moves_on = [&] {
    Case& one = cases_[incident];
    ++one.epoch;
    return &one;
  };
  if (kind == "escalation.started") {
    Case& one = *moves_on();
    const bool is_late_enough = now() - one.had_since >= kRingsAnewAfter - kSlack;
    if (one.is_had && !is_late_enough && clock_set_ < one.had_since) {
      note(incident, "was acknowledged, and its escalation began anew");
    }
    one.team = text_of(entry, "team");
    one.have.clear();
    one.is_had = false;
    one.until.reset();
    one.rung.reset();
  } else if (kind == "escalation.rings_again") {
    Case& one = *moves_on();
    const bool is_early = one.until && now() < *one.until - kSlack;
    if (is_early && clock_set_ < one.had_since) note(incident, "rings again before its time");
    if (!one.until) note(incident, "rings again though it was acknowledged for good");
    one.have.clear();
    one.is_had = false;
    one.until.reset();
    one.rung.reset();
  } else if (kind == "escalation.escalated") {
    Case& one = *moves_on();
    one.have.clear();
    one.is_had = false;
    one.until.reset();
  } else if (kind == "escalation.paused" || kind == "escalation.stopped") {
    moves_on();
  } else if (kind == "escalation.resumed") {
    moves_on();
    expect_next(incident);
  } else if (kind == "escalation.exhausted") {
    exhausted(incident);
  } else if (kind == "page.rung") {
    const std::string bundle = text_of(entry, "bundle");
    call_of_[entry.entry.subject_id] = bundle.empty() ? entry.entry.subject_id : bundle;
    incident_of_[entry.entry.subject_id] = incident;
    step_of_[entry.entry.subject_id] = number_of(entry, "step");
  }
}

void Judge::rung(const std::string& incident, Rung rung, bool is_fallback, Time at) {
  Case& one = cases_[incident];
  for (const auto& person : rung.people) {
    if (one.have.contains(person)) note(incident, person + " has answered and is rung again");
  }
  if (rung.step == oncall::kBringInStep) {
    if (one.was_brought_in) note(incident, "more people are brought in twice");
    one.was_brought_in = true;
    return;
  }
  if (one.is_had) note(incident, "is acknowledged, and its next step is rung");
  check_whom(incident, one, rung, is_fallback, at);
  check_not_early(incident, one, rung);
  one.rung = std::move(rung);
  one.rung_in = ++one.epoch;
  expect_next(incident);
}

void Judge::check_whom(const std::string& incident, const Case& one, const Rung& rung,
                       bool is_fallback, Time at) {
  const Policy& policy = model_.policy(one.team);
  const auto here = static_cast<size_t>(rung.step);
  if (here >= policy.steps.size()) return note(incident, "a step is rung that there is not");
  const auto are_left = [&](Names people) {
    people = model_.with_a_way(std::move(people));
    for (const auto& person : one.have) people.erase(person);
    return people;
  };
  Names expected = are_left(model_.people_of(policy.steps[here].targets, at, true));
  if (is_fallback && changed_ != now()) {
    if (!expected.empty()) return note(incident, "falls back though the step has somebody");
    expected = are_left(model_.members(one.team));
  }
  if (expected == rung.people || changed_ == now()) return;
  note(incident, fmt::format("step {} of round {} rings {}, and it is the turn of {}", rung.step,
                             rung.round, listed(rung.people), listed(expected)));
}

bool Judge::is_in_trouble(const std::string& call) {
  if (troubled_calls_.contains(call)) return true;
  return std::ranges::any_of(delivery_call_, [&](const auto& one) {
    const auto taken = taken_.find(one.first);
    const Duration until = taken == taken_.end() ? now() : taken->second;
    return one.second == call && until - first_try_[one.first] >= kPatience - kSlack;
  });
}

void Judge::check_not_early(const std::string& incident, const Case& one, const Rung& rung) {
  if (!one.rung) return;
  // Somebody asked for it, all was calm in between, the clock was set, the policy is another.
  const Duration before = one.rung->at;
  if (one.epoch != one.rung_in) return;
  if (clock_set_ >= before - kSlack || changed_ >= before) return;
  const Policy& policy = model_.policy(one.team);
  // A step that finds nobody takes no time.
  const bool is_next_round = rung.round > one.rung->round;
  const int next = is_next_round ? 0 : one.rung->step + 1;
  const Duration gap = gap_to(policy, one.rung->step, next, one.rung->round, !is_next_round);
  if (now() - before >= gap - kSlack) return;
  const bool is_same_round = rung.round == one.rung->round;
  if (is_same_round &&
      std::ranges::all_of(one.rung->calls, [&](const auto& call) { return is_in_trouble(call); })) {
    return;
  }
  note(incident, fmt::format("step {} of round {} is rung {} after the one before, not {}",
                             rung.step, rung.round, to_text(now() - before), to_text(gap)));
}

// Whoever is next is rung when it is time, unless something happens.
void Judge::expect_next(const std::string& incident) {
  const Case& one = cases_[incident];
  if (!one.rung) return;
  const Policy& policy = model_.policy(one.team);
  const int steps = static_cast<int>(policy.steps.size());
  const int next = one.rung->step + 1 < steps ? one.rung->step + 1 : 0;
  const Duration gap = gap_to(policy, one.rung->step, next, one.rung->round, true);
  const Duration due = now() + gap;
  expect(due + kSlack, [this, incident, next, due, epoch = one.epoch]() -> std::string {
    const Case& later = cases_[incident];
    if (later.epoch != epoch || state_of(incident) != "ringing" || changed_ >= later.rung->at) {
      return "";
    }
    const auto& targets = model_.policy(later.team).steps[static_cast<size_t>(next)].targets;
    Names people =
        model_.with_a_way(model_.people_of(targets, house_.now() - (now() - due), false));
    for (const auto& person : later.have) people.erase(person);
    if (people.empty()) return "";  // it keeps its time, and nobody is there to be rung
    return fmt::format("{}: nobody was rung after step {} of round {}", incident, later.rung->step,
                       later.rung->round);
  });
}

void Judge::exhausted(const std::string& incident) {
  const Case& one = cases_[incident];
  if (one.is_answered || !one.taken.empty() || house_.operators() == 0) return;
  expect(now() + kSlack, [this, incident]() -> std::string {
    return operators_called_.contains(incident)
               ? ""
               : incident + ": nobody could be told, and the operators were not called";
  });
}

// --- what providers see

void Judge::on_try(const notify::Delivery& delivery) {
  read_logbook();  // of the commit whose effect it is
  const std::string& subject = delivery.subject.id;
  if (delivery.subject.kind == "operators") operators_called_.insert(subject);
  if (delivery.subject.kind == "channel") cases_[subject].channel_messages.insert(delivery.id);
  if (delivery.subject.kind != "page") return;
  first_try_.try_emplace(delivery.id, now());
  last_attempt_[delivery.id] = delivery.attempts;
  delivery_call_[delivery.id] = subject;
  const std::string& person = delivery.person.value();
  if (const auto place = model_.place(person, delivery.contact)) {
    ways_begun_[subject].insert(*place);
  }
  if (!told_of_.contains(subject)) {
    const auto rows = house_.t.reader().query(
        "SELECT incident FROM page WHERE call = $1 AND is_live = 1", subject);
    if (rows) {
      for (const auto& row : *rows) told_of_[subject].insert(row.text(0));
    }
  }
  // It is wanted for the sake of at least one of its incidents.
  bool is_wanted = false;
  for (const auto& [page, call] : call_of_) {
    if (call != subject) continue;
    const Case& one = cases_[incident_of_[page]];
    is_wanted |= !one.have.contains(person) && (!one.is_had || step_of_[page] < 0);
  }
  if (!is_wanted) note(subject, "is handed over for " + person + " though it is answered");
}

void Judge::on_answer(const notify::Delivery& delivery, bool was_taken) {
  if (delivery.subject.kind != "page") return;
  if (!was_taken) {
    troubled_calls_.insert(delivery.subject.id);
    return;
  }
  taken_.try_emplace(delivery.id, now());
  for (const auto& [page, call] : call_of_) {
    if (call == delivery.subject.id) cases_[incident_of_[page]].taken.insert(delivery.id);
  }
}

// "Sent" is not "delivered": the next contact is begun at once.
void Judge::on_undelivered(const notify::Delivery& delivery, int attempt) {
  ++undelivered_;
  if (delivery.subject.kind != "page") return;
  // Another try is on its way, or an earlier one has arrived.
  const bool has_arrived = std::ranges::any_of(
      house_.provider.arrivals(),
      [&](const Arrival& arrival) { return arrival.delivery.id == delivery.id; });
  if (has_arrived || last_attempt_[delivery.id] != attempt) return;
  for (auto& [incident, one] : cases_) one.taken.erase(delivery.id);  // nobody was told by it
  const std::string call = delivery.subject.id;
  const std::string person = delivery.person.value();
  const auto place = model_.place(person, delivery.contact);
  if (!place || *place + 1 >= model_.ways(person)) return;
  expect(now() + kSlack, [this, call, place = *place, person, id = delivery.id]() -> std::string {
    const auto& begun = ways_begun_[call];
    const Duration tried = first_try_[id];
    if (begun.upper_bound(place) != begun.end() || !is_live(call) || changed_ >= tried) return "";
    // They ring on, and all of it has begun anew.
    const bool is_new_lap = std::ranges::any_of(delivery_call_, [&](const auto& one) {
      return one.second == call && first_try_[one.first] > tried;
    });
    if (is_new_lap) return "";
    return fmt::format("a message of {} to {} was not delivered, and no other way was begun", call,
                       person);
  });
}

void Judge::look() {
  const auto all = std::move(expected_);
  expected_.clear();
  for (const Expected& one : all) {
    // What was on its way when something broke takes longer.
    const bool had_trouble = trouble_ >= one.by - minutes(31) && now() < trouble_ + kAfterTrouble;
    const bool is_clock_set = clock_set_ >= one.by - minutes(31);
    if (is_clock_set) continue;
    if (now() <= one.by || had_trouble) {
      expected_.push_back(one);
      continue;
    }
    if (std::string broken = one.broken(); !broken.empty()) checks_.note(std::move(broken));
  }
}

// --- the end

void Judge::mended() {
  for (const auto& id : checks_.ringing()) open_when_mended_.insert(id);
}

// Who was told by a provider that took it, and got it, hears the end.
void Judge::at_rest() {
  std::map<std::string, Names> woken, calmed;  // of an incident
  for (const auto& arrival : house_.provider.arrivals()) {
    const auto& d = arrival.delivery;
    if (d.subject.kind == "recovery") calmed[d.subject.id].insert(d.person.value());
    if (d.subject.kind != "page" || !taken_.contains(d.id)) continue;
    for (const auto& incident : told_of(d.subject.id)) woken[incident].insert(d.person.value());
  }
  for (const auto& incident : open_when_mended_) {
    for (const auto& person : woken[incident]) {
      if (!calmed[incident].contains(person)) note(incident, person + " does not hear its end");
    }
  }
  for (const auto& [incident, one] : cases_) {
    const size_t messages = one.channel_messages.size();
    if (messages > 2) note(incident, "a room was told more than the begin and the end");
    if (messages == 1) note(incident, "a room was told and does not hear the end");
  }
}

}  // namespace tocsin::simulation
