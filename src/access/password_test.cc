#include "access/password.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace tocsin::access {
namespace {

TEST(Passwords, MatchOnlyThemselves) {
  SystemRng rng;
  Passwords passwords({}, rng);
  const std::string stored = *passwords.hash(Secret("correct horse"));
  EXPECT_TRUE(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_TRUE(*passwords.matches(stored, Secret("correct horse")));
  EXPECT_FALSE(*passwords.matches(stored, Secret("correct horsf")));
  EXPECT_FALSE(*passwords.matches(stored, Secret("")));
  EXPECT_FALSE(*passwords.matches("", Secret("correct horse")));
  EXPECT_FALSE(*passwords.matches("$argon2id$damaged", Secret("correct horse")));
  EXPECT_NE(*passwords.hash(Secret("correct horse")), stored) << "salted";
}

TEST(Passwords, AreReadWhateverTheyCostWhenTheyWereMade) {
  SystemRng rng;
  Passwords cheap({.memory = 8 << 10, .passes = 1}, rng);
  Passwords dear({.memory = 1 << 20, .passes = 3}, rng);
  EXPECT_TRUE(*dear.matches(*cheap.hash(Secret("correct horse")), Secret("correct horse")));
}

TEST(Passwords, AFloodIsRefusedAndTheRestAnswered) {
  SystemRng rng;
  Passwords passwords({.memory = 1 << 20, .passes = 1}, rng);
  const std::string stored = *passwords.hash(Secret("correct horse"));
  std::atomic<int> matched = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 40; ++i) {
    threads.emplace_back([&] {
      const auto result = passwords.matches(stored, Secret("correct horse"));
      if (result) {
        matched += *result;
      } else {
        EXPECT_EQ(result.error().code, Code::kResourceExhausted);
        ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(matched + refused, 40);
  EXPECT_GE(matched, 2);
}

}  // namespace
}  // namespace tocsin::access
