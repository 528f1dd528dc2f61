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

// What TLS uses beside the system's authorities. PEM texts, or files that are read when the
// connection is made; a text wins over its file.
struct TlsOptions {
  std::string ca_pem;  // the file is the call's ca_file
  std::string cert_file, cert_pem;
  std::string key_file;
  Secret key_pem;
  std::string min_version, max_version;  // TLS10, TLS11, TLS12 or TLS13; empty: libcurl's
  // The name that the server is asked for (SNI) and whose certificate it must show; empty: the
  // URL's host. A host that a redirect leads to is asked for its own name. Whether a call needs no
  // proxy (ProxyOptions::no_proxy or the environment's) is decided by this name where it is set.
  std::string server_name = {};
};

struct ProxyOptions {
  bool from_environment = true;  // http_proxy, https_proxy and no_proxy, unless `url` is set
  Secret url;                    // may hold a password
  std::string no_proxy;          // hosts that are reached without `url`, separated by commas
  std::vector<std::pair<std::string, Secret>> connect_headers;  // seen by the proxy alone
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
  bool follow_redirects = false;  // at most 5; the method and the body stay
  TlsOptions tls = {};
  ProxyOptions proxy = {};
  bool http2 = true;
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
  std::string identity = {};  // on whose behalf `user` signs in (SASL); empty: his own
  bool cram_md5 = false;      // `password` is a shared secret for CRAM-MD5, never sent itself
  std::string hello = {};     // what EHLO says; empty: this machine's name
  std::string from;           // envelope and header
  std::string to;
  std::vector<std::string> also_to = {};  // further recipients
  std::string message;                    // headers and body, RFC 5322, CRLF
  std::string ca_file;                    // empty: the system's
  Duration timeout = std::chrono::seconds(20);
  bool verify_tls = true;
  TlsOptions tls = {};
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
