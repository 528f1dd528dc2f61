#include "scenario.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace tocsin::simulation {
namespace {

std::vector<std::filesystem::path> stories() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(TOCSIN_SCENARIOS)) {
    if (entry.path().extension() == ".txt") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

std::string title(const ::testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name = info.param.stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
}

class ScenarioTest : public ::testing::TestWithParam<std::filesystem::path> {};
INSTANTIATE_TEST_SUITE_P(Stories, ScenarioTest, ::testing::ValuesIn(stories()), title);

TEST_P(ScenarioTest, EndsAsItIsTold) {
  std::ifstream file(GetParam());
  std::stringstream text;
  text << file.rdbuf();
  const auto played = Scenario::play(GetParam().filename().string(), text.str());
  EXPECT_TRUE(played) << played.error().message;
}

constexpr std::string_view kStart =
    "person ada mail\nteam shop ada 0m repeat 3 every 5m\nservice checkout tier 1 of shop\n"
    "objective paying of checkout Customers cannot pay\nfires paying fast\n";

TEST(ScenarioWords, MessageThatNobodyExpectsEndsTheStory) {
  const auto played = Scenario::play("story", std::string(kStart) + "advance 1m\n");
  ASSERT_FALSE(played);
  EXPECT_EQ(played.error().message, "story:6: advance 1m: nobody expected: page ada by mail");
}

TEST(ScenarioWords, MessageThatDidNotComeEndsTheStory) {
  const auto played = Scenario::play("story", std::string(kStart) + "expect page ada by slack\n");
  ASSERT_FALSE(played);
  EXPECT_EQ(played.error().message,
            "story:6: expect page ada by slack: there was only: page ada by mail");
}

TEST(ScenarioWords, UnknownWordsAreNamed) {
  const auto played = Scenario::play("story", "persn ada mail\n");
  ASSERT_FALSE(played);
  EXPECT_TRUE(
      played.error().message.starts_with("story:1: persn ada mail: 'persn' is none of ack"));
  EXPECT_EQ(played.error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace tocsin::simulation
