#pragma once

#include <map>
#include <optional>

#include "oncall/resolve.h"

namespace tocsin::oncall {

// A picture of what would happen if an incident began at a time and nobody answered. Every message
// is taken to be delivered, so nobody is rung before their time.
struct Preview {
  struct Way {
    std::string contact;
    std::optional<Duration> after;  // nothing: when the one before fails
  };
  struct Person {
    Found found;
    std::vector<Way> ways;
  };
  struct Step {
    Time at;
    Duration after{0};  // since the round began
    std::vector<Person> people;
    std::vector<std::string> channels;
    std::string skipped;  // why it is not played
  };
  struct Round {
    std::vector<Step> steps;
  };
  struct More {
    Time at;
    std::vector<Person> people;
  };
  std::vector<Round> rounds;     // at most kMostRounds
  std::optional<More> bring_in;  // while it is not resolved, also when somebody has it
  static constexpr int kMostRounds = 10;
};

// `last_of`: who of a team was taken last by a round robin.
Preview preview(const Policy& policy, const std::vector<catalog::PersonId>& members,
                const catalog::Catalog& catalog, const OnCall* on_call,
                std::map<std::string, catalog::PersonId> last_of, std::string_view severity,
                Time at);

}  // namespace tocsin::oncall
