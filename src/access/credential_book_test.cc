#include "access/credential_book.h"

#include <gtest/gtest.h>

#include <thread>

namespace tocsin::access {
namespace {

const Time kStart = from_micros(1'767'571'200'000'000);

TokenRow token_row(std::string id) {
  return {
      .token = {.id = id, .name = id, .role = Role::kResponder, .created = kStart, .last_used = {}},
      .hash = "h" + id};
}

TEST(CredentialBook, IsSafeWhileOthersChangeIt) {
  CredentialBook book(std::chrono::days(7));
  book.put(token_row("kept"));
  std::thread changer([&] {
    for (int i = 0; i < 2000; ++i) {
      book.put(token_row(std::to_string(i)));
      book.remove_token(std::to_string(i));
    }
  });
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(book.use_token("hkept", kStart));
    ASSERT_FALSE(book.use_token("hnever", kStart));
  }
  changer.join();
  EXPECT_EQ(book.token_count(), 1u);
}

TEST(CredentialBook, AnExpiredSessionIsNotUsed) {
  CredentialBook book(std::chrono::days(7));
  book.put(SessionRow{.id = "s",
                      .hash = "h",
                      .user = {.name = "ada", .role = {}, .person = "", .created = kStart},
                      .expires = kStart + std::chrono::days(7)});
  EXPECT_FALSE(book.use_session("h", kStart + std::chrono::days(7)));
  const auto use = book.use_session("h", kStart + std::chrono::days(1));
  ASSERT_TRUE(use && use->extend_to);
  EXPECT_EQ(*use->extend_to, kStart + std::chrono::days(8));
  EXPECT_TRUE(book.use_session("h", kStart + std::chrono::days(7)));
}

}  // namespace
}  // namespace tocsin::access
