#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "routing/read_config.h"

// http_config and tls_config: github.com/prometheus/common config/http_config.go and headers.go.
namespace tocsin::routing {
namespace {

// Fields that name a secret of a secret manager, which Alertmanager has not either.
void refuse_refs(codec::Fields& f, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    f.raw(key);
    if (!f.has(key) || f.text(key, "").empty()) continue;
    f.problem(key, "names a secret of a secret manager, and there is none; use a file");
  }
}

ProxySettings read_proxy(codec::Fields& f, Reading& reading) {
  ProxySettings proxy;
  const codec::Node* url = f.raw("proxy_url");
  proxy.url = Secret(f.text("proxy_url", ""));
  proxy.no_proxy = f.text("no_proxy", "");
  proxy.from_environment = read_flag(f, "proxy_from_environment", false);
  if (url != nullptr && proxy.url.reveal().find('@') != std::string::npos) {
    const std::string& text = proxy.url.reveal();
    const size_t start = text.find("://") == std::string::npos ? 0 : text.find("://") + 3;
    const size_t at = text.rfind('@');
    const size_t colon = text.find(':', start);
    if (colon < at) {
      reading.masked.emplace(url, text.substr(0, colon + 1) + "xxxxx" + text.substr(at));
    }
  }
  if (const codec::Node* headers = f.raw("proxy_connect_header")) {
    codec::Fields named = f.child("proxy_connect_header");
    for (const auto& [name, values] : headers->fields) {
      for (const std::string& value : named.texts(name)) {
        proxy.connect_header[name].emplace_back(value);
      }
      for (const codec::Node& item : values.items) reading.masked.emplace(&item, "<secret>");
    }
  }
  if (!proxy.connect_header.empty() && proxy.url.empty() && !proxy.from_environment) {
    f.problem("proxy_connect_header",
              "if proxy_connect_header is configured, proxy_url or proxy_from_environment must "
              "also be configured");
  }
  if (proxy.from_environment && !proxy.url.empty()) {
    f.problem("proxy_url",
              "if proxy_from_environment is configured, proxy_url must not be configured");
  }
  if (proxy.from_environment && !proxy.no_proxy.empty()) {
    f.problem("no_proxy",
              "if proxy_from_environment is configured, no_proxy must not be configured");
  }
  if (proxy.url.empty() && !proxy.no_proxy.empty()) {
    f.problem("no_proxy", "if no_proxy is configured, proxy_url must also be configured");
  }
  return proxy;
}

BasicAuth read_basic_auth(codec::Fields f, Reading& reading) {
  BasicAuth auth;
  auth.username = f.text("username", "");
  auth.username_file = read_path(f, "username_file", reading);
  if (!auth.username.empty() && !auth.username_file.empty()) {
    at_most_one(f, "username", "username_file");
  }
  auth.password = read_secret_source(f, "password", reading);
  refuse_refs(f, {"username_ref", "password_ref"});
  f.finish();
  return auth;
}

Authorization read_authorization(codec::Fields f, Reading& reading) {
  Authorization auth;
  auth.type = std::string(trim(f.text("type", "")));
  if (auth.type.empty()) auth.type = "Bearer";
  if (equal_ignoring_case(auth.type, "basic")) {
    f.problem("type", "cannot be \"basic\"; use basic_auth instead");
  }
  auth.credentials = read_secret_source(f, "credentials", reading);
  refuse_refs(f, {"credentials_ref"});
  f.finish();
  return auth;
}

OAuth2 read_oauth2(codec::Fields f, Reading& reading) {
  OAuth2 oauth;
  oauth.client_id = f.text("client_id");
  oauth.client_secret = read_secret_source(f, "client_secret", reading);
  refuse_refs(f, {"client_secret_ref"});
  oauth.scopes = f.texts("scopes");
  oauth.token_url = f.text("token_url");
  oauth.endpoint_params = f.text_map("endpoint_params");
  oauth.tls = read_tls(f.child("tls_config"), reading);
  oauth.proxy = read_proxy(f, reading);
  f.finish();
  return oauth;
}

std::map<std::string, HeaderValues> read_headers(codec::Fields f, Reading& reading) {
  // Headers that have settings of their own or belong to the connection.
  constexpr std::string_view kReserved[] = {"authorization",
                                            "host",
                                            "content-encoding",
                                            "content-length",
                                            "content-type",
                                            "user-agent",
                                            "connection",
                                            "keep-alive",
                                            "proxy-authenticate",
                                            "proxy-authorization",
                                            "www-authenticate",
                                            "accept-encoding",
                                            "x-prometheus-remote-write-version",
                                            "x-prometheus-remote-read-version",
                                            "x-prometheus-scrape-timeout-seconds",
                                            "x-amz-date",
                                            "x-amz-security-token",
                                            "x-amz-content-sha256"};
  std::map<std::string, HeaderValues> out;
  for (const auto& [name, node] : f.node().fields) {
    if (std::ranges::find(kReserved, to_lower(name)) != std::end(kReserved)) {
      f.problem(name, "is a reserved header and cannot be set here");
    }
    codec::Fields header = f.child(name);
    HeaderValues& values = out[name];
    values.values = header.texts("values");
    for (const std::string& secret : header.texts("secrets")) values.secrets.emplace_back(secret);
    if (const codec::Node* secrets = header.raw("secrets")) {
      for (const codec::Node& item : secrets->items) reading.masked.emplace(&item, "<secret>");
    }
    for (const std::string& file : header.texts("files")) {
      values.files.push_back(resolve(file, reading));
    }
    header.finish();
  }
  return out;
}

// At most one way to sign in; bearer_token is an older way to say authorization.
void read_sign_in(codec::Fields& f, HttpSettings& http, Reading& reading) {
  if (f.has("basic_auth")) http.basic_auth = read_basic_auth(f.child("basic_auth"), reading);
  if (f.has("authorization")) {
    http.authorization = read_authorization(f.child("authorization"), reading);
  }
  if (f.has("oauth2")) http.oauth2 = read_oauth2(f.child("oauth2"), reading);
  for (const std::string_view key : {"basic_auth", "authorization", "oauth2"}) f.raw(key);
  const SecretSource bearer = read_secret_source(f, "bearer_token", reading);
  const int ways = (http.basic_auth ? 1 : 0) + (http.authorization ? 1 : 0) +
                   (http.oauth2 ? 1 : 0) + (bearer.is_set() ? 1 : 0);
  if (ways > 1) {
    f.problem("",
              "at most one of basic_auth, oauth2, authorization & bearer_token must be "
              "configured");
  } else if (bearer.is_set()) {
    http.authorization = Authorization{.credentials = bearer};
  }
}

}  // namespace

TlsSettings read_tls(codec::Fields f, Reading& reading) {
  TlsSettings tls;
  tls.ca = f.text("ca", "");
  tls.ca_file = read_path(f, "ca_file", reading);
  tls.cert = f.text("cert", "");
  tls.cert_file = read_path(f, "cert_file", reading);
  tls.key = read_secret_source(f, "key", reading);
  tls.server_name = f.text("server_name", "");
  tls.insecure_skip_verify = read_flag(f, "insecure_skip_verify", false);
  tls.next_protos = f.texts("next_protos");
  refuse_refs(f, {"ca_ref", "cert_ref", "key_ref"});
  const auto version = [&](std::string_view key) {
    constexpr std::string_view kVersions[] = {"TLS10", "TLS11", "TLS12", "TLS13"};
    f.raw(key);
    return f.has(key) ? std::string(kVersions[f.choice(key, kVersions, 2)]) : std::string();
  };
  tls.min_version = version("min_version");
  tls.max_version = version("max_version");
  if (!tls.ca.empty() && !tls.ca_file.empty()) at_most_one(f, "ca", "ca_file");
  if (!tls.cert.empty() && !tls.cert_file.empty()) at_most_one(f, "cert", "cert_file");
  const bool has_cert = !tls.cert.empty() || !tls.cert_file.empty();
  if (has_cert && !tls.key.is_set()) {
    f.problem("",
              "exactly one of key or key_file must be configured when a client certificate is "
              "configured");
  }
  if (!has_cert && tls.key.is_set()) {
    f.problem("",
              "exactly one of cert or cert_file must be configured when a client key is "
              "configured");
  }
  if (!tls.min_version.empty() && !tls.max_version.empty() && tls.max_version < tls.min_version) {
    f.problem("max_version", "is below min_version");
  }
  f.finish();
  return tls;
}

HttpSettings read_http(codec::Fields f, Reading& reading) {
  HttpSettings http;
  read_sign_in(f, http, reading);
  http.tls = read_tls(f.child("tls_config"), reading);
  http.proxy = read_proxy(f, reading);
  http.follow_redirects = read_flag(f, "follow_redirects", true);
  http.enable_http2 = read_flag(f, "enable_http2", true);
  http.headers = read_headers(f.child("http_headers"), reading);
  f.finish();
  return http;
}

HttpSettings read_http_or(codec::Fields& f, const HttpSettings& global, Reading& reading) {
  f.raw("http_config");
  return f.has("http_config") ? read_http(f.child("http_config"), reading) : global;
}

}  // namespace tocsin::routing
