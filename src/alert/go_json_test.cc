#include "alert/go_json.h"

#include <gtest/gtest.h>

#include <utility>

namespace tocsin::alert {
namespace {

TEST(GoJson, TheFirstValueEndsWhereItIsClosed) {
  for (const auto& [text, first] :
       std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"[] x", "[]"},
           {" {\"a\":[1]}}", " {\"a\":[1]}"},
           {R"(["]\"]"] [)", R"(["]\"]"])"},
           {"null x", "null"},
           {"nullnull", "null"},
           {"[", "["},
           {"]", "]"},
           {"[}", "[}"},
           {"", ""},
           {" ", " "},
           {"5 6", "5 6"}}) {
    EXPECT_EQ(first_value(text), first) << text;
  }
}

TEST(GoJson, WhatOnlyGoTakesIsReplaced) {
  for (const auto& [text, strict] :
       std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {R"({"a":"b"})", R"({"a":"b"})"},
           {"[1e999,-0.5E+7,12,true]", "[0,0,0,true]"},
           {R"(["5\"6"])", R"(["5\"6"])"},
           {"[\"\xff\xc3\"]", "[\"\xef\xbf\xbd\xef\xbf\xbd\"]"},
           {R"(["\ud800x\udc00"])", "[\"\xef\xbf\xbdx\xef\xbf\xbd\"]"},
           {R"(["\ud83d\ude00\ud83d\ud83d\ude00"])",
            "[\"\\ud83d\\ude00\xef\xbf\xbd\\ud83d\\ude00\"]"},
           {R"(["\\ud800"])", R"(["\\ud800"])"}}) {
    EXPECT_EQ(as_strict_json(text), strict) << text;
  }
}

// Whatever is replaced, a strict reader still refuses what Go does.
TEST(GoJson, WhatIsNoJsonStaysNone) {
  for (const auto& [text, same] :
       std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"[1.5.6]", "[1.5.0]"},
           {"[1e5e5]", "[1e5e0]"},
           {"[01]", "[00]"},
           {"[1.]", "[1.]"},
           {"[-]", "[-]"},
           {"[.5]", "[.0]"},
           {"[\xff]", "[\xff]"},
           {"[\"\\", "[\"\\"},
           {R"(["\ud8)", R"(["\ud8)"},
           {"\"", "\""}}) {
    EXPECT_EQ(as_strict_json(text), same) << text;
  }
}

TEST(GoJson, NamesOfFieldsFold) {
  EXPECT_TRUE(is_field("STARTSAT", "startsAt"));
  EXPECT_TRUE(
      is_field("\xc5\xbftart\xc5\xbf"
               "At",
               "startsAt"));
  EXPECT_TRUE(is_field("\xe2\x84\xaa", "k"));
  EXPECT_FALSE(is_field("startsAt ", "startsAt"));
  EXPECT_FALSE(is_field("", "id"));
}

}  // namespace
}  // namespace tocsin::alert
