#include "access/access_fixture.h"
#include "base/text.h"

namespace tocsin::access {
namespace {

class GateTest : public AccessTest {};

TEST_P(GateTest, NobodyIsUnauthenticated) {
  EXPECT_EQ(refusal(net::Request{}), Code::kUnauthenticated);
  EXPECT_EQ(refusal(with_cookie(Secret("guess"))), Code::kUnauthenticated);
  EXPECT_EQ(refusal(with_cookie(Secret(""))), Code::kUnauthenticated);
  EXPECT_EQ(refusal(with_token(Secret("tocsin_guess"))), Code::kUnauthenticated);
  EXPECT_EQ(refusal(with_token(Secret(""))), Code::kUnauthenticated);
}

TEST_P(GateTest, BasicTakesTheTokenAsPasswordForAnyUser) {
  const Secret token = access_->create_token("prometheus", Role::kResponder, by_test())->secret;
  net::Request request;
  request.method = "POST";
  request.headers.add("Authorization", "Basic " + base64("anything:" + token.reveal()));
  EXPECT_EQ(refusal(request), std::nullopt);
  request.headers.set("Authorization", "Basic " + base64(token.reveal()));
  EXPECT_EQ(refusal(request), Code::kUnauthenticated);
  request.headers.set("Authorization", "Basic ###");
  EXPECT_EQ(refusal(request), Code::kUnauthenticated);
}

TEST_P(GateTest, AWrongTokenIsNotSavedByACookie) {
  add("ada");
  auto request = with_cookie(sign_in("ada")->cookie);
  request.headers.add("Authorization", "Bearer wrong");
  EXPECT_EQ(refusal(request), Code::kUnauthenticated);
}

TEST_P(GateTest, ACookieIsNoTokenAndATokenNoCookie) {
  add("ada");
  const Secret cookie = sign_in("ada")->cookie;
  const Secret token = access_->create_token("ci", Role::kResponder, by_test())->secret;
  EXPECT_EQ(refusal(with_token(cookie)), Code::kUnauthenticated);
  EXPECT_EQ(refusal(with_cookie(token)), Code::kUnauthenticated);
}

TEST_P(GateTest, RolesAreHeld) {
  const Secret responder = access_->create_token("r", Role::kResponder, by_test())->secret;
  const Secret admin = access_->create_token("a", Role::kAdmin, by_test())->secret;
  EXPECT_EQ(refusal(with_token(responder), Role::kAdmin), Code::kPermissionDenied);
  EXPECT_EQ(refusal(with_token(admin), Role::kAdmin), std::nullopt);
  EXPECT_EQ(refusal(with_token(admin), Role::kResponder), std::nullopt);
}

TEST_P(GateTest, AWriteWithACookieMustComeFromOurPage) {
  options_.external_url = "https://oncall.example/tocsin";
  restart();
  add("ada");
  const Secret cookie = sign_in("ada")->cookie;
  const auto write = [&](std::string mark, std::string origin) {
    auto request = with_cookie(cookie, "POST");
    if (!mark.empty()) request.headers.add("X-Tocsin", std::move(mark));
    if (!origin.empty()) request.headers.add("Origin", std::move(origin));
    return refusal(request);
  };
  EXPECT_EQ(write("", ""), Code::kPermissionDenied);
  EXPECT_EQ(write("0", ""), Code::kPermissionDenied);
  EXPECT_EQ(write("1", ""), std::nullopt);
  EXPECT_EQ(write("1", "http://tocsin.example:9110"), std::nullopt);
  EXPECT_EQ(write("1", "https://oncall.example"), std::nullopt);
  EXPECT_EQ(write("1", "https://evil.example"), Code::kPermissionDenied);
  EXPECT_EQ(write("1", "null"), Code::kPermissionDenied);
  EXPECT_EQ(refusal(with_cookie(cookie, "GET")), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Backends, GateTest, ::testing::ValuesIn(store::testing::backends()),
                         store::testing::backend_name);

}  // namespace
}  // namespace tocsin::access
