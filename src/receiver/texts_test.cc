#include <gtest/gtest.h>

#include "receiver/json_text.h"
#include "receiver/mail_message.h"
#include "receiver/message_view.h"
#include "receiver/plain_text.h"
#include "receiver/secret_mask.h"
#include "receiver/truncate.h"

namespace tocsin::receiver {
namespace {

// The cases of the reference's notify/util_test.go, and edges of UTF-8.
TEST(Truncate, CutsRunesWithAnEllipsis) {
  EXPECT_EQ(truncate_runes("hello", 5), "hello");
  EXPECT_EQ(truncate_runes("hello!", 5), "hell…");
  EXPECT_EQ(truncate_runes("hello!", 3), "hel");
  EXPECT_EQ(truncate_runes("hello!", 0), "");
  EXPECT_EQ(truncate_runes("日本語日本語", 6), "日本語日本語");
  EXPECT_EQ(truncate_runes("日本語日本語", 5), "日本語日…");
  EXPECT_EQ(truncate_runes("日本語日本語", 2), "日本");
  EXPECT_EQ(count_runes("a\xff\xe6\x97"), 4u);
}

TEST(Truncate, CutsBytesAndSplitsNoRune) {
  EXPECT_EQ(truncate_bytes("hello", 5), "hello");
  EXPECT_EQ(truncate_bytes("hello!", 5), "he…");
  EXPECT_EQ(truncate_bytes("hello!", 3), "…");
  EXPECT_EQ(truncate_bytes("hello!", 2), "..");
  EXPECT_EQ(truncate_bytes("日本語", 9), "日本語");
  EXPECT_EQ(truncate_bytes("日本語", 8), "日…");
  EXPECT_EQ(truncate_bytes("日本語", 5), "…");
  for (size_t most = 0; most < 12; ++most) {
    EXPECT_LE(truncate_bytes("añ日😀😀", most).size(), most);
  }
}

TEST(JsonText, IsGos) {
  JsonObject out;
  out.text("a", "<&>\"\n").text_if_any("no", "").flag("b", false).number("c", -3);
  out.raw("d", json_text_list(std::vector<std::string>{"x", "\xff"}));
  EXPECT_EQ(out.take(), R"({"a":"\u003c\u0026\u003e\"\n","b":false,"c":-3,"d":["x","\ufffd"]})");
  EXPECT_EQ(JsonObject().take(), "{}");
}

TEST(QuoteMeta, EscapesWhatARegexReads) {
  EXPECT_EQ(quote_meta(R"(a.b+c(d)[e]{f}^$|*?\ -_/)"), R"(a\.b\+c\(d\)\[e\]\{f\}\^\$\|\*\?\\ -_/)");
}

TEST(PlainText, IsWhatAReaderSees) {
  EXPECT_EQ(plain_text("<b>a</b> &lt;b&gt; &amp;amp; &quot;&#65;&#x1F600;"), "a <b> &amp; \"A😀");
  EXPECT_EQ(plain_text("&copy; &#0; &#xD800; &#x110000; & a; &#65"),
            "&copy; &#0; &#xD800; &#x110000; & a; &#65");
  EXPECT_EQ(plain_text("a <i href='x'>b"), "a b");
  EXPECT_EQ(plain_text("a <i"), "a ");
}

TEST(SecretMask, KnowsAUrlInPieces) {
  SecretMask mask;
  mask.add_url("https://ada:hunter22@hooks.example.org/services/T00000000/XyZ?k=abcdefg&v=1");
  EXPECT_EQ(
      mask.masked("https://ada:hunter22@hooks.example.org/services/T00000000/XyZ?k=abcdefg&v=1"),
      "<secret>");
  EXPECT_EQ(mask.masked("hooks.example.org: T00000000, abcdefg, hunter22, services, 1"),
            "hooks.example.org: <secret>, <secret>, <secret>, services, 1");
}

TEST(AddressList, ReadsWhatPeopleWrite) {
  const auto list = parse_address_list(R"(a@x.org, Ada L <b@x.org>, "L, \"A\"" <c@x.org>)");
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->size(), 3u);
  EXPECT_EQ((*list)[0].address, "a@x.org");
  EXPECT_EQ((*list)[1].name, "Ada L");
  EXPECT_EQ((*list)[1].address, "b@x.org");
  EXPECT_EQ((*list)[2].name, R"(L, "A")");
  for (const std::string_view wrong :
       {"", "a", "a@x.org,", "a@x.org b@x.org", "<a@x.org", "a@b\r\nX: y"}) {
    EXPECT_FALSE(parse_address_list(wrong)) << wrong;
  }
}

TEST(WriteMail, NothingInAValueBeginsAHeader) {
  const std::string mail = write_mail(
      {.headers = {{"Subject", "a\r\nBcc: evil@x.org"}, {"To", "\"a\r\nBcc: e@x.org\" <a@x.org>"}},
       .text = "x",
       .html = {},
       .now = {}});
  EXPECT_EQ(mail.find("\r\nBcc"), std::string::npos) << mail;
  EXPECT_EQ(mail.find("\nBcc"), std::string::npos) << mail;
}

}  // namespace
}  // namespace tocsin::receiver
