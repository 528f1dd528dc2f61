#pragma once

#include "base/result.h"
#include "base/time.h"

namespace tocsin::notify {

// Whether a failure may pass by itself, so that another try makes sense.
bool may_pass(Code code);

// Whether the message may have arrived although the try failed: the provider was reached and its
// answer was not.
bool may_have_arrived(Code code);

// The wait before the next try when `attempts` (from 1) have failed: 1 s, 2 s, 4 s ... to 5 min,
// times 0.8 to 1.2 by `jitter` in [0, 1), so that what failed together does not come back together.
// A provider's own wish (`asked`, Retry-After) is kept up to an hour; a page, which is tried for
// minutes, is not made to wait for all of it (kLongestPageWait). `longest`: instead of 5 min for
// the doubling, for what is tried for days.
inline constexpr Duration kLongestWait = std::chrono::minutes(5);
inline constexpr Duration kLongestPageWait = std::chrono::minutes(6);  // 5 min and a fifth
inline constexpr Duration kLongestAskedWait = std::chrono::hours(1);
inline constexpr Duration kLongestPatientWait = std::chrono::minutes(30);
Duration backoff(int attempts, double jitter, Duration asked = Duration(0),
                 Duration longest = kLongestWait);

}  // namespace tocsin::notify
