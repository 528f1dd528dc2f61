#include "routing/labels.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "base/rng.h"
#include "routing/fingerprints.h"
#include "routing/go_text.h"

namespace tocsin::routing {
namespace {

std::vector<LabelPair> pairs_of(const Labels& labels) { return {labels.begin(), labels.end()}; }

TEST(Labels, AreSortedAndHoldEachNameOnce) {
  const Labels labels =
      Labels::of({{"severity", "page"}, {"alertname", "A"}, {"severity", "info"}});
  EXPECT_EQ(pairs_of(labels), (std::vector<LabelPair>{{"alertname", "A"}, {"severity", "info"}}));
  EXPECT_EQ(labels.size(), 2U);
  EXPECT_EQ(labels.get("severity"), "info");
  EXPECT_TRUE(labels.has("alertname"));
}

TEST(Labels, LeaveOutEmptyValues) {
  EXPECT_TRUE(Labels::of({{"a", ""}}).empty());
  // The last of a name counts even when it is empty.
  EXPECT_FALSE(Labels::of({{"a", "x"}, {"a", ""}}).has("a"));
  const Labels annotations = Labels::with_empty_values({{"b", ""}, {"a", "x"}});
  EXPECT_EQ(pairs_of(annotations), (std::vector<LabelPair>{{"a", "x"}, {"b", ""}}));
  EXPECT_TRUE(annotations.has("b"));
  EXPECT_EQ(annotations.get("b"), "");
}

TEST(Labels, OfNothingAreEmpty) {
  const Labels none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.size(), 0U);
  EXPECT_TRUE(none.begin() == none.end());
  EXPECT_EQ(none.get("a"), "");
  EXPECT_FALSE(none.has("a"));
  EXPECT_EQ(none.to_text(), "{}");
}

TEST(Labels, AreNotFoundByAPartOfAName) {
  const Labels labels = Labels::of({{"alertname", "job"}, {"job", "api"}});
  EXPECT_EQ(labels.get("alert"), "");
  EXPECT_EQ(labels.get("jo"), "");
  EXPECT_EQ(labels.get("jobs"), "");
  EXPECT_EQ(labels.get("job"), "api");
  EXPECT_EQ(labels.get(""), "");
}

// The first two were read off a live Alertmanager: GET /api/v2/alerts, `fingerprint`.
TEST(Labels, HaveAlertmanagersFingerprint) {
  EXPECT_EQ(fingerprint_text(Labels::of({{"severity", "page"}, {"alertname", "A"}}).fingerprint()),
            "f2f95d02269594eb");
  EXPECT_EQ(fingerprint_text(Labels().fingerprint()), "cbf29ce484222325");
  EXPECT_EQ(fingerprint_text(0x1f), "000000000000001f");
}

TEST(Labels, AreReadBackFromTheirBytes) {
  const Labels labels = Labels::of({{"a", "x"}, {"b", "y"}});
  EXPECT_EQ(labels.bytes(),
            "a\xffx\xff"
            "b\xffy\xff");
  EXPECT_EQ(Labels::from_bytes(std::string(labels.bytes())), labels);
}

TEST(Labels, AreWrittenAsGoDoes) {
  EXPECT_EQ(Labels::of({{"b", "y\n\"\\"}, {"a", "x"}}).to_text(), R"({a="x", b="y\n\"\\"})");
}

TEST(Labels, AreOrderedByNumberThenPairByPair) {
  const Labels one = Labels::of({{"z", "z"}});
  const Labels two = Labels::of({{"a", "x"}, {"b", "y"}});
  EXPECT_LT(one, two);
  EXPECT_LT(two, Labels::of({{"a", "x"}, {"b", "z"}}));
  // {a, c} lacks b, {b, c} lacks a: a is looked at first.
  EXPECT_LT(Labels::of({{"b", "x"}, {"c", "x"}}), Labels::of({{"a", "x"}, {"c", "x"}}));
  EXPECT_EQ(two <=> two, std::strong_ordering::equal);
}

// LabelSet.Before in its own words: over all names of both in order, the first that differs
// decides.
bool comes_before(const std::map<std::string, std::string>& a,
                  const std::map<std::string, std::string>& b) {
  if (a.size() != b.size()) return a.size() < b.size();
  std::map<std::string, std::string> names = a;
  names.insert(b.begin(), b.end());
  for (const auto& [name, unused] : names) {
    if (!a.contains(name)) return true;
    if (!b.contains(name)) return false;
    if (a.at(name) != b.at(name)) return a.at(name) < b.at(name);
  }
  return false;
}

class RandomLabels {
 public:
  explicit RandomLabels(uint64_t seed) : rng_(seed) {}
  std::string text(size_t most) {
    constexpr std::string_view kParts[] = {"a", "b",   "c", "\xc3\xa9", "\xf0\x9f\x94\xa5",
                                           "_", "\x01"};
    std::string out;
    for (size_t n = rng_.below(most + 1); n > 0; --n) out += kParts[rng_.below(std::size(kParts))];
    return out;
  }
  std::vector<std::pair<std::string, std::string>> pairs(size_t most) {
    std::vector<std::pair<std::string, std::string>> out(rng_.below(most + 1));
    for (auto& [name, value] : out) name = text(2), value = text(3);
    return out;
  }

 private:
  SeededRng rng_;
};

TEST(Labels, AgreeWithAMap) {
  RandomLabels random(7);
  std::vector<std::pair<Labels, std::map<std::string, std::string>>> sets;
  for (int round = 0; round < 400; ++round) {
    const auto given = random.pairs(round % 10 == 0 ? 200 : 6);
    std::map<std::string, std::string> model;
    for (const auto& [name, value] : given) model[name] = value;
    const Labels whole = Labels::with_empty_values({given.begin(), given.end()});
    EXPECT_EQ(pairs_of(whole), std::vector<LabelPair>(model.begin(), model.end()));
    std::erase_if(model, [](const auto& pair) { return pair.second.empty(); });
    const Labels labels = Labels::from({given.begin(), given.end()});
    EXPECT_EQ(pairs_of(labels), std::vector<LabelPair>(model.begin(), model.end()));
    EXPECT_EQ(labels.size(), model.size());
    for (const auto& [name, value] : given) {
      EXPECT_EQ(labels.get(name), model.contains(name) ? model[name] : "");
      EXPECT_EQ(labels.has(name), model.contains(name));
    }
    sets.emplace_back(labels, model);
  }
  for (const auto& [a, a_model] : sets) {
    for (const auto& [b, b_model] : sets) {
      ASSERT_EQ(a < b, comes_before(a_model, b_model)) << a.to_text() << b.to_text();
      ASSERT_EQ(a == b, a_model == b_model);
    }
  }
}

TEST(GoText, QuotesWhatIsNotPrintable) {
  EXPECT_EQ(go_quote("plain caf\xc3\xa9 \xf0\x9f\x94\xa5"),
            "\"plain caf\xc3\xa9 \xf0\x9f\x94\xa5\"");
  EXPECT_EQ(go_quote("\a\b\f\n\r\t\v\"\\'"), R"("\a\b\f\n\r\t\v\"\\'")");
  EXPECT_EQ(go_quote(std::string("\0\x1f\x7f", 3)), R"("\x00\x1f\x7f")");
  EXPECT_EQ(go_quote("\xc2\xa0\xe2\x80\xa8\xef\xbb\xbf"), R"("\u00a0\u2028\ufeff")");
  EXPECT_EQ(go_quote("\xf3\xa0\x80\x81"), R"("\U000e0001")");
  EXPECT_EQ(go_quote("a\xf0\x9f"), R"("a\xf0\x9f")");
}

TEST(GoText, UnquotesAsStrconvDoes) {
  EXPECT_EQ(go_unquote(R"("")"), "");
  EXPECT_EQ(go_unquote(R"("a\a\b\f\n\r\t\v\\\"b")"), "a\a\b\f\n\r\t\v\\\"b");
  EXPECT_EQ(go_unquote(R"("\x41\101\u00e9\U0001f525")"), "AA\xc3\xa9\xf0\x9f\x94\xa5");
  for (const std::string_view bad :
       {R"(")", R"("a)", R"(a")", R"("a"b")", R"("\")", R"("\'")", R"("\w")", R"("\x4")",
        R"("\x4g")", R"("\18")", R"("\400")", R"("\ud800")", R"("\U00110000")", R"("\u00e")",
        R"("\xff")", "\"a\nb\""}) {
    EXPECT_EQ(go_unquote(bad), std::nullopt) << bad;
  }
}

TEST(GoText, WhatIsQuotedIsReadBack) {
  RandomLabels random(11);
  for (int round = 0; round < 500; ++round) {
    const std::string text = random.text(12) + (round % 3 == 0 ? "\xc2\xa0\"\\\n" : "");
    EXPECT_EQ(go_unquote(go_quote(text)), text);
  }
}

TEST(Labels, KnowTheirFingerprintHoweverTheyWereMade) {
  const Labels labels = Labels::of({{"a", "x"}, {"b", "y"}});
  const uint64_t wanted = Labels::fingerprint_of(labels.bytes());
  EXPECT_EQ(labels.fingerprint(), wanted);
  EXPECT_EQ(Labels::from_bytes(std::string(labels.bytes())).fingerprint(), wanted);
  EXPECT_EQ(Labels::from_bytes(std::string(labels.bytes()), 0).fingerprint(), wanted);
  const Labels annotations = Labels::with_empty_values({{"b", "y"}, {"a", "x"}});
  EXPECT_EQ(annotations.fingerprint(), wanted);
  EXPECT_EQ(annotations, labels);
  Labels::Hasher hasher;
  EXPECT_EQ(hasher.fingerprint(), Labels().fingerprint());
  for (const auto& [name, value] : labels) hasher.add(name, value);
  EXPECT_EQ(hasher.fingerprint(), wanted);
}

TEST(Labels, HaveTheSameFingerprintSideBySideAsAlone) {
  const std::string text = "alertname\xffHigh latency \xc3\xa9\xff";
  for (size_t size = 0; size <= text.size(); ++size) {
    const std::string_view all = text;
    const LabelBlocks blocks = {all.substr(0, size), all.substr(size), all, ""};
    const auto together = fingerprints_of(blocks);
    for (size_t i = 0; i < blocks.size(); ++i) {
      EXPECT_EQ(together[i], Labels::fingerprint_of(blocks[i])) << size << ' ' << i;
    }
  }
}

TEST(Labels, AreAppendedBehindOthers) {
  std::vector<LabelPair> pairs{{"b", ""}, {"a", "x"}, {"a", "y"}};
  std::string bytes = "before";
  Labels::append_bytes(bytes, pairs, Labels::EmptyValues::kKeep);
  EXPECT_EQ(bytes,
            "beforea\xffy\xff"
            "b\xff\xff");
  pairs = {{"b", ""}, {"a", "x"}};
  bytes.clear();
  Labels::append_bytes(bytes, pairs, Labels::EmptyValues::kLeaveOut);
  EXPECT_EQ(bytes, "a\xffx\xff");
  EXPECT_EQ(Labels::value_in(bytes, "a"), "x");
  EXPECT_EQ(Labels::value_in(bytes, "b"), "");
}

}  // namespace
}  // namespace tocsin::routing
