#include "evening.h"

#include <fmt/format.h>

#include <algorithm>

#include "incident/incident_store.h"
#include "oncall/schedule_testing.h"

namespace tocsin::simulation {
namespace {

using catalog::Contact;
using catalog::PersonId;
using oncall::ScheduleId;
using store::Actor;

constexpr Duration kLongEnough = std::chrono::minutes(25);
// Before any evening begins; hand-offs lie at full hours of UTC.
constexpr const char* kFirstHandOff = "2020-01-01 00:00";

slo::Objective objective(int service) {
  slo::Objective o;
  o.name = slo::ObjectiveName(fmt::format("o{}", service));
  o.display_name = o.name.value();
  o.service = catalog::ServiceId(fmt::format("s{}", service));
  slo::Tier tier;
  tier.name = "fast";
  tier.severity = slo::Severity::kPage;
  o.tiers.push_back(tier);
  return o;
}

Actor user(const std::string& person) { return Actor{"user", person}; }

}  // namespace

catalog::Person person_with(const std::string& id, const std::vector<Contact::Kind>& kinds) {
  catalog::Person person{.id = PersonId(id), .name = id};
  for (const Contact::Kind kind : kinds) {
    const std::string name = fmt::format("way-{}", person.contacts.size());
    person.contacts.push_back(
        {.kind = kind, .name = name, .address = fmt::format("{}-{}@people.test", id, name)});
  }
  return person;
}

Plan plan_for(const std::vector<catalog::Person>& people, int services, oncall::Policy policy) {
  auto c = std::make_shared<catalog::Catalog>();
  catalog::Team team{.id = catalog::TeamId("t0"), .name = "Team"};
  for (const auto& person : people) {
    c->people[person.id] = person;
    team.members.push_back(person.id);
  }
  policy.id = oncall::PolicyId("p");
  team.escalation_policy = "p";
  c->teams[team.id] = team;
  Plan plan;
  for (int i = 0; i < services; ++i) {
    catalog::Service service;
    service.id = catalog::ServiceId(fmt::format("s{}", i));
    service.team = team.id;
    service.tier = 1;
    service.is_customer_facing = true;
    c->services[service.id] = service;
    plan.declared.objectives.push_back(objective(i));
  }
  plan.declared.catalog = std::move(c);
  plan.declared.policies = {std::move(policy)};
  plan.declared.operators = {{.kind = Contact::Kind::kTelegram, .name = "ops", .address = "4711"}};
  return plan;
}

void add_schedule(Plan& plan, const std::string& name, const std::vector<std::string>& people) {
  oncall::Layer layer{.name = "turns", .zone = calendar::Zone(), .rotation = {}, .off = {}};
  layer.zone = oncall::testing::zone("UTC");
  layer.rotation.unit = oncall::Rotation::Unit::kHour;
  layer.rotation.start = oncall::testing::civil(kFirstHandOff);
  for (const auto& person : people) layer.rotation.participants.push_back({{PersonId(person)}});
  oncall::ScheduleSpec spec;
  spec.anchored["turns"] = true;
  spec.schedule = oncall::testing::schedule_of({layer});
  spec.schedule.id = ScheduleId(name);
  spec.schedule.team = catalog::TeamId("t0");
  spec.schedule.zone = layer.zone;
  plan.declared.schedules.push_back(std::move(spec));
  PlainSchedule plain;
  plain.start = layer.zone.to_time(layer.rotation.start);
  plain.people = people;
  plan.schedules[name] = std::move(plain);
}

Evening::Evening(uint64_t seed, Plan plan)
    : plan_(std::move(plan)),
      model_(plan_.declared),
      house_(seed, plan_.declared),
      checks_(house_),
      judge_(house_, checks_, model_) {
  report_.seed = seed;
  model_.schedules = plan_.schedules;
  house_.on_commit = [this] {
    checks_.after_commit();
    judge_.after_commit();
  };
  house_.on_start = [this] {
    tell("starts");
    judge_.had_trouble();
    say_all();
  };
  house_.provider.on_try = [this](const notify::Delivery& d) {
    checks_.before_try(d);
    judge_.on_try(d);
  };
  house_.provider.on_answer = [this](const notify::Delivery& d, bool was_taken) {
    judge_.on_answer(d, was_taken);
  };
  house_.provider.on_asked = [this](const notify::Delivery& d) {
    judge_.before_undelivered(d);
    judge_.on_undelivered(d, d.attempts);
  };
  house_.provider.on_receipt = [this](const notify::Delivery& d,
                                      const notify::ReceiptReport& report) {
    const bool is_bad = report.receipt == notify::Receipt::kUndelivered;
    if (is_bad) judge_.before_undelivered(d);
    const auto heard = house_.ask([&] {
      return house_.t.engine().run(
          [&](engine::Tx& tx) { return house_.outbox->report_receipt(tx, report); });
    });
    if (!heard || !*heard) return false;
    if (is_bad) judge_.on_undelivered(d, report.attempt);
    return true;
  };
}

void Evening::tell(std::string what) {
  report_.story.push_back(fmt::format("{} {}", to_rfc3339(house_.now()), what));
}

// --- what fires

void Evening::say_all() {
  for (size_t i = 0; i < plan_.declared.objectives.size(); ++i) {
    slo::TierChange change;
    change.objective = plan_.declared.objectives[i].name;
    change.tier = "fast";
    change.severity = slo::Severity::kPage;
    const bool is_firing = firing_.contains(static_cast<int>(i));
    change.state = is_firing ? slo::TierState::kFiring : slo::TierState::kClear;
    change.at = house_.now();
    change.evidence.bad_short = 30;
    change.evidence.total_short = 100;
    change.evidence.impact_started = change.at - seconds(60);
    house_.say(change);
  }
}

void Evening::say(int service, bool fires) {
  tell(fmt::format("s{} {}", service, fires ? "fires" : "clears"));
  if (fires) {
    firing_.insert(service);
  } else {
    firing_.erase(service);
  }
  say_all();
}

std::vector<std::string> Evening::open_incidents() {
  std::vector<std::string> ids;
  const auto all = incident::list_incidents(house_.t.reader(), incident::Which::kOpen, 20);
  if (!all) return ids;
  for (const auto& one : *all) ids.push_back(one.id);
  std::ranges::sort(ids);
  return ids;
}

// --- what people do

Result<> Evening::ask_again(const std::function<Result<>()>& question) {
  while (true) {
    const auto answer = house_.ask(question);
    if (answer) return *answer;
  }
}

Result<> Evening::ask(const std::function<Result<>(engine::Tx&)>& command) {
  return ask_again([&] { return house_.t.engine().run(command); });
}

Result<> Evening::acknowledge(const std::string& incident, const std::string& person) {
  tell(fmt::format("{} acknowledges {}", person, incident));
  const auto done = ask([&](engine::Tx& tx) {
    return house_.incidents->acknowledge(tx, incident, oncall::answers_as(user(person), person));
  });
  if (done) judge_.acknowledged(incident, person);
  return done;
}

Result<> Evening::escalate(const std::string& incident, const std::string& person) {
  tell(fmt::format("{} escalates {}", person, incident));
  return ask(
      [&](engine::Tx& tx) { return house_.incidents->escalate(tx, incident, user(person)); });
}

Result<> Evening::snooze(const std::string& incident, const std::string& person,
                         Duration how_long) {
  tell(fmt::format("{} snoozes {} for {}", person, incident, to_text(how_long)));
  const auto done = ask([&](engine::Tx& tx) {
    return house_.incidents->snooze(tx, incident, how_long,
                                    oncall::answers_as(user(person), person));
  });
  if (done) judge_.snoozed(incident, person, how_long);
  return done;
}

Result<> Evening::resolve(const std::string& incident, const std::string& person) {
  tell(fmt::format("{} resolves {}", person, incident));
  return ask([&](engine::Tx& tx) {
    return house_.incidents->move(tx, incident, incident::State::kResolved, "", user(person));
  });
}

Result<> Evening::answer(const Arrival& arrival, notify::Answer answer, Duration snooze) {
  const auto& d = arrival.delivery;
  const std::string person = d.person.value();
  tell(fmt::format("{} answers {} to {}", person, notify::name_of(answer), d.subject.id));
  const auto done = ask_again([&]() -> Result<> {
    const auto told = house_.answers->by_delivery(d.id, answer, snooze, "sms");
    return told ? Result<>() : fail(told.error());
  });
  if (!done) return done;
  for (const auto& incident : judge_.told_of(d.subject.id)) {
    if (answer == notify::Answer::kAcknowledge) judge_.acknowledged(incident, person);
    if (answer == notify::Answer::kSnooze) judge_.snoozed(incident, person, snooze);
  }
  return done;
}

// --- whose turn it is

// Also when the process died after it was done and it could not be done twice.
const oncall::Override* Evening::made(const std::string& name, const std::string& person,
                                      Time end) {
  schedules_ = house_.book->schedules();
  for (const auto& one : schedules_->at(ScheduleId(name)).overrides) {
    if (one.person.value() == person && one.end == end) return &one;
  }
  return nullptr;
}

void Evening::take_pager(const std::string& name, const std::string& person) {
  auto& plain = model_.schedules.at(name);
  const Time at = house_.now();
  // Not two at a time: the twin knows of none that wins.
  if (plain.is_overridden(at, plain.end_of_turn(at))) return;
  tell(person + " takes the pager of " + name);
  const Time end = plain.end_of_turn(at);
  (void)ask([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(house_.book->take(tx, ScheduleId(name), PersonId(person), end, user(person)));
    return {};
  });
  judge_.something_changed();
  if (const auto* const one = made(name, person, end)) {
    plain.overrides.push_back({one->begin, end, person});
  }
}

void Evening::add_override(const std::string& name, const std::string& person, Duration from,
                           Duration how_long, bool is_added) {
  auto& plain = model_.schedules.at(name);
  const Time begin = house_.now() + from, end = begin + how_long;
  if (plain.is_overridden(begin, end)) return;
  tell(fmt::format("{} is put into {} in {} for {}{}", person, name, to_text(from),
                   to_text(how_long), is_added ? ", beside who is on call" : ""));
  using Kind = oncall::Override::Kind;
  const oncall::Override wanted{.id = "",
                                .kind = is_added ? Kind::kAdd : Kind::kReplace,
                                .person = PersonId(person),
                                .replaces = {},
                                .begin = begin,
                                .end = end,
                                .note = "",
                                .by = ""};
  (void)ask([&](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(house_.book->add_override(tx, ScheduleId(name), wanted, user(person)));
    return {};
  });
  judge_.something_changed();
  if (made(name, person, end)) plain.overrides.push_back({begin, end, person, is_added});
}

// Whoever has the next turn asks, and `person` takes it.
void Evening::swap(const std::string& name, const std::string& person, Duration from) {
  auto& plain = model_.schedules.at(name);
  const Time begin = plain.end_of_turn(house_.now() + from), end = begin + plain.turn;
  if (plain.is_overridden(begin, end)) return;
  const Names whose = plain.at(begin);
  if (whose.size() != 1 || whose.contains(person)) return;
  // Who is away hands the turn on at another moment than its end.
  if (!plain.absences.empty()) return;
  tell(fmt::format("{} takes the turn of {} at {}", person, *whose.begin(), to_rfc3339(begin)));
  (void)ask([&](engine::Tx& tx) -> Result<> {
    oncall::SwapRequest wanted;
    wanted.schedule = ScheduleId(name);
    wanted.from = PersonId(*whose.begin());
    wanted.to = PersonId(person);
    wanted.begin = begin;
    wanted.end = end;
    ASSIGN_OR_RETURN(const auto asked, house_.book->ask_swap(tx, wanted, user(*whose.begin())));
    RETURN_IF_ERROR(house_.book->answer_swap(tx, asked.id, oncall::SwapRequest::State::kTaken,
                                             PersonId(person), user(person)));
    return {};
  });
  judge_.something_changed();
  if (made(name, person, end)) plain.overrides.push_back({begin, end, person});
}

void Evening::away(const std::string& person, Duration from, Duration how_long) {
  const Time begin = house_.now() + from, end = begin + how_long;
  tell(fmt::format("{} is away in {} for {}", person, to_text(from), to_text(how_long)));
  const auto done = ask([&](engine::Tx& tx) -> Result<> {
    oncall::Absence wanted;
    wanted.person = PersonId(person);
    wanted.begin = begin;
    wanted.end = end;
    RETURN_IF_ERROR(house_.book->add_absence(tx, wanted, user(person)));
    return {};
  });
  judge_.something_changed();
  if (!done) return;
  for (auto& [_, plain] : model_.schedules) plain.absences.push_back({begin, end, person});
}

void Evening::edit(const std::function<void(Declared&)>& change) {
  tell("the files are read again");
  change(plan_.declared);
  judge_.something_changed();
  house_.use(plan_.declared);
}

// --- the end

void Evening::mend() {
  tell("everything is mended");
  house_.fault = nullptr;
  house_.provider.heal();
  house_.crash_at_commit(1'000'000'000, House::Moment::kBefore);
  advance(minutes(3));
  if (!is_well()) return;
  judge_.mended();
  const Duration from = house_.t.clock().monotonic();
  const auto before = checks_.ringing();
  advance(kLongEnough);
  Names heard;
  for (const auto& arrival : house_.provider.arrivals()) {
    if (arrival.at < from) continue;
    for (const auto& id : judge_.told_of(arrival.delivery.subject.id)) heard.insert(id);
  }
  const auto after = checks_.ringing();
  for (const auto& id : before) {
    if (after.contains(id) && !heard.contains(id)) checks_.note("nobody hears of " + id);
  }
}

void Evening::rest() {
  tell("everything is calm");
  firing_.clear();
  say_all();
  advance(minutes(10));
  for (const auto& id : open_incidents()) (void)resolve(id, "p0");
  advance(minutes(10));
  if (!is_well()) return;
  checks_.at_rest();
  judge_.at_rest();
  checks_.logbook();
  for (const auto& line : house_.provider.unmarked()) {
    checks_.note("a message came again without a mark: " + line);
  }
}

// For whoever replays it: what the house wrote down.
void Evening::tell_logbook() {
  for (const auto& record : house_.t.logbook()) {
    const auto& entry = record.entry;
    if (entry.incident_id.empty()) continue;
    report_.story.push_back(fmt::format("{} {} {} {}", to_rfc3339(entry.happened),
                                        entry.incident_id, entry.kind, codec::to_text(entry.data)));
  }
}

Report Evening::finish() {
  if (!is_well()) tell_logbook();
  report_.findings = checks_.findings();
  report_.commits = house_.commits;
  report_.crashes = house_.crashes;
  report_.arrivals = static_cast<int>(house_.provider.arrivals().size());
  const auto rows = house_.t.reader().query("SELECT COUNT(*) FROM page");
  report_.pages = rows ? static_cast<int>(rows->front().integer(0)) : -1;
  const auto incidents = house_.t.reader().query("SELECT COUNT(*) FROM incident");
  report_.incidents = incidents ? static_cast<int>(incidents->front().integer(0)) : -1;
  report_.faults = judge_.undelivered();
  return report_;
}

}  // namespace tocsin::simulation
