#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>

#include "access/access.h"
#include "engine/testing.h"

// For this room's tests.
namespace tocsin::access {

inline store::Actor by_test() { return store::Actor{"system", "test"}; }

// Users, sessions and tokens over an engine in virtual time; passwords cost next to nothing.
class AccessTest : public store::testing::BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped()) return;
    engine_ = std::make_unique<engine::testing::TestEngine>(GetParam());
    options_.password_cost = {.memory = 8 << 10, .passes = 1};
    open();
  }
  void open() {
    access_.reset();
    auto opened = Access::open(engine_->engine(), engine_->database(), engine_->clock(),
                               engine_->rng(), engine_->log(), engine_->metrics(), options_);
    ASSERT_TRUE(opened) << opened.error().message;
    access_ = *std::move(opened);
  }
  void restart() {
    access_.reset();
    engine_->restart();
    open();
  }
  void add(const std::string& name, Role role = Role::kResponder, const std::string& person = "") {
    const auto added = access_->create_user(
        {.name = name, .role = role, .person = person, .password = Secret("right password")},
        by_test());
    ASSERT_TRUE(added) << added.error().message;
  }
  Result<SignedIn> sign_in(const std::string& user, const std::string& password = "right password",
                           const std::string& peer = "10.1.1.1:1000") {
    return access_->sign_in(user, Secret(password), peer);
  }
  static net::Request with_cookie(const Secret& cookie, std::string method = "GET") {
    net::Request request;
    request.method = std::move(method);
    request.headers.add("Host", "tocsin.example:9110");
    request.headers.add("Cookie", "a=b; tocsin_session=" + cookie.reveal());
    return request;
  }
  static net::Request with_token(const Secret& token, std::string method = "POST") {
    net::Request request;
    request.method = std::move(method);
    request.headers.add("Authorization", "Bearer " + token.reveal());
    return request;
  }
  // The code with which the gate refuses; nothing when it lets the request pass.
  std::optional<Code> refusal(const net::Request& request, Role least = Role::kResponder) {
    const auto caller = access_->require(request, least);
    if (caller) return std::nullopt;
    return caller.error().code;
  }

  AccessOptions options_;
  std::unique_ptr<engine::testing::TestEngine> engine_;
  std::unique_ptr<Access> access_;
};

}  // namespace tocsin::access
