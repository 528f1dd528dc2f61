#include "notify/answer_link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "engine/testing.h"

namespace tocsin::notify {
namespace {

using engine::testing::TestEngine;
using ::testing::HasSubstr;

constexpr std::string_view kUrl = "https://tocsin.example.org";

std::string token_of(const std::string& url) { return url.substr(url.rfind('/') + 1); }

class AnswerLinksTest : public ::testing::Test {
 protected:
  std::unique_ptr<AnswerLinks> open() {
    auto opened = AnswerLinks::open(t.engine(), std::string(kUrl) + "/");
    if (!opened) {
      ADD_FAILURE() << opened.error().message;
      return nullptr;
    }
    return *std::move(opened);
  }
  TestEngine t;
  std::unique_ptr<AnswerLinks> links = open();
  const Time now = t.now();
};

TEST_F(AnswerLinksTest, NamesItsPageUntilItEnds) {
  const std::string url = links->url_for("pag_abc", now + hours(24));
  EXPECT_TRUE(url.starts_with("https://tocsin.example.org/p/")) << url;
  EXPECT_LT(url.size(), 110u);
  EXPECT_EQ(links->page_of(token_of(url), now, "en"), "pag_abc");
  EXPECT_EQ(links->page_of(token_of(url), now + hours(24) - microseconds(1), "en"), "pag_abc");

  const auto late = links->page_of(token_of(url), now + hours(24), "en");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kUnauthenticated);
  EXPECT_THAT(late.error().message, HasSubstr("ended at 2026-01-06T00:00:00.000Z"));
}

TEST_F(AnswerLinksTest, SaysWhoseItWasWhenItHasEnded) {
  const std::string token = token_of(links->url_for("pag_abc", now + hours(24)));
  EXPECT_EQ(links->named_by(token), "pag_abc");
  const auto late = links->page_of(token, now + hours(25), "de");
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().message,
              HasSubstr("galt bis 2026-01-06T00:00:00.000Z; melden Sie sich unter "
                        "https://tocsin.example.org an"));
  EXPECT_EQ(links->named_by(token.substr(0, token.size() - 4)), "");
  EXPECT_EQ(links->named_by(""), "");
  EXPECT_THAT(links->page_of("x", now, "de").error().message, HasSubstr("beschädigt"));
}

TEST_F(AnswerLinksTest, RefusesEveryChangedBit) {
  const std::string token = token_of(links->url_for("pag_abc", now + hours(24)));
  const std::string bytes = *base64url_decode(token);
  for (size_t i = 0; i < bytes.size() * 8; ++i) {
    std::string changed = bytes;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << (i % 8)));
    const auto page = links->page_of(base64url(changed), now, "en");
    ASSERT_FALSE(page) << "bit " << i;
    EXPECT_EQ(page.error().code, Code::kUnauthenticated);
    EXPECT_THAT(page.error().message, HasSubstr("damaged"));
    EXPECT_EQ(links->named_by(base64url(changed)), "");
  }
}

TEST_F(AnswerLinksTest, RefusesWhatIsNoToken) {
  const std::string token = token_of(links->url_for("pag_abc", now + hours(24)));
  for (const std::string& text :
       {std::string(), std::string("x"), token.substr(0, token.size() - 4), token + "AAAA",
        std::string("%2e%2e"), std::string(100'000, 'A'), base64url(std::string(22, '\1'))}) {
    const auto page = links->page_of(text, now, "en");
    ASSERT_FALSE(page) << text.substr(0, 40);
    EXPECT_EQ(page.error().code, Code::kUnauthenticated);
  }
}

TEST_F(AnswerLinksTest, KeepsItsKeyOverARestart) {
  const std::string token = token_of(links->url_for("pag_abc", now + hours(24)));
  links.reset();
  t.restart();
  links = open();
  EXPECT_EQ(links->page_of(token, now, "en"), "pag_abc");
}

TEST_F(AnswerLinksTest, AnotherInstallationsLinkIsForged) {
  TestEngine other(TestEngine::Options{.seed = 2});
  auto others = AnswerLinks::open(other.engine(), std::string(kUrl));
  ASSERT_TRUE(others);
  EXPECT_FALSE((*others)->page_of(token_of(links->url_for("pag_abc", now + hours(1))), now, "en"));
}

TEST_F(AnswerLinksTest, ADamagedKeyIsNamed) {
  links.reset();
  ASSERT_TRUE(t.run([](engine::Tx& tx) -> Result<> {
    RETURN_IF_ERROR(tx.sql().exec("UPDATE notify_key SET bytes = 'xx'"));
    return {};
  }));
  const auto again = AnswerLinks::open(t.engine(), std::string(kUrl));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kDataLoss);
  EXPECT_THAT(again.error().message, HasSubstr("notify_key"));
}

}  // namespace
}  // namespace tocsin::notify
