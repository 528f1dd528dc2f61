#include "net/chunked_body.h"

#include <algorithm>
#include <charconv>

namespace tocsin::net {
namespace {

constexpr size_t kLongestLine = 1024;
constexpr size_t kMostTrailerBytes = 8 << 10;

std::unexpected<HttpFault> fault(int status, std::string message) {
  return std::unexpected(HttpFault{status, std::move(message)});
}

}  // namespace

std::expected<void, HttpFault> ChunkedDecoder::end_line(size_t body_size) {
  switch (state_) {
    case State::kSizeLine: {
      const char* end = line_.data() + line_.size();
      const auto [stop, error] = std::from_chars(line_.data(), end, left_, 16);
      if (error == std::errc::result_out_of_range) return fault(413, "a chunk is too large");
      if (error != std::errc() || (stop != end && *stop != ';' && *stop != ' ' && *stop != '\t')) {
        return fault(400, "a chunk does not begin with its size");
      }
      if (left_ > max_body_ - std::min(max_body_, body_size)) {
        return fault(413, "the body is too large");
      }
      state_ = left_ == 0 ? State::kTrailer : State::kData;
      break;
    }
    case State::kDataEnd:
      if (!line_.empty()) return fault(400, "a chunk is longer than its size");
      state_ = State::kSizeLine;
      break;
    case State::kTrailer:
      trailer_bytes_ += line_.size();
      if (trailer_bytes_ > kMostTrailerBytes) return fault(431, "the trailers are too large");
      if (line_.empty()) state_ = State::kDone;
      break;
    case State::kData:
    case State::kDone: break;
  }
  line_.clear();
  return {};
}

std::expected<size_t, HttpFault> ChunkedDecoder::feed(std::string_view bytes, std::string& body) {
  size_t used = 0;
  while (used < bytes.size() && state_ != State::kDone) {
    if (state_ == State::kData) {
      const size_t n = std::min(left_, bytes.size() - used);
      body.append(bytes, used, n);
      used += n;
      left_ -= n;
      if (left_ == 0) state_ = State::kDataEnd;
      continue;
    }
    const char c = bytes[used++];
    if (saw_cr_) {
      if (c != '\n') return fault(400, "a line of a chunked body has CR without LF");
      saw_cr_ = false;
      RETURN_IF_ERROR(end_line(body.size()));
    } else if (c == '\r') {
      saw_cr_ = true;
    } else if (c == '\n') {
      return fault(400, "a line of a chunked body has LF without CR");
    } else if (line_.size() == kLongestLine) {
      return fault(400, "a line of a chunked body is too long");
    } else {
      line_.push_back(c);
    }
  }
  return used;
}

}  // namespace tocsin::net
