#include "night.h"

#include <fmt/format.h>

#include <algorithm>

#include "evening.h"

namespace tocsin::simulation {
namespace {

using catalog::Contact;
using oncall::Target;
using Kind = Target::Kind;

constexpr Contact::Kind kKinds[] = {Contact::Kind::kMail, Contact::Kind::kWebhook,
                                    Contact::Kind::kSlack};
constexpr int kServices = 3;

std::string name_of(uint64_t person) { return fmt::format("p{}", person); }

std::vector<catalog::Person> people_of_the_night(SeededRng& rng) {
  std::vector<catalog::Person> people;
  for (uint64_t i = 0; i < 3 + rng.below(3); ++i) {
    // The first can be reached; of the others one in six has no way.
    std::vector<Contact::Kind> ways;
    const uint64_t count = i > 0 && rng.below(6) == 0 ? 0 : 1 + rng.below(3);
    for (uint64_t w = 0; w < count; ++w) ways.push_back(kKinds[rng.below(3)]);
    catalog::Person person = person_with(name_of(i), ways);
    if (rng.below(4) == 0) person.keep_ringing = seconds(60 + rng.below(120));
    Duration after{0};
    const bool has_rules = rng.below(2) == 0;
    for (const auto& contact : person.contacts) {
      if (has_rules) person.urgent.push_back({contact.name, after});
      after += seconds(rng.below(4) * 30);
    }
    people.push_back(std::move(person));
  }
  return people;
}

oncall::Policy policy_of_the_night(SeededRng& rng, size_t people) {
  oncall::Policy policy;
  const auto anybody = [&] { return Target{Kind::kPerson, name_of(rng.below(people))}; };
  Duration after{0};
  bool has_round = false;
  for (uint64_t i = 0; i < 1 + rng.below(3); ++i) {
    oncall::Step step{after, {}, {}};
    switch (rng.below(5)) {
      case 0: step.targets = {anybody()}; break;
      case 1: step.targets = {{Kind::kSchedule, "first"}}; break;
      case 2: step.targets = {{Kind::kSchedule, "first"}, anybody()}; break;
      case 3: step.targets = {{Kind::kTeam, "t0"}}; break;
      default: step.targets = {{Kind::kRoundRobin, "t0"}}; has_round = true;
    }
    if (rng.below(2) == 0) step.targets.push_back({Kind::kChannel, "ops"});
    policy.steps.push_back(std::move(step));
    after += minutes(1 + rng.below(5));
  }
  policy.repeat = static_cast<int>(rng.below(3));
  policy.repeat_after = seconds(60 + rng.below(300));
  // Whoever has answered takes no turn of a round: the plain model does not know of that.
  if (!has_round) policy.acknowledgements = 1 + static_cast<int>(rng.below(3));
  policy.acknowledgements = std::min<int>(policy.acknowledgements, static_cast<int>(people));
  if (rng.below(3) == 0) policy.acknowledged_for = minutes(3 + rng.below(20));
  policy.bring_in = oncall::BringIn{minutes(2 + rng.below(15)), {}, {{Kind::kPerson, "p0"}}};
  policy.channels = {
      {"ops", {.kind = Contact::Kind::kTeams, .name = "ops", .address = "ops@rooms.test"}}};
  return policy;
}

Plan plan_of_the_night(uint64_t seed) {
  SeededRng rng(seed * 41 + 3);
  const auto people = people_of_the_night(rng);
  Plan plan = plan_for(people, kServices, policy_of_the_night(rng, people.size()));
  std::vector<std::string> turns;
  for (const auto& person : people) turns.push_back(person.id.value());
  add_schedule(plan, "first", turns);
  return plan;
}

class Night {
 public:
  explicit Night(uint64_t seed) : rng_(seed * 43 + 1), evening_(seed, plan_of_the_night(seed)) {}

  Report live() {
    for (int i = 0; i < 40 && evening_.is_well(); ++i) {
      act();
      constexpr int kSeconds[] = {0, 0, 1, 5, 30, 60, 120, 300, 900};
      evening_.advance(seconds(kSeconds[rng_.below(std::size(kSeconds))]));
    }
    if (evening_.is_well()) evening_.mend();
    if (evening_.is_well()) evening_.rest();
    check_errors();
    return evening_.finish();
  }

 private:
  House& house() { return evening_.house(); }
  std::string anybody() {
    return name_of(rng_.below(evening_.plan().declared.catalog->people.size()));
  }

  void act() {
    const uint64_t what = rng_.below(100);
    if (what < 24) return flip();
    if (what < 38) return decide();
    if (what < 52) return answer();
    if (what < 64) return reschedule();
    if (what < 70) return edit();
    if (what < 86) return change_mood();
    if (what < 96) return arm_crash();
    set_clock();
  }

  void flip() {
    const int service = static_cast<int>(rng_.below(kServices));
    evening_.say(service, !evening_.fires(service));
  }

  void decide() {
    const auto open = evening_.open_incidents();
    if (open.empty()) return;
    const std::string& incident = open[rng_.below(open.size())];
    const Duration how_long = minutes(1 + rng_.below(20));
    switch (rng_.below(8)) {
      case 0: (void)evening_.escalate(incident, anybody()); break;
      case 1: (void)evening_.snooze(incident, anybody(), how_long); break;
      case 2: (void)evening_.resolve(incident, anybody()); break;
      default: (void)evening_.acknowledge(incident, anybody());
    }
  }

  // Of the last messages, whatever became of what they told of.
  void answer() {
    using notify::Answer;
    const auto& all = house().provider.arrivals();
    std::vector<const Arrival*> pages;
    for (auto it = all.rbegin(); it != all.rend() && pages.size() < 5; ++it) {
      if (it->delivery.subject.kind == "page") pages.push_back(&*it);
    }
    if (pages.empty()) return;
    constexpr Answer kAll[] = {Answer::kAcknowledge, Answer::kAcknowledge, Answer::kAcknowledge,
                               Answer::kSnooze,      Answer::kEscalate,    Answer::kResolve};
    const Arrival arrival = *pages[rng_.below(pages.size())];
    (void)evening_.answer(arrival, kAll[rng_.below(std::size(kAll))], minutes(2));
  }

  void reschedule() {
    switch (rng_.below(5)) {
      case 0: return evening_.take_pager("first", anybody());
      case 1: return evening_.swap("first", anybody(), minutes(rng_.below(60)));
      case 2: return evening_.away(anybody(), minutes(rng_.below(20)), minutes(1 + rng_.below(90)));
      default:
        return evening_.add_override("first", anybody(), minutes(rng_.below(20)),
                                     minutes(1 + rng_.below(90)), rng_.below(2) == 0);
    }
  }

  // Another gap between the steps, or a contact that is gone or new.
  void edit() {
    const bool is_of_people = rng_.below(2) == 0;
    const std::string who = anybody();
    evening_.edit([&](Declared& declared) {
      if (!is_of_people) {
        declared.policies.front().repeat_after = seconds(60 + rng_.below(300));
        return;
      }
      auto next = std::make_shared<catalog::Catalog>(*declared.catalog);
      auto& person = next->people.at(catalog::PersonId(who));
      person.urgent.clear();
      if (person.contacts.size() > 1) {
        person.contacts.erase(person.contacts.begin());
      } else {
        person.contacts.push_back({.kind = kKinds[rng_.below(3)],
                                   .name = "new",
                                   .address = fmt::format("{}-new-{}@people.test", who, ++news_)});
      }
      declared.catalog = std::move(next);
    });
  }

  void change_mood() {
    const auto kind = kKinds[rng_.below(3)];
    const auto mood = static_cast<Mood>(rng_.below(kAllMoods));
    evening_.tell(
        fmt::format("channel {} takes mood {}", static_cast<int>(kind), static_cast<int>(mood)));
    house().provider.set_mood(kind, mood);
  }

  void arm_crash() {
    const int n = 1 + static_cast<int>(rng_.below(6));
    const auto moment = rng_.below(2) == 0 ? House::Moment::kBefore : House::Moment::kAfter;
    const bool is_at_try = rng_.below(2) == 0;
    evening_.tell(fmt::format("will crash {} {} {}",
                              moment == House::Moment::kBefore ? "before" : "after",
                              is_at_try ? "try" : "commit", n));
    is_at_try ? house().crash_at_try(n, moment) : house().crash_at_commit(n, moment);
  }

  void set_clock() {
    const auto by = seconds(static_cast<int64_t>(rng_.below(7200)) - 3600);
    evening_.tell(fmt::format("the wall clock moves by {} s", by.count()));
    house().t.clock().jump(by);
    evening_.judge().clock_was_set();
  }

  void check_errors() {
    for (const auto& line : house().t.errors()) {
      const bool is_told = line.find("every round is through") != std::string::npos ||
                           line.find("finished with nobody told") != std::string::npos ||
                           line.find("the operators could not be told") != std::string::npos;
      if (!is_told) evening_.checks().note("unexpected error: " + line);
    }
  }

  SeededRng rng_;
  Evening evening_;
  int news_ = 0;
};

}  // namespace

Report live_night(uint64_t seed) { return Night(seed).live(); }

}  // namespace tocsin::simulation
