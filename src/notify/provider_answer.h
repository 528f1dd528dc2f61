#pragma once

#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace tocsin::notify {

// What a status means for a delivery: 2xx taken; 408, 425 and 5xx kUnavailable, 429
// kResourceExhausted: again later; others kFailedPrecondition: final. `who` names the channel and
// host; `body` is the provider's own explanation, of which a piece is quoted.
Result<> judge_answer(std::string_view who, int status, std::string_view body);

// What a call that ended without an answer means. Where the connection never stood, nothing has
// arrived: kUnavailable. Where it broke or fell silent later, or we stopped it, the message may
// have arrived: kDeadlineExceeded. Other failures stay as they are. The client does not tell the
// two apart by code, so its words are read; words that are not known count as "may have arrived",
// which at worst marks a message that needed no mark.
Error judge_lost_call(const Error& error);

// Retry-After (RFC 9110, section 10.2.3): seconds, or a date in the form of RFC 5322. Zero when it
// is missing, in the past or not readable.
Duration read_retry_after(std::string_view value, Time now);

}  // namespace tocsin::notify
