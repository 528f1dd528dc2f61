#include "posters.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert/problem_store.h"

namespace tocsin::simulation {
namespace {

using Heard = alert::testing::Arrival;
using ReceiverMood = alert::testing::Mood;
using routing::Labels;
using routing::PostedAlert;

constexpr uint64_t kAlerts = 8;
constexpr Duration kFarAway = hours(24 * 365);
constexpr Duration kNearEnd = std::chrono::minutes(4);
constexpr Duration kTimeout = std::chrono::minutes(5);
// As the house's configuration says; the second without one turn: it counts from when the message
// was due, and a provider may have taken it later.
constexpr Duration kGroupInterval = std::chrono::minutes(2);
constexpr Duration kRepeatInterval = std::chrono::minutes(20) - kGroupInterval;
// Within this the house has heard of an end, with nothing in the way.
constexpr Duration kSoon = std::chrono::seconds(60);

}  // namespace

Posters::Posters(uint64_t seed, House& house, Checks& checks, const catalog::Catalog& catalog)
    : rng_(seed ^ 0x706f73746572U), house_(house), checks_(checks) {
  std::vector<const catalog::Service*> services;
  for (const auto& [_, service] : catalog.services) services.push_back(&service);
  for (uint64_t i = 0; i < kAlerts; ++i) {
    Alert alert;
    alert.name = fmt::format("a{}", i);
    alert.habit = static_cast<Habit>(rng_.below(4));
    alert.asks = rng_.below(4) > 0;
    alert.is_owned = rng_.below(6) > 0;
    alert.is_cause = rng_.below(4) == 0;
    alert.has_impact = rng_.below(4) > 0;
    alert.has_runbook = rng_.below(4) > 0;
    const catalog::Service& service = *services[rng_.below(services.size())];
    alert.labels = Labels::of({{"alertname", "Posted"},
                               {"name", alert.name},
                               {"severity", alert.asks ? "page" : "info"},
                               {"kind", alert.is_cause ? "cause" : "symptom"},
                               {"service", alert.is_owned ? service.id.value() : "nobodys"}});
    const bool is_fit = alert.has_impact && (alert.has_runbook || !service.runbook.empty());
    alert.is_held_back = alert.is_owned && !is_fit &&
                         catalog.team(service.team)->page_gate == catalog::PageGate::kEnforce;
    alerts_.push_back(std::move(alert));
  }
  house_.receivers.on_arrival = [this](const Heard& arrival) { hear(arrival); };
  checks_.is_long_over = [this](uint64_t fingerprint) { return is_long_over(fingerprint); };
  each_minute();
}

// --- what senders do

PostedAlert Posters::made(const Alert& alert) const {
  const Time now = house_.t.clock().now();
  PostedAlert posted;
  posted.labels = alert.labels;
  const std::string summary = fmt::format("{} in words {}", alert.name, alert.words);
  std::vector<routing::LabelPair> words{{"summary", summary}};
  if (alert.has_impact) words.emplace_back("impact", "Customers wait");
  if (alert.has_runbook) words.emplace_back("runbook_url", "https://runbooks.test/posted");
  posted.annotations = Labels::with_empty_values(std::move(words));
  posted.starts = std::min(alert.starts, now);
  posted.updated = now;
  posted.ends = alert.fires ? now + alert.lasts : now;
  posted.is_timeout = alert.fires && alert.habit == Habit::kTimesOut;
  return posted;
}

void Posters::post(const std::vector<Alert*>& which) {
  if (which.empty()) return;
  std::vector<PostedAlert> posts;
  for (Alert* alert : which) {
    alert->is_pending = true;
    alert->known = Known::kNothing;
    posts.push_back(made(*alert));
  }
  const auto answer = house_.ask([&] { return house_.posted->put(posts); });
  if (!answer || !*answer) return;  // they come again
  const Duration now = house_.t.clock().monotonic();
  for (Alert* alert : which) {
    ++accepted_;
    alert->is_pending = false;
    alert->since = now;
    const bool ends_by_itself = alert->habit == Habit::kEnds || alert->habit == Habit::kTimesOut;
    alert->known = !alert->fires ? Known::kOver : ends_by_itself ? Known::kFades : Known::kFires;
  }
}

// What receivers heard of it before does not tell them what it says now.
void Posters::change(Alert& alert) {
  for (auto& [_, belief] : beliefs_) belief.firing.erase(alert.name);
}

void Posters::begin(Alert& alert) {
  alert.fires = true;
  alert.starts = house_.t.clock().now();
  switch (alert.habit) {
    case Habit::kSteady: alert.lasts = kFarAway; break;
    case Habit::kRepeats: alert.lasts = kNearEnd; break;
    case Habit::kEnds: alert.lasts = seconds(60 + rng_.below(420)); break;
    case Habit::kTimesOut: alert.lasts = kTimeout; break;
  }
  change(alert);
}

void Posters::end(Alert& alert) {
  alert.fires = false;
  change(alert);
}

// Posts that had no answer are made again; a rule engine posts again what still fires.
void Posters::each_minute() {
  std::vector<Alert*> again;
  for (Alert& alert : alerts_) {
    if (alert.is_pending || (alert.fires && alert.habit == Habit::kRepeats)) {
      again.push_back(&alert);
    }
  }
  house_.agenda.at(house_.t.clock().monotonic() + minutes(1), [this] { each_minute(); });
  post(again);
}

// --- what people do

void Posters::silence(const Alert& alert) {
  routing::Silence silence;
  silence.matchers = {*routing::Matcher::make("name", routing::MatchOp::kEqual, alert.name)};
  silence.starts = house_.t.clock().now();
  silence.ends = silence.starts + seconds(30 + rng_.below(600));
  silence.created_by = "ada";
  silence.comment = "known";
  (void)house_.ask([&]() -> Result<> {
    RETURN_IF_ERROR(house_.silences->set(silence, store::Actor{"user", "ada"}));
    return {};
  });
}

void Posters::end_silences() {
  for (const auto& one : house_.silences->all()) {
    if (one.state(house_.t.clock().now()) == routing::SilenceState::kExpired) continue;
    (void)house_.ask([&] { return house_.silences->expire(one.id, store::Actor{"user", "ada"}); });
  }
}

std::string Posters::act() {
  const uint64_t what = rng_.below(100);
  if (what < 45) {
    std::vector<Alert*> some;
    for (uint64_t i = 0; i < 1 + rng_.below(3); ++i) {
      Alert& alert = any();
      if (std::ranges::find(some, &alert) != some.end()) continue;
      if (!alert.fires || alert.known == Known::kFades) begin(alert);
      some.push_back(&alert);
    }
    std::string names;
    for (const Alert* alert : some) names += " " + alert->name;
    post(some);
    return "posted:" + names;
  }
  if (what < 68) {
    Alert& alert = any();
    end(alert);
    post({&alert});
    return "posted as resolved: " + alert.name;
  }
  if (what < 74) {
    Alert& alert = any();
    if (!alert.fires || alert.known == Known::kFades) return "";
    ++alert.words;
    post({&alert});
    return "posted in other words: " + alert.name;
  }
  if (what < 82) {
    const Alert& alert = any();
    silence(alert);
    return "silenced: " + alert.name;
  }
  if (what < 86) {
    end_silences();
    return "the silences are ended";
  }
  if (what < 90) {
    Alert& alert = any();
    if (alert.habit != Habit::kRepeats || !alert.fires) return "";
    end(alert);  // and nobody says so
    alert.is_pending = false;
    alert.known = Known::kFades;
    return "its sender is gone: " + alert.name;
  }
  // Mostly well: each try of each group is two commits.
  constexpr ReceiverMood kAll[] = {ReceiverMood::kTakes, ReceiverMood::kTakes,
                                   ReceiverMood::kTakes, ReceiverMood::kRefuses,
                                   ReceiverMood::kFails, ReceiverMood::kTakesAndFails,
                                   ReceiverMood::kSilent};
  const auto mood = kAll[rng_.below(std::size(kAll))];
  const std::string receiver = rng_.below(2) == 0 ? "root" : "pager";
  house_.receivers.set_mood(receiver, mood);
  return fmt::format("receiver {} takes mood {}", receiver, static_cast<int>(mood));
}

// --- what receivers hear

void Posters::hear(const Heard& arrival) {
  const Duration now = house_.t.clock().monotonic();
  const auto [found, is_first] = beliefs_.try_emplace({arrival.receiver, arrival.group_key});
  Belief& belief = found->second;
  const auto note = [&](std::string_view what) {
    checks_.note(fmt::format("{} {}: {}", arrival.receiver, what, arrival.to_text()));
  };
  if (arrival.firing.empty() && arrival.resolved.empty()) note("hears nothing");
  const bool has_news = is_first || !arrival.resolved.empty() || arrival.reason == "flapping" ||
                        !std::ranges::includes(belief.firing, arrival.firing);
  // What was told last may have been judged a turn before it came.
  const bool is_due =
      belief.at + kRepeatInterval <= now || clock_set_ >= belief.at - kGroupInterval;
  if (!has_news && !is_due && !arrival.maybe_duplicate) note("hears twice");
  for (const Alert& alert : alerts_) {
    if (!arrival.firing.contains(alert.name)) continue;
    if (arrival.receiver == "pager" && !alert.asks) note("hears of what asks for no page");
    if (arrival.receiver == "pager" && alert.is_held_back) note("hears of what the gate holds");
    // A message that is tried again says what was so at its turn.
    const bool is_fresh = arrival.judged_at == arrival.at;
    if (is_fresh && is_long_over(alert.labels.fingerprint())) {
      note("hears as firing what is over");
    }
  }
  belief.open.insert(arrival.firing.begin(), arrival.firing.end());
  for (const auto& name : arrival.resolved) belief.open.erase(name);
  belief.firing = arrival.firing;
  belief.at = now;
}

bool Posters::knows(const std::string& receiver, const std::string& name) const {
  return std::ranges::any_of(beliefs_, [&](const auto& one) {
    return one.first.first == receiver && one.second.open.contains(name);
  });
}

// --- what must hold

bool Posters::is_long_over(uint64_t fingerprint) const {
  const auto alert = std::ranges::find(alerts_, fingerprint,
                                       [](const Alert& one) { return one.labels.fingerprint(); });
  const Duration now = house_.t.clock().monotonic();
  return alert != alerts_.end() && alert->known == Known::kOver &&
         now - std::max({alert->since, trouble_, clock_set_}) > kSoon &&
         !house_.posted->flaps_at(fingerprint, house_.t.clock().now());
}

void Posters::check_known() {
  for (const Alert& alert : alerts_) check_known(alert);
}

void Posters::check_known(const Alert& alert) {
  const Time now = house_.t.clock().now();
  const auto kept = house_.posted->find(alert.labels.fingerprint());
  const auto note = [&](std::string_view what) {
    checks_.note(fmt::format("posted alert {} {}", alert.name, what));
  };
  if (alert.known == Known::kOver && kept && !kept->is_resolved(now)) {
    return note("is over and the house takes it for firing");
  }
  if (alert.known != Known::kFires) return;
  const bool may_have_run_out =
      alert.habit == Habit::kRepeats && house_.t.clock().monotonic() - alert.since >= kNearEnd;
  if (may_have_run_out) return;
  if (!kept) return note("was accepted and the house does not know it");
  if (kept->is_resolved(now)) return note("fires and the house takes it for resolved");
  if (kept->annotations.bytes() != made(alert).annotations.bytes()) {
    note("was accepted in other words");
  }
}

void Posters::mend() {
  house_.receivers.all_well();
  end_silences();
}

void Posters::check_places() {
  check_known();
  for (const Alert& alert : alerts_) check_place(alert);
  check_receivers();
}

// It asks for a page: it has one, or there is a reason why not.
void Posters::check_place(const Alert& alert) {
  const auto note = [&](std::string_view what) {
    checks_.note(fmt::format("posted alert {} {}", alert.name, what));
  };
  auto& sql = house_.t.reader();
  const uint64_t fingerprint = alert.labels.fingerprint();
  const auto live = alert::live_sources_of(sql, fingerprint);
  const auto verdict = alert::read_verdict(sql, fingerprint);
  if (!live || !verdict) return note("cannot be looked up");
  const auto source =
      std::ranges::find(*live, alert::SourceRole::kSource, &alert::AlertSource::role);
  const bool has_source = source != live->end();
  if (alert.known == Known::kOver || alert.known == Known::kFades) {
    const bool flaps = house_.posted->flaps_at(fingerprint, house_.t.clock().now()).has_value();
    if (!live->empty() && !flaps) note("is over and still at an alert");
    return;
  }
  if (alert.known != Known::kFires) return;
  if (!alert.asks) return has_source ? note("asks for no page and is at an alert") : void();
  if (!alert.is_owned) {
    if (has_source) note("is nobody's and is at an alert");
    return *verdict ? void() : note("is nobody's and nothing says so");
  }
  if (!has_source) {
    const bool is_looked_at = alert.is_cause && !live->empty();
    const bool is_refused = *verdict && (*verdict)->decision == alert::Decision::kDashboard;
    if (!is_looked_at && !is_refused) note("asks for a page and is nowhere");
    return;
  }
  const auto joined = alert::read_alert(sql, source->alert);
  if (!joined || !*joined) return note("is at an alert that is not there");
  if ((*joined)->state != alert::AlertState::kFiring) return note("is at an alert that is over");
  const bool is_page = (*joined)->severity == slo::Severity::kPage;
  const bool may_be_less = *verdict && (*verdict)->decision != alert::Decision::kPage;
  if (!is_page && !may_be_less) note("asks for a page and nothing says why it has none");
  if (is_page && (*joined)->incident.empty()) note("is at a page without an incident");
}

void Posters::check_receivers() {
  for (const Alert& alert : alerts_) {
    for (const std::string receiver : {"root", "pager"}) {
      const bool is_meant = receiver == "root" || (alert.asks && !alert.is_held_back);
      const bool is_known = knows(receiver, alert.name);
      // Whether a cause passes the gate hangs on what else fires.
      const bool is_sure = receiver == "root" || !alert.is_cause;
      if (alert.known == Known::kFires && is_meant && is_sure && !is_known) {
        checks_.note(fmt::format("{} does not know that {} fires", receiver, alert.name));
      }
      const bool flaps =
          house_.posted->flaps_at(alert.labels.fingerprint(), house_.t.clock().now()).has_value();
      if (alert.known == Known::kOver && is_known && !flaps) {
        checks_.note(fmt::format("{} does not know that {} is over", receiver, alert.name));
      }
    }
  }
}

void Posters::resolve_all() {
  std::vector<Alert*> ended;
  for (Alert& alert : alerts_) {
    const bool ends_by_itself = alert.known == Known::kFades || alert.known == Known::kNothing;
    if (ends_by_itself && !alert.is_pending) {
      alert.known = Known::kOver;  // long ago
      alert.fires = false;
      continue;
    }
    if (!alert.fires) continue;
    end(alert);
    ended.push_back(&alert);
  }
  post(ended);
}

bool Posters::any_flaps() {
  return std::ranges::any_of(alerts_, [&](const Alert& alert) {
    return house_.posted->flaps_at(alert.labels.fingerprint(), house_.t.clock().now()).has_value();
  });
}

void Posters::check_rest() {
  check_known();
  for (const Alert& alert : alerts_) check_place(alert);
  check_receivers();
}

}  // namespace tocsin::simulation
