#include "door/opsgenie_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "door/testing.h"

namespace tocsin::door {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using testing::parsed;
using ::testing::UnorderedElementsAre;

const Time kNow = *parse_rfc3339("2026-01-05T00:00:00Z");

OpsgenieItem item(std::string_view body) {
  auto alert = *read_opsgenie_alert(parsed(body));
  return {std::make_shared<routing::PostedAlert>(alert_of(alert, {"prometheus", ""}, kNow)),
          {},
          kNow + minutes(1)};
}

OpsgenieItem disk() {
  return item(
      R"({"message":"Disk of db1 is full","alias":"db1/disk","tags":["db","Slow Disk"],"priority":"P1",
          "description":"It grows","entity":"db1","source":"node","responders":[{"name":"ops","type":"team"}],
          "details":{"service":"checkout","job":"node"}})");
}

bool finds(std::string_view query, const OpsgenieItem& item = disk()) {
  const auto parsed_query = OpsgenieQuery::parse(query);
  EXPECT_TRUE(parsed_query) << query << ": " << parsed_query.error().message;
  return parsed_query && parsed_query->matches(item);
}

std::string why_not(std::string_view query) {
  const auto parsed_query = OpsgenieQuery::parse(query);
  return parsed_query ? "it was taken" : parsed_query.error().message;
}

TEST(OpsgenieQuery, EachFieldIsSearched) {
  for (const char* query : {"",
                            "  ",
                            "status: open",
                            "status=open",
                            "STATUS:Open",
                            "priority: P1",
                            "alias: db1/disk",
                            "alias: db1*",
                            "tag: db",
                            "tags: \"slow disk\"",
                            "tag: slow*",
                            "message: disk",
                            "message: \"of db1\"",
                            "description: grows",
                            "entity: db1",
                            "source: node",
                            "responders: ops",
                            "responders: \"team:ops\"",
                            "teams: ops",
                            "acknowledged: false",
                            "snoozed: false",
                            "isSeen: false",
                            "details.service: checkout",
                            "details.job: node",
                            "integration.name: prometheus",
                            "count: 1",
                            "count > 0",
                            "count <= 1"}) {
    EXPECT_TRUE(finds(query)) << query;
  }
  for (const char* query : {"status: closed", "priority: P2", "alias: db1", "tag: slow",
                            "message: memory", "message = disk", "entity: db", "acknowledged: true",
                            "owner: ada", "details.job: no", "details.else: x", "count > 1"}) {
    EXPECT_FALSE(finds(query)) << query;
  }
}

TEST(OpsgenieQuery, WordsWithoutAFieldAreLookedForInTheWordsOfAnAlert) {
  EXPECT_TRUE(finds("disk"));
  EXPECT_TRUE(finds("GROWS"));
  EXPECT_TRUE(finds("disk grows"));
  EXPECT_TRUE(finds("\"is full\""));
  EXPECT_FALSE(finds("disk shrinks"));
  EXPECT_FALSE(finds("ops")) << "a responder is no word of it";
}

TEST(OpsgenieQuery, AndBindsMoreThanOrAndNotMost) {
  EXPECT_TRUE(finds("status: open AND priority: P1"));
  EXPECT_FALSE(finds("status: open and priority: P2"));
  EXPECT_TRUE(finds("priority: P1 OR priority: P2 AND status: closed"));
  EXPECT_FALSE(finds("(priority: P1 OR priority: P2) AND status: closed"));
  EXPECT_TRUE(finds("NOT status: closed"));
  EXPECT_FALSE(finds("NOT NOT status: closed"));
  EXPECT_TRUE(finds("status: open NOT tag: memory"));
  EXPECT_TRUE(finds("priority: (P2 OR P1)"));
  EXPECT_FALSE(finds("NOT priority: (P2 OR P1)"));
  EXPECT_TRUE(finds("tag: (db AND NOT memory)"));
  EXPECT_TRUE(finds("android OR disk")) << "a word that begins like AND";
}

TEST(OpsgenieQuery, TimesAreMillisecondsOrRfc3339) {
  EXPECT_TRUE(finds("createdAt > 1767571199000"));
  EXPECT_FALSE(finds("createdAt < 1767571200000"));
  EXPECT_TRUE(finds("createdAt <= 1767571200000 AND createdAt>=1767571200000"));
  EXPECT_TRUE(finds("createdAt >= 2026-01-05T00:00:00Z"));
  EXPECT_FALSE(finds("updatedAt > \"2026-01-05T00:00:00Z\""));
  EXPECT_FALSE(finds("snoozedUntil > 1767571199000")) << "it is not snoozed";
}

TEST(OpsgenieQuery, MarksAreFound) {
  OpsgenieItem marked = disk();
  marked.mark.acknowledged = {"token:prometheus (ada)", kNow, ""};
  marked.mark.snoozed = {"user:grace", kNow, kNow + hours(1), ""};
  EXPECT_TRUE(finds("acknowledged: true AND snoozed: true AND owner: ada", marked));
  EXPECT_TRUE(finds("snoozedUntil > 1767571200000", marked));
  marked.now = kNow + hours(1);
  EXPECT_FALSE(finds("snoozed: true", marked));
}

TEST(OpsgenieQuery, WhatIsNotUnderstoodIsSaid) {
  EXPECT_THAT(why_not("color: red"), HasSubstr("'color' is no field"));
  EXPECT_THAT(why_not("(status: open"), HasSubstr("not closed"));
  EXPECT_THAT(why_not("status: open)"), HasSubstr("')' too much"));
  EXPECT_THAT(why_not("status:"), HasSubstr("ends where a value"));
  EXPECT_THAT(why_not("tag: \"db"), HasSubstr("'\"' is not closed"));
  EXPECT_THAT(why_not("createdAt > yesterday"), HasSubstr("'yesterday' is no time"));
  EXPECT_THAT(why_not("priority > P3"), HasSubstr("less or more"));
  EXPECT_THAT(why_not("status: open AND"), HasSubstr("ends where"));
  EXPECT_THAT(why_not(": open"), HasSubstr("not expected"));
  EXPECT_THAT(why_not(std::string(1001, 'a')), HasSubstr("longer than 1000"));
  EXPECT_THAT(why_not(std::string(500, '(')), HasSubstr("too many parentheses"));
}

// Whatever is thrown at it, it answers, and it finds the same twice.
TEST(OpsgenieQuery, AnyTextIsAnswered) {
  constexpr std::string_view kPieces[] = {
      "status", "open", ":",     "=",   ">",  "<",         "(",
      ")",      "\"",   " ",     "AND", "OR", "NOT",       "db",
      "*",      "tag",  "count", "1",   "\t", "createdAt", "2026-01-05T00:00:00Z"};
  SeededRng rng(7);
  const OpsgenieItem alert = disk();
  int taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (uint64_t i = 0; i < rng.below(14); ++i) text += kPieces[rng.below(std::size(kPieces))];
    const auto query = OpsgenieQuery::parse(text);
    if (!query) continue;
    ++taken;
    const auto negated = OpsgenieQuery::parse("NOT (" + text + ")");
    if (trim(text).empty()) continue;
    ASSERT_TRUE(negated) << text;
    ASSERT_NE(query->matches(alert), negated->matches(alert)) << text;
  }
  EXPECT_GT(taken, 1000);
}

TEST(OpsgeniePage, IsReadAndLinked) {
  const auto usual = read_opsgenie_page({});
  EXPECT_EQ(opsgenie_page_link(*usual, 0), "?query=&offset=0&limit=20&sort=createdAt&order=desc");
  const auto page = read_opsgenie_page({{"query", "tag: a b"},
                                        {"sort", "updatedAt"},
                                        {"order", "asc"},
                                        {"offset", "40"},
                                        {"limit", "10"}});
  EXPECT_EQ(page->offset, 40u);
  EXPECT_EQ(opsgenie_page_link(*page, 50),
            "?query=tag%3A%20a%20b&offset=50&limit=10&sort=updatedAt&order=asc");
  const auto wrong = read_opsgenie_page({{"sort", "tinyId"},
                                         {"order", "up"},
                                         {"offset", "-1"},
                                         {"limit", "101"},
                                         {"searchIdentifier", "mine"}});
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error(),
              UnorderedElementsAre(Pair("sort", HasSubstr("createdAt")),
                                   Pair("order", "Must be asc or desc."),
                                   Pair("offset", HasSubstr("from 0")),
                                   Pair("limit", "Must be a number from 1 to 100."),
                                   Pair("searchIdentifier", HasSubstr("saved searches"))));
}

TEST(OpsgeniePage, IsSortedByWhatIsAskedFor) {
  std::vector<OpsgenieItem> items{item(R"({"message":"b","alias":"1"})"),
                                  item(R"({"message":"c","alias":"2"})"),
                                  item(R"({"message":"a","alias":"3"})")};
  auto later = std::make_shared<routing::PostedAlert>(*items[0].alert);
  later->starts += minutes(1);
  items[0].alert = later;
  const auto sorted = [&](std::string sort, bool is_descending) {
    auto copy = items;
    sort_opsgenie(copy, {.sort = std::move(sort), .is_descending = is_descending});
    std::vector<std::string> messages;
    for (const auto& one : copy) messages.emplace_back(one.alert->annotations.get("summary"));
    return messages;
  };
  EXPECT_THAT(sorted("message", false), ElementsAre("a", "b", "c"));
  EXPECT_THAT(sorted("message", true), ElementsAre("c", "b", "a"));
  EXPECT_EQ(sorted("createdAt", true).front(), "b");
  EXPECT_EQ(sorted("createdAt", false).back(), "b");
}

}  // namespace
}  // namespace tocsin::door
