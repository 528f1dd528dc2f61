#include "routing/matcher_index.h"

#include <map>
#include <optional>

namespace tocsin::routing {
namespace {

// As the pair stands in a label block; nothing for a matcher that a missing label may fulfil.
std::optional<std::string> label_of(const Matcher& matcher) {
  if (matcher.op() != MatchOp::kEqual || matcher.value().empty()) return std::nullopt;
  return matcher.name() + '\xff' + matcher.value();
}

}  // namespace

MatcherIndex::MatcherIndex(const std::vector<const Matchers*>& sets) {
  std::map<std::string, size_t> uses;
  for (const Matchers* set : sets) {
    for (const Matcher& matcher : *set) {
      if (const auto label = label_of(matcher)) ++uses[*label];
    }
  }
  for (size_t i = 0; i < sets.size(); ++i) {
    std::optional<std::string> rarest;
    for (const Matcher& matcher : *sets[i]) {
      const auto label = label_of(matcher);
      if (label && (!rarest || uses[*label] < uses[*rarest])) rarest = label;
    }
    (rarest ? by_label_[*rarest] : unfiled_).push_back(i);
  }
}

}  // namespace tocsin::routing
