// The same templates and data by us and by Alertmanager's amtool must give the same text.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "gotemplate/amtool_testing.h"
#include "gotemplate/default_templates.h"
#include "gotemplate/template_maker.h"

namespace tocsin::gotemplate {
namespace {

using testing::Amtool;
using testing::TemplateMaker;

class Oracle : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!Amtool::is_installed()) GTEST_SKIP() << "amtool is not installed; script/setup does it";
  }

  // How many texts both sides refused.
  size_t compare(const std::vector<std::string>& texts, const NotificationFacts& facts, Mode mode,
                 const TemplateSet& templates = {}, std::string_view beside = "") {
    const Value data = to_value(facts);
    // What we refuse goes to amtool by itself: one text that fails makes the others start over.
    std::vector<std::string> accepted_texts, refused_texts, accepted;
    for (const std::string& text : texts) {
      auto ours = templates.render(text, data, {.mode = mode});
      (ours ? accepted_texts : refused_texts).push_back(text);
      if (ours) accepted.push_back(*std::move(ours));
    }
    const auto theirs = amtool_.render(accepted_texts, facts, mode, beside);
    for (size_t i = 0; i < accepted.size(); ++i) {
      EXPECT_EQ(accepted[i], theirs[i].value_or("an error")) << accepted_texts[i];
    }
    for (const std::string& text : refused_texts) {
      const auto answer = amtool_.render({text}, facts, mode, beside)[0];
      EXPECT_EQ(answer.value_or("an error"), "an error") << text;
    }
    return refused_texts.size();
  }

  void compare_random(Mode mode, size_t rounds, size_t each, uint64_t seed) {
    const char* const given = std::getenv("ORACLE_SEED");
    if (given != nullptr) seed = std::strtoull(given, nullptr, 10);
    SCOPED_TRACE(fmt::format("ORACLE_SEED={}", seed));
    SeededRng rng(seed);
    size_t refused = 0;
    for (size_t round = 0; round < rounds; ++round) {
      const NotificationFacts facts = testing::make_facts(rng);
      TemplateMaker maker(rng);
      std::vector<std::string> texts;
      for (size_t i = 0; i < each; ++i) {
        std::string text = mode == Mode::kHtml ? maker.html_template() : maker.text_template();
        // Most that fail do so for the same few reasons, and each costs amtool runs of its own.
        const bool fails = !TemplateSet().render(text, to_value(facts), {.mode = mode});
        if (fails && rng.below(20) != 0) continue;
        texts.push_back(std::move(text));
      }
      refused += compare(texts, facts, mode);
    }
    RecordProperty("refused_by_both", static_cast<int>(refused));
  }

  Amtool amtool_;
};

TEST_F(Oracle, RandomTextTemplates) { compare_random(Mode::kText, 10, 200, 1); }
TEST_F(Oracle, RandomHtmlTemplates) { compare_random(Mode::kHtml, 10, 100, 2); }

TEST_F(Oracle, DefaultTemplates) {
  const std::string theirs = "/usr/share/prometheus/alertmanager/*.tmpl";
  if (!std::filesystem::exists("/usr/share/prometheus/alertmanager/default.tmpl")) {
    GTEST_SKIP() << theirs << " is not there";
  }
  std::vector<std::string> texts;
  for (const std::string& name : default_templates().names()) {
    // Names of later versions than 0.25, and what is ours alone.
    const bool is_newer = name.starts_with("msteams") || name.starts_with("jira") ||
                          name.starts_with("rocketchat") || name.starts_with("mattermost") ||
                          name == "discord.default.content" || name == "slack.default.color" ||
                          name.ends_with("_markdown");
    if (is_newer || name.find(".default.") == std::string::npos || name == "email.default.html")
      continue;
    const bool takes_alerts = name == "pagerduty.default.instances";
    texts.push_back(
        fmt::format("{{{{ template \"{}\" .{} }}}}", name, takes_alerts ? "Alerts" : ""));
  }
  for (const std::string_view name :
       {"__subject", "__description", "__alertmanager", "__alertmanagerURL"}) {
    texts.push_back(fmt::format("{{{{ template \"{}\" . }}}}", name));
  }
  ASSERT_GT(texts.size(), 30U);
  SeededRng rng(3);
  for (int round = 0; round < 40; ++round) {
    EXPECT_EQ(compare(texts, testing::make_facts(rng), Mode::kText, default_templates(), theirs),
              0U);
  }
}

}  // namespace
}  // namespace tocsin::gotemplate
