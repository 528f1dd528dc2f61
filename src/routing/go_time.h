#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace tocsin::routing {

// A date-time as API v2 reads it: RFC 3339, and besides it no offset (then it is UTC, as Python
// writes it), spaces for the T, no seconds, a comma before the fraction, an offset without its
// colon behind three or six digits, an hour of one digit, any number of digits of a second, of
// which six are kept. The T and the Z are capitals; a second 60 is none. The empty text is
// 1970-01-01. Nothing for any other text. github.com/go-openapi/strfmt, time.go (ParseDateTime)
// with Go's time.Parse.
std::optional<Time> parse_go_date_time(std::string_view text);

}  // namespace tocsin::routing
