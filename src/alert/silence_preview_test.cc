#include "alert/silence_preview.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alert/fired_before.h"
#include "alert/posted_book.h"
#include "engine/testing.h"

namespace tocsin::alert {
namespace {

using routing::Labels;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

PreviewAlert alert(std::vector<routing::LabelPair> labels, bool is_acknowledged = false) {
  auto posted = std::make_shared<routing::PostedAlert>();
  posted->labels = Labels::from(std::move(labels));
  const uint64_t fingerprint = posted->fingerprint();
  return {posted, fingerprint, is_acknowledged, true};
}

routing::Matchers matchers(std::string_view text) {
  return routing::parse_matchers(text, routing::MatcherSyntax::kFallback).value().matchers;
}

std::vector<std::string> codes(std::string_view text, Duration lasts,
                               const std::vector<PreviewAlert>& firing) {
  std::vector<std::string> out;
  for (const auto& warning : preview(matchers(text), lasts, firing, {}).warnings) {
    out.push_back(warning.code);
  }
  return out;
}

TEST(SilenceWarnings, NoneForOneAlertByItsName) {
  EXPECT_THAT(codes("{alertname=\"Disk\",team=\"db\"}", hours(2),
                    {alert({{"alertname", "Disk"}, {"team", "db"}, {"severity", "warn"}})}),
              IsEmpty());
}

TEST(SilenceWarnings, ForMatchersWithoutAValue) {
  EXPECT_THAT(codes("{team=~\"db|shop\"}", hours(2), {}), ElementsAre("no_equal_matcher"));
  EXPECT_THAT(codes("{team!=\"db\"}", hours(2), {}), ElementsAre("no_equal_matcher"));
  EXPECT_THAT(codes("{team=\"\",a!=\"b\"}", hours(2), {}), ElementsAre("no_equal_matcher"));
  EXPECT_THAT(codes("{team=~\".*\",alertname=\"A\"}", hours(2), {}),
              ElementsAre("matches_anything"));
  EXPECT_THAT(codes("{team=~\".+\"}", hours(2), {}),
              ElementsAre("no_equal_matcher", "matches_anything"));
}

TEST(SilenceWarnings, ForMoreThanHalfOfAllAlertsAndMoreThanThree) {
  std::vector<PreviewAlert> firing;
  for (const char* name : {"1", "2", "3"}) firing.push_back(alert({{"job", "db"}, {"n", name}}));
  EXPECT_THAT(codes("{job=\"db\"}", hours(1), firing), IsEmpty()) << "three are few";
  firing.push_back(alert({{"job", "db"}, {"n", "4"}}));
  EXPECT_THAT(codes("{job=\"db\"}", hours(1), firing), ElementsAre("most_alerts"));
  for (const char* name : {"1", "2", "3", "4"}) firing.push_back(alert({{"n", name}}));
  EXPECT_THAT(codes("{job=\"db\"}", hours(1), firing), IsEmpty()) << "half is not more than half";
}

TEST(SilenceWarnings, ForSeveralOwners) {
  const std::vector<PreviewAlert> firing = {
      alert({{"job", "a"}, {"team", "db"}, {"service", "x"}}),
      alert({{"job", "a"}, {"team", "shop"}, {"service", "x"}}), alert({{"job", "a"}})};
  const auto warnings = preview(matchers("{job=\"a\"}"), hours(1), firing, {}).warnings;
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].code, "several_owners");
  EXPECT_EQ(warnings[0].text, "it hides alerts of 2 teams (db, shop)");
}

TEST(SilenceWarnings, ForPagesThatNobodyHas) {
  const auto page = [](const char* severity, bool is_acknowledged) {
    return std::vector{alert({{"alertname", "Down"}, {"severity", severity}}, is_acknowledged)};
  };
  EXPECT_THAT(codes("{alertname=\"Down\"}", hours(1), page("page", false)),
              ElementsAre("hides_pages"));
  EXPECT_THAT(codes("{alertname=\"Down\"}", hours(1), page("critical", false)),
              ElementsAre("hides_pages"));
  EXPECT_THAT(codes("{alertname=\"Down\"}", hours(1), page("page", true)), IsEmpty());
  EXPECT_THAT(codes("{alertname=\"Down\"}", hours(1), page("warning", false)), IsEmpty());
  EXPECT_EQ(
      preview(matchers("{alertname=\"Down\"}"), hours(1), page("page", false), {}).warnings[0].text,
      "it hides 1 page that nobody has acknowledged: Down");
}

TEST(SilenceWarnings, ForMoreThanAWeek) {
  EXPECT_THAT(codes("{a=\"b\"}", days(7), {}), IsEmpty());
  EXPECT_THAT(codes("{a=\"b\"}", days(7) + seconds(1), {}), ElementsAre("lasts_long"));
}

TEST(SilencePreview, SaysWhoWouldHearNothing) {
  const auto a = alert({{"alertname", "A"}, {"job", "db"}});
  const auto b = alert({{"alertname", "B"}, {"job", "shop"}});
  auto c = alert({{"alertname", "C"}, {"job", "db"}});
  c.is_told = false;  // silenced already
  const std::vector<PreviewGroup> groups = {
      {"dba", Labels::of({{"alertname", "A"}}), {a.fingerprint}},
      {"all", Labels(), {a.fingerprint, b.fingerprint, c.fingerprint}},
      {"late", Labels(), {c.fingerprint}}};
  const auto seen = preview(matchers("{job=\"db\"}"), hours(1), {c, b, a}, groups);
  EXPECT_EQ(seen.firing, 3U);
  ASSERT_EQ(seen.hidden.size(), 2U);
  EXPECT_EQ(seen.hidden[0].fingerprint, a.fingerprint) << "by name";
  EXPECT_THAT(count_by_name(seen.hidden), ElementsAre(Pair("A", 1U), Pair("C", 1U)));
  ASSERT_EQ(seen.silent_groups.size(), 1U);
  EXPECT_EQ(seen.silent_groups[0].receiver, "dba");
  EXPECT_THAT(seen.silent_receivers, ElementsAre("dba"));
  const auto all = preview(matchers("{alertname=~\".+\"}"), hours(1), {c, b, a}, groups);
  EXPECT_THAT(all.silent_receivers, ElementsAre("all", "dba"))
      << "late hears nothing now, and so loses nothing";
}

TEST(FiredBefore, FindsWhatMatchedInTheLogbookWithinItsBounds) {
  engine::testing::TestEngine t;
  {
    PostedBook book({t.engine(), t.clock(), t.log(), t.metrics()}, {});
    const auto fire = [&](const std::string& name) {
      routing::PostedAlert a;
      a.labels = Labels::of({{"alertname", name}, {"path", "C:\\a \"b\"\n"}, {"a tab", "x\ty"}});
      a.starts = a.updated = t.now();
      a.ends = t.now() + minutes(1);
      ASSERT_TRUE(book.put({a}));
    };
    fire("Old");
    t.advance(days(8));
    const Time since = t.now();
    fire("A");
    fire("B");
    t.advance(minutes(5));
    fire("A");
    const auto all = matchers("{path=~\"(?s)C:.*\"}");
    auto found = fired_before(t.reader(), all, since).value();
    EXPECT_EQ(found.times, 3U);
    EXPECT_THAT(found.by_name, ElementsAre(Pair("A", 2U), Pair("B", 1U)));
    EXPECT_EQ(found.reaches, since);
    EXPECT_EQ(fired_before(t.reader(), matchers("{alertname=\"B\"}"), since).value().times, 1U);
    const routing::Matchers tab{*routing::Matcher::make("a tab", routing::MatchOp::kEqual, "x\ty")};
    EXPECT_EQ(fired_before(t.reader(), tab, since).value().times, 3U);
    EXPECT_EQ(fired_before(t.reader(), all, t.now() + hours(1)).value().times, 0U);
    found = fired_before(t.reader(), all, since, 1).value();
    EXPECT_EQ(found.times, 1U);
    EXPECT_EQ(found.reaches, t.now()) << "no further";
    t.engine().stop(Duration(0));
  }
}

}  // namespace
}  // namespace tocsin::alert
