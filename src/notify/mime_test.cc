#include "notify/mime.h"

#include <gtest/gtest.h>

#include "base/rng.h"
#include "base/text.h"

namespace tocsin::notify {
namespace {

// A plain model of a reader: unfolds, then decodes encoded words as RFC 2047 says.
std::string read_header(std::string_view body) {
  std::string unfolded;
  for (size_t i = 0; i < body.size(); ++i) {
    if (body.substr(i, 2) == "\r\n") {
      i += 1;
    } else {
      unfolded += body[i];
    }
  }
  std::string out;
  bool after_word = false;
  for (const std::string_view word : split(unfolded, ' ')) {
    const bool is_encoded = word.starts_with("=?UTF-8?B?") && word.ends_with("?=");
    if (!out.empty() && !(after_word && is_encoded)) out += ' ';
    out +=
        is_encoded ? base64_decode(word.substr(10, word.size() - 12)).value() : std::string(word);
    after_word = is_encoded;
  }
  return out;
}

std::string read_quoted_printable(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out += text[i];
    } else if (text.substr(i + 1, 2) == "\r\n") {
      i += 2;
    } else {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    }
  }
  return out;
}

size_t longest_line(std::string_view text) {
  size_t longest = 0;
  for (const std::string_view line : split(text, '\n')) longest = std::max(longest, line.size());
  return longest;
}

TEST(HeaderText, PlainTextStaysPlain) {
  EXPECT_EQ(encode_header_text("SEV-1 checkout: customers cannot pay", 9),
            "SEV-1 checkout: customers cannot pay");
}

TEST(HeaderText, IsFoldedAtSpaces) {
  const std::string text =
      "one two three four five six seven eight nine ten eleven twelve "
      "thirteen fourteen fifteen sixteen";
  const std::string encoded = encode_header_text(text, 9);
  EXPECT_NE(encoded.find("\r\n "), std::string::npos);
  EXPECT_LE(longest_line("Subject: " + encoded), 79u);  // with the CR
  EXPECT_EQ(read_header(encoded), text);
}

TEST(HeaderText, OtherLettersAreEncodedWithoutSplittingACharacter) {
  std::string text = "gr\xc3\xbc\xc3\x9f";
  for (int i = 0; i < 30; ++i) text += " \xf0\x9f\x94\x94\xe2\x82\xac";
  const std::string encoded = encode_header_text(text, 9);
  EXPECT_LE(longest_line("Subject: " + encoded), 79u);
  for (const std::string_view line : split(encoded, '\n')) {
    const std::string_view word = trim(line);
    ASSERT_TRUE(word.starts_with("=?UTF-8?B?"));
    EXPECT_TRUE(is_valid_utf8(base64_decode(word.substr(10, word.size() - 12)).value()));
  }
  EXPECT_EQ(read_header(encoded), text);
}

TEST(HeaderText, NobodyAddsAHeader) {
  const std::string encoded = encode_header_text("a\r\nBcc: everybody@example.org\n\nbody", 9);
  EXPECT_EQ(encoded, "a  Bcc: everybody@example.org  body");
}

TEST(HeaderText, WhatLooksEncodedIsEncoded) {
  const std::string encoded = encode_header_text("=?UTF-8?B?aGk=?=", 9);
  EXPECT_EQ(read_header(encoded), "=?UTF-8?B?aGk=?=");
}

// Random bytes never make a line that is too long, a line break that is not a fold, or a byte that
// is not ASCII; valid text comes back.
TEST(HeaderText, HoldsForRandomBytes) {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    SeededRng rng(seed);
    std::string text;
    const uint64_t length = rng.below(300);
    for (uint64_t i = 0; i < length; ++i) {
      text += static_cast<char>(rng.below(4) == 0 ? rng.below(256) : 'a' + rng.below(26));
    }
    const std::string encoded = encode_header_text(text, 9);
    EXPECT_LE(longest_line("Subject: " + encoded), 79u) << "seed " << seed;
    for (size_t i = 0; i < encoded.size(); ++i) {
      const auto c = static_cast<unsigned char>(encoded[i]);
      ASSERT_LT(c, 0x7f) << "seed " << seed;
      if (c == '\r') {
        ASSERT_EQ(encoded.substr(i, 3), "\r\n ") << "seed " << seed;
        i += 2;
      } else {
        ASSERT_GE(c, 0x20) << "seed " << seed;
      }
    }
  }
}

TEST(QuotedPrintable, EncodesWhatMailWouldChange) {
  EXPECT_EQ(encode_quoted_printable("a=b"), "a=3Db");
  EXPECT_EQ(encode_quoted_printable("end \nnext\t"), "end=20\r\nnext=09");
  EXPECT_EQ(encode_quoted_printable("\xc3\xbc"), "=C3=BC");
  EXPECT_EQ(encode_quoted_printable(".\n.."), "=2E\r\n=2E.");  // no dot begins a line of SMTP
  EXPECT_EQ(encode_quoted_printable("a\r\nb\rc"), "a\r\nb=0Dc");
}

TEST(QuotedPrintable, ComesBackForRandomBytesInShortLines) {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    SeededRng rng(seed);
    std::string text;
    const uint64_t length = rng.below(400);
    for (uint64_t i = 0; i < length; ++i) {
      text += rng.below(3) == 0 ? static_cast<char>(rng.below(256)) : ' ';
    }
    const std::string encoded = encode_quoted_printable(text);
    EXPECT_LE(longest_line(encoded), 77u) << "seed " << seed;  // with the CR
    std::string expected;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) expected += '\r';
      expected += text[i];
    }
    EXPECT_EQ(read_quoted_printable(encoded), expected) << "seed " << seed;
  }
}

TEST(Utf8, RepairsAndCutsBetweenCharacters) {
  EXPECT_EQ(repair_utf8("a\xff\xc3"), "a\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(repair_utf8("\xe2\x82\xac"), "\xe2\x82\xac");
  EXPECT_EQ(utf8_prefix("a\xe2\x82\xac", 3), "a");
  EXPECT_EQ(utf8_prefix("a\xe2\x82\xac", 4), "a\xe2\x82\xac");
  EXPECT_EQ(first_character("\xe2\x82\xac"
                            "b"),
            "\xe2\x82\xac");
}

TEST(MailAddress, KnowsAnAddressFromAnAttack) {
  for (const char* good : {"ada@example.org", "on-call+1@ops.example.org", "root@localhost"}) {
    EXPECT_TRUE(is_mail_address(good)) << good;
  }
  for (const char* bad :
       {"", "ada", "@example.org", "ada@", "a@b@c", "a b@c.org", "a@b.org\r\nX: y", "<a@b.org>",
        "a@b.org,c@d.org", "\"a\"@b.org", "gr\xc3\xbc@b.org"}) {
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  }
}

}  // namespace
}  // namespace tocsin::notify
