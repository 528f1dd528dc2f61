#pragma once

#include <string>
#include <string_view>

#include "net/http.h"

namespace tocsin::net {

// "Mon, 05 Jan 2026 00:00:00 GMT" (RFC 9110, section 5.6.7).
std::string http_date(Time t);
std::string_view reason_of(int status);

struct ResponseFraming {
  bool has_length = true;  // false: the body ends with the connection (server-sent events)
  bool keep_alive = true;
  bool is_http_10 = false;  // keeping alive must then be said
  Time now;
  std::string_view request_id;
};

// Status line and headers with the empty line. A header of the handler whose name or value could
// break the framing (CR, LF, NUL) is left out.
std::string response_head(const Response& response, const ResponseFraming& framing);

}  // namespace tocsin::net
