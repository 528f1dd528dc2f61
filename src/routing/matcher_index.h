#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "routing/labels.h"
#include "routing/matcher.h"

namespace tocsin::routing {

// Of many sets of matchers (the sides of inhibition rules, silences) those that may match a label
// set, without trying them all: each set is filed under the `=` of it that the fewest others have.
// Immutable after construction, thread-safe; does not look at the sets again.
class MatcherIndex {
 public:
  explicit MatcherIndex(const std::vector<const Matchers*>& sets);

  // Calls `visit(position)` once for each set that may match, in no order. Every set that matches
  // is among them.
  template <class Visit>
  void visit_candidates(const Labels& labels, Visit visit) const {
    for (const size_t i : unfiled_) visit(i);
    if (by_label_.empty()) return;
    for (const auto& [name, value] : labels) {
      // The pair stands in the label block as it does in the key.
      const auto found = by_label_.find(std::string_view(name.data(), value.data() + value.size()));
      if (found == by_label_.end()) continue;
      for (const size_t i : found->second) visit(i);
    }
  }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  // By name 0xFF value.
  std::unordered_map<std::string, std::vector<size_t>, Hash, std::equal_to<>> by_label_;
  std::vector<size_t> unfiled_;  // without an `=` of something: may match anything
};

}  // namespace tocsin::routing
