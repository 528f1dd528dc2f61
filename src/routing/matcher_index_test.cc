#include "routing/matcher_index.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/rng.h"

namespace tocsin::routing {
namespace {

Matchers matchers(std::string_view text) {
  return parse_matchers(text, MatcherSyntax::kClassic)->matchers;
}

std::vector<size_t> candidates(const std::vector<Matchers>& sets, const Labels& labels) {
  std::vector<const Matchers*> pointers;
  for (const Matchers& set : sets) pointers.push_back(&set);
  std::vector<size_t> out;
  MatcherIndex(pointers).visit_candidates(labels, [&](size_t i) { out.push_back(i); });
  std::ranges::sort(out);
  return out;
}

TEST(MatcherIndex, FilesASetUnderItsRarestEquality) {
  const std::vector<Matchers> sets = {matchers("severity=page,job=api"),
                                      matchers("severity=page,job=web"), matchers("job=~api|web"),
                                      matchers("job=")};
  EXPECT_EQ(candidates(sets, Labels::of({{"severity", "page"}, {"job", "api"}})),
            (std::vector<size_t>{0, 2, 3}));
  EXPECT_EQ(candidates(sets, Labels()), (std::vector<size_t>{2, 3}));
  EXPECT_TRUE(candidates({}, Labels::of({{"job", "api"}})).empty());
}

TEST(MatcherIndex, NeverMissesASetThatMatchesAndNamesEachOnce) {
  SeededRng rng(8);
  const auto pick = [&](std::vector<std::string> words) { return words[rng.below(words.size())]; };
  for (int round = 0; round < 300; ++round) {
    std::vector<Matchers> sets;
    for (uint64_t n = rng.below(12); n > 0; --n) {
      std::string text;
      for (uint64_t m = rng.below(4); m > 0; --m) {
        text += pick({"a", "b", "c"}) + pick({"=", "=", "!=", "=~", "!~"}) +
                pick({"1", "2", "", "1|2"}) + ",";
      }
      sets.push_back(matchers(text));
    }
    const std::string values[] = {pick({"1", "2", ""}), pick({"1", "2", ""}), pick({"1", ""})};
    const Labels labels = Labels::of({{"a", values[0]}, {"b", values[1]}, {"c", values[2]}});
    const std::vector<size_t> found = candidates(sets, labels);
    EXPECT_EQ(std::ranges::adjacent_find(found), found.end());
    for (size_t i = 0; i < sets.size(); ++i) {
      if (all_match(sets[i], labels)) {
        EXPECT_TRUE(std::ranges::binary_search(found, i)) << to_text(sets[i]) << labels.to_text();
      }
    }
  }
}

}  // namespace
}  // namespace tocsin::routing
