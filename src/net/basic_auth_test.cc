#include "net/basic_auth.h"

#include <gmock/gmock.h>

#include <thread>

#include "base/text.h"

namespace tocsin::net {
namespace {

// Of htpasswd, cost 4: "swordfish". $2y$ and $2b$ are the same algorithm.
const std::string kHash = "$2b$04$abcdefghijklmnopqrstuugIEnm3ZbWF6xb2GcoE3L1CoGJFMKtu.";

Request request(const std::string& authorization) {
  Request r;
  if (!authorization.empty()) r.headers.add("Authorization", authorization);
  return r;
}
Request basic(const std::string& name, const std::string& password) {
  return request("Basic " + base64(name + ":" + password));
}

class BasicAuthTest : public ::testing::Test {
 protected:
  Code code(const Request& r) {
    const auto result = auth_.check(r);
    return result ? Code::kUnknown : result.error().code;
  }
  SeededRng rng_{1};
  BasicAuth auth_{{{"ada", Secret(kHash)}, {"grace", Secret("$2y$" + kHash.substr(4))}}, rng_};
};

TEST_F(BasicAuthTest, LetsInWhoKnowsThePassword) {
  EXPECT_TRUE(auth_.check(basic("ada", "swordfish")));
  EXPECT_TRUE(auth_.check(basic("ada", "swordfish"))) << "and when it is remembered";
  EXPECT_TRUE(auth_.check(basic("grace", "swordfish")));
  EXPECT_TRUE(auth_.check(request("basic  " + base64("ada:swordfish"))));
}

TEST_F(BasicAuthTest, AndNobodyElse) {
  for (const auto& r :
       {request(""), basic("ada", "swordfisj"), basic("ada", ""), basic("nobody", "swordfish"),
        basic("", "swordfish"), basic("ada", std::string("swordfish\0x", 11)),
        basic("ada", std::string(2000, 'x')), request("Bearer swordfish"), request("Basic %%%"),
        request("Basic " + base64("ada")), request("Basic")}) {
    EXPECT_EQ(code(r), Code::kUnauthenticated);
    EXPECT_EQ(code(r), Code::kUnauthenticated) << "and when it is remembered";
  }
  EXPECT_TRUE(auth_.check(basic("ada", "swordfish")));
}

TEST_F(BasicAuthTest, ManyAtOnceAreToldToComeLaterOrAnswered) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0, right = 0;
  for (int i = 0; i < 40; ++i) {
    threads.emplace_back([&, i] {
      const auto bad = code(basic("ada", "guess " + std::to_string(i)));
      if (bad != Code::kUnauthenticated && bad != Code::kResourceExhausted) ++wrong;
      if (auth_.check(basic("ada", "swordfish"))) ++right;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(right, 0);
}

TEST(Bcrypt, KnowsAHashWhenItSeesOne) {
  EXPECT_TRUE(is_bcrypt(kHash));
  EXPECT_TRUE(is_bcrypt("$2a$" + kHash.substr(4)));
  for (const std::string& no :
       {std::string(), std::string("swordfish"), kHash + "x", kHash.substr(1),
        "$2x$" + kHash.substr(4), "$2b$03$" + kHash.substr(7), "$2b$32$" + kHash.substr(7),
        "$2b$0a$" + kHash.substr(7), "$2b$04$:" + kHash.substr(8),
        "$6$rounds=5000$" + std::string(45, 'x')}) {
    EXPECT_FALSE(is_bcrypt(no)) << no;
  }
}

// The example of exporter-toolkit's documentation has cost 10; its password is not known.
TEST(Bcrypt, AnotherPasswordIsAnother) {
  EXPECT_TRUE(bcrypt_matches("swordfish", kHash));
  EXPECT_FALSE(bcrypt_matches("Swordfish", kHash));
  EXPECT_FALSE(bcrypt_matches("swordfish", "*0"));
  EXPECT_FALSE(bcrypt_matches("swordfish", ""));
}

}  // namespace
}  // namespace tocsin::net
