#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "checks.h"
#include "house.h"

namespace tocsin::simulation {

// Who posts alerts to a house, who silences them and who is told of them as receivers of
// alertmanager.yml, with what each of them may rely on: an accepted post is known whatever dies, an
// alert that asks for a page has one or a reason why not, a receiver hears at least once and not
// again without a mark.
class Posters {
 public:
  Posters(uint64_t seed, House& house, Checks& checks, const catalog::Catalog& catalog);

  std::string act();  // what was done, in a few words
  // From now on a repetition may be explained: a crash, a database that refused, a clock that was
  // set.
  void had_trouble() { trouble_ = house_.t.clock().monotonic(); }
  void clock_was_set() { clock_set_ = house_.t.clock().monotonic(); }

  // What was accepted is known. At any time, once the house has noticed that the clock was set.
  void check_known();
  // Everything works from now on, and nothing is silenced.
  void mend();
  // Some minutes later: each alert is where it belongs, and the receivers know.
  void check_places();
  void resolve_all();
  bool any_flaps();
  void check_rest();
  int accepted() const { return accepted_; }
  int notifications() const { return static_cast<int>(house_.receivers.arrivals.size()); }

 private:
  enum class Habit {
    kSteady,    // fires until it is resolved, by an end that is far away
    kRepeats,   // the same by an end that is near, posted again each minute
    kEnds,      // once, with an end
    kTimesOut,  // once, without one
  };
  // What the sender may rely on.
  enum class Known {
    kNothing,  // it was never posted, or a post had no answer
    kFires,
    kFades,  // it ends by itself some time
    kOver,
  };
  struct Alert {
    std::string name;
    Habit habit = Habit::kSteady;
    routing::Labels labels;
    bool asks = false, is_owned = false, is_cause = false;
    bool is_held_back = false;  // from the receiver `pager`, whatever else fires
    int words = 0;              // the version of its annotations
    bool has_impact = false, has_runbook = false;
    bool fires = false;  // as its sender sees it
    bool is_pending = false;
    Known known = Known::kNothing;
    Duration since{0};  // monotonic
    Duration lasts{0};
    Time starts;
  };
  struct Belief {
    std::set<std::string> open;
    std::set<std::string> firing;  // in the last message, without those that have changed since
    Duration at{0};
  };

  Alert& any() { return alerts_[rng_.below(alerts_.size())]; }
  routing::PostedAlert made(const Alert& alert) const;
  void post(const std::vector<Alert*>& which);
  void begin(Alert& alert);
  void end(Alert& alert);
  void change(Alert& alert);
  void silence(const Alert& alert);
  void end_silences();
  void each_minute();
  void hear(const alert::testing::Arrival& arrival);
  bool is_long_over(uint64_t fingerprint) const;
  void check_known(const Alert& alert);
  void check_place(const Alert& alert);
  void check_receivers();
  bool knows(const std::string& receiver, const std::string& name) const;

  SeededRng rng_;
  House& house_;
  Checks& checks_;
  std::vector<Alert> alerts_;
  std::map<std::pair<std::string, std::string>, Belief> beliefs_;  // of a receiver, of a group
  Duration trouble_{0};
  Duration clock_set_ = -hours(24);
  int accepted_ = 0;
};

}  // namespace tocsin::simulation
