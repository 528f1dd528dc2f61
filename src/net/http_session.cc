#include "net/http_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "net/response_head.h"

namespace tocsin::net {
namespace {

constexpr size_t kFirstInput = 4 << 10;  // an idle connection costs this
constexpr size_t kBodyInput = 64 << 10;  // while chunks are read
// Room behind a body: parsers of JSON look past the end instead of copying it.
constexpr size_t kBodyRoom = 64;
constexpr Duration kLingerTime = std::chrono::seconds(2);
constexpr size_t kMostLinger = 8 << 20;
constexpr Duration kHeartbeat = std::chrono::seconds(15);

Code code_of_fault(int status) {
  switch (status) {
    case 408: return Code::kDeadlineExceeded;
    case 413:
    case 431: return Code::kResourceExhausted;
    case 417:
    case 501:
    case 505: return Code::kUnimplemented;
    case 503: return Code::kUnavailable;
    default: return Code::kInvalidArgument;
  }
}

}  // namespace

HttpSession::HttpSession(SessionHost& host, std::string peer, bool is_tls, Duration now)
    : host_(host),
      peer_(std::move(peer)),
      is_tls_(is_tls),
      deadline_(now + host.options().idle_timeout) {}

HttpSession::~HttpSession() { release_body(); }

HttpSession::Want HttpSession::want() const {
  if (state_ == State::kClosed) return Want::kClose;
  if (sent_ < out_head_.size() + out_body_.size()) return Want::kWrite;
  switch (state_) {
    case State::kReady: return Want::kHandle;
    case State::kHandling: return Want::kWait;
    case State::kStreaming: return Want::kStream;
    case State::kLinger: return Want::kLinger;
    default: return Want::kRead;
  }
}

void HttpSession::make_input_room() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (begin_ > 0 && end_ == in_.size()) {
    std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const size_t least = state_ == State::kChunks ? kBodyInput : kFirstInput;
  if (end_ == in_.size()) in_.resize(std::max(least, in_.size() * 2));
}

std::span<char> HttpSession::input_space() {
  reads_body_ = state_ == State::kBody;
  if (reads_body_) return std::span(request_.body).subspan(body_received_);
  make_input_room();
  return std::span(in_).subspan(end_);
}

void HttpSession::received(size_t bytes, Duration now) {
  if (state_ == State::kLinger) {
    lingered_ += bytes;
    if (lingered_ > kMostLinger) close();
    return;
  }
  // After expire() a read may still end in the storage that was handed out before.
  if (state_ == State::kStreaming || state_ == State::kAnswering) return;
  if (reads_body_) {
    body_received_ += bytes;
  } else {
    end_ += bytes;
  }
  advance(now);
}

void HttpSession::input_ended(Duration now) {
  input_ended_ = true;
  switch (state_) {
    case State::kIdle:
    case State::kStreaming:
    case State::kLinger: close(); break;
    case State::kHead:
    case State::kBody:
    case State::kChunks: refuse_incomplete(now); break;
    default: break;  // the request is whole: its answer is still wanted
  }
}

void HttpSession::advance(Duration now) {
  bool goes_on = true;
  while (goes_on) {
    switch (state_) {
      case State::kIdle: goes_on = advance_idle(now); break;
      case State::kHead: goes_on = advance_head(now); break;
      case State::kBody: goes_on = advance_body(now); break;
      case State::kChunks: goes_on = advance_chunks(now); break;
      default: goes_on = false; break;
    }
  }
}

bool HttpSession::advance_idle(Duration now) {
  // RFC 9112, section 2.2: empty lines before a request are skipped.
  while (pending().starts_with("\r\n")) begin_ += 2;
  if (pending().empty() || pending() == "\r") return false;
  state_ = State::kHead;
  scanner_.reset();
  started_ = now;
  deadline_ = now + host_.options().header_timeout;
  request_ = Request{};
  request_.request_id = host_.new_request_id();
  request_.peer = peer_;
  request_.is_tls = is_tls_;
  request_.received = host_.wall();
  current_ = Answered{.method = {},
                      .path = {},
                      .pattern = {},
                      .status = 0,
                      .took = {},
                      .request_id = request_.request_id};
  return true;
}

bool HttpSession::advance_head(Duration now) {
  const auto size = scanner_.scan(pending(), host_.options().max_header_bytes);
  if (!size) {
    refuse(size.error(), now);
    return false;
  }
  if (*size == 0) return false;
  auto head = parse_request_head(pending().substr(0, *size));
  begin_ += *size;
  if (!head) {
    refuse(head.error(), now);
    return false;
  }
  return begin_body(*std::move(head), now);
}

bool HttpSession::begin_body(RequestHead head, Duration now) {
  const Router::Match match = host_.router().find(head.method, head.target.path);
  current_.method = head.method;
  current_.path = head.target.path;
  current_.pattern = match.pattern;
  keep_alive_ = head.keep_alive;
  is_http_10_ = head.is_http_10;
  max_body_ = match.options.max_body;
  request_.method = std::move(head.method);
  request_.path = std::move(head.target.path);
  request_.query = std::move(head.target.query);
  request_.raw_path = std::move(head.target.raw_path);
  request_.raw_query = std::move(head.target.raw_query);
  request_.headers = std::move(head.headers);

  body_length_ = head.content_length.value_or(0);
  body_received_ = 0;
  if (body_length_ > max_body_) {
    refuse({413, fmt::format("the body has {} bytes; {} takes {} at most", body_length_,
                             request_.path, max_body_)},
           now);
    return false;
  }
  const bool has_body = head.chunked || body_length_ > 0;
  if (!has_body) {
    finish_request();
    return false;
  }
  deadline_ = now + host_.options().body_timeout;
  if (head.expects_continue && pending().empty()) {
    out_head_ = "HTTP/1.1 100 Continue\r\n\r\n";
    sent_ = 0;
  }
  if (head.chunked) {
    chunks_.emplace(max_body_);
    state_ = State::kChunks;
  } else {
    state_ = State::kBody;
    // The address space only; pages are touched, and accounted for, as the bytes arrive.
    request_.body.reserve(body_length_ + kBodyRoom);
  }
  return true;
}

bool HttpSession::advance_body(Duration now) {
  const std::string_view at_hand = pending();
  if (!at_hand.empty() && body_received_ < body_length_) {
    const size_t n = std::min(at_hand.size(), body_length_ - body_received_);
    request_.body.resize(std::max(request_.body.size(), body_received_ + n));
    std::memcpy(request_.body.data() + body_received_, at_hand.data(), n);
    body_received_ += n;
    begin_ += n;
  }
  if (body_received_ == body_length_) {
    finish_request();
    return false;
  }
  grow_body(now);
  return false;
}

void HttpSession::grow_body(Duration now) {
  if (body_received_ < request_.body.size()) return;
  // Not filled with zeroes: bytes from the socket come there.
  request_.body.resize_and_overwrite(
      std::min(body_length_, std::max(kBodyInput, body_received_ * 2)),
      [](char*, size_t size) { return size; });
  account_body(now);
}

bool HttpSession::advance_chunks(Duration now) {
  if (pending().empty()) return false;
  const auto used = chunks_->feed(pending(), request_.body);
  if (!used) {
    refuse(used.error(), now);
    return false;
  }
  begin_ += *used;
  if (!account_body(now)) return false;
  if (chunks_->is_done()) finish_request();
  return false;
}

bool HttpSession::account_body(Duration now) {
  const size_t size = request_.body.size();
  if (size <= reserved_) return true;
  if (!host_.reserve(size - reserved_)) {
    refuse({503, "the server holds as many unfinished bodies as it may; try again in a second"},
           now);
    return false;
  }
  reserved_ = size;
  return true;
}

void HttpSession::release_body() {
  if (reserved_ > 0) host_.release(reserved_);
  reserved_ = 0;
}

void HttpSession::finish_request() {
  if (body_length_ > 0) request_.body.resize(body_length_);
  chunks_.reset();
  state_ = State::kReady;
  deadline_.reset();
}

Request HttpSession::take_request() {
  state_ = State::kHandling;
  return std::move(request_);
}

void HttpSession::answer(Response response, Duration now) {
  if (state_ != State::kHandling) return;  // the connection was closed meanwhile
  if (response.status == 0) return close();
  queue(std::move(response), now);
}

void HttpSession::refuse(const HttpFault& fault, Duration now) {
  keep_alive_ = false;
  linger_ = true;
  if (request_.request_id.empty()) request_.request_id = host_.new_request_id();
  Response response = Response::error(Error{code_of_fault(fault.status), fault.message}, request_);
  response.status = fault.status;
  queue(std::move(response), now);
}

void HttpSession::refuse_incomplete(Duration now) {
  refuse({400, "the connection ended before the request did"}, now);
}

void HttpSession::queue(Response response, Duration now) {
  // A stream of server-sent events has no end that a length could tell.
  const bool streams = response.events != nullptr && current_.method != "HEAD";
  keep_alive_ = keep_alive_ && !draining_ && !streams;
  if (streams) {
    if (!response.headers.get("Content-Type")) {
      response.headers.add("Content-Type", "text/event-stream");
    }
    response.headers.set("Cache-Control", "no-store");
    response.headers.set("X-Accel-Buffering", "no");
  }
  out_head_ = response_head(response, {.has_length = response.events == nullptr,
                                       .keep_alive = keep_alive_,
                                       .is_http_10 = is_http_10_,
                                       .now = host_.wall(),
                                       .request_id = current_.request_id});
  const bool has_body =
      current_.method != "HEAD" && response.status != 204 && response.status != 304;
  out_body_ = has_body ? std::move(response.body) : std::string();
  sent_ = 0;
  if (streams) events_ = std::move(response.events);
  state_ = State::kAnswering;
  deadline_ = now + host_.options().write_timeout;
  release_body();
  current_.status = response.status;
  current_.took = now - started_;
  host_.answered(current_);
}

std::array<std::string_view, 2> HttpSession::output() const {
  const std::string_view head = out_head_;
  const std::string_view body = out_body_;
  const size_t of_head = std::min(sent_, head.size());
  return {head.substr(of_head), body.substr(sent_ - of_head)};
}

void HttpSession::sent(size_t bytes, Duration now) {
  sent_ += bytes;
  if (state_ == State::kAnswering || state_ == State::kStreaming) {
    deadline_ = now + host_.options().write_timeout;
  }
  if (sent_ < out_head_.size() + out_body_.size()) return;
  out_head_.clear();
  out_body_ = std::string();
  sent_ = 0;
  if (state_ == State::kAnswering) after_answer(now);
  if (state_ == State::kStreaming) deadline_.reset();
}

void HttpSession::after_answer(Duration now) {
  if (events_ != nullptr) {
    state_ = State::kStreaming;
    last_event_ = now;
    if (draining_) drain(now);
    return;
  }
  if (!keep_alive_ || draining_) {
    state_ = State::kLinger;
    deadline_ = now + kLingerTime;
    if (input_ended_) close();
    return;
  }
  state_ = State::kIdle;
  deadline_ = now + host_.options().idle_timeout;
  request_ = Request{};
  if (begin_ == end_ && in_.size() > kBodyInput / 2) in_ = std::string();
  if (in_.empty()) begin_ = end_ = 0;
  advance(now);
}

void HttpSession::tick(Duration now) {
  if (state_ != State::kStreaming || want() == Want::kWrite) return;
  if (events_->is_over()) return end_stream(now);
  out_head_ = events_->take();
  if (out_head_.empty() && now - last_event_ >= kHeartbeat) out_head_ = ": still here\n\n";
  if (out_head_.empty()) return;
  sent_ = 0;
  last_event_ = now;
  deadline_ = now + host_.options().write_timeout;
}

void HttpSession::expire(Duration now) {
  // What is being sent stays as it is: the driver still reads from it.
  if (want() == Want::kWrite) return close();
  switch (state_) {
    case State::kHead: refuse({408, "the head of the request did not arrive in time"}, now); break;
    case State::kBody:
    case State::kChunks: refuse({408, "the body did not arrive in time"}, now); break;
    default: close(); break;
  }
}

void HttpSession::drain(Duration now) {
  draining_ = true;
  if (state_ == State::kIdle) close();
  if (state_ != State::kStreaming) return;
  if (want() == Want::kWrite) {
    close();
    return;
  }
  end_stream(now);
}

void HttpSession::end_stream(Duration now) {
  // The browser comes back after this time.
  out_head_ = "retry: 2000\n\n";
  sent_ = 0;
  events_.reset();
  state_ = State::kAnswering;
  keep_alive_ = false;
  deadline_ = now + host_.options().write_timeout;
}

}  // namespace tocsin::net
