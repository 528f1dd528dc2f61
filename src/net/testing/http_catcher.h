#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "net/testing/test_server.h"

namespace tocsin::net::testing {

// A stand-in for a service that Tocsin calls: it records every request and answers what it is told.
// Thread-safe.
class HttpCatcher {
 public:
  struct Answer {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    bool hang_up = false;  // closes the connection instead
    bool stall = false;    // answers only after release()
  };

  HttpCatcher();
  ~HttpCatcher();
  // "http://127.0.0.1:PORT" + path.
  std::string url(std::string_view path = "/") const { return server_.url(path); }
  int port() const { return server_.port(); }

  void answer_always(Answer answer);  // from now on
  void answer_next(Answer answer);    // once, in the order given; then as always
  void answer_always(int status) { answer_always(Answer{.status = status}); }
  void answer_next(int status) { answer_next(Answer{.status = status}); }
  void release();  // all that stall, now and later

  std::vector<Request> requests() const;
  // Waits until `count` requests have come; false after 20 s.
  bool wait_for(size_t count) const;

 private:
  Response answer(const Request& request);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Request> requests_;
  std::deque<Answer> next_;
  Answer always_;
  bool released_ = false;
  TestServer server_;
};

}  // namespace tocsin::net::testing
