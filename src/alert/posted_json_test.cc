#include "alert/posted_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "alert/alertmanager_json.h"

namespace tocsin::alert {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Time kNow = from_millis(1'767'571'200'000);  // 2026-01-05T00:00:00Z
const PostedAlertRules kRules;

PostedAlerts read(std::string_view body, const PostedAlertRules& rules = kRules) {
  auto read = read_posted_alerts(body, rules, kNow);
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? *std::move(read) : PostedAlerts{};
}
Refusal refusal(std::string_view body) {
  auto read = read_posted_alerts(body, kRules, kNow);
  EXPECT_FALSE(read);
  return read ? Refusal{0, 0, ""} : read.error();
}

TEST(PostedAlertsJson, FillsInWhatIsMissingAsTheReferenceDoes) {
  const auto posted = read(R"([
    {"labels":{"b":"2","a":"1","empty":""},"annotations":{"x":"","y":"z"},"generatorURL":"http://p/g"},
    {"labels":{"a":"1"},"endsAt":"2030-01-01T00:00:00Z"},
    {"labels":{"a":"1"},"startsAt":"2026-01-04T23:00:00+01:00","endsAt":"0001-01-01T00:00:00Z"}])");
  ASSERT_EQ(posted.alerts.size(), 3U);
  const auto& first = posted.alerts[0];
  EXPECT_EQ(first.labels.to_text(), R"({a="1", b="2"})");
  EXPECT_EQ(first.annotations.to_text(), R"({x="", y="z"})");
  EXPECT_EQ(first.generator_url, "http://p/g");
  EXPECT_EQ(first.starts, kNow);
  EXPECT_EQ(first.ends, kNow + minutes(5));
  EXPECT_EQ(first.updated, kNow);
  EXPECT_TRUE(first.is_timeout);
  EXPECT_EQ(posted.alerts[1].starts, posted.alerts[1].ends) << "only an end: it starts there, too";
  EXPECT_FALSE(posted.alerts[1].is_timeout);
  EXPECT_EQ(posted.alerts[2].starts, kNow - hours(2));
  EXPECT_TRUE(posted.alerts[2].is_timeout) << "year 1 is no end";
}

TEST(PostedAlertsJson, KeepsTheGoodOnesOfABatch) {
  const auto posted = read(R"([{"labels":{}},{"labels":{"a":"1"}},
    {"labels":{"a":"1"},"startsAt":"2026-01-02T00:00:00Z","endsAt":"2026-01-01T00:00:00Z"}])");
  EXPECT_EQ(posted.alerts.size(), 1U);
  EXPECT_THAT(posted.invalid, ElementsAre("at least one label pair required",
                                          "start time must be before end time"));
}

TEST(PostedAlertsJson, NamesOfLabelsFollowTheMode) {
  constexpr std::string_view kBody = R"([{"labels":{"a-b":"1"}}])";
  EXPECT_EQ(read(kBody).alerts.size(), 1U);
  EXPECT_THAT(read(kBody, {minutes(5), false}).invalid,
              ElementsAre(R"(invalid label set: invalid name "a-b")"));
}

TEST(PostedAlertsJson, NamesOfFieldsAreReadInAnyCase) {
  const auto posted =
      read(R"([{"Labels":{"A":"1"},"Annotations":{"x":"y"},"EndsAt":"2026-01-06T00:00:00Z"}])");
  ASSERT_EQ(posted.alerts.size(), 1U);
  EXPECT_EQ(posted.alerts[0].labels.to_text(), R"({A="1"})");
  EXPECT_EQ(posted.alerts[0].annotations.to_text(), R"({x="y"})");
  EXPECT_EQ(posted.alerts[0].ends, kNow + hours(24));
  const auto silence = read_posted_silence(
      R"({"Comment":"c","CreatedBy":"me","EndsAt":"2026-01-06T00:00","StartsAt":"2026-01-05T00:00",)"
      R"("Matchers":[{"Name":"a","Value":"b","IsRegex":false}]})",
      kNow);
  ASSERT_TRUE(silence) << silence.error().message;
  EXPECT_EQ(routing::to_text(silence->matchers), R"({a="b"})");
}

TEST(PostedAlertsJson, RefusesWithTheReferencesCodes) {
  const struct {
    std::string_view body;
    int status, code;
    std::string_view message;
  } kCases[] = {
      {"", 422, kMissing, "alerts in body is required"},
      {" \n", 422, kMissing, "alerts in body is required"},
      {"[{}]", 422, kMissing, "0.labels in body is required"},
      {R"([{"labels":{"a":"b"}},{"labels":null}])", 422, kMissing, "1.labels in body is required"},
      {R"([{"labels":{"a":"b"},"generatorURL":"::x"}])", 422, kBadFormat,
       R"(0.generatorURL in body must be of type uri: "::x")"},
      {"{}", 400, 400, "cannot unmarshal object"},
      {"[1]", 400, 400, "cannot unmarshal number"},
      {"[null]", 400, 400, "cannot unmarshal null"},
      {R"([{"labels":{"a":5}}])", 400, 400, "cannot unmarshal number into field labels"},
      {R"([{"labels":{"a":"b"},"startsAt":"yesterday"}])", 400, 400, "yesterday"},
      {"[{", 400, 400, "parsing alerts body from \"\" failed"},
      {"\xff", 400, 400, "parsing alerts body from \"\" failed"},
  };
  for (const auto& c : kCases) {
    const Refusal is = refusal(c.body);
    EXPECT_EQ(is.status, c.status) << c.body;
    EXPECT_EQ(is.code, c.code) << c.body;
    EXPECT_THAT(is.message, HasSubstr(c.message)) << c.body;
  }
}

// The readers of ours are strict; Go's is not.
TEST(PostedAlertsJson, ReadsWhatGoReads) {
  const auto label_of = [](std::string_view value) {
    const auto posted = read(fmt::format(R"([{{"labels":{{"a":"{}"}}}}])", value));
    return posted.alerts.empty() ? "nothing" : std::string(posted.alerts[0].labels.get("a"));
  };
  EXPECT_EQ(label_of("x\xffy"), "x\xef\xbf\xbdy");
  EXPECT_EQ(label_of("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(label_of(R"(\udc00\ud800)"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(label_of(R"(\ud83d\ude00)"), "\xf0\x9f\x98\x80");
  EXPECT_EQ(
      read(R"([{"labels":{"a":"b"},"x":1e400,"y":123456789012345678901234567890}])").alerts.size(),
      1U);
  EXPECT_TRUE(read("null and more").alerts.empty());
  EXPECT_EQ(refusal("[\xff]").status, 400);
  const auto nested = [](size_t depth) {  // with the two around it
    return fmt::format(R"([{{"x":{}1{},"labels":{{"a":"b"}}}}])", std::string(depth, '['),
                       std::string(depth, ']'));
  };
  EXPECT_EQ(read(nested(9'998)).alerts.size(), 1U);
  EXPECT_EQ(refusal(nested(9'999)).status, 400);
}

// A body of such bytes is longer once they are replaced than it was.
TEST(PostedReader, BytesThatAreNoUtf8DoNotOutgrowItsMemory) {
  PostedReader reader;
  std::string body = "[";
  for (int i = 0; i < 50; ++i) {
    if (i > 0) body += ',';
    body += fmt::format(R"({{"labels":{{"a":"{}{}"}}}})", i, std::string(1000, '\xff'));
  }
  const auto read = reader.read(body + "]", kRules, kNow);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->alerts.size(), 50U);
  for (size_t i = 0; i < 50; ++i) {
    const auto labels = read->alerts[i].to_alert().labels;
    EXPECT_TRUE(labels.get("a").starts_with(fmt::format("{}\xef\xbf\xbd", i))) << i;
  }
}

TEST(PostedAlertsJson, OfAFieldThatIsThereTwiceTheLastHoldsAndPairsAreJoined) {
  const auto posted = read(
      R"([{"labels":{"a":"1","b":"2","c":"3"},"labels":{"b":"4","c":null},"annotations":{"x":"1"},"annotations":{"y":null},)"
      R"("startsAt":"2026-01-01T00:00:00Z","startsAt":null,"generatorURL":"http://p","generatorURL":null}])");
  ASSERT_EQ(posted.alerts.size(), 1U);
  EXPECT_EQ(posted.alerts[0].labels.to_text(), R"({a="1", b="4"})");
  EXPECT_EQ(posted.alerts[0].annotations.to_text(), R"({x="1", y=""})");
  EXPECT_EQ(posted.alerts[0].starts, kNow - days(4)) << "null says nothing of a time";
  EXPECT_EQ(posted.alerts[0].generator_url, "");
  EXPECT_EQ(refusal(R"([{"labels":{"a":"1"},"labels":null}])").message,
            "0.labels in body is required");
  EXPECT_EQ(read(R"([{"label\u017f":{"a":"1"}}])").alerts.size(), 1U) << "the long s folds to an s";
}

TEST(PostedAlertsJson, AllIsReadBeforeAnAlertIsRefused) {
  EXPECT_EQ(refusal(R"([{"labels":{"a":"b"},"generatorURL":"::"},5])").status, 400);
  EXPECT_EQ(refusal(R"([{},{"labels":{"a":5}}])").status, 400);
  EXPECT_EQ(refusal(R"([{},{"generatorURL":"::"}])").message, "0.labels in body is required");
  EXPECT_EQ(refusal(R"([{"generatorURL":"::"}])").code, kBadFormat) << "its URL is looked at first";
}

TEST(PostedAlertsJson, AnEmptyTimeIsTheBeginningOf1970) {
  const auto posted =
      read(R"([{"labels":{"a":"b"},"startsAt":"","endsAt":"2030-01-01T00:00:00Z"}])");
  ASSERT_EQ(posted.alerts.size(), 1U);
  EXPECT_EQ(posted.alerts[0].starts, Time{});
}

TEST(PostedAlertsJson, ReadsOneValueAndIgnoresWhatFollows) {
  EXPECT_EQ(read(R"([{"labels":{"a":"]}\"["},"unknown":{"x":[1]}}] and more)").alerts.size(), 1U);
  EXPECT_TRUE(read("null").alerts.empty());
}

// Whether an alert with this generatorURL is; if not, for that reason.
bool is_taken(std::string_view url) {
  const std::string body = fmt::format(R"([{{"labels":{{"a":"b"}},"generatorURL":"{}"}}])", url);
  const auto read = read_posted_alerts(body, kRules, kNow);
  if (!read) EXPECT_EQ(read.error().code, kBadFormat) << url;
  return read.has_value();
}

TEST(PostedAlertsJson, TakesEveryUriOfTheReference) {
  for (const std::string_view good : {"http://a.b/c?d=e%20f", "/graph", "a:b", "*",
                                      "http://a.b/c?share=50%", "/graph?q=%zz", "mailto:50%"}) {
    EXPECT_TRUE(is_taken(good)) << good;
  }
  for (const std::string_view bad : {"graph", ":a", "1a:b", "/%zz", "/a%2", "http://a.b/50%?c"}) {
    EXPECT_FALSE(is_taken(bad)) << bad;
  }
}

// What Debian's Alertmanager 0.25 answers to each of them; tests/journeys asks it of the same.
TEST(PostedAlertsJson, JudgesHostsAsTheReferenceDoes) {
  for (const std::string_view good : {"http://",
                                      "http:///x",
                                      "http://:80",
                                      "http://a:",
                                      "http://a:80/b",
                                      "http://1.2.3.4:8:9",
                                      "http://a.b",
                                      "http://a,b;c=d",
                                      "x://a<b>",
                                      "http://a]",
                                      "http://é/",
                                      "http://%c3%a9/",
                                      "http://a%25b",
                                      "http://[::1]",
                                      "http://[::1]:90/x",
                                      "http://[::1]:",
                                      "http://[a]b]:8",
                                      "http://[fe80::1%25en0]",
                                      "http://[fe80::1%25en%41%20]:80",
                                      "http://u@h",
                                      "http://u:p@x@h",
                                      "http://u%20:%2f@h",
                                      "http://a/b c",
                                      "http://a?b c",
                                      "//a b",
                                      "//[",
                                      "http:/[",
                                      "x:a b"}) {
    EXPECT_TRUE(is_taken(good)) << good;
  }
  for (const std::string_view bad :
       {"http://a b/",        "http://a b?x",       "http://a^b",
        "http://a|b",         "http://a{b}",        "http://a`b",
        "http://a#b",         "http://a:b/",        "http://a:80x",
        "http://a:-1",        "http://[::1",        "http://[::1]x",
        "http://[::1]:8:9",   "http://[::1]:x",     "http://[fe80::1%en0]",
        "http://[::1%25%2f]", "http://[::1%25%80]", "http://a%20b/",
        "http://a%41",        "http://a%zz",        "http://a%",
        "http://a%2",         "http://u^@h",        "http://u:p%zz@h",
        "http://é b@h",       "http://u@a b",       " http://a"}) {
    EXPECT_FALSE(is_taken(bad)) << bad;
  }
}

TEST(AlertmanagerJson, WritesAnAlertAsTheReferenceDoes) {
  auto posted = read(
      R"([{"labels":{"alertname":"A"},"annotations":{"x":"<a & \"b\">\n\u2028"},"generatorURL":"/g"}])");
  ASSERT_EQ(posted.alerts.size(), 1U);
  const auto& alert = posted.alerts[0];
  std::string out;
  const std::vector<std::string> receivers{"pager"};
  write_alert(out, alert, alert.fingerprint(), {{"silence-1"}, {0x1f}}, {}, receivers);
  EXPECT_EQ(
      out,
      R"({"annotations":{"x":"\u003ca \u0026 \"b\"\u003e\n\u2028"},"endsAt":"2026-01-05T00:05:00.000Z",)"
      R"("fingerprint":")" +
          routing::fingerprint_text(alert.fingerprint()) +
          R"(","receivers":[{"name":"pager"}],"startsAt":"2026-01-05T00:00:00.000Z",)"
          R"("status":{"inhibitedBy":["000000000000001f"],"mutedBy":[],"silencedBy":["silence-1"],"state":"suppressed"},)"
          R"("updatedAt":"2026-01-05T00:00:00.000Z","generatorURL":"/g","labels":{"alertname":"A"}})");
}

TEST(AlertmanagerJson, WritesTimesOfAnyYear) {
  for (const char* text :
       {"1970-01-01T00:00:00.000Z", "2026-02-28T23:59:59.999Z", "2024-02-29T12:00:00.001Z",
        "9999-12-31T23:59:59.000Z", "0000-01-01T00:00:00.000Z"}) {
    std::string out;
    write_time(out, *parse_rfc3339(text));
    EXPECT_EQ(out, '"' + std::string(text) + '"');
  }
  // An offset leads beyond the years that can be posted.
  std::string later, earlier;
  write_time(later, *parse_rfc3339("9999-12-31T23:59:59-01:00"));
  EXPECT_EQ(later, R"("10000-01-01T00:59:59.000Z")");
  write_time(earlier, *parse_rfc3339("0000-01-01T00:00:00+01:00"));
  EXPECT_EQ(earlier, R"("-0001-12-31T23:00:00.000Z")");
}

TEST(AlertmanagerJson, ARefusalIsAnObjectOrAText) {
  EXPECT_EQ(to_json(Refusal{422, 602, "x is \"required\""}),
            "{\"code\":602,\"message\":\"x is \\\"required\\\"\"}\n");
  EXPECT_EQ(to_json(Refusal{400, 0, "a"}), "\"a\"\n");
}

TEST(PostedReader, ReadsWithAndWithoutRoomBehindTheBody) {
  PostedReader reader;
  std::string roomy = R"([{"labels":{"b":"2","a":"1\u00e9"},"annotations":{"x":"y"}}])";
  roomy.reserve(roomy.size() + PostedReader::kReadAhead);
  std::string tight = roomy;
  tight.shrink_to_fit();
  for (const std::string* body : {&roomy, &tight}) {
    const auto read = reader.read(*body, kRules, kNow);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->alerts.size(), 1U);
    const routing::PostedAlert alert = read->alerts[0].to_alert();
    EXPECT_EQ(alert.labels.to_text(), "{a=\"1\xc3\xa9\", b=\"2\"}");
    EXPECT_EQ(alert.annotations.to_text(), R"({x="y"})");
    EXPECT_EQ(read->alerts[0].fingerprint,
              routing::Labels::of({{"a", "1\xc3\xa9"}, {"b", "2"}}).fingerprint());
  }
}

TEST(PostedReader, ABodyKnowsNothingOfTheOneBefore) {
  PostedReader reader;
  ASSERT_TRUE(reader.read(R"([{"labels":{"a":"1"},"generatorURL":"http://p"}])", kRules, kNow));
  const auto refused = reader.read(R"([{"labels":{"a":"1"},"generatorURL":"%zz"}])", kRules, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, 422);
  const auto read = reader.read(R"([{"labels":{"a":"1"}}])", kRules, kNow);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->alerts[0].generator_url, "");
  EXPECT_EQ(read->alerts[0].annotations, "");
}

TEST(PostedReader, ABadNameWithoutAValueIsLeftOutFirst) {
  const auto posted = read(R"([{"labels":{"":"","a":"1"}},{"labels":{"":"x","a":"1"}}])");
  EXPECT_EQ(posted.alerts.size(), 1U);
  EXPECT_THAT(posted.invalid, ElementsAre(R"(invalid label set: invalid name "")"));
}

// Sixteen characters are looked at together.
TEST(AlertmanagerJson, EscapesWhereverTheCharacterStands) {
  for (size_t length = 0; length < 40; ++length) {
    for (size_t at = 0; at < length; ++at) {
      std::string text(length, 'x');
      text[at] = '<';
      std::string wanted = text, out;
      wanted.replace(at, 1, "\\u003c");
      write_text(out, text);
      ASSERT_EQ(out, '"' + wanted + '"');
    }
    std::string out;
    write_text(out, std::string(length, 'x'));
    ASSERT_EQ(out, '"' + std::string(length, 'x') + '"');
  }
}

}  // namespace
}  // namespace tocsin::alert
