#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "house.h"

namespace tocsin::simulation {

// What must hold after every commit, and at rest. Each finding is a sentence; the first ends a run.
class Checks {
 public:
  explicit Checks(House& house) : house_(house) {}

  void after_commit();
  void before_try(const notify::Delivery& delivery);
  // Numbers 1, 2, 3 and so on.
  void logbook();
  // Nothing is open, nothing is under way, and everybody who was told knows that it is over.
  void at_rest();
  // The tiers that fire according to the database.
  std::set<std::string> firing_tiers();
  // Incidents for which somebody should be rung right now.
  std::set<std::string> ringing();

  // Whether statements have failed a moment ago: a timer may have failed at every try then, and the
  // auditor is right to say so.
  std::function<bool()> has_trouble;
  // Of a posted alert, as its sender knows: nobody may be rung for it any more.
  std::function<bool(uint64_t fingerprint)> is_long_over;

  void note(std::string finding) { findings_.push_back(std::move(finding)); }
  const std::vector<std::string>& findings() const { return findings_; }

 private:
  // Every row that the query gives breaks the rule.
  void none(std::string_view rule, std::string_view sql);
  bool is_all_over(const std::string& incident);

  House& house_;
  std::vector<std::string> findings_;
  std::set<std::string> ended_pages_;  // as of the last commit
};

}  // namespace tocsin::simulation
