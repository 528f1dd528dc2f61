#include "catalog/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tocsin::catalog {
namespace {

using ::testing::HasSubstr;

TEST(Url, MustBeForTheWeb) {
  for (const std::string url : {"https://example.org", "http://127.0.0.1:9190/runbooks/front",
                                "HTTPS://Example.ORG/a?b=c#d", "http://[::1]:8080/x",
                                "https://wiki/run_books", "https://example.org?x=a@b"}) {
    EXPECT_EQ(wrong_with_url(url), "") << url;
  }
  for (const std::string url : {"",
                                "example.org",
                                "ftp://example.org",
                                "javascript:alert(1)",
                                "https:/example.org",
                                "https://",
                                "https:///path",
                                "https://a b",
                                "https://a\r\nHost: b",
                                "https://a/\"x",
                                "https://-a.org",
                                "https://a..org",
                                "https://a:0",
                                "https://a:65536",
                                "https://a:",
                                "https://a:x",
                                "https://user:pass@a.org/",
                                "https://gr\xc3\xbc\xc3\x9f.example",
                                "http://[::1",
                                "http://[]",
                                "https://exa$mple.org"}) {
    EXPECT_NE(wrong_with_url(url), "") << url;
  }
  EXPECT_THAT(wrong_with_url("https://a/" + std::string(3000, 'x')), HasSubstr("2048"));
}

TEST(Mail, MustBePlain) {
  for (const std::string mail : {"ada@example.org", "ada+pager@mail.example.org", "root@localhost",
                                 "o'neil_1@example.org"}) {
    EXPECT_EQ(wrong_with_mail(mail), "") << mail;
  }
  for (const std::string mail :
       {"", "ada", "@example.org", "ada@", "ada@@example.org", "ada@example..org", ".ada@a.org",
        "a..b@a.org", "ada@a.org\r\nBcc: all@a.org", "Ada <ada@a.org>", "a b@a.org",
        "ada@[127.0.0.1]", "ada@a.org, grace@a.org", "\xc3\xa4@a.org"}) {
    EXPECT_NE(wrong_with_mail(mail), "") << mail;
  }
  EXPECT_NE(wrong_with_mail(std::string(65, 'a') + "@example.org"), "");
}

TEST(Name, StandsInUrlsAndLabelsAsItIs) {
  for (const std::string name : {"shop", "shop-front-2", "a", "9"}) {
    EXPECT_EQ(wrong_with_name(name), "") << name;
  }
  for (const std::string& name :
       {std::string(""), std::string("Shop"), std::string("shop front"), std::string("-a"),
        std::string("a-"), std::string("a/b"), std::string("a.b"), std::string(64, 'a')}) {
    EXPECT_NE(wrong_with_name(name), "") << name;
  }
}

}  // namespace
}  // namespace tocsin::catalog
