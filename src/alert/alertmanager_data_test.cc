#include "alert/alertmanager_data.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace tocsin::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// --- a writer of protobuf, as little as is needed

std::string varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}
std::string number(int field, uint64_t value) { return varint(field << 3) + varint(value); }
std::string text(int field, std::string_view value) {
  return varint(field << 3 | 2) + varint(value.size()) + std::string(value);
}
std::string time(int field, int64_t seconds, int64_t nanos = 0) {
  return text(field, number(1, static_cast<uint64_t>(seconds)) +
                         (nanos == 0 ? "" : number(2, static_cast<uint64_t>(nanos))));
}
std::string delimited(const std::string& message) { return varint(message.size()) + message; }
std::string matcher(uint64_t type, std::string_view name, std::string_view pattern) {
  return (type == 0 ? "" : number(1, type)) + text(2, name) + text(3, pattern);
}

const std::string kTimes = time(3, 1000) + time(4, 2000, 500'000) + time(5, 1000);
std::string silence(const std::string& more) {
  return delimited(text(1, text(1, "5b7ac3a4-9ea1-4f64-91a7-1ad2f5b6a001") + kTimes + more) +
                   time(2, 5000));
}
std::string entry(const std::string& more) {
  return delimited(text(1, text(1, "{}:{alertname=\"A\"}") +
                               text(2, text(1, "team") + text(2, "webhook") + number(3, 2)) +
                               time(5, 1000, 1000) + more) +
                   time(2, 5000));
}

TEST(AlertmanagerSilences, AreReadAs025WroteThem) {
  const auto read = read_alertmanager_silences(
      silence(text(2, matcher(0, "a", "b")) + text(2, matcher(1, "c", "d|e")) +
              text(2, matcher(2, "f", "")) + text(2, matcher(3, "g", "h")) + text(8, "ada") +
              text(9, "on it")));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_THAT(*read, SizeIs(1));
  const auto& [s, expires] = read->front();
  EXPECT_EQ(s.id, "5b7ac3a4-9ea1-4f64-91a7-1ad2f5b6a001");
  EXPECT_EQ(routing::to_text(s.matchers), R"({a="b",c=~"d|e",f!="",g!~"h"})");
  EXPECT_EQ(s.starts, from_micros(1'000'000'000));
  EXPECT_EQ(s.ends, from_micros(2'000'000'500));
  EXPECT_EQ(s.created_by, "ada");
  EXPECT_EQ(s.comment, "on it");
  EXPECT_EQ(expires, from_micros(5'000'000'000));
}

TEST(AlertmanagerSilences, TheOldListOfCommentsAndTheNewAnnotationsCount) {
  const std::string match = text(2, matcher(0, "a", "b"));
  const auto old = read_alertmanager_silences(
      silence(match + text(7, text(1, "grace") + text(2, "older")) + text(7, text(1, "x"))));
  ASSERT_TRUE(old);
  EXPECT_EQ(old->front().silence.created_by, "grace");
  EXPECT_EQ(old->front().silence.comment, "older");
  const auto young =
      read_alertmanager_silences(silence(match + text(10, text(1, "ticket") + text(2, "42"))));
  ASSERT_TRUE(young);
  EXPECT_EQ(young->front().silence.annotations.get("ticket"), "42");
}

TEST(AlertmanagerSilences, EachSetOfMatchersIsASilence) {
  const std::string sets = text(2, matcher(0, "a", "b")) +
                           text(11, text(1, matcher(0, "a", "b")) + text(1, matcher(0, "c", "d"))) +
                           text(11, text(1, matcher(0, "e", "f")));
  const auto read = read_alertmanager_silences(silence(sets) + silence(sets));
  ASSERT_TRUE(read);
  ASSERT_THAT(*read, SizeIs(4));
  EXPECT_EQ(routing::to_text((*read)[0].silence.matchers), R"({a="b",c="d"})");
  EXPECT_EQ(routing::to_text((*read)[1].silence.matchers), R"({e="f"})");
  EXPECT_EQ((*read)[0].silence.id, "5b7ac3a4-9ea1-4f64-91a7-1ad2f5b6a001");
  EXPECT_THAT((*read)[1].silence.id,
              ::testing::MatchesRegex(
                  "[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ((*read)[1].silence.id, (*read)[3].silence.id) << "the same each time";
}

TEST(AlertmanagerNflog, SaysWhoWasToldWhat) {
  const auto read = read_alertmanager_nflog(
      entry(text(6, varint(9) + varint(~0ULL) + varint(3)) + text(7, varint(4)) + text(8, "x")) +
      entry(number(6, 5) + number(6, 6) + number(9, 5)));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_THAT(*read, SizeIs(2));
  const auto& [key, told] = read->front();
  EXPECT_EQ(key, (ToldKey{"{}:{alertname=\"A\"}", "team", "webhook", 2}));
  EXPECT_THAT(told.imported, ElementsAre(3, 9, ~0ULL));
  EXPECT_THAT(told.firing, IsEmpty());
  EXPECT_EQ(told.at, from_micros(1'000'000'001));
  EXPECT_EQ(told.noted, told.at);
  EXPECT_EQ(told.expires, from_micros(5'000'000'000));
  EXPECT_THAT((*read)[1].second.imported, ElementsAre(6)) << "5 was muted, so not told";
}

TEST(AlertmanagerData, AnEmptyFileIsNothing) {
  EXPECT_THAT(read_alertmanager_silences("").value(), IsEmpty());
  EXPECT_THAT(read_alertmanager_nflog("").value(), IsEmpty());
}

TEST(AlertmanagerData, EveryCutIsFoundAndPlaced) {
  const std::string first = silence(text(2, matcher(0, "a", "b")));
  const std::string file = first + first;
  for (size_t size = 1; size < file.size(); ++size) {
    const auto read = read_alertmanager_silences(std::string_view(file).substr(0, size));
    if (size == first.size()) {
      EXPECT_TRUE(read);
      continue;
    }
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code, Code::kDataLoss);
    EXPECT_THAT(read.error().message,
                HasSubstr(size < first.size() ? "byte 0:" : fmt::format("byte {}:", first.size())));
  }
}

TEST(AlertmanagerData, SaysWhatIsDamaged) {
  const auto problem = [](const std::string& file) {
    const auto read = read_alertmanager_silences(file);
    return read ? "none" : read.error().message;
  };
  EXPECT_THAT(problem(silence("")),
              HasSubstr("byte 0: a silence cannot be read: it has no matchers"));
  EXPECT_THAT(problem(silence(text(2, matcher(4, "a", "b")))), HasSubstr("unknown type 4"));
  EXPECT_THAT(problem(silence(text(2, matcher(1, "a", "(")))), HasSubstr("missing"));
  EXPECT_THAT(problem(silence(text(2, matcher(0, "a", "\xff")))),
              HasSubstr("pattern of a matcher"));
  EXPECT_THAT(problem(silence(text(2, matcher(0, "a", "b")) + time(4, 1))),
              HasSubstr("ends before it starts"));
  EXPECT_THAT(problem(silence(text(2, matcher(0, "a", "b")) + time(4, INT64_MAX))),
              HasSubstr("the end is no time"));
  EXPECT_THAT(problem(silence(text(2, matcher(0, "a", "b")) + number(4, 1))),
              HasSubstr("the end is no time"));
  EXPECT_THAT(problem(delimited("")), HasSubstr("it is empty"));
  EXPECT_THAT(problem(delimited(text(1, kTimes + text(2, matcher(0, "a", "b"))))),
              HasSubstr("no id"));
  EXPECT_THAT(problem("garbage and more of it, as long as nobody means a length"),
              HasSubstr("byte 0"));
  const auto nflog = read_alertmanager_nflog(delimited(text(1, text(1, "g")) + time(2, 1)));
  ASSERT_FALSE(nflog);
  EXPECT_THAT(nflog.error().message, HasSubstr("does not say who was told"));
}

}  // namespace
}  // namespace tocsin::alert
