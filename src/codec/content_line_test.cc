#include "codec/content_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "base/text.h"

namespace tocsin::codec {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

std::vector<ContentLine> all(std::string_view text) {
  std::vector<ContentLine> out;
  ContentLines lines(text);
  while (auto line = lines.next()) out.push_back(*std::move(line));
  return out;
}

TEST(ContentLines, AreJoinedWhereTheyWereFolded) {
  const auto lines = all("SUMMARY:one\r\n  two\r\n\tthree\r\n\r\nUID:4\n X\n");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].name, "SUMMARY");
  EXPECT_EQ(lines[0].value, "one twothree");
  EXPECT_EQ(lines[0].number, 1);
  EXPECT_EQ(lines[1].name, "UID");
  EXPECT_EQ(lines[1].value, "4X");
  EXPECT_EQ(lines[1].number, 5);
}

TEST(ContentLines, HaveParameters) {
  const auto lines =
      all("dtstart;tzid=Europe/Berlin;Value=DATE-TIME:20260105T090000\n"
          "ATTENDEE;CN=\"Lovelace; Ada: first\";ROLE=CHAIR:mailto:ada@shop.test\n"
          "X-EMPTY;P=:");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].name, "DTSTART");
  EXPECT_THAT(lines[0].params,
              ElementsAre(Pair("TZID", "Europe/Berlin"), Pair("VALUE", "DATE-TIME")));
  EXPECT_EQ(*lines[0].param("VALUE"), "DATE-TIME");
  EXPECT_EQ(lines[0].param("X"), nullptr);
  EXPECT_EQ(*lines[1].param("CN"), "Lovelace; Ada: first");
  EXPECT_EQ(lines[1].value, "mailto:ada@shop.test");
  EXPECT_EQ(*lines[2].param("P"), "");
  EXPECT_EQ(lines[2].value, "");
}

TEST(ContentLines, OfAnotherFormHaveNoName) {
  for (const char* wrong : {"no colon", ":x", "A B:x", ";X=1:x", "A;X:1", "A;X=1", "A;X=\"1:x",
                            "A;=1:x", "<html>", "A;X=1;:x"}) {
    const auto lines = all(wrong);
    ASSERT_EQ(lines.size(), 1u) << wrong;
    EXPECT_EQ(lines[0].name, "") << wrong;
    EXPECT_TRUE(lines[0].params.empty()) << wrong;
    EXPECT_EQ(lines[0].number, 1);
  }
}

TEST(ContentLines, AreFoldedAtSeventyFiveOctets) {
  EXPECT_EQ(fold_line("UID:1"), "UID:1\r\n");
  const std::string fits(75, 'x');
  EXPECT_EQ(fold_line(fits), fits + "\r\n");
  EXPECT_EQ(fold_line(fits + "y"), fits + "\r\n y\r\n");
  const std::string two(74 * 2, 'y');
  EXPECT_EQ(fold_line(fits + two),
            fits + "\r\n " + two.substr(74) + "\r\n " + two.substr(74) + "\r\n");
  const std::string before(74, 'x');
  EXPECT_EQ(fold_line(before + "äz"), before + "\r\n äz\r\n") << "ä is two octets";
}

TEST(ContentLines, ComeBackAsTheyWereFolded) {
  const std::vector<std::string> pieces = {"a",  "ä",  "€", "🔥", ",", ";",
                                           "\\", "\n", " ", ":",  "\""};
  SeededRng rng(3);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (uint64_t i = rng.below(200); i > 0; --i) text += pieces[rng.below(pieces.size())];
    const std::string folded = fold_line("SUMMARY:" + escape_text(text));
    for (const std::string_view line : split(folded, '\n')) {
      ASSERT_LE(line.size(), 76u) << "75 and the CR";
      ASSERT_TRUE(is_valid_utf8(line));
    }
    const auto lines = all(folded);
    ASSERT_EQ(lines.size(), 1u);
    ASSERT_EQ(unescape_text(lines[0].value), text);
  }
}

TEST(ContentText, LosesControlCharacters) {
  EXPECT_EQ(escape_text("a\r\nb\x01"
                        "c\td"),
            "a\\nbcd");
  EXPECT_EQ(unescape_text("a\\Nb\\;c\\\\d\\,\x02\\"), "a\nb;c\\d,\\");
}

}  // namespace
}  // namespace tocsin::codec
