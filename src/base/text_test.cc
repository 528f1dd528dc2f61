#include "base/text.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace tocsin {
namespace {

TEST(Base64, MatchesTheVectorsOfRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64url("\xff\xfe"), "__4");
  EXPECT_EQ(base64_decode("Zm8="), "fo");
  EXPECT_EQ(base64url_decode("__4"), "\xff\xfe");
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  EXPECT_FALSE(base64_decode("Zm9"));
  EXPECT_FALSE(base64_decode("Zm9="));  // left-over bits are not zero
  EXPECT_FALSE(base64url_decode("a"));
  EXPECT_FALSE(base64url_decode("a b"));
}

TEST(Utf8, RefusesOverlongAndSurrogates) {
  EXPECT_TRUE(is_valid_utf8("gr\xc3\xbc\xc3\x9f \xf0\x9f\x94\x94"));
  EXPECT_FALSE(is_valid_utf8("\xc0\xaf"));
  EXPECT_FALSE(is_valid_utf8("\xed\xa0\x80"));
  EXPECT_FALSE(is_valid_utf8("\xf4\x90\x80\x80"));
  EXPECT_FALSE(is_valid_utf8("\xe2\x82"));
  // Wherever it stands: eight bytes of ASCII are taken together.
  for (size_t before = 0; before < 20; ++before) {
    for (size_t behind = 0; behind < 20; ++behind) {
      const std::string begin(before, 'x'), end(behind, 'x');
      EXPECT_TRUE(is_valid_utf8(begin + "\xc3\xbc" + end));
      EXPECT_FALSE(is_valid_utf8(begin + "\xc3" + end));
    }
  }
}

TEST(Nearest, FindsATypingMistakeAndNothingFarther) {
  const std::vector<std::string> names = {"payments", "checkout"};
  EXPECT_EQ(nearest("paymnts", names), "payments");
  EXPECT_EQ(nearest("warehouse", names), std::nullopt);
}

TEST(Environment, ReplacesNamesAndKeepsDollars) {
  ::setenv("TOCSIN_TEXT_TEST", "s3cret", 1);
  EXPECT_EQ(expand_environment("a ${TOCSIN_TEXT_TEST} $$ $5"), "a s3cret $ $5");
  const auto missing = expand_environment("${TOCSIN_NOT_SET}");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("TOCSIN_NOT_SET"), std::string::npos);
}

TEST(Escape, LeavesNoMarkup) {
  EXPECT_EQ(escape_html("<a href='x'>&\""), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
  EXPECT_EQ(url_encode("a b/\xc3\xbc"), "a%20b%2F%C3%BC");
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
  EXPECT_EQ(trim(" \t a b\n"), "a b");
}

TEST(ConstantTime, Compares) {
  EXPECT_TRUE(equal_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_constant_time("abc", "ab"));
}

}  // namespace
}  // namespace tocsin
