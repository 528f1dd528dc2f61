#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace tocsin::routing {

// A secret that stands in the configuration, or in a file that is read anew at each send, so that
// it can be rotated without a reload. At most one of the two is set.
struct SecretSource {
  Secret value;
  std::string file;  // absolute, or as written where the folder is not known

  bool is_set() const { return !value.empty() || !file.empty(); }
  // The secret; a file's content without white space at its ends. Blocks on the disk where `file`
  // is set. kFailedPrecondition names a file that cannot be read or is empty.
  Result<Secret> read() const;
  bool operator==(const SecretSource&) const = default;
};

// tls_config. PEM texts, or files that are read when a connection is made; both at once are
// refused, and a certificate without its key.
struct TlsSettings {
  std::string ca, ca_file;
  std::string cert, cert_file;
  SecretSource key;
  std::string server_name;
  bool insecure_skip_verify = false;
  std::string min_version, max_version;  // TLS10 to TLS13, or empty
  std::vector<std::string> next_protos;  // ALPN, beside our own
  bool operator==(const TlsSettings&) const = default;
};

struct ProxySettings {
  Secret url;  // may hold a password
  std::string no_proxy;
  bool from_environment = false;
  std::map<std::string, std::vector<Secret>> connect_header;
  bool operator==(const ProxySettings&) const = default;
};

struct BasicAuth {
  std::string username, username_file;
  SecretSource password;
  bool operator==(const BasicAuth&) const = default;
};

// The Authorization header: "<type> <credentials>". bearer_token and bearer_token_file end here.
struct Authorization {
  std::string type = "Bearer";
  SecretSource credentials;
  bool operator==(const Authorization&) const = default;
};

// Client credentials, RFC 6749 section 4.4.
struct OAuth2 {
  std::string client_id;
  SecretSource client_secret;
  std::vector<std::string> scopes;
  std::string token_url;
  std::map<std::string, std::string> endpoint_params;
  TlsSettings tls;
  ProxySettings proxy;
  bool operator==(const OAuth2&) const = default;
};

struct HeaderValues {
  std::vector<std::string> values;
  std::vector<Secret> secrets;
  std::vector<std::string> files;  // read at each send
  bool operator==(const HeaderValues&) const = default;
};

// http_config (github.com/prometheus/common config/http_config.go). At most one of basic_auth,
// authorization and oauth2.
struct HttpSettings {
  std::optional<BasicAuth> basic_auth;
  std::optional<Authorization> authorization;
  std::optional<OAuth2> oauth2;
  TlsSettings tls;
  ProxySettings proxy;
  bool follow_redirects = true;
  bool enable_http2 = true;
  std::map<std::string, HeaderValues> headers;
  bool operator==(const HttpSettings&) const = default;
};

}  // namespace tocsin::routing
