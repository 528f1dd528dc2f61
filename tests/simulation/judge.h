#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checks.h"
#include "plain_model.h"

namespace tocsin::simulation {

// Holds what was rung against docs/paging.md: whom a step rings, when the next one may and must,
// whom nobody rings any more, what follows when a message did not arrive, who hears the end. It
// sees what people and providers see, and the logbook.
class Judge {
 public:
  Judge(House& house, Checks& checks, PlainModel& model)
      : house_(house), checks_(checks), model_(model) {}

  // What people did and were told to be done.
  void acknowledged(const std::string& incident, const std::string& person);
  void snoozed(const std::string& incident, const std::string& person, Duration how_long);
  // All incidents that a message told of.
  Names told_of(const std::string& call) const;
  // An edit, a schedule that changed: whoever waits for the next step may find another.
  void something_changed() { changed_ = now(); }
  // From now on lateness is explained: a crash, a database that refused.
  void had_trouble() { trouble_ = now(); }
  void clock_was_set() { clock_set_ = now(); }

  void after_commit();
  void on_try(const notify::Delivery& delivery);
  void on_answer(const notify::Delivery& delivery, bool was_taken);
  // Before the house hears of it, and when it has.
  void before_undelivered(const notify::Delivery& d) { troubled_calls_.insert(d.subject.id); }
  void on_undelivered(const notify::Delivery& delivery, int attempt);
  void look();  // at what should have happened by now
  // Everything is well from now on.
  void mended();
  void at_rest();
  // For whoever counts: messages that were said not to have arrived.
  int undelivered() const { return undelivered_; }

 private:
  struct Rung {
    int step = 0, round = 0;
    Duration at{0};
    Names people;
    Names calls;
  };
  struct Case {
    std::string team;
    Names have;           // who has answered
    bool is_had = false;  // enough have
    bool is_snoozed = false;
    Duration had_since{0};
    std::optional<Duration> until;  // had only for a time
    std::optional<Rung> rung;       // the step that was rung last
    int epoch = 0;                  // rises with what makes another plan
    int rung_in = 0;                // the epoch that `rung` began
    Names taken;  // deliveries of pages that a provider took, and that may have arrived
    bool is_answered = false;  // by anybody, ever
    bool was_brought_in = false;
    Names channel_messages;  // deliveries
  };
  struct Expected {
    Duration by;
    std::function<std::string()> broken;  // a sentence; empty: all is well
  };
  using Entry = store::LogbookRecord;

  Duration now() { return house_.t.clock().monotonic(); }
  void note(const std::string& incident, const std::string& what) {
    checks_.note(incident + ": " + what);
  }
  void expect(Duration by, std::function<std::string()> broken) {
    expected_.push_back({by, std::move(broken)});
  }
  std::string state_of(const std::string& incident);
  bool is_live(const std::string& call);

  void read_logbook();
  void read(const Entry& entry);
  void rung(const std::string& incident, Rung rung, bool is_fallback, Time at);
  void check_whom(const std::string& incident, const Case& one, const Rung& rung, bool is_fallback,
                  Time at);
  void check_not_early(const std::string& incident, const Case& one, const Rung& rung);
  void expect_next(const std::string& incident);
  bool is_in_trouble(const std::string& call);
  void is_had(const std::string& incident, const std::string& person,
              std::optional<Duration> how_long);
  void exhausted(const std::string& incident);

  House& house_;
  Checks& checks_;
  PlainModel& model_;
  int64_t seq_ = 0;
  std::map<std::string, Case> cases_;
  std::map<std::string, std::string> call_of_, incident_of_, team_of_;  // of a page; of an incident
  std::map<std::string, int> step_of_;                                  // of a page
  std::map<std::string, std::set<size_t>> ways_begun_;                  // of a call
  std::map<std::string, Names> told_of_;                                // of a call
  std::map<std::string, Duration> first_try_;                           // of a delivery
  std::map<std::string, std::string> delivery_call_;
  std::map<std::string, int> last_attempt_;  // of a delivery
  std::map<std::string, Duration> taken_;    // of a delivery: since when
  Names troubled_calls_, operators_called_;
  std::vector<Expected> expected_;
  std::set<std::string> open_when_mended_;
  Duration trouble_{0}, clock_set_ = -hours(1), changed_ = -hours(1);
  int undelivered_ = 0;
};

}  // namespace tocsin::simulation
