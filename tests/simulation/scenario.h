#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "house.h"

namespace tocsin::simulation {

// Plays a story from tests/scenarios over the real engine in virtual time.
// tests/scenarios/README.md has the words. Whatever reaches a person must be expected before time
// goes on.
class Scenario {
 public:
  // kInvalidArgument for a line that is not understood, kFailedPrecondition for an expectation
  // that is not met; the message begins with `name` and the line's number.
  static Result<> play(std::string_view name, std::string_view text);

 private:
  using Words = std::vector<std::string>;
  using Action = Result<> (Scenario::*)(const Words&);

  Result<> play_line(const Words& words);
  static const std::map<std::string, Action, std::less<>>& actions();

  Result<> person(const Words& words);
  Result<> team(const Words& words);
  Result<> service(const Words& words);
  Result<> objective(const Words& words);
  Result<> reload(const Words& words);

  Result<> fires(const Words& words);
  Result<> clears(const Words& words);
  Result<> no_data(const Words& words);
  Result<> advance(const Words& words);
  Result<> acknowledge(const Words& words);
  Result<> move(const Words& words);
  Result<> channel(const Words& words);
  Result<> crash(const Words& words);
  Result<> set_clock(const Words& words);
  Result<> move_clock(const std::string& way, const std::string& how_far);
  Result<> expect(const Words& words);

  Result<> expect_message(const Words& words);
  Result<> expect_incident(const Words& words);
  Result<> expect_error(const std::string& text);
  Result<> expect_log(const Words& words);
  Result<> nothing_left();

  Result<> say(const std::string& name, const std::string& tier, slo::TierState state,
               double failing);
  Result<> in_tx(const std::function<Result<>(engine::Tx&)>& body);
  Result<std::string> incident_id(const std::string& number);
  void collect();  // what arrived since the last time
  House& house();  // built when time or an objective first needs it

  catalog::Catalog catalog_;
  std::vector<slo::Objective> objectives_;
  std::unique_ptr<House> house_;
  std::vector<std::string> unexpected_;  // "page ada by mail"
  size_t seen_ = 0;
  size_t errors_seen_ = 0;
};

}  // namespace tocsin::simulation
