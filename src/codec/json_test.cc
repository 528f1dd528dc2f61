#include "codec/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "codec/random_tree.h"

namespace tocsin::codec {
namespace {

using ::testing::HasSubstr;

std::string error_of(std::string_view text) {
  const auto node = parse_json(text);
  if (node) return "";
  EXPECT_EQ(node.error().code, Code::kInvalidArgument);
  return node.error().message;
}

TEST(Json, KeepsTheTextOfNumbersAndTellsTextFromNumber) {
  const auto node = parse_json(R"({"a": 1.10, "b": "1.10", "c": -12345678901234567890, "d": 1E+2,
                                  "e": [true, null, "\u00fc\n"], "f": {}})");
  ASSERT_TRUE(node) << node.error().message;
  EXPECT_EQ(node->find("a")->scalar, "1.10");
  EXPECT_FALSE(node->find("a")->quoted);
  EXPECT_EQ(node->find("b")->scalar, "1.10");
  EXPECT_TRUE(node->find("b")->quoted);
  EXPECT_EQ(node->find("c")->scalar, "-12345678901234567890");
  EXPECT_EQ(node->find("d")->scalar, "1E+2");
  const Node& list = *node->find("e");
  ASSERT_EQ(list.items.size(), 3U);
  EXPECT_EQ(list.items[0].scalar, "true");
  EXPECT_TRUE(list.items[1].is_null());
  EXPECT_EQ(list.items[2].scalar, "\xc3\xbc\n");
  EXPECT_EQ(node->find("f")->kind, Node::Kind::kMapping);
  EXPECT_EQ(node->find("g"), nullptr);
}

TEST(Json, RefusesDuplicateKeysAlsoWhenSpeltApart) {
  EXPECT_EQ(error_of("{\"a\": 1,\n \"\\u0061\": 2}"),
            "line 2, column 9: key 'a' is there twice; remove one of the two");
  EXPECT_EQ(error_of(R"([{"a": 1}, {"a": 2}])"), "");
}

TEST(Json, RefusesWhatIsNotOneValue) {
  for (const std::string text :
       {"", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "1 2", "[1] x", "'a'", "nul", "01", "1.", "+1",
        "NaN", "\"\\ud800\"", "\"a\nb\"", "\"\xff\"", "[1}", "// c\n1"}) {
    EXPECT_NE(error_of(text), "") << text;
  }
  EXPECT_THAT(error_of("{\n\"a\": x}"), HasSubstr("line 2, column "));
}

TEST(Json, LimitsItsDepth) {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(error_of(nested(32)), "");
  EXPECT_NE(error_of(nested(33)), "");
  EXPECT_NE(error_of(std::string(1 << 20, '[')), "");
  EXPECT_NE(error_of(std::string(1 << 20, '{')), "");
}

TEST(Json, LimitsTheNumberOfValues) {
  std::string text = "[0";
  for (int i = 0; i < 2'000'000; ++i) text += ",0";
  EXPECT_THAT(error_of(text + "]"), HasSubstr("more than 2000000 values"));
}

TEST(Json, WritesWhatPeopleRead) {
  const Json value = {{"half", 0.5},
                      {"one", 1.0},
                      {"many", 1234567890123},
                      {"none", nullptr},
                      {"bad", std::numeric_limits<double>::quiet_NaN()},
                      {"text", "a\"\\\n\t\x01/ü"},
                      {"list", JsonArray{1, true, JsonArray{}, JsonObject{}}}};
  EXPECT_EQ(to_text(value),
            "{\"half\":0.5,\"one\":1,\"many\":1234567890123,\"none\":null,\"bad\":null,"
            "\"text\":\"a\\\"\\\\\\n\\t\\u0001/ü\",\"list\":[1,true,[],{}]}");
}

TEST(Json, WritesJsonWhateverTheBytesAre) {
  EXPECT_EQ(to_text(Json("a\xff\xc3\xbc\xe2\x82")),
            "\"a\xef\xbf\xbd\xc3\xbc\xef\xbf\xbd\xef\xbf\xbd\"");
  SeededRng rng(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(rng.below(40), '\0');
    for (char& c : bytes) c = static_cast<char>(rng.next());
    const auto back = parse_json(to_text(Json(bytes)));
    ASSERT_TRUE(back) << "round " << round << ": " << back.error().message;
  }
}

TEST(Json, RandomTreesRoundTrip) {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    SeededRng rng(seed);
    const Node tree = random_tree(rng, 5);
    const std::string text = write_json(tree);
    const auto back = parse_json(text);
    ASSERT_TRUE(back) << "seed " << seed << ": " << back.error().message << "\n" << text;
    ASSERT_TRUE(same_tree(tree, *back)) << "seed " << seed << "\n" << text;
    const auto own = read_own_json(text);
    ASSERT_TRUE(own) << "seed " << seed;
    const auto again = parse_json(to_text(*own));
    ASSERT_TRUE(again) << "seed " << seed;
  }
}

TEST(Json, DamagedTextNeverCrashes) {
  SeededRng rng(11);
  for (int round = 0; round < 3000; ++round) {
    std::string text = write_json(random_tree(rng, 4));
    damage(rng, text);
    const auto node = parse_json(text);
    if (!node) {
      EXPECT_EQ(node.error().code, Code::kInvalidArgument);
    }
  }
}

TEST(Json, FindsWhatStandsAtAPath) {
  const Json json = *read_own_json(
      R"({"ok": true, "channel": {"id": "C1", "members": ["U1", 2], "topic": {"value": ""}}})");
  const JsonObject& object = json.get_object();
  EXPECT_EQ(text_at(object, "channel.id"), "C1");
  EXPECT_EQ(find_text(object, "channel.topic.value"), "");
  ASSERT_NE(find_array(object, "channel.members"), nullptr);
  EXPECT_EQ(find_array(object, "channel.members")->size(), 2u);
  ASSERT_NE(find_object(object, "channel.topic"), nullptr);
}

TEST(Json, WhatIsMissingOrOfAnotherKindIsNothing) {
  const Json json = *read_own_json(R"({"ok": true, "channel": {"id": "C1"}, "": {"a": "x"}})");
  const JsonObject& object = json.get_object();
  for (const char* path : {"ok", "channel", "channel.name", "channel.id.more", "ok.id", "", "."}) {
    EXPECT_EQ(find_text(object, path), std::nullopt) << path;
    EXPECT_EQ(text_at(object, path), "") << path;
    EXPECT_EQ(find_array(object, path), nullptr) << path;
  }
  EXPECT_EQ(find_object(object, "channel.id"), nullptr);
  EXPECT_EQ(text_at(object, ".a"), "x") << "an empty name is a name";
}

TEST(Json, TextsBecomeAnArray) {
  EXPECT_EQ(to_text(to_array(std::vector<std::string>{"a", "b"})), R"(["a","b"])");
  EXPECT_EQ(to_text(to_array({})), "[]");
}

TEST(Json, StoredTextThatDoesNotParseIsDataLoss) {
  ASSERT_TRUE(read_own_json(R"({"a": [1, 2]})"));
  const auto broken = read_own_json("{\"a\": [1, 2");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Code::kDataLoss);
}

}  // namespace
}  // namespace tocsin::codec
