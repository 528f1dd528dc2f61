#pragma once

#include <string>

namespace tocsin::alert {

// An answer of Alertmanager's API v2 other than 200, in one of the two shapes that it has: what the
// description of the API refuses is {"code":602,"message":"..."}, what its handlers refuse is a
// JSON string. Measured against Debian's Alertmanager 0.25.
struct Refusal {
  int status = 400;
  int code = 0;  // 0: a JSON string; else the object
  std::string message;
};

// Codes of github.com/go-openapi/errors that clients see.
inline constexpr int kBadFormat = 601;  // 422
inline constexpr int kMissing = 602;    // 422
inline constexpr int kTooFew = 612;     // 422

}  // namespace tocsin::alert
