#pragma once

#include <functional>
#include <string>
#include <vector>

#include "oncall/on_call.h"
#include "oncall/policy.h"

// Whom the targets of a step amount to at a moment.
namespace tocsin::oncall {

struct Found {
  catalog::PersonId person;
  std::string via;  // "via schedule payments"; empty: named as a person
  bool operator==(const Found&) const = default;
};

struct Resolved {
  std::vector<Found> people;          // each once, in the order of the targets
  std::vector<std::string> channels;  // names
  std::vector<std::string> nobody;    // targets that amount to nobody: "schedule payments"
};

struct Surroundings {
  const catalog::Catalog& catalog;
  const OnCall* on_call = nullptr;  // nothing: no schedule has anybody
  // Which of the members, of whom there is at least one, is next in the team's round.
  std::function<catalog::PersonId(const std::string& team,
                                  const std::vector<catalog::PersonId>& members)>
      next_of;
};

Resolved resolve(const std::vector<Target>& targets, const Surroundings& around, Time at);

// The member after `last`; the first when `last` is not among them (any more).
catalog::PersonId next_in_round(const std::vector<catalog::PersonId>& members,
                                const catalog::PersonId& last);

std::string to_text(const Target& target);  // "schedule payments"

}  // namespace tocsin::oncall
