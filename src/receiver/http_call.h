#pragma once

#include <string>
#include <utility>
#include <vector>

#include "net/client.h"
#include "receiver/secret_mask.h"
#include "routing/http_settings.h"

namespace tocsin::receiver {

// What a provider is asked.
struct HttpRequest {
  std::string method = "POST";
  Secret url;
  std::vector<std::pair<std::string, Secret>> headers;  // before those of http_config
  std::string content_type = "application/json";
  std::string body;
};

bool has_header(const net::HttpCall& call, std::string_view name);

// The request with all that http_config says, but for oauth2 (access_token.h). Reads the files of
// secrets: blocks on the disk. What must not be shown is added to `mask`. kFailedPrecondition: a
// file cannot be read; kUnimplemented: http_config asks for what cannot be done (unsupported_http).
Result<net::HttpCall> make_call(const routing::HttpSettings& settings, HttpRequest request,
                                Duration timeout, const std::string& user_agent, SecretMask& mask);

// tls_config for `host`, ca_file and verification aside.
Result<net::TlsOptions> tls_options(const routing::TlsSettings& settings, SecretMask& mask);

// What of these settings keeps everything from being sent, each in a sentence; empty if nothing.
std::vector<std::string> unsupported_http(const routing::HttpSettings& settings);
std::vector<std::string> unsupported_tls(const routing::TlsSettings& settings);

}  // namespace tocsin::receiver
