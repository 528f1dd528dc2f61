#include "notify/sign.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace tocsin::notify {
namespace {

// RFC 4231, test cases 1, 2 and 6 (a key longer than a block).
TEST(Hmac, MatchesTheVectorsOfRfc4231) {
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'),
                            "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// The example of docs/notify.md, computed with `openssl dgst -sha256 -hmac`.
TEST(Sign, MatchesTheExampleOfTheDocs) {
  EXPECT_EQ(sign_webhook(Secret("correct-horse"), 1795383420, R"({"version":1})"),
            "v1=876731c08de5d5267b75df1108a1322e8a8ec1cd8c011b708b75f1f669ff874e");
}

TEST(Sign, CoversTimestampBodyAndKey) {
  const std::string signature = sign_webhook(Secret("k"), 1, "body");
  EXPECT_NE(signature, sign_webhook(Secret("k"), 2, "body"));
  EXPECT_NE(signature, sign_webhook(Secret("k"), 1, "bodY"));
  EXPECT_NE(signature, sign_webhook(Secret("l"), 1, "body"));
}

}  // namespace
}  // namespace tocsin::notify
