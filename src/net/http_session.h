#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "net/chunked_body.h"
#include "net/http.h"
#include "net/request_head.h"
#include "net/server.h"

namespace tocsin::net {

// One request that was answered, or refused before a handler saw it; for log and metrics.
struct Answered {
  std::string method;        // empty when the head could not be read
  std::string path;          // decoded, no query
  std::string_view pattern;  // of the route; empty when there was none
  int status = 0;
  Duration took;
  std::string request_id;
};

// What a session asks of the loop that owns it.
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  virtual const Router& router() const = 0;
  virtual const ServerOptions& options() const = 0;
  virtual Time wall() const = 0;
  virtual std::string new_request_id() = 0;
  // Accounts for body bytes held; false when the server holds as much as it may.
  virtual bool reserve(size_t bytes) = 0;
  virtual void release(size_t bytes) = 0;
  virtual void answered(const Answered& answered) = 0;
};

// The conversation on one connection, without a socket: bytes in, requests out, responses in, bytes
// out. It knows the protocol, the limits and the deadlines; its driver moves bytes and does what
// want() says. `now` is monotonic everywhere. Owned by one thread.
class HttpSession {
 public:
  enum class Want {
    kRead,    // read into input_space(), then received() or input_ended()
    kWrite,   // write output(), then sent()
    kHandle,  // take_request(), have it handled, then answer(); meanwhile kWait
    kWait,
    kStream,  // read as well, to learn when the peer goes; tick() twice a second
    kLinger,  // close the sending side and read until the peer closes: bytes under way would
              // otherwise reset the connection and destroy the answer
    kClose,
  };

  HttpSession(SessionHost& host, std::string peer, bool is_tls, Duration now);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  Want want() const;

  // Valid until received() or input_ended(). The body's own storage when its length is known, so
  // that a large body is read without a copy.
  std::span<char> input_space();
  void received(size_t bytes, Duration now);
  void input_ended(Duration now);

  Request take_request();
  void answer(Response response, Duration now);

  std::array<std::string_view, 2> output() const;
  void sent(size_t bytes, Duration now);

  bool is_streaming() const { return events_ != nullptr; }
  void tick(Duration now);

  // When expire() must be called; nothing while a handler works.
  std::optional<Duration> deadline() const { return deadline_; }
  void expire(Duration now);
  // No further requests: closes at once when idle, a stream ends, a request under way is finished.
  void drain(Duration now);

 private:
  enum class State {
    kIdle,
    kHead,
    kBody,
    kChunks,
    kReady,
    kHandling,
    kAnswering,
    kStreaming,
    kLinger,
    kClosed,
  };

  std::string_view pending() const { return std::string_view(in_).substr(begin_, end_ - begin_); }
  void make_input_room();
  void advance(Duration now);
  bool advance_idle(Duration now);
  bool advance_head(Duration now);
  bool advance_body(Duration now);
  bool advance_chunks(Duration now);
  bool begin_body(RequestHead head, Duration now);
  void grow_body(Duration now);
  bool account_body(Duration now);
  void finish_request();
  void refuse(const HttpFault& fault, Duration now);
  void refuse_incomplete(Duration now);
  void queue(Response response, Duration now);
  void after_answer(Duration now);
  void end_stream(Duration now);
  void release_body();
  void close() { state_ = State::kClosed; }

  SessionHost& host_;
  const std::string peer_;
  const bool is_tls_;
  State state_ = State::kIdle;
  std::optional<Duration> deadline_;

  std::string in_;  // bytes that have arrived and were not used yet: [begin_, end_)
  size_t begin_ = 0;
  size_t end_ = 0;
  bool input_ended_ = false;
  bool reads_body_ = false;  // input_space() was the body's storage
  bool draining_ = false;

  HeadScanner scanner_;
  std::optional<ChunkedDecoder> chunks_;
  Request request_;
  Answered current_;
  size_t max_body_ = 0;
  size_t body_length_ = 0;    // Content-Length
  size_t body_received_ = 0;  // of it; request_.body is larger while it is read into
  size_t reserved_ = 0;
  Duration started_{};
  bool keep_alive_ = true;
  bool is_http_10_ = false;
  bool linger_ = false;

  std::string out_head_;
  std::string out_body_;
  size_t sent_ = 0;  // of both
  std::unique_ptr<EventSource> events_;
  Duration last_event_{};
  size_t lingered_ = 0;
};

}  // namespace tocsin::net
