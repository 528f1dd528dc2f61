#include "receiver/http_call.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tocsin::receiver {
namespace {

constexpr size_t kLargestAnswer = 1 << 20;  // bytes; providers answer a line

Result<std::string> text_of_file(const std::string& file, std::string_view what) {
  Result<Secret> text = routing::SecretSource{Secret(), file}.read();
  if (!text) return fail(std::move(text.error()).in(what));
  return text->reveal();
}

// The Authorization header; empty if there is none.
Result<std::string> authorization_of(const routing::HttpSettings& settings, SecretMask& mask) {
  if (settings.authorization) {
    ASSIGN_OR_RETURN(const Secret credentials, settings.authorization->credentials.read());
    mask.add(credentials);
    return fmt::format("{} {}", settings.authorization->type, credentials.reveal());
  }
  if (!settings.basic_auth) return "";
  std::string user = settings.basic_auth->username;
  if (!settings.basic_auth->username_file.empty()) {
    ASSIGN_OR_RETURN(user,
                     text_of_file(settings.basic_auth->username_file, "basic_auth.username_file"));
  }
  ASSIGN_OR_RETURN(const Secret password, settings.basic_auth->password.read());
  mask.add(password);
  const std::string coded = base64(fmt::format("{}:{}", user, password.reveal()));
  mask.add(coded);
  return "Basic " + coded;
}

Result<> add_configured_headers(const routing::HttpSettings& settings, net::HttpCall& call,
                                SecretMask& mask) {
  for (const auto& [name, header] : settings.headers) {
    for (const std::string& value : header.values) call.headers.emplace_back(name, value);
    for (const Secret& value : header.secrets) {
      mask.add(value);
      call.headers.emplace_back(name, value.reveal());
    }
    for (const std::string& file : header.files) {
      ASSIGN_OR_RETURN(const std::string value, text_of_file(file, "http_headers"));
      mask.add(value);
      call.headers.emplace_back(name, value);
    }
  }
  return {};
}

net::ProxyOptions proxy_options(const routing::ProxySettings& settings, SecretMask& mask) {
  net::ProxyOptions proxy{.from_environment = settings.from_environment,
                          .url = settings.url,
                          .no_proxy = settings.no_proxy,
                          .connect_headers = {}};
  mask.add_url(settings.url.reveal());
  for (const auto& [name, values] : settings.connect_header) {
    for (const Secret& value : values) {
      mask.add(value);
      proxy.connect_headers.emplace_back(name, value);
    }
  }
  return proxy;
}

// libcurl is given the server's name as the URL's host (Transfer::set_url), and knows by that alone
// which hosts are reached without the proxy.
std::vector<std::string> unsupported_transport(const routing::TlsSettings& tls,
                                               const routing::ProxySettings& proxy) {
  std::vector<std::string> out = unsupported_tls(tls);
  if (tls.server_name.empty() || (proxy.no_proxy.empty() && !proxy.from_environment)) return out;
  out.push_back(
      fmt::format("tls_config.server_name cannot stand beside {}: which hosts need no proxy would "
                  "be decided by that name and not by the URL's; leave one of them out",
                  proxy.from_environment ? "proxy_from_environment" : "no_proxy"));
  return out;
}

}  // namespace

bool has_header(const net::HttpCall& call, std::string_view name) {
  return std::ranges::any_of(call.headers,
                             [&](const auto& h) { return equal_ignoring_case(h.first, name); });
}

std::vector<std::string> unsupported_tls(const routing::TlsSettings& settings) {
  std::vector<std::string> out;
  if (!settings.next_protos.empty()) {
    out.emplace_back("tls_config.next_protos cannot be chosen; leave it out");
  }
  return out;
}

std::vector<std::string> unsupported_http(const routing::HttpSettings& settings) {
  std::vector<std::string> out = unsupported_transport(settings.tls, settings.proxy);
  if (settings.oauth2) {
    const routing::OAuth2& oauth2 = *settings.oauth2;
    for (const std::string& problem : unsupported_transport(oauth2.tls, oauth2.proxy)) {
      out.push_back("oauth2: " + problem);
    }
  }
  return out;
}

Result<net::TlsOptions> tls_options(const routing::TlsSettings& settings, SecretMask& mask) {
  if (const auto problems = unsupported_tls(settings); !problems.empty()) {
    return fail(Code::kUnimplemented, problems.front());
  }
  mask.add(settings.key.value);
  return net::TlsOptions{.ca_pem = settings.ca,
                         .cert_file = settings.cert_file,
                         .cert_pem = settings.cert,
                         .key_file = settings.key.file,
                         .key_pem = settings.key.value,
                         .min_version = settings.min_version,
                         .max_version = settings.max_version,
                         .server_name = settings.server_name};
}

Result<net::HttpCall> make_call(const routing::HttpSettings& settings, HttpRequest request,
                                Duration timeout, const std::string& user_agent, SecretMask& mask) {
  if (const auto problems = unsupported_http(settings); !problems.empty()) {
    return fail(Code::kUnimplemented, problems.front());
  }
  mask.add_url(request.url.reveal());
  net::HttpCall call;
  call.method = std::move(request.method);
  call.url = request.url.reveal();
  call.body = std::move(request.body);
  call.headers = {{"User-Agent", user_agent}};
  if (!request.content_type.empty()) {
    call.headers.emplace_back("Content-Type", std::move(request.content_type));
  }
  for (const auto& [name, value] : request.headers) call.headers.emplace_back(name, value.reveal());
  // A provider's own way to sign in wins, as in the reference.
  if (!has_header(call, "Authorization")) {
    ASSIGN_OR_RETURN(const std::string authorization, authorization_of(settings, mask));
    if (!authorization.empty()) call.headers.emplace_back("Authorization", authorization);
  }
  RETURN_IF_ERROR(add_configured_headers(settings, call, mask));
  ASSIGN_OR_RETURN(call.tls, tls_options(settings.tls, mask));
  call.ca_file = settings.tls.ca_file;
  call.verify_tls = !settings.tls.insecure_skip_verify;
  call.proxy = proxy_options(settings.proxy, mask);
  call.follow_redirects = settings.follow_redirects;
  call.http2 = settings.enable_http2;
  call.timeout = timeout;
  call.max_answer = kLargestAnswer;
  return call;
}

}  // namespace tocsin::receiver
