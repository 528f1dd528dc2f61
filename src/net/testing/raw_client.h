#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "net/listener.h"

struct ssl_st;
struct ssl_ctx_st;

namespace tocsin::net::testing {

struct RawAnswer {
  int status = 0;
  std::string head;  // with the empty line
  std::string body;
  // The value of a header; "" if it is missing.
  std::string header(std::string_view name) const;
};

// A blocking TCP (or TLS) peer that says just what it is told, for provoking a server. Each read
// gives up after 20 s, so that a failing test ends. Owned by one thread.
class RawClient {
 public:
  explicit RawClient(int port, bool use_tls = false);
  ~RawClient();
  RawClient(RawClient&&) noexcept;

  bool is_connected() const { return is_connected_; }
  bool send(std::string_view bytes);
  void half_close();
  // Up to `most` bytes; "" at the end of the connection or after 20 s.
  std::string read_some(size_t most = 64 << 10);
  // All that comes until `end` has come; what came if the connection ended before.
  std::string read_until(std::string_view end);
  // One answer with a Content-Length; status 0 when the connection ended before it was whole.
  RawAnswer read_answer(bool is_for_head = false);
  // Whether the peer closes; bytes before that are dropped.
  bool is_closed_by_peer();
  std::string read_to_end();
  // For poll(2).
  int fd() const { return fd_.get(); }

 private:
  Fd fd_;
  bool is_connected_ = false;
  std::string buffered_;
  std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)> context_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> tls_;
};

}  // namespace tocsin::net::testing
