#include "access/credential.h"

#include <gtest/gtest.h>

#include "access/sign_in_guard.h"

namespace tocsin::access {
namespace {

TEST(Credential, SchemesCompareWithoutCase) {
  net::Request request;
  request.headers.add("authorization", "bEaReR  tocsin_x ");
  EXPECT_EQ(credential_of(request)->secret.reveal(), "tocsin_x");
  request.headers.set("authorization", "Digest tocsin_x");
  EXPECT_TRUE(credential_of(request)->secret.empty());
  request.headers.set("authorization", "Bearer");
  EXPECT_TRUE(credential_of(request)->secret.empty());
  EXPECT_FALSE(credential_of(net::Request{}));
}

// NIST FIPS 180-4's example "abc".
TEST(Credential, HashIsSha256) {
  EXPECT_EQ(hash_of(Secret("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Credential, SecretsAreLongAndDiffer) {
  SystemRng rng;
  const Secret a = new_token_secret(rng);
  EXPECT_EQ(a.reveal().size(), sizeof("tocsin_") - 1 + 43);
  EXPECT_NE(a, new_token_secret(rng));
  EXPECT_EQ(new_session_secret(rng).reveal().size(), 43u);
  EXPECT_EQ(new_password(rng).reveal().size(), 27u);
}

TEST(HostOfPeer, LeavesThePortOut) {
  EXPECT_EQ(host_of_peer("127.0.0.1:51324"), "127.0.0.1");
  EXPECT_EQ(host_of_peer("[::1]:5"), "[::1]");
  EXPECT_EQ(host_of_peer("unknown"), "unknown");
}

}  // namespace
}  // namespace tocsin::access
