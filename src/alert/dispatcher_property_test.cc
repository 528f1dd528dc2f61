// Random lives of the dispatcher. Without faults every message is foretold by a plain model that
// knows nothing of queues, commits and caches. With crashes, refusing databases and failing
// providers the promises are checked: nobody is told what is not so, nothing is told twice unless
// it says that it may be, and in the end everybody knows what fires and what does not.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>

#include "alert/dispatch_testing.h"
#include "alert/dispatcher_lives.h"

namespace tocsin::alert {
namespace {

using namespace testing::lives;
using testing::Arrival;
using testing::Mood;
using testing::World;

// What is so in the world.
struct Truth {
  Time start;
  std::map<int, Time> ends;  // of the alerts that were ever posted
  std::vector<std::tuple<int, Time, Time>> silences;
  struct Mark {
    bool is_acknowledged = false;
    std::optional<Time> snoozed_until;
  };
  std::map<int, Mark> marks;  // of this firing

  bool fires(int i, Time at) const {
    const auto found = ends.find(i);
    return found != ends.end() && found->second > at;
  }
  bool is_suppressed(int i, const PlainRoute& route, Time at) const {
    if (route.has_break && at >= start + minutes(2) && at < start + minutes(4)) return true;
    for (const auto& [who, from, until] : silences) {
      if (who == i && at >= from && at < until) return true;
    }
    for (int s = 0; s < kAlerts; ++s) {
      if (fires(s, at) && may_inhibit(s, i)) return true;
    }
    const auto mark = marks.find(i);
    return mark != marks.end() && mark->second.snoozed_until && at < *mark->second.snoozed_until;
  }
  bool is_acknowledged(int i) const {
    const auto mark = marks.find(i);
    return mark != marks.end() && mark->second.is_acknowledged;
  }
  bool has_woken(int i, Time after, Time at) const {
    const auto mark = marks.find(i);
    return mark != marks.end() && mark->second.snoozed_until &&
           after < *mark->second.snoozed_until && *mark->second.snoozed_until <= at;
  }
};

using Line = std::string;

// What was told of a group that is gone is forgotten some time after it has expired; then news come
// as a first notification again.
Line line_of(Time at, const Arrival& a) {
  Arrival shown = a;
  if (a.reason == "first notification" || a.reason == "new alerts added") shown.reason = "news";
  return fmt::format("{} {} {}", to_rfc3339(at), a.receiver, shown.to_text());
}

class Model {
 public:
  explicit Model(Truth& truth) : truth_(truth) {}

  void posted(int i, Time now) {
    if (!truth_.fires(i, now)) return;
    for (const PlainRoute* route : routes_of(i)) {
      const Key key{route, route->is_one_group ? 0 : group_of(i)};
      const auto [group, is_new] = groups_.try_emplace(key);
      if (is_new) group->second.due = now + route->wait;
      group->second.members.insert(i);
    }
  }
  void snoozed(int i, Time until) { wakes_.emplace(until, i); }

  // The messages up to and with `until`.
  void run(Time until, std::vector<Line>& lines) {
    while (!wakes_.empty() && wakes_.begin()->first <= until) {
      const auto [at, i] = *wakes_.begin();
      wakes_.erase(wakes_.begin());
      flush_until(at - Duration(1), lines);
      wake(at, i);
    }
    flush_until(until, lines);
  }

 private:
  // Who was snoozed is told at once, if the group has had its first turn.
  void wake(Time at, int i) {
    if (!truth_.fires(i, at) || !truth_.has_woken(i, at - Duration(1), at)) return;
    for (const PlainRoute* route : routes_of(i)) {
      const auto group = groups_.find({route, route->is_one_group ? 0 : group_of(i)});
      if (group != groups_.end() && group->second.has_flushed) {
        group->second.due = std::min(group->second.due, at);
      }
    }
  }
  void flush_until(Time until, std::vector<Line>& lines) {
    while (true) {
      auto next = groups_.end();
      for (auto it = groups_.begin(); it != groups_.end(); ++it) {
        if (it->second.due > until) continue;
        if (next == groups_.end() || it->second.due < next->second.due) next = it;
      }
      if (next == groups_.end()) return;
      flush(next->first, next->second, lines);
      if (next->second.members.empty()) groups_.erase(next);
    }
  }

  using Key = std::pair<const PlainRoute*, int>;
  struct Group {
    Time due;
    bool has_flushed = false;
    std::set<int> members;
  };
  struct Known {
    std::optional<Time> at;
    std::set<int> firing;  // in the last message
    std::set<int> open;
  };

  void flush(const Key& key, Group& group, std::vector<Line>& lines) {
    const auto& [route, _] = key;
    const Time now = group.due;
    const bool is_quiet = route == &kQuiet;
    group.due += route->interval;
    group.has_flushed = true;
    Known& known = known_[key];
    std::set<int> firing, resolved;
    for (const int i : group.members) {
      if (truth_.fires(i, now)) {
        if (!truth_.is_suppressed(i, *route, now)) firing.insert(i);
      } else if (known.open.contains(i)) {
        resolved.insert(i);
      }
    }
    const char* reason =
        why(known, firing, is_quiet ? std::set<int>() : resolved, route->repeat, now);
    if (reason) {
      Arrival a;
      a.receiver = route->receiver;
      a.reason = reason;
      for (const int i : firing) a.firing.insert(name_of(i));
      if (!is_quiet) {
        for (const int i : resolved) a.resolved.insert(name_of(i));
      }
      lines.push_back(line_of(now, a));
      known.at = now;
      known.firing = firing;
      known.open.insert(firing.begin(), firing.end());
    }
    for (const int i : resolved) {
      if (!reason && !is_quiet) break;
      known.open.erase(i);
      known.firing.erase(i);
    }
    std::erase_if(group.members,
                  [&](int i) { return !truth_.fires(i, now) && !known.open.contains(i); });
  }

  const char* why(const Known& known, const std::set<int>& firing, const std::set<int>& resolved,
                  Duration repeat, Time now) const {
    if (firing.empty() && resolved.empty()) return nullptr;
    if (firing.empty()) {
      return resolved == known.open ? "all alerts resolved" : "some alerts resolved";
    }
    if (!known.at) return "first notification";
    const bool has_woken =
        std::ranges::any_of(firing, [&](int i) { return truth_.has_woken(i, *known.at, now); });
    if (has_woken || !std::ranges::includes(known.firing, firing)) return "new alerts added";
    if (!resolved.empty()) return "some alerts resolved";
    if (std::ranges::all_of(firing, [&](int i) { return truth_.is_acknowledged(i); })) {
      return nullptr;
    }
    return *known.at + repeat <= now ? "repeat interval elapsed" : nullptr;
  }

  Truth& truth_;
  std::map<Key, Group> groups_;
  std::map<Key, Known> known_;
  std::set<std::pair<Time, int>> wakes_;  // the ends of snoozes
};

std::pair<uint64_t, uint64_t> seeds(uint64_t count) {
  if (const char* one = ::getenv("DISPATCH_SEED")) {
    const uint64_t seed = std::strtoull(one, nullptr, 10);
    return {seed, seed + 1};
  }
  return {1, count + 1};
}

// A life in which nothing goes wrong.
void live_foretold(uint64_t seed) {
  SeededRng rng(seed);
  World world({.seed = seed}, kConfig);
  give_labels(world);
  Truth truth{world.t.now()};
  Model model(truth);
  std::vector<Line> expected;
  for (int step = 0; step < 80; ++step) {
    const int i = static_cast<int>(rng.below(kAlerts));
    const Time now = world.t.now();
    switch (rng.below(9)) {
      case 0:
      case 1:
      case 2: {
        const Duration lasts = seconds(20 + rng.below(300));
        const bool fires = truth.fires(i, now);
        if (!fires) truth.marks.erase(i);
        truth.ends[i] = fires ? std::max(truth.ends[i], now + lasts) : now + lasts;
        ASSERT_TRUE(world.put({world.alert(name_of(i), lasts)}));
        model.posted(i, now);
        break;
      }
      case 3:
      case 4:
        if (truth.fires(i, now)) truth.ends[i] = now;
        ASSERT_TRUE(world.put({world.alert(name_of(i), Duration(0))}));
        break;
      case 5: {
        const Duration lasts = seconds(10 + rng.below(120));
        truth.silences.emplace_back(i, now, now + lasts);
        world.silence(name_of(i), lasts);
        break;
      }
      case 6:
        if (!truth.fires(i, now)) break;
        truth.marks[i].is_acknowledged = true;
        world.acknowledge(name_of(i));
        break;
      case 7: {
        if (!truth.fires(i, now)) break;
        const Duration lasts = seconds(1 + rng.below(120));
        truth.marks[i].snoozed_until = now + lasts;
        model.snoozed(i, now + lasts);
        world.snooze(name_of(i), lasts);
        break;
      }
      case 8: {
        if (!truth.fires(i, now)) break;
        auto& until = truth.marks[i].snoozed_until;
        if (!until || *until <= now) break;
        until = now;
        model.snoozed(i, now);
        world.unsnooze(name_of(i));
        break;
      }
    }
    const Duration pause = seconds(rng.below(3) == 0 ? 0 : rng.below(25));
    model.run(world.t.now() + pause, expected);
    world.advance(pause);
  }
  model.run(world.t.now() + minutes(15), expected);
  world.advance(minutes(15));

  std::vector<Line> told;
  for (const Arrival& a : world.provider.arrivals) {
    told.push_back(line_of(a.at, a));
  }
  // Groups of one moment are told in any order.
  std::ranges::sort(expected);
  std::ranges::sort(told);
  std::vector<Line> only_told, only_expected;
  std::ranges::set_difference(told, expected, std::back_inserter(only_told));
  std::ranges::set_difference(expected, told, std::back_inserter(only_expected));
  ASSERT_GT(told.size(), 10u);
  ASSERT_TRUE(only_told.empty() && only_expected.empty())
      << "DISPATCH_SEED=" << seed << "\ntold, not foretold:\n  "
      << fmt::format("{}", fmt::join(only_told, "\n  ")) << "\nforetold, not told:\n  "
      << fmt::format("{}", fmt::join(only_expected, "\n  "));
  EXPECT_TRUE(world.t.errors().empty());
}

TEST(DispatcherModel, TellsWhatThePlainModelTells) {
  const auto [first, end] = seeds(60);
  for (uint64_t seed = first; seed < end && !::testing::Test::HasFatalFailure(); ++seed) {
    live_foretold(seed);
  }
}

// A life in which everything goes wrong.
class Hard {
 public:
  explicit Hard(uint64_t seed, store::Backend backend = store::Backend::kSqlite)
      : rng_(seed), world_({.backend = backend, .seed = seed}, kConfig), truth_{world_.t.now()} {
    give_labels(world_);
    world_.provider.on_arrival = [this](const Arrival& a) { check(a); };
  }

  std::vector<std::string> live() {
    for (int step = 0; step < 60 && findings_.empty(); ++step) {
      act();
      survive([&] { world_.advance(seconds(rng_.below(3) == 0 ? 0 : rng_.below(30))); });
    }
    mend();
    if (findings_.empty()) rest();
    return findings_;
  }
  int crashes() const { return world_.crashes; }
  size_t arrivals() const { return world_.provider.arrivals.size(); }

 private:
  using Key = std::pair<std::string, std::string>;  // receiver and group
  struct Belief {
    std::set<std::string> open;
    std::set<std::string> firing;  // in the last message, without those that have resolved since
    Time judged_at;
  };

  void found(std::string what) {
    findings_.push_back(fmt::format("{} {}", to_rfc3339(world_.t.now()), what));
  }

  template <class Do>
  void survive(Do what) {
    try {
      what();
    } catch (const World::Crash&) {
      restart();
    }
  }
  void restart() {
    last_trouble_ = world_.t.now();
    world_.crash();
    survive([&] { world_.settle(); });
  }

  void act() {
    const int i = static_cast<int>(rng_.below(kAlerts));
    switch (rng_.below(14)) {
      case 0:
      case 1:
      case 2:
      case 3: return post(i, true);
      case 4:
      case 5: return post(i, false);
      case 6: {
        const Duration lasts = seconds(10 + rng_.below(120));
        const Time now = world_.t.now();
        bool done = false;
        survive([&] {
          done = world_.silences->set(silence_of(i, lasts), {"user", "ada"}).has_value();
        });
        // Without an answer nobody knows: a message may then go either way.
        if (done) {
          truth_.silences.emplace_back(i, now, now + lasts);
        } else {
          maybe_silenced_.emplace_back(i, now + lasts);
        }
        return;
      }
      case 7: return restart();
      case 8:
        return world_.crash_at_commit(1 + static_cast<int>(rng_.below(5)), rng_.below(2) == 0);
      case 9: {
        constexpr Mood kMoods[] = {Mood::kTakes, Mood::kRefuses, Mood::kFails, Mood::kTakesAndFails,
                                   Mood::kSilent};
        const char* receivers[] = {"root", "quick", "quiet-one"};
        is_moody_ = true;  // until the end: the moods of the others stay
        return world_.provider.set_mood(receivers[rng_.below(3)], kMoods[rng_.below(5)]);
      }
      case 10:
        world_.fault = [this](std::string_view sql) -> std::optional<Error> {
          if (sql == "COMMIT" && rng_.below(3) == 0) return Error{Code::kUnavailable, "busy"};
          return std::nullopt;
        };
        return;
      case 11: world_.fault = {}; return survive([&] { world_.use(kConfig); });
      case 12: return acknowledge(i);
      case 13: return snooze(i, seconds(10 + rng_.below(90)));
    }
  }

  routing::Silence silence_of(int i, Duration lasts) const {
    routing::Silence s;
    s.matchers = {*routing::Matcher::make("name", routing::MatchOp::kEqual, name_of(i))};
    s.starts = world_.t.now();
    s.ends = world_.t.now() + lasts;
    s.created_by = "ada";
    s.comment = "known";
    return s;
  }

  // Without an answer nobody knows of a mark, nor where it is not known whether the alert fires.
  void acknowledge(int i) {
    bool done = false;
    survive([&] {
      const auto refused = world_.marks->acknowledge(world_.fingerprint(name_of(i)), "", world_.by);
      done = refused && refused->empty();
    });
    acknowledged_.insert(name_of(i));
    if (done && !unsure_.contains(name_of(i))) truth_.marks[i].is_acknowledged = true;
  }
  void snooze(int i, Duration lasts) {
    const Time until = world_.t.now() + lasts;
    snooze_ends_.emplace_back(name_of(i), until);
    bool done = false;
    survive([&] {
      const auto refused =
          world_.marks->snooze(world_.fingerprint(name_of(i)), until, "", world_.by);
      done = refused && refused->empty();
    });
    if (done && !unsure_.contains(name_of(i))) {
      truth_.marks[i].snoozed_until = until;
    } else {
      forget_marks(i);
      maybe_silenced_.emplace_back(i, until);
    }
  }
  void forget_marks(int i) {
    const auto mark = truth_.marks.find(i);
    if (mark == truth_.marks.end()) return;
    if (mark->second.snoozed_until) maybe_silenced_.emplace_back(i, *mark->second.snoozed_until);
    truth_.marks.erase(mark);
  }
  bool has_woken(const Arrival& a, Time since) const {
    return std::ranges::any_of(snooze_ends_, [&](const auto& end) {
      return a.firing.contains(end.first) && since < end.second && end.second <= a.at;
    });
  }

  void post(int i, bool fires) {
    unsure_.insert(name_of(i));
    const Time now = world_.t.now();
    bool done = false;
    survive([&] {
      // The answer counts, not what follows from it.
      done =
          world_.book->put({world_.alert(name_of(i), fires ? hours(24) : Duration(0))}).has_value();
    });
    if (done) {
      accept(i, fires, now);
    } else {
      pending_[i] = fires;
      forget_marks(i);
    }
    survive([&] { world_.settle(); });
  }
  void accept(int i, bool fires, Time now) {
    if (!fires || !truth_.fires(i, now)) truth_.marks.erase(i);
    if (fires && !truth_.fires(i, now)) fired_at_[name_of(i)] = now;
    truth_.ends[i] = fires ? now + hours(24 * 365) : now;
    if (!fires) {
      for (auto& [_, belief] : beliefs_) belief.firing.erase(name_of(i));
    }
    pending_.erase(i);
    unsure_.erase(name_of(i));
  }

  bool is_unsure(int i, const PlainRoute& route) const {
    if (unsure_.contains(name_of(i))) return true;
    for (const auto& [who, until] : maybe_silenced_) {
      if (who == i && world_.t.now() < until) return true;
    }
    for (int s = 0; s < kAlerts; ++s) {
      if (may_inhibit(s, i) && unsure_.contains(name_of(s))) return true;
    }
    (void)route;
    return false;
  }

  void check(const Arrival& a) {
    if (is_moody_) last_trouble_ = world_.t.now();
    const PlainRoute& route = a.receiver == "root"    ? kRoot
                              : a.receiver == "quick" ? kQuick
                                                      : kQuiet;
    const auto [found_belief, is_first] = beliefs_.try_emplace({a.receiver, a.group_key});
    Belief& belief = found_belief->second;
    if (a.firing.empty() && a.resolved.empty()) found("an empty message");
    if (a.judged_at == a.at) check_is_so(a, route, belief);
    for (const auto& name : a.resolved) {
      // A send that was cut off before it began cannot be told from one that arrived.
      const bool may_be_open = last_trouble_ && *last_trouble_ >= fired_at_[name];
      if (!belief.open.contains(name) && !may_be_open && !a.maybe_duplicate)
        found(name + " is told as resolved and nobody knew of it");
    }
    const bool has_news = is_first || has_woken(a, belief.judged_at) ||
                          !std::ranges::includes(belief.firing, a.firing) || !a.resolved.empty();
    if (!has_news && !a.maybe_duplicate && belief.judged_at + route.repeat > a.at) {
      found(fmt::format("{} hears twice: {}", a.receiver, a.to_text()));
    }
    belief.open.insert(a.firing.begin(), a.firing.end());
    for (const auto& name : a.resolved) belief.open.erase(name);
    belief.firing = a.firing;
    belief.judged_at = a.judged_at;
  }

  void check_is_so(const Arrival& a, const PlainRoute& route, const Belief&) {
    for (int i = 0; i < kAlerts; ++i) {
      if (is_unsure(i, route)) continue;
      const bool fires = truth_.fires(i, a.at);
      if (a.firing.contains(name_of(i)) && !fires) {
        found(name_of(i) + " is told as firing and does not fire");
      }
      if (a.firing.contains(name_of(i)) && truth_.is_suppressed(i, route, a.at)) {
        found(name_of(i) + " is told and should not be heard");
      }
      if (a.resolved.contains(name_of(i)) && fires) {
        found(name_of(i) + " is told as resolved and fires");
      }
    }
  }

  void mend() {
    world_.fault = {};
    world_.provider.all_well();
    is_moody_ = false;
    survive([&] { world_.settle(); });
    const auto pending = pending_;
    for (const auto& [i, fires] : pending) {
      // A sender says again what was not taken.
      post(i, fires);
    }
    // A crash that is still armed happens now or never.
    survive([&] { world_.advance(minutes(1)); });
    survive([&] { world_.advance(minutes(1)); });
    for (const auto& [i, fires] : std::map(pending_)) post(i, fires);
  }

  void rest() {
    const Time quiet_from = truth_.start + minutes(4);
    survive([&] { world_.advance(minutes(10)); });
    if (world_.t.now() < quiet_from + minutes(5)) survive([&] { world_.advance(minutes(10)); });
    const Time now = world_.t.now();
    for (int i = 0; i < kAlerts; ++i) {
      for (const PlainRoute* route : routes_of(i)) check_knows(i, *route, now);
    }
    for (const std::string& line : world_.t.errors()) found("an error in the log: " + line);
  }

  void check_knows(int i, const PlainRoute& route, Time now) {
    bool knows = false;
    for (const auto& [key, belief] : beliefs_) {
      if (key.first == route.receiver && belief.open.contains(name_of(i))) {
        knows = true;
        if (acknowledged_.contains(name_of(i))) continue;
        const bool is_old = belief.judged_at + route.repeat + 2 * route.interval < now;
        if (truth_.fires(i, now) && !truth_.is_suppressed(i, route, now) && is_old) {
          found(fmt::format("{} was not reminded of {}", route.receiver, name_of(i)));
        }
      }
    }
    if (truth_.fires(i, now) && !truth_.is_suppressed(i, route, now) && !knows) {
      found(fmt::format("{} does not know that {} fires", route.receiver, name_of(i)));
    }
    if (!truth_.fires(i, now) && knows && &route != &kQuiet) {
      found(fmt::format("{} does not know that {} is over", route.receiver, name_of(i)));
    }
  }

  SeededRng rng_;
  World world_;
  Truth truth_;
  std::map<Key, Belief> beliefs_;
  std::set<std::string> unsure_;
  std::map<int, bool> pending_;
  std::map<std::string, Time> fired_at_;
  std::optional<Time> last_trouble_;  // when a send may have been cut off or have failed
  bool is_moody_ = false;
  std::vector<std::pair<int, Time>> maybe_silenced_;
  std::set<std::string> acknowledged_;  // perhaps, and perhaps in an earlier firing
  std::vector<std::pair<std::string, Time>> snooze_ends_;
  std::vector<std::string> findings_;
};

void live_hard(uint64_t count, store::Backend backend) {
  const auto [first, end] = seeds(count);
  int crashes = 0;
  size_t arrivals = 0;
  for (uint64_t seed = first; seed < end; ++seed) {
    Hard life(seed, backend);
    const auto findings = life.live();
    crashes += life.crashes();
    arrivals += life.arrivals();
    ASSERT_TRUE(findings.empty()) << "DISPATCH_SEED=" << seed << "\n  "
                                  << fmt::format("{}", fmt::join(findings, "\n  "));
  }
  fmt::print("{} lives: {} crashes, {} messages arrived\n", end - first, crashes, arrivals);
}

TEST(DispatcherModel, KeepsItsPromisesThroughCrashesAndFaults) {
  live_hard(100, store::Backend::kSqlite);
}

TEST(DispatcherModel, KeepsItsPromisesOnPostgresToo) {
  if (const auto why = store::testing::missing(store::Backend::kPostgres)) GTEST_SKIP() << *why;
  live_hard(15, store::Backend::kPostgres);
}

}  // namespace
}  // namespace tocsin::alert
