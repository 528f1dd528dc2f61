#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"

namespace tocsin::net {

// Header fields; names compare without case.
class Headers {
 public:
  void add(std::string name, std::string value);
  void set(std::string name, std::string value);  // replaces all of that name
  void remove(std::string_view name);
  std::optional<std::string_view> get(std::string_view name) const;  // the first
  const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

// One request, whole: the body has been read (and gunzipped when it came with Content-Encoding:
// gzip).
struct Request {
  std::string method;                                      // GET, POST, ...
  std::string path;                                        // decoded, begins with '/', no query
  std::map<std::string, std::string> params;               // from the route: {id}
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  Headers headers;
  std::string body;
  std::string peer;        // "127.0.0.1:51324"
  std::string request_id;  // given by us; in every log line and in X-Request-Id
  bool is_tls = false;
  Time received;
  std::string raw_path, raw_query;  // as they came; empty in a request that came by no connection

  std::optional<std::string_view> query_value(std::string_view name) const;  // the first
  std::optional<std::string> cookie(std::string_view name) const;
  std::map<std::string, std::string> form() const;  // application/x-www-form-urlencoded body
};

// A stream of server-sent events to one browser. The loop that owns the connection asks twice a
// second and sends what it gets; while an earlier piece is still being sent it does not ask, so a
// slow reader gets fewer, larger pieces and costs no memory. A reader that takes nothing for 30 s
// is closed.
class EventSource {
 public:
  virtual ~EventSource() = default;
  // Bytes in text/event-stream form, or empty. Called on a loop: must not block, must be quick. The
  // server adds a comment line as a heartbeat when nothing was sent for 15 s.
  virtual std::string take() = 0;
  // Asked before each take(); once it says yes the stream ends and take() is not called again.
  // Called on a loop, like take().
  virtual bool is_over() const { return false; }
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::unique_ptr<EventSource> events;  // when set, `body` is sent first and the stream follows

  static Response text(int status, std::string body);
  static Response html(int status, std::string body);
  static Response json(int status, const codec::Json& body);
  static Response empty(int status = 204);
  // Closes the connection without an answer: for stand-ins that play a broken service.
  static Response hang_up() { return empty(0); }
  // {"error":{"code":"not_found","message":"...","request_id":"..."}}, the status from the table.
  static Response error(const Error& error, const Request& request);
};

// Runs on a worker; may block on the database, never for long. An exception that leaves it is
// answered 500, logged and counted.
using Handler = std::function<Response(const Request&)>;

struct RouteOptions {
  size_t max_body = 1 << 20;  // bytes, before and after decompression; larger is answered 413
  bool accept_gzip = true;  // undo Content-Encoding: gzip; other codings are the handler's business
};

// Paths are matched segment by segment: "/api/v1/incidents/{id}/acknowledge"; a final "{rest...}"
// takes what is left. A fixed segment wins over a parameter. Unknown path 404, known path with
// another method 405 with Allow. HEAD is answered by GET's handler. Built before the server starts;
// then immutable.
class Router {
 public:
  void add(std::string method, std::string pattern, Handler handler, RouteOptions options = {});
  // Wraps every handler, outermost last: sign-in, security headers, access log.
  void wrap(std::function<Response(const Request&, const Handler&)> wrapper);

  struct Match {
    const Handler* handler = nullptr;
    RouteOptions options;
    std::map<std::string, std::string> params;
    std::vector<std::string> allowed;  // when only the method is wrong
    std::string_view pattern;          // as given to add(); lives as long as the router
  };
  Match find(std::string_view method, std::string_view path) const;
  Response handle(Request&& request) const;  // match, wrap, call; the body is not copied
  Response handle(const Request& request) const { return handle(Request(request)); }

 private:
  struct Route {
    std::string method;
    std::string pattern;
    std::vector<std::string> segments;
    Handler handler;
    RouteOptions options;
  };
  std::deque<Route> routes_;  // does not move them: a Match points into it
  std::vector<std::function<Response(const Request&, const Handler&)>> wrappers_;
};

}  // namespace tocsin::net
