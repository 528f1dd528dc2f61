#include "codec/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "codec/json.h"
#include "codec/yaml.h"

namespace tocsin::codec {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// One document, read by `read`; gives the problems as lines.
template <class Read>
std::vector<std::string> problems_of(std::string_view yaml, Read read) {
  const auto documents = parse_yaml(yaml);
  EXPECT_TRUE(documents) << documents.error().message;
  const Node nothing;
  Problems problems;
  Fields fields(documents && !documents->empty() ? documents->front() : nothing, "a.yaml",
                problems);
  read(fields);
  std::vector<std::string> lines;
  for (const Problem& problem : problems.all()) lines.push_back(problem.to_text());
  return lines;
}

TEST(Fields, ReadEveryTypeAndFallBack) {
  const auto lines = problems_of(
      "name: shop\nport: 9110\nratio: 0.25\non: true\nwait: 1h30m\ntags: [a, 'b']\n"
      "labels: {team: shop, tier: 1}\nmode: fast\nempty: ~\n",
      [](Fields& f) {
        EXPECT_EQ(f.text("name"), "shop");
        EXPECT_EQ(f.text("title", "none"), "none");
        EXPECT_EQ(f.text("empty", "none"), "none");
        EXPECT_EQ(f.integer("port", std::nullopt, 1, 65535), 9110);
        EXPECT_EQ(f.integer("missing", 7, 1, 10), 7);
        EXPECT_EQ(f.number("ratio", std::nullopt, 0, 1), 0.25);
        EXPECT_TRUE(f.flag("on", false));
        EXPECT_EQ(f.duration("wait", std::nullopt), minutes(90));
        EXPECT_THAT(f.texts("tags"), ElementsAre("a", "b"));
        EXPECT_THAT(f.text_map("labels"),
                    ElementsAre(std::pair("team", "shop"), std::pair("tier", "1")));
        constexpr std::string_view kModes[] = {"slow", "fast"};
        EXPECT_EQ(f.choice("mode", kModes, std::nullopt), 1U);
        f.finish();
      });
  EXPECT_THAT(lines, IsEmpty());
}

TEST(Fields, ReportAllProblemsWithTheirPlaces) {
  const auto lines = problems_of("name: ''\nport: 70000\nwait: soon\non: yes\n", [](Fields& f) {
    f.text("name");
    f.text("team");
    f.integer("port", 1, 1, 65535);
    f.duration("wait", minutes(1));
    EXPECT_FALSE(f.flag("on", false));
  });
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[0], "a.yaml:1:7: name: must not be empty");
  EXPECT_EQ(lines[1], "a.yaml:1:1: team: is missing");
  EXPECT_EQ(lines[2], "a.yaml:2:7: port: must be from 1 to 65535, not 70000");
  EXPECT_THAT(lines[3], HasSubstr("a.yaml:3:7: wait: "));
  EXPECT_EQ(lines[4], "a.yaml:4:5: on: must be true or false, not 'yes'");
}

TEST(Fields, UnknownKeysNameTheNearestKnownOne) {
  const auto lines = problems_of("spec:\n  runbok: http://x\n  colour: red\n", [](Fields& f) {
    Fields spec = f.child("spec");
    spec.text("runbook", "");
    spec.text("team", "");
    spec.finish();
    f.finish();
  });
  EXPECT_THAT(lines, ElementsAre("a.yaml:2:11: spec.runbok: is not a known field; did you mean "
                                 "'runbook'?",
                                 "a.yaml:3:11: spec.colour: is not a known field"));
}

TEST(Fields, NumbersAreReadWholeOrNotAtAll) {
  for (const std::string text : {"1x", "0x10", "1_000", "010", "+5", "1e3", "5.0", "'5'", "[5]",
                                 "9223372036854775808", "five", "--", "yes"}) {
    const auto lines =
        problems_of("n: " + text, [](Fields& f) { EXPECT_EQ(f.integer("n", 3, -100, 100), 3); });
    EXPECT_EQ(lines.size(), 1U) << text;
  }
  for (const std::string text :
       {"nan", "inf", "-inf", ".inf", "1e999", "0x1p3", "1.5s", "\"1\"", "00.5"}) {
    const auto lines =
        problems_of("n: " + text, [](Fields& f) { EXPECT_EQ(f.number("n", 3, -100, 100), 3); });
    EXPECT_EQ(lines.size(), 1U) << text;
  }
  EXPECT_THAT(problems_of("n: -5\nm: 1.5e-3",
                          [](Fields& f) {
                            EXPECT_EQ(f.integer("n", 3, -100, 100), -5);
                            EXPECT_EQ(f.number("m", 3, 0, 1), 0.0015);
                          }),
              IsEmpty());
}

TEST(Fields, RequiredNumbersAreMissedOnce) {
  const auto lines = problems_of("list: [1]", [](Fields& f) {
    EXPECT_EQ(f.integer("port", std::nullopt, 1, 9), 1);
    EXPECT_EQ(f.number("list", std::nullopt, 2, 9), 2);
    EXPECT_EQ(f.duration("wait", std::nullopt, seconds(1)), seconds(1));
    constexpr std::string_view kModes[] = {"slow", "fast"};
    EXPECT_EQ(f.choice("mode", kModes, std::nullopt), 0U);
  });
  EXPECT_THAT(lines, ElementsAre("a.yaml:1:1: port: is missing",
                                 "a.yaml:1:7: list: must be a number, not a list",
                                 "a.yaml:1:1: wait: is missing", "a.yaml:1:1: mode: is missing"));
}

TEST(Fields, ChildrenCarryTheirIndexInThePath) {
  const auto lines =
      problems_of("steps:\n  - person: ada\n  - oops\n  - persn: alan\n", [](Fields& f) {
        auto steps = f.children("steps");
        ASSERT_EQ(steps.size(), 2U);
        EXPECT_EQ(steps[0].text("person"), "ada");
        steps[1].text("person");
        steps[1].finish();
      });
  EXPECT_THAT(
      lines, ElementsAre("a.yaml:3:5: steps[1]: must be a mapping (key: value), not a single value",
                         "a.yaml:4:5: steps[2].person: is missing",
                         "a.yaml:4:12: steps[2].persn: is not a known field; did you mean "
                         "'person'?"));
}

TEST(Fields, AMappingOfTheWrongShapeIsOneProblem) {
  const auto lines = problems_of("spec: 5", [](Fields& f) {
    Fields spec = f.child("spec");
    spec.text("team");
    spec.child("deeper").text("name");
    spec.finish();
  });
  EXPECT_THAT(lines, ElementsAre("a.yaml:1:7: spec: must be a mapping (key: value), not a single "
                                 "value"));
}

TEST(Fields, AMissingMappingReadsAsAnEmptyOne) {
  const auto lines = problems_of("kind: Team\nspec:\n", [](Fields& f) {
    f.child("spec").text("team");
    f.child("metadata").text("name");
  });
  EXPECT_THAT(lines, ElementsAre("a.yaml:2:6: spec.team: is missing",
                                 "a.yaml:1:1: metadata.name: is missing"));
}

TEST(Fields, ChoiceNamesWhatIsAllowed) {
  constexpr std::string_view kModes[] = {"occurrences", "timeslices"};
  const auto lines = problems_of("mode: ocurrences",
                                 [&](Fields& f) { EXPECT_EQ(f.choice("mode", kModes, 1), 1U); });
  EXPECT_THAT(lines, ElementsAre("a.yaml:1:7: mode: 'ocurrences' is not one of occurrences, "
                                 "timeslices; did you mean 'occurrences'?"));
}

TEST(Fields, SecretsComeFromTheEnvironmentAndAreNotShown) {
  ::setenv("TOCSIN_FIELDS_TEST", "s3cret", 1);
  const auto lines =
      problems_of("a: ${TOCSIN_FIELDS_TEST}\nb: ${TOCSIN_NOT_SET_HERE}\nc: [x]\n", [](Fields& f) {
        EXPECT_EQ(f.secret("a"), Secret("s3cret"));
        EXPECT_TRUE(f.secret("b").empty());
        EXPECT_TRUE(f.secret("c").empty());
        EXPECT_TRUE(f.secret("d").empty());
      });
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], HasSubstr("a.yaml:2:4: b: environment variable TOCSIN_NOT_SET_HERE"));
  EXPECT_EQ(lines[1], "a.yaml:3:4: c: must be a text, not a list");
}

TEST(Fields, RefuseNulInTexts) {
  const auto lines = problems_of("a: \"x\\0y\"\nb: [\"\\0\"]\nc: {\"k\\0\": v}\n", [](Fields& f) {
    EXPECT_EQ(f.text("a"), "");
    EXPECT_THAT(f.texts("b"), IsEmpty());
    EXPECT_THAT(f.text_map("c"), IsEmpty());
  });
  EXPECT_EQ(lines.size(), 3U);
}

TEST(Fields, ManyUnknownKeysAreCutShort) {
  std::string yaml;
  for (int i = 0; i < 1000; ++i) yaml += "key" + std::to_string(i) + ": 1\n";
  const auto lines = problems_of(yaml, [](Fields& f) { f.finish(); });
  ASSERT_EQ(lines.size(), 21U);
  EXPECT_EQ(lines.back(), "a.yaml:1:1: 980 more fields are not known");
}

TEST(Problems, OfJsonHaveNoPlace) {
  const auto node = parse_json(R"({"nam": 1})");
  ASSERT_TRUE(node);
  Problems problems;
  Fields fields(*node, "", problems);
  fields.text("name");
  fields.finish();
  const auto result = problems.as_result();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kInvalidArgument);
  EXPECT_EQ(result.error().message,
            "name: is missing\nnam: is not a known field; did you mean 'name'?");
  EXPECT_TRUE(Problems().as_result());
}

TEST(Shown, IsShortAndPrintable) {
  EXPECT_EQ(shown("a\nb\x7f"), "a?b?");
  EXPECT_EQ(shown(std::string(100, 'x')), std::string(80, 'x') + "...");
  EXPECT_EQ(shown(std::string(79, 'x') + "\xc3\xbc"), std::string(79, 'x') + "...");
}

}  // namespace
}  // namespace tocsin::codec
