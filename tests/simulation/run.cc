#include "run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "checks.h"
#include "incident/incident_store.h"
#include "incident/lifecycle.h"
#include "posters.h"

namespace tocsin::simulation {
namespace {

using alert::PostedPolicy;
using catalog::Contact;
using catalog::PersonId;
using incident::Incident;
using incident::State;

constexpr Contact::Kind kKinds[] = {Contact::Kind::kMail, Contact::Kind::kWebhook,
                                    Contact::Kind::kSlack};
constexpr const char* kTiers[] = {"fast", "page-1h", "ticket-3d", "no-data"};
// Beyond the longest wait of an escalation (15 min) and of a retry (5 min).
constexpr Duration kLongEnough = std::chrono::minutes(25);

struct Installation {
  Declared declared;
  std::vector<std::string> objectives;
};

slo::Objective objective(const std::string& name, const std::string& service) {
  slo::Objective o;
  o.name = slo::ObjectiveName(name);
  o.display_name = name;
  o.service = catalog::ServiceId(service);
  for (const char* tier_name : {"fast", "page-1h", "ticket-3d"}) {
    slo::Tier tier;
    tier.name = tier_name;
    tier.severity = tier.name == "ticket-3d" ? slo::Severity::kTicket : slo::Severity::kPage;
    o.tiers.push_back(tier);
  }
  return o;
}

Installation make_installation(Rng& rng) {
  auto c = std::make_shared<catalog::Catalog>();
  const auto people = 2 + rng.below(3);
  for (uint64_t i = 0; i < people; ++i) {
    catalog::Person person{.id = PersonId(fmt::format("p{}", i)),
                           .name = fmt::format("Person {}", i)};
    // Somebody can always be reached; others may have no way at all.
    const uint64_t ways = i == 0 ? 1 + rng.below(3) : rng.below(4);
    for (uint64_t w = 0; w < ways; ++w) {
      person.contacts.push_back({.kind = kKinds[rng.below(3)],
                                 .name = fmt::format("way-{}", w),
                                 .address = fmt::format("p{}-{}@people.test", i, w)});
    }
    c->people[person.id] = person;
  }
  Installation made;
  const auto services = 1 + rng.below(3);
  for (uint64_t s = 0; s < services; ++s) {
    catalog::Team team{.id = catalog::TeamId(fmt::format("t{}", s)), .name = "Team"};
    team.repeat = static_cast<int>(rng.below(3));
    team.repeat_after = seconds(60 + rng.below(600));
    Duration after{0};
    for (uint64_t i = 0; i < people; ++i) {
      team.escalation.push_back({PersonId(fmt::format("p{}", (i + s) % people)), after});
      after += seconds(rng.below(5) * 60);
    }
    c->teams[team.id] = team;
    catalog::Service service;
    service.id = catalog::ServiceId(fmt::format("s{}", s));
    service.team = team.id;
    service.tier = 1 + static_cast<int>(rng.below(4));
    service.is_customer_facing = rng.below(2) == 0;
    c->services[service.id] = service;
    for (uint64_t o = 0; o < 1 + rng.below(2); ++o) {
      const std::string name = fmt::format("s{}-o{}", s, o);
      made.declared.objectives.push_back(objective(name, service.id.value()));
      made.objectives.push_back(name);
    }
  }
  made.declared.catalog = std::move(c);
  return made;
}

oncall::Target any_target(const catalog::Team& team, Rng& rng) {
  using Kind = oncall::Target::Kind;
  switch (rng.below(8)) {
    case 0: return {Kind::kTeam, team.id.value()};
    case 1: return {Kind::kRoundRobin, team.id.value()};
    case 2: return {Kind::kSchedule, "nobody-is-on-call"};
    default:
      return {Kind::kPerson, team.escalation[rng.below(team.escalation.size())].person.value()};
  }
}

// Half of the teams page by a policy, and people have rules. From a source of its own, so that the
// rest of a life is what its seed says.
void add_policies(Installation& made, uint64_t seed) {
  SeededRng rng(seed * 31 + 7);
  auto c = std::make_shared<catalog::Catalog>(*made.declared.catalog);
  for (auto& [id, person] : c->people) {
    if (rng.below(3) == 0) person.keep_ringing = seconds(30 + rng.below(150));
    if (rng.below(2) == 0) continue;
    Duration after{0};
    for (const auto& contact : person.contacts) {
      person.urgent.push_back({contact.name, after});
      after += seconds(rng.below(4) * 30);
    }
  }
  for (auto& [id, team] : c->teams) {
    for (const auto& step : team.escalation) team.members.push_back(step.person);
    if (rng.below(2) == 0) continue;
    oncall::Policy policy;
    policy.id = oncall::PolicyId(id.value());
    policy.repeat = team.repeat;
    policy.repeat_after = team.repeat_after;
    Duration after{0};
    for (uint64_t i = 0; i < 1 + rng.below(3); ++i) {
      oncall::Step step{after, {}, {}};
      for (uint64_t n = 0; n < 1 + rng.below(3); ++n) step.targets.push_back(any_target(team, rng));
      if (rng.below(4) == 0) step.when.severities = {"SEV-1", "SEV-2"};
      policy.steps.push_back(std::move(step));
      after += minutes(rng.below(5));
    }
    if (rng.below(3) == 0) policy.acknowledged_for = minutes(3 + rng.below(20));
    policy.bring_in->after = minutes(1 + rng.below(10));
    policy.bring_in->severities.clear();
    team.escalation_policy = id.value();
    made.declared.policies.push_back(std::move(policy));
  }
  made.declared.catalog = std::move(c);
}

Installation installation_of(Rng& rng, uint64_t seed) {
  Installation made = make_installation(rng);
  add_policies(made, seed);
  return made;
}

class Life {
 public:
  Life(uint64_t seed, Clocks clocks, Posts posts)
      : rng_(seed),
        clocks_(clocks),
        made_(installation_of(rng_, seed)),
        more_rng_(seed * 37 + 5),
        house_(seed, made_.declared, posts),
        checks_(house_) {
    report_.seed = seed;
    if (posts == Posts::kMany) {
      give_rules(seed);
      posters_.emplace(seed, house_, checks_, *made_.declared.catalog);
    }
    house_.on_commit = [this] { checks_.after_commit(); };
    // Until the auditor's next look but one, which may be put off itself.
    checks_.has_trouble = [this] {
      return last_fault_ && house_.t.clock().monotonic() < *last_fault_ + minutes(3);
    };
    house_.on_start = [this] { say_everything(); };
    house_.provider.on_try = [this](const notify::Delivery& d) { checks_.before_try(d); };
    house_.fault = [this](std::string_view sql) { return fault(sql); };
  }

  Report live() {
    for (int i = 0; i < 24 && is_well(); ++i) {
      act();
      if (posters_) {
        if (const std::string done = posters_->act(); !done.empty()) tell(done);
      }
      house_.advance(pause());
      if (posters_) posters_->check_known();
    }
    mend();
    if (is_well()) watch();
    if (is_well()) rest();
    checks_.logbook();
    check_errors();
    return finish();
  }

 private:
  bool is_well() const { return checks_.findings().empty(); }
  void tell(std::string what) {
    report_.story.push_back(fmt::format("{} {}", to_rfc3339(house_.now()), what));
  }

  Duration pause() {
    constexpr int kSeconds[] = {0, 0, 1, 5, 30, 60, 120, 300, 600};
    return seconds(kSeconds[rng_.below(std::size(kSeconds))]);
  }

  // --- the objectives

  void say(const std::string& name, const std::string& tier, bool fires) {
    slo::TierChange change;
    change.objective = slo::ObjectiveName(name);
    change.tier = tier;
    const bool is_page = tier == "fast" || tier == "page-1h";
    change.severity = is_page ? slo::Severity::kPage : slo::Severity::kTicket;
    change.state = !fires              ? slo::TierState::kClear
                   : tier == "no-data" ? slo::TierState::kNoData
                                       : slo::TierState::kFiring;
    change.at = house_.now();
    change.evidence.bad_short = 30;
    change.evidence.total_short = 100;
    change.evidence.impact_started = change.at - seconds(rng_.below(300));
    house_.say(change);
  }

  void flip() {
    const std::string& name = made_.objectives[rng_.below(made_.objectives.size())];
    const std::string tier = kTiers[rng_.below(std::size(kTiers))];
    const bool fires = !firing_.contains({name, tier});
    if (fires) {
      firing_.insert({name, tier});
    } else {
      firing_.erase({name, tier});
    }
    tell(fmt::format("{} {} {}", name, tier, fires ? "fires" : "clears"));
    say(name, tier, fires);
  }

  // What the installations of earlier lives do not say: gates, runbooks, dependencies.
  void give_rules(uint64_t seed) {
    SeededRng rng(seed ^ 0x72756c6573U);
    auto next = std::make_shared<catalog::Catalog>(*made_.declared.catalog);
    for (auto& [_, team] : next->teams) {
      if (rng.below(2) == 0) team.page_gate = catalog::PageGate::kEnforce;
    }
    const catalog::Service* before = nullptr;
    for (auto& [_, service] : next->services) {
      if (rng.below(2) == 0) service.runbook = "https://runbooks.test/service";
      if (before != nullptr && rng.below(2) == 0) service.depends_on.push_back(before->id);
      before = &service;
    }
    if (rng.below(2) == 0) made_.declared.policy.otherwise = PostedPolicy::Otherwise::kDashboard;
    made_.declared.policy.paging_receivers = {"pager"};
    made_.declared.catalog = std::move(next);
    house_.use(made_.declared);
  }

  // As slo does after a restart: what it restored and does not see is clear, what it sees fires.
  void say_everything() {
    tell("starts");
    if (posters_) {
      posters_->had_trouble();
      posters_->check_known();
    }
    for (const auto& name : made_.objectives) {
      for (const char* tier : kTiers) say(name, tier, firing_.contains({name, tier}));
    }
  }

  // --- people

  std::optional<Incident> any_incident() {
    const auto all = incident::list_incidents(house_.t.reader(), incident::Which::kOpen, 10);
    if (!all || all->empty()) return std::nullopt;
    return (*all)[rng_.below(all->size())];
  }

  void acknowledge() {
    const auto incident = any_incident();
    if (!incident) return;
    const std::string who = fmt::format("p{}", rng_.below(4));
    const store::Actor by{"user", who};
    const uint64_t what = more_rng_.below(6);
    const Duration how_long = minutes(1 + more_rng_.below(30));
    tell(fmt::format("{} {} {}", who,
                     what == 0   ? "escalates"
                     : what == 1 ? "snoozes"
                                 : "acknowledges",
                     incident->id));
    house_.submit([this, id = incident->id, by, what, how_long](engine::Tx& tx) {
      if (what == 0) return house_.incidents->escalate(tx, id, by);
      if (what == 1)
        return house_.incidents->snooze(tx, id, how_long, oncall::answers_as(by, by.name));
      return house_.incidents->acknowledge(tx, id, oncall::answers_as(by, by.name));
    });
  }

  void move() {
    const auto incident = any_incident();
    if (!incident) return;
    constexpr State kTo[] = {State::kInvestigating, State::kIdentified, State::kMitigating,
                             State::kMonitoring,    State::kResolved,   State::kDeclined};
    const State to = kTo[rng_.below(std::size(kTo))];
    tell(fmt::format("{} is moved to {}", incident->id, incident::name_of(to)));
    house_.submit([this, id = incident->id, to](engine::Tx& tx) {
      return house_.incidents->move(tx, id, to, "by the simulation", store::Actor{"user", "p0"});
    });
  }

  void reload() {
    auto next = std::make_shared<catalog::Catalog>(*made_.declared.catalog);
    for (auto& [id, team] : next->teams) {
      // Another order, the same delays.
      for (size_t i = team.escalation.size(); i > 1; --i) {
        std::swap(team.escalation[i - 1].person, team.escalation[rng_.below(i)].person);
      }
    }
    made_.declared.catalog = std::move(next);
    tell("the catalog is read again");
    house_.use(made_.declared);
  }

  // --- the world

  void change_mood() {
    const auto kind = kKinds[rng_.below(3)];
    const auto mood = static_cast<Mood>(rng_.below(kMoods));
    tell(fmt::format("channel {} takes mood {}", static_cast<int>(kind), static_cast<int>(mood)));
    house_.provider.set_mood(kind, mood);
  }

  void arm_crash() {
    const int n = 1 + static_cast<int>(rng_.below(6));
    const auto moment = rng_.below(2) == 0 ? House::Moment::kBefore : House::Moment::kAfter;
    tell(fmt::format("will crash {} commit {}",
                     moment == House::Moment::kBefore ? "before" : "after", n));
    house_.crash_at_commit(n, moment);
  }

  void toggle_faults() {
    faults_per_thousand_ = faults_per_thousand_ > 0 ? 0 : 1 + static_cast<int>(rng_.below(100));
    fault_code_ = rng_.below(2) == 0 ? Code::kUnavailable : Code::kResourceExhausted;
    tell(fmt::format("the database fails {} in a thousand", faults_per_thousand_));
  }

  std::optional<Error> fault(std::string_view sql) {
    if (faults_per_thousand_ == 0 || sql.starts_with("ROLLBACK")) return std::nullopt;
    if (rng_.below(1000) >= static_cast<uint64_t>(faults_per_thousand_)) return std::nullopt;
    ++report_.faults;
    last_fault_ = house_.t.clock().monotonic();
    if (posters_) posters_->had_trouble();
    return Error{fault_code_, "the simulation's database does not want to"};
  }

  void set_clock() {
    const auto by = seconds(static_cast<int64_t>(rng_.below(7200)) - 3600);
    tell(fmt::format("the wall clock moves by {} s", by.count()));
    house_.t.clock().jump(by);
    if (posters_) posters_->clock_was_set();
  }

  void set_clock_by_hours() {
    const auto by = seconds(static_cast<int64_t>(rng_.below(86'400)) - 43'200);
    const bool is_down = rng_.below(4) > 0;
    tell(fmt::format("the wall clock moves by {} s{}", by.count(), is_down ? " while down" : ""));
    house_.t.clock().jump(by);
    if (posters_) posters_->clock_was_set();
    if (is_down) house_.crash();
  }

  void act() {
    if (clocks_ == Clocks::kWild && rng_.below(5) == 0) return set_clock_by_hours();
    const uint64_t what = rng_.below(100);
    if (what < 42) return flip();
    if (what < 52) return acknowledge();
    if (what < 59) return move();
    if (what < 74) return change_mood();
    if (what < 82) return arm_crash();
    if (what < 87) return house_.crash();
    if (what < 92) return toggle_faults();
    if (what < 96) return set_clock();
    reload();
  }

  // --- the end

  // Everything works from now on, and what was said is written.
  void mend() {
    tell("everything is mended");
    house_.provider.heal();
    faults_per_thousand_ = 0;
    house_.crash_at_commit(1'000'000'000, House::Moment::kBefore);
    if (posters_) posters_->mend();
    house_.advance(minutes(3));
    std::set<std::string> expected;
    for (const auto& [name, tier] : firing_) expected.insert(name + "/" + tier);
    if (is_well() && checks_.firing_tiers() != expected) {
      checks_.note(fmt::format("{} tiers fire and the database knows {}", expected.size(),
                               checks_.firing_tiers().size()));
    }
  }

  // While an escalation rings and nothing is in the way, somebody hears it.
  void watch() {
    const Duration from = house_.t.clock().monotonic();
    const auto before = checks_.ringing();
    tell("watching");
    house_.advance(kLongEnough);
    const auto after = checks_.ringing();
    std::set<std::string> heard;
    for (const auto& arrival : house_.provider.arrivals()) {
      if (arrival.at < from || !arrival.delivery.message.is_page) continue;
      heard.insert(arrival.delivery.message.incident_id);
      // A bundle tells of several.
      const auto pages = house_.pager->pages_of(house_.t.reader(), arrival.delivery.subject.id);
      if (!pages) continue;
      for (const auto& page : *pages) heard.insert(page.incident_id);
    }
    for (const auto& id : before) {
      if (after.contains(id) && !heard.contains(id)) {
        checks_.note(fmt::format("nobody heard of {} in {}", id, to_text(kLongEnough)));
      }
    }
    if (posters_) posters_->check_places();
  }

  void rest() {
    tell("everything is calm");
    for (const auto& [name, tier] : std::set(firing_)) say(name, tier, false);
    firing_.clear();
    if (posters_) posters_->resolve_all();
    house_.advance(minutes(7));
    // At most 40 minutes after its last change an alert is steady (docs/problems.md).
    if (posters_ && posters_->any_flaps()) house_.advance(minutes(42));
    // A person who doubted a recovery says when it is over.
    const auto open = incident::list_incidents(house_.t.reader(), incident::Which::kOpen, 100);
    for (const auto& i : open ? *open : std::vector<Incident>()) {
      house_.submit([this, id = i.id](engine::Tx& tx) {
        return house_.incidents->move(tx, id, State::kResolved, "", store::Actor{"user", "p0"});
      });
    }
    house_.advance(minutes(10));
    if (is_well()) checks_.at_rest();
    if (is_well() && posters_) posters_->check_rest();
  }

  void check_errors() {
    for (const auto& line : house_.provider.unmarked()) {
      checks_.note("a message came again without a mark: " + line);
    }
    for (const auto& line : house_.t.errors()) {
      const bool is_told = line.find("every round is through") != std::string::npos ||
                           line.find("finished with nobody told") != std::string::npos;
      const bool is_of_the_database = report_.faults > 0;
      if (!is_told && !is_of_the_database) checks_.note("unexpected error: " + line);
    }
  }

  Report finish() {
    report_.findings = checks_.findings();
    report_.commits = house_.commits;
    report_.crashes = house_.crashes;
    if (posters_) {
      report_.posts = posters_->accepted();
      report_.notifications = posters_->notifications();
    }
    report_.arrivals = static_cast<int>(house_.provider.arrivals().size());
    const auto count = [&](std::string_view sql) {
      const auto rows = house_.t.reader().query(sql, std::span<const store::Value>());
      return rows ? static_cast<int>(rows->front().integer(0)) : -1;
    };
    report_.incidents = count("SELECT COUNT(*) FROM incident");
    report_.pages = count("SELECT COUNT(*) FROM page");
    return report_;
  }

  SeededRng rng_;
  const Clocks clocks_;
  Installation made_;
  SeededRng more_rng_;  // what came later than the seeds that are known
  Report report_;
  House house_;
  Checks checks_;
  std::optional<Posters> posters_;
  std::set<std::pair<std::string, std::string>> firing_;  // the truth: objective, tier
  int faults_per_thousand_ = 0;
  std::optional<Duration> last_fault_;
  Code fault_code_ = Code::kUnavailable;
};

}  // namespace

Report run(uint64_t seed, Clocks clocks, Posts posts) { return Life(seed, clocks, posts).live(); }

}  // namespace tocsin::simulation
