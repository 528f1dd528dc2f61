#include "routing/matcher.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace tocsin::routing {
namespace {

// The matchers as text, or the error.
std::string parsed(std::string_view text, MatcherSyntax syntax) {
  const auto result = parse_matchers(text, syntax);
  return result ? to_text(result->matchers) : result.error().message;
}
std::string classic(std::string_view text) { return parsed(text, MatcherSyntax::kClassic); }
std::string utf8(std::string_view text) { return parsed(text, MatcherSyntax::kUtf8); }

Matcher made(std::string name, MatchOp op, std::string value) {
  return Matcher::make(std::move(name), op, std::move(value)).value();
}

TEST(Matcher, MatchesByItsOperator) {
  const Labels labels = Labels::of({{"job", "api-1"}});
  EXPECT_TRUE(made("job", MatchOp::kEqual, "api-1").matches(labels));
  EXPECT_FALSE(made("job", MatchOp::kNotEqual, "api-1").matches(labels));
  EXPECT_TRUE(made("job", MatchOp::kRegex, "api-\\d").matches(labels));
  EXPECT_FALSE(made("job", MatchOp::kRegex, "api").matches(labels)) << "anchored at both ends";
  EXPECT_FALSE(made("job", MatchOp::kRegex, "\\d").matches(labels));
  EXPECT_TRUE(made("job", MatchOp::kNotRegex, "api").matches(labels));
}

TEST(Matcher, ALabelThatIsMissingIsEmpty) {
  const Labels none;
  EXPECT_TRUE(made("job", MatchOp::kEqual, "").matches(none));
  EXPECT_TRUE(made("job", MatchOp::kNotEqual, "x").matches(none));
  EXPECT_TRUE(made("job", MatchOp::kRegex, "x?").matches(none));
  EXPECT_FALSE(made("job", MatchOp::kNotRegex, ".*").matches(none));
  EXPECT_TRUE(all_match({}, none));
}

TEST(Matcher, AnExpressionMeansWhatItMeansToGo) {
  // The text stands between "^(?:" and ")$"; an alternative of its own escapes from there.
  EXPECT_TRUE(made("a", MatchOp::kRegex, "x)|(?:y").matches("xz"));
  EXPECT_TRUE(made("a", MatchOp::kRegex, "x)|(?:y").matches("zy"));
  EXPECT_FALSE(made("a", MatchOp::kRegex, "x|y").matches("xz"));
  EXPECT_FALSE(made("a", MatchOp::kRegex, "x.y").matches("x\ny"));
  EXPECT_TRUE(made("a", MatchOp::kRegex, "x[^a]y").matches("x\ny"));
  EXPECT_FALSE(made("a", MatchOp::kRegex, "x").matches("x\n"));
  EXPECT_TRUE(made("a", MatchOp::kRegex, "(?i)CAF\xc3\x89").matches("caf\xc3\xa9"));
  EXPECT_TRUE(made("a", MatchOp::kRegex, "\\Q\\C\\E").matches("\\C"));
}

TEST(Matcher, ABadExpressionIsRefusedInGosWords) {
  const auto error = [](std::string value) {
    const auto matcher = Matcher::make("a", MatchOp::kRegex, std::move(value));
    return matcher ? "" : matcher.error().message;
  };
  EXPECT_EQ(error("["), "error parsing regexp: missing closing ]: `[)$`");
  EXPECT_EQ(error("("), "error parsing regexp: missing closing ): `^(?:()$`");
  EXPECT_EQ(error("a)"), "error parsing regexp: unexpected ): `^(?:a))$`");
  EXPECT_EQ(error("*"), "error parsing regexp: missing argument to repetition operator: `*`");
  EXPECT_EQ(error("a{1001}"), "error parsing regexp: invalid repeat count: `{1001}`");
  EXPECT_EQ(error("a**"), "error parsing regexp: invalid nested repetition operator: `**`");
  EXPECT_EQ(error("[b-a]"), "error parsing regexp: invalid character class range: `b-a`");
  EXPECT_EQ(error("\\y"), "error parsing regexp: invalid escape sequence: `\\y`");
  EXPECT_EQ(error("\\C"), "error parsing regexp: invalid escape sequence: `\\C`");
  EXPECT_EQ(error("(?=a)"), "error parsing regexp: invalid or unsupported Perl syntax: `(?=`");
  EXPECT_EQ(Matcher::make("", MatchOp::kEqual, "x").error().message, "invalid label name \"\"");
  EXPECT_FALSE(Matcher::make("a", MatchOp::kEqual, "\xff"));
}

TEST(Matcher, IsWrittenSoThatItIsReadBack) {
  EXPECT_EQ(made("a", MatchOp::kNotRegex, "x\"\\\n\t").to_text(), "a!~\"x\\\"\\\\\\n\t\"");
  EXPECT_EQ(made("caf\xc3\xa9", MatchOp::kEqual, "x").to_text(), "caf\xc3\xa9=\"x\"");
  EXPECT_EQ(made("a b", MatchOp::kEqual, "x\t").to_text(), R"("a b"="x\t")");
  EXPECT_EQ(made("a\\", MatchOp::kEqual, "x").to_text(), R"("a\\"="x")");
  EXPECT_EQ(to_text(Matchers{}), "{}");
}

TEST(Matcher, IsOrderedByNameThenValueThenOperator) {
  EXPECT_LT(made("a", MatchOp::kNotRegex, "z"), made("b", MatchOp::kEqual, "a"));
  EXPECT_LT(made("a", MatchOp::kNotRegex, "a"), made("a", MatchOp::kEqual, "b"));
  EXPECT_LT(made("a", MatchOp::kEqual, "a"), made("a", MatchOp::kNotEqual, "a"));
  EXPECT_EQ(made("a", MatchOp::kRegex, "a"), made("a", MatchOp::kRegex, "a"));
}

TEST(ClassicMatchers, AreReadAsTheOldGrammarSays) {
  EXPECT_EQ(classic(R"({foo = "bar", dings != "bums", })"), R"({foo="bar",dings!="bums"})");
  EXPECT_EQ(classic("foo=bar, dings!=bums"), R"({foo="bar",dings!="bums"})");
  EXPECT_EQ(classic(R"({quote="She said: \"Hi, ladies!\""})"),
            R"({quote="She said: \"Hi, ladies!\""})");
  EXPECT_EQ(classic("statuscode=~\"5..\""), R"({statuscode=~"5.."})");
  EXPECT_EQ(classic("foo="), R"({foo=""})");
  EXPECT_EQ(classic("foo==x"), R"({foo="=x"})");
  EXPECT_EQ(classic("foo=a b \\w\\"), R"({foo="a b \\w\\"})");
  EXPECT_EQ(classic("{foo=bar"), R"({foo="bar"})") << "each brace is optional";
  EXPECT_EQ(classic("{foo=\"{bar}\""), R"({foo="{bar}"})");
  EXPECT_EQ(classic(""), "{}");
  EXPECT_EQ(classic("{}"), "{}");
  EXPECT_EQ(classic(" , "), "bad matcher format:  ");
}

TEST(ClassicMatchers, AreRefusedInTheReferencesWords) {
  EXPECT_EQ(classic("foo"), "bad matcher format: foo");
  EXPECT_EQ(classic("0foo=bar"), "bad matcher format: 0foo=bar");
  EXPECT_EQ(classic("foo~bar"), "bad matcher format: foo~bar");
  EXPECT_EQ(classic(",foo=bar"), "bad matcher format: ");
  EXPECT_EQ(classic("foo=\"bar"), "matcher value contains unescaped double quote: \"bar");
  EXPECT_EQ(classic("foo=b\"ar"), "matcher value contains unescaped double quote: b\"ar");
  EXPECT_EQ(classic("foo=\"b\"ar\""), "matcher value contains unescaped double quote: \"b\"ar\"");
  EXPECT_EQ(classic("foo=~["), "error parsing regexp: missing closing ]: `[)$`");
}

TEST(Utf8Matchers, AreReadAsTheNewGrammarSays) {
  EXPECT_EQ(utf8(""), "{}");
  EXPECT_EQ(utf8(" { } "), "{}");
  EXPECT_EQ(utf8("{foo=bar,}"), R"({foo="bar"})");
  EXPECT_EQ(utf8("foo=bar,bar!=baz,"), R"({foo="bar",bar!="baz"})");
  EXPECT_EQ(utf8("foo =~ [a-z]+ , x!~\"\""), R"({foo=~"[a-z]+",x!~""})");
  EXPECT_EQ(utf8("\"foo\"=\"bar\""), R"({foo="bar"})");
  EXPECT_EQ(utf8("{\xf0\x9f\x99\x82=\xce\xa3}"), "{\xf0\x9f\x99\x82=\"\xce\xa3\"}");
  EXPECT_EQ(utf8(R"({"foo"="\xf0\x9f\x99\x82"})"), "{foo=\"\xf0\x9f\x99\x82\"}");
  EXPECT_EQ(utf8(R"({"foo"="\U0001f642\t"})"), "{foo=\"\xf0\x9f\x99\x82\t\"}");
  EXPECT_EQ(utf8(R"("foo bar"="a\"b\\")"), R"({"foo bar"="a\"b\\"})");
  EXPECT_EQ(utf8("foo=bar\xe2\x80\xaf,\xe3\x80\x80x=y"), R"({foo="bar",x="y"})");
}

TEST(Utf8Matchers, AreRefusedInTheReferencesWords) {
  EXPECT_EQ(utf8(","), "0:1: unexpected ,: expected label name");
  EXPECT_EQ(utf8("{,}"), "1:2: unexpected ,: expected label name");
  EXPECT_EQ(utf8("{"), "0:1: end of input: expected close brace");
  EXPECT_EQ(utf8("}"), "0:1: }: expected opening brace");
  EXPECT_EQ(utf8("foo=bar}"), "0:8: }: expected opening brace");
  EXPECT_EQ(utf8("{foo=bar"), "0:8: end of input: expected close brace");
  EXPECT_EQ(utf8("{foo=bar,"), "0:9: end of input: expected close brace");
  EXPECT_EQ(utf8("{foo=bar} x"), "10:11: x: expected end of input");
  EXPECT_EQ(utf8("{foo=bar}}"), "9:10: }: expected end of input");
  EXPECT_EQ(utf8("{foo=bar}~"), "9:10: ~: invalid input: expected end of input");
  EXPECT_EQ(utf8("{foo=:\"bar\"}"), "6:11: unexpected \"bar\": expected a comma or close brace");
  EXPECT_EQ(utf8("{foo=\"bar\\w\"}"), "5:12: \"bar\\w\": invalid input");
  EXPECT_EQ(utf8("{foo=bar\\n}"), "8:9: \\: invalid input: expected a comma or close brace");
  EXPECT_EQ(utf8("{\"foo\"=\"\\xf0\\x9f\"}"), "7:17: \"\\xf0\\x9f\": invalid input");
  EXPECT_EQ(utf8("foo!bar"),
            "3:4: !: expected one of '=~': expected an operator such as '=', '!=', '=~' or '!~'");
  EXPECT_EQ(utf8("foo!"),
            "3:4: unexpected end of input, expected one of '=~': "
            "expected an operator such as '=', '!=', '=~' or '!~'");
  EXPECT_EQ(utf8("foo"), "end of input: expected an operator such as '=', '!=', '=~' or '!~'");
  EXPECT_EQ(utf8("foo="), "end of input: expected label value");
  EXPECT_EQ(utf8("foo=="), "4:5: unexpected =: expected label value");
  EXPECT_EQ(utf8("foo=bar,,"), "8:9: unexpected ,: expected a matcher or close brace after comma");
  EXPECT_EQ(utf8("~"), "0:1: ~: invalid input");
  EXPECT_EQ(utf8("foo=\"bar"), "4:8: \"bar: missing end \": expected label value");
  EXPECT_EQ(utf8("foo=~["),
            "failed to create matcher: error parsing regexp: missing closing ]: `[)$`");
  EXPECT_EQ(utf8("\"\"=x"), "failed to create matcher: invalid label name \"\"");
}

struct Fallback {
  std::string_view text, meaning;
  bool warns;
};

TEST(FallbackMatchers, TakeWhatEitherGrammarTakesAndTheOldMeaningWhereTheyDiffer) {
  constexpr Fallback kCases[] = {
      {"foo=bar", R"({foo="bar"})", false},
      {"", "{}", false},
      {"{}", "{}", false},
      {"\"foo bar\"=x", R"({"foo bar"="x"})", false},  // the new one alone
      {"foo=", R"({foo=""})", true},                   // the old one alone
      {"foo=a b", R"({foo="a b"})", true},             // the old one alone
      {"foo=[{}]", R"({foo="[{}]"})", true},           // the old one alone
      {R"(foo="\t")", R"({foo="\\t"})", true},         // a tab to the new one
      {R"(foo="\xf0\x9f\x99\x82")", R"({foo="\\xf0\\x9f\\x99\\x82"})", true},
      {"foo", "bad matcher format: foo", false},  // the old one's words
  };
  for (const Fallback& wanted : kCases) {
    const auto result = parse_matchers(wanted.text, MatcherSyntax::kFallback);
    EXPECT_EQ(result ? to_text(result->matchers) : result.error().message, wanted.meaning);
    EXPECT_EQ(result && !result->warning.empty(), wanted.warns) << wanted.text;
  }
}

TEST(FallbackMatchers, TheWarningSaysWhatToWrite) {
  const auto result = parse_matchers("foo=a b, x=\"\\t\"", MatcherSyntax::kFallback);
  ASSERT_TRUE(result);
  EXPECT_NE(result->warning.find(R"(write foo="a b",x="\\t")"), std::string::npos)
      << result->warning;
}

TEST(OneMatcher, IsExactlyOneWithoutBraces) {
  for (const MatcherSyntax syntax : {MatcherSyntax::kUtf8, MatcherSyntax::kFallback}) {
    const auto error = [&](std::string_view text) {
      return parse_matcher(text, syntax).error().message;
    };
    EXPECT_EQ(error("{foo=bar}"), "unexpected open or close brace: {foo=bar}");
    EXPECT_EQ(error("foo=bar}"), "unexpected open or close brace: foo=bar}");
    EXPECT_EQ(parse_matcher("foo=bar", syntax)->matchers.size(), 1U);
  }
  EXPECT_EQ(parse_matcher("", MatcherSyntax::kUtf8).error().message, "no matchers");
  EXPECT_EQ(parse_matcher("a=b,c=d", MatcherSyntax::kUtf8).error().message,
            "expected 1 matcher, found 2");
  // One to the old grammar, and its meaning holds.
  EXPECT_EQ(to_text(parse_matcher("a=b,c=d", MatcherSyntax::kFallback)->matchers),
            R"({a="b,c=d"})");
  EXPECT_EQ(parse_matcher("{foo=bar}", MatcherSyntax::kClassic).error().message,
            "bad matcher format: {foo=bar}");
}

TEST(Matchers, WhatIsNotUtf8IsRefused) {
  for (const MatcherSyntax syntax :
       {MatcherSyntax::kClassic, MatcherSyntax::kUtf8, MatcherSyntax::kFallback}) {
    EXPECT_EQ(parse_matchers("foo=\xff", syntax).error().message, "matcher value not valid UTF-8");
    EXPECT_FALSE(parse_matcher("foo=\xff", syntax));
  }
}

TEST(Matchers, WhatIsWrittenIsReadBack) {
  SeededRng rng(5);
  constexpr std::string_view kParts[] = {"a", "B", "_", " ", "\"", "\\",       "\n",       ",",
                                         "{", "}", "=", "~", "\t", "\xc3\xa9", "\xc2\xa0", "n"};
  const auto text = [&](size_t least, size_t most) {
    std::string out;
    for (size_t n = least + rng.below(most); n > 0; --n)
      out += kParts[rng.below(std::size(kParts))];
    return out;
  };
  for (int round = 0; round < 5'000; ++round) {
    Matchers matchers;
    for (size_t n = rng.below(4); n > 0; --n) {
      const auto op = rng.below(2) == 0 ? MatchOp::kEqual : MatchOp::kNotEqual;
      matchers.push_back(made(text(1, 3), op, text(0, 6)));
    }
    const auto again = parse_matchers(to_text(matchers), MatcherSyntax::kUtf8);
    ASSERT_TRUE(again) << to_text(matchers) << again.error().message;
    EXPECT_EQ(again->matchers, matchers) << to_text(matchers);
  }
}

}  // namespace
}  // namespace tocsin::routing
