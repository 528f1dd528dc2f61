#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "net/request_head.h"

namespace tocsin::net {

// Undoes Transfer-Encoding: chunked (RFC 9112, section 7.1) as the bytes arrive. Extensions and
// trailers are read and dropped.
class ChunkedDecoder {
 public:
  explicit ChunkedDecoder(size_t max_body) : max_body_(max_body) {}

  // Appends the data in `bytes` to `body`; the count of bytes used, which is all of them unless the
  // body ended before. 413 when the body would pass the limit.
  std::expected<size_t, HttpFault> feed(std::string_view bytes, std::string& body);
  bool is_done() const { return state_ == State::kDone; }

 private:
  enum class State { kSizeLine, kData, kDataEnd, kTrailer, kDone };
  std::expected<void, HttpFault> end_line(size_t body_size);

  const size_t max_body_;
  State state_ = State::kSizeLine;
  std::string line_;  // without its CRLF; a size line, the end of a chunk or a trailer
  bool saw_cr_ = false;
  size_t left_ = 0;  // of the present chunk's data
  size_t trailer_bytes_ = 0;
};

}  // namespace tocsin::net
