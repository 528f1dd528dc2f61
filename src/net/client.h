#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"

namespace tocsin::net {

// Which addresses an outgoing call may reach once its name is resolved. What a user typed into a
// webhook must not reach the cloud's metadata service; a scrape target on loopback is what the
// admin asked for.
enum class Reach {
  kAnywhere,    // configured by the administrator
  kPublicOnly,  // refuses loopback, private, link-local, multicast and unspecified addresses;
                // goes through no proxy
};

struct HttpCall {
  std::string method = "GET";
  std::string url;  // http or https only
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  Duration timeout = std::chrono::seconds(10);
  size_t max_answer = 16 << 20;  // bytes; more is kResourceExhausted
  Reach reach = Reach::kAnywhere;
  std::string ca_file;  // empty: the system's
  bool verify_tls = true;
  bool follow_redirects = false;
};
struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
};

struct Mail {
  std::string server;  // smtp://host:port or smtps://host:port
  bool require_starttls = false;
  std::string user;  // empty: no authentication
  Secret password;
  std::string from;  // envelope and header
  std::string to;
  std::string message;  // headers and body, RFC 5322, CRLF
  std::string ca_file;  // empty: the system's
  Duration timeout = std::chrono::seconds(20);
};

// Outgoing calls on one thread (libcurl multi). Calls end exactly once, on the client's thread:
// with an answer of any status, or kUnavailable (refused, reset, name not found),
// kDeadlineExceeded, kPermissionDenied (address not allowed), kResourceExhausted (answer too
// large), kInvalidArgument (cannot be sent at all) or kFailedPrecondition (the mail server refused
// for good: 5xx; its 4xx is kUnavailable). Messages name scheme, host and port, never the whole
// URL.
class Client {
 public:
  using OnAnswer = std::move_only_function<void(Result<HttpAnswer>)>;
  using OnMail = std::move_only_function<void(Result<>)>;

  static std::unique_ptr<Client> start(Metrics& metrics);
  virtual ~Client() = default;  // ends calls under way with kCancelled
  virtual void call(HttpCall call, OnAnswer done) = 0;
  virtual void send(Mail mail, OnMail done) = 0;

  // Waits for the answer; not from the client's thread.
  Result<HttpAnswer> call_and_wait(HttpCall call);
};

}  // namespace tocsin::net
