#pragma once

#include <gtest/gtest.h>

#include "access/access.h"

// For tests only.
namespace tocsin::notify::testing {

// Lets grace, a responder, in while it is open; no route of this room may ask for more.
struct FakeGate final : access::Gate {
  Result<access::Caller> require(const net::Request&, access::Role least) override {
    if (!is_open) return fail(Code::kUnauthenticated, "sign in first");
    EXPECT_EQ(least, access::Role::kResponder);
    return access::Caller{store::Actor{"user", "grace"}, access::Role::kResponder, "grace"};
  }
  bool is_open = true;
};

}  // namespace tocsin::notify::testing
