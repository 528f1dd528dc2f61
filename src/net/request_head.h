#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"
#include "net/url.h"

namespace tocsin::net {

// Why a request is refused before a handler sees it.
struct HttpFault {
  int status = 400;
  std::string message;
};

struct RequestHead {
  std::string method;
  Target target;
  Headers headers;
  bool is_http_10 = false;
  bool keep_alive = true;
  bool expects_continue = false;
  bool chunked = false;
  std::optional<size_t> content_length;
};

// Looks for the end of a head in bytes that arrive in pieces, and refuses what cannot become one
// without waiting for the rest: a TLS hello on a plain port, or lines without CR.
class HeadScanner {
 public:
  // `bytes` is all that has arrived of this head, the earlier calls' bytes included. The size of
  // the head with its empty line, or 0 when more is needed.
  std::expected<size_t, HttpFault> scan(std::string_view bytes, size_t max_bytes);
  void reset() { seen_ = 0; }

 private:
  size_t seen_ = 0;
};

// RFC 9112, strictly: what two parsers could read differently (two lengths, a length beside
// chunks, folded lines, space before a colon, bare line feeds) is refused, because a proxy in front
// of us may read it the other way. `head` ends with the empty line.
std::expected<RequestHead, HttpFault> parse_request_head(std::string_view head);

}  // namespace tocsin::net
