#include "codec/yaml.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "codec/fields.h"
#include "codec/random_tree.h"

namespace tocsin::codec {
namespace {

using ::testing::HasSubstr;

std::string error_of(std::string_view text, const YamlLimits& limits = {}) {
  const auto documents = parse_yaml(text, limits);
  if (documents) return "";
  EXPECT_EQ(documents.error().code, Code::kInvalidArgument);
  return documents.error().message;
}

Node one(std::string_view text) {
  auto documents = parse_yaml(text);
  EXPECT_TRUE(documents) << documents.error().message;
  if (!documents || documents->size() != 1) {
    ADD_FAILURE() << "not one document: " << text;
    return {};
  }
  return documents->front();
}

TEST(Yaml, KeepsTextOrderAndPlaces) {
  const Node node =
      one("name: shop\nversion: 1.10\nspec:\n  team: 'on'\n  list:\n    - a\n    - ~\n");
  ASSERT_EQ(node.fields.size(), 3U);
  EXPECT_EQ(node.fields[1].key, "version");
  EXPECT_EQ(node.find("version")->scalar, "1.10");
  EXPECT_EQ(node.find("version")->place, (Place{2, 10}));
  const Node& spec = *node.find("spec");
  EXPECT_EQ(spec.place, (Place{3, 1}));  // at its key, not at the line below
  EXPECT_TRUE(spec.find("team")->quoted);
  EXPECT_EQ(spec.find("list")->items[0].place, (Place{6, 7}));
  EXPECT_TRUE(spec.find("list")->items[1].is_null());
}

TEST(Yaml, TellsNullFromText) {
  for (const std::string text : {"a:", "a: ~", "a: null", "a: NULL"}) {
    EXPECT_TRUE(one(text).find("a")->is_null()) << text;
  }
  for (const std::string text : {"a: ''", "a: 'null'", "a: !!str null", "a: nil", "a: |\n  ~\n"}) {
    EXPECT_EQ(one(text).find("a")->kind, Node::Kind::kScalar) << text;
  }
}

TEST(Yaml, ReadsManyDocumentsAndLeavesOutEmptyOnes) {
  const auto documents = parse_yaml("---\n---\na: 1\n---\n# nothing\n---\n[b]\n...\n");
  ASSERT_TRUE(documents) << documents.error().message;
  ASSERT_EQ(documents->size(), 2U);
  EXPECT_EQ((*documents)[1].place.line, 7);
  EXPECT_TRUE(parse_yaml("")->empty());
  EXPECT_TRUE(parse_yaml("# only a comment\n")->empty());
  EXPECT_EQ(parse_yaml("\xef\xbb\xbf"
                       "a: 1\n")
                ->size(),
            1U);  // a byte order mark
}

TEST(Yaml, ExpandsAliasesWithinOneDocument) {
  const Node node = one("a: &x {k: [1, 2]}\nb: *x\nc: &x 5\nd: *x\n");
  EXPECT_TRUE(same_tree(*node.find("a"), *node.find("b")));
  EXPECT_EQ(node.find("d")->scalar, "5");
  EXPECT_EQ(node.find("b")->place, (Place{2, 1}));
  EXPECT_THAT(error_of("a: &x 1\n---\nb: *x\n"), HasSubstr("line 3, column 4: alias '*x'"));
  EXPECT_THAT(error_of("a: &x [*x]\n"), HasSubstr("alias '*x'"));
}

TEST(Yaml, FollowsMergeKeys) {
  const Node node =
      one("base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\n"
          "own: {b: 9, <<: *base}\nboth: {<<: [*base, *more]}\ninline: {<<: {x: 1}, y: 2}\n"
          "text: {\"<<\": 1}\n");
  EXPECT_TRUE(same_tree(*node.find("own"), one("{b: 9, a: 1}")));
  EXPECT_TRUE(same_tree(*node.find("both"), one("{a: 1, b: 2, c: 4}")));
  EXPECT_TRUE(same_tree(*node.find("inline"), one("{y: 2, x: 1}")));
  EXPECT_EQ(node.find("text")->find("<<")->scalar, "1");
  EXPECT_EQ(node.find("own")->find("a")->place, (Place{1, 17}));
}

TEST(Yaml, MergeKeysWorkThroughEachOtherAndWithinTheLimits) {
  const Node node = one("a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc:\n  <<: *b\n  x: 3\n");
  EXPECT_TRUE(same_tree(*node.find("c"), one("{x: 3, y: 2}")));
  EXPECT_THAT(error_of("a: {<<: 5}\n"), HasSubstr("line 1, column 9: a merge key"));
  EXPECT_THAT(error_of("a: {<<: [{b: 1}, c]}\n"), HasSubstr("a merge key"));
  EXPECT_THAT(error_of("a:\n  <<:\n"), HasSubstr("a merge key"));
  EXPECT_THAT(error_of("a: &a {b: 1}\nc: {<<: *a, <<: *a}\n"), HasSubstr("already there"));
  EXPECT_THAT(error_of("a: &a {<<: *a}\n"), HasSubstr("alias '*a'"));
  std::string laughs = "a0: &a0 {k0: 1, k1: 1, k2: 1, k3: 1, k4: 1, k5: 1, k6: 1}\n";
  for (int i = 1; i < 5000; ++i) laughs += fmt::format("b{}: {{<<: [*a0, *a0, *a0, *a0]}}\n", i);
  EXPECT_THAT(error_of(laughs, {.max_nodes = 20'000}), HasSubstr("more than 20000 values"));
}

TEST(Yaml, RefusesWhatIsAmbiguous) {
  EXPECT_EQ(error_of("a: 1\nb: 2\n\"a\": 3\n"),
            "line 3, column 1: key 'a' is already there in line 1; remove one of the two");
  EXPECT_THAT(error_of("[a, b]: 1\n"), HasSubstr("line 1, column 1: a key must be plain text"));
  EXPECT_THAT(error_of("? {a: 1}\n: 2\n"), HasSubstr("a key must be plain text"));
  EXPECT_THAT(error_of("a: &x k\n*x : 1\n"), HasSubstr("a key must be plain text"));
  EXPECT_THAT(error_of("?\n: 1\n"), HasSubstr("a key is missing"));
  EXPECT_THAT(error_of("a: !!binary aGk=\n"), HasSubstr("tags are not read"));
  EXPECT_THAT(error_of("!mine {a: 1}\n"), HasSubstr("tags are not read"));
}

TEST(Yaml, SyntaxErrorsNameTheirPlace) {
  EXPECT_THAT(error_of("a: 1\n b: 2\n"), HasSubstr("line 2, column 3: "));
  EXPECT_EQ(error_of("a:\n\tb: 2\n"), "line 2, column 1: a tab cannot indent; use spaces");
  EXPECT_THAT(error_of("a: [1, 2\nb: 3\n"), HasSubstr("line 2"));
  EXPECT_THAT(error_of("a: ok\nb: \"\xff\"\n"), HasSubstr("line 2, column 5: "));
  EXPECT_THAT(error_of(","), HasSubstr("line 1"));
  EXPECT_NE(error_of("a: \"open"), "");
  EXPECT_NE(error_of(std::string("a: \0", 4)), "");
  EXPECT_NE(error_of(std::string("\xff\xfe"
                                 "a\0:\0 \0b\0",
                                 10)),
            "");  // UTF-16
}

TEST(Yaml, ReportsAFileWithItsPlace) {
  Problems problems;
  EXPECT_TRUE(parse_yaml("a: 1\na: 2\n", "catalog/x.yaml", problems).empty());
  ASSERT_EQ(problems.all().size(), 1U);
  EXPECT_THAT(problems.all()[0].to_text(), HasSubstr("catalog/x.yaml:2:1: key 'a' is already"));
  EXPECT_EQ(parse_yaml("a: 1\n", "catalog/x.yaml", problems).size(), 1U);
  EXPECT_EQ(problems.all().size(), 1U);
}

TEST(YamlLimits, HoldDepthAlsoThroughAliases) {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(error_of(nested(64)), "");
  EXPECT_THAT(error_of(nested(65)), HasSubstr("more than 64 levels"));
  std::string stairs = "a0: &a0 [x]\n";
  for (int i = 1; i < 80; ++i) stairs += fmt::format("a{0}: &a{0} [*a{1}]\n", i, i - 1);
  EXPECT_THAT(error_of(stairs), HasSubstr("more than 64 levels"));
}

TEST(YamlLimits, HoldSizeAlsoThroughAliases) {
  EXPECT_THAT(error_of("abcdef", {.max_bytes = 5}), HasSubstr("6 bytes; at most 5"));
  EXPECT_THAT(error_of("[1, 2, 3]", {.max_nodes = 3}), HasSubstr("more than 3 values"));
  EXPECT_EQ(error_of("[1, 2, 3]", {.max_nodes = 4}), "");
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    laughs += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i, i - 1);
  }
  EXPECT_THAT(error_of(laughs), HasSubstr("more than 200000 values"));
  std::string fat = "a: &a " + std::string(1 << 20, 'x') + "\nb: [*a";
  for (int i = 0; i < 1000; ++i) fat += ", *a";
  EXPECT_THAT(error_of(fat + "]\n"), HasSubstr("aliases make the text too large"));
}

// What made other parsers run for minutes or out of memory.
TEST(YamlLimits, HostileTextIsRefusedQuickly) {
  const SystemClock clock;
  constexpr size_t kSize = 1 << 20;
  std::string anchors, keys = "{";
  while (anchors.size() < kSize) anchors += "&a [";
  while (keys.size() < kSize) keys += fmt::format("k{}: 1, ", keys.size());
  std::string questions;
  while (questions.size() < kSize) questions += "? ";
  for (const std::string& text :
       {std::string(kSize, '['), std::string(kSize, '{'), std::string(kSize, '-'),
        std::string(kSize, ','), std::string(kSize, ' '), std::string(kSize, '\n'), anchors, keys,
        questions, std::string(kSize, ':'), std::string(kSize, '"'), std::string(kSize, '&')}) {
    const Duration start = clock.monotonic();
    const auto documents = parse_yaml(text);
    EXPECT_LT(clock.monotonic() - start, seconds(5)) << text.substr(0, 8);
    EXPECT_TRUE(!documents || documents->size() <= 1) << text.substr(0, 8);
  }
}

TEST(Yaml, RandomTreesRoundTrip) {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    SeededRng rng(seed);
    const Node tree = random_tree(rng, 5);
    const std::string text = write_yaml(tree);
    const auto back = parse_yaml(text);
    ASSERT_TRUE(back) << "seed " << seed << ": " << back.error().message << "\n" << text;
    if (tree.is_null()) {
      EXPECT_TRUE(back->empty());
      continue;
    }
    ASSERT_EQ(back->size(), 1U) << "seed " << seed << "\n" << text;
    ASSERT_TRUE(same_tree(tree, back->front())) << "seed " << seed << "\n" << text;
  }
}

TEST(Yaml, DamagedTextNeverCrashes) {
  SeededRng rng(13);
  for (int round = 0; round < 3000; ++round) {
    std::string text = write_yaml(random_tree(rng, 4));
    damage(rng, text);
    const auto documents = parse_yaml(text);
    if (!documents) {
      EXPECT_EQ(documents.error().code, Code::kInvalidArgument);
    }
  }
}

}  // namespace
}  // namespace tocsin::codec
