#include "net/web_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "codec/fields.h"
#include "codec/yaml.h"

namespace tocsin::net {
namespace {

using codec::Fields;

// RequireClientCert is an older name of RequireAnyClientCert.
constexpr std::array<std::string_view, 6> kClientAuth = {"NoClientCert",
                                                         "RequestClientCert",
                                                         "RequireAnyClientCert",
                                                         "VerifyClientCertIfGiven",
                                                         "RequireAndVerifyClientCert",
                                                         "RequireClientCert"};
constexpr std::array<ClientAuth, 6> kClientAuthValues = {
    ClientAuth::kNone,          ClientAuth::kRequest,          ClientAuth::kRequireAny,
    ClientAuth::kVerifyIfGiven, ClientAuth::kRequireAndVerify, ClientAuth::kRequireAny};
constexpr std::array<std::string_view, 4> kVersions = {"TLS10", "TLS11", "TLS12", "TLS13"};

struct HeaderRule {
  const char* name;
  std::vector<std::string_view> allowed;  // none: any value
};
const std::array<HeaderRule, 5>& header_rules() {
  static const std::array<HeaderRule, 5> rules = {{{"Strict-Transport-Security", {}},
                                                   {"X-Content-Type-Options", {"nosniff"}},
                                                   {"X-Frame-Options", {"deny", "sameorigin"}},
                                                   {"X-XSS-Protection", {}},
                                                   {"Content-Security-Policy", {}}}};
  return rules;
}

void refuse(Fields& f, std::string_view key, const char* instead) {
  if (f.raw(key) != nullptr) f.problem(key, fmt::format("is not done here; {}", instead));
}

std::string path_from(const std::filesystem::path& folder, const std::string& name) {
  return name.empty() ? name : (folder / name).lexically_normal().string();
}

int read_version(Fields& f, std::string_view key, size_t fallback) {
  const size_t version = f.choice(key, kVersions, fallback);
  if (version < 2) f.problem(key, "is too old to be safe; TLS12 and TLS13 are done");
  return static_cast<int>(version) + 10;
}

TlsFiles read_tls(Fields f, const std::filesystem::path& folder) {
  TlsFiles tls;
  refuse(f, "cert", "write it into a file and name that in cert_file");
  refuse(f, "key", "write it into a file and name that in key_file");
  refuse(f, "client_ca", "write it into a file and name that in client_ca_file");
  refuse(f, "client_allowed_sans", "let client_ca_file hold a CA for these clients alone");
  refuse(f, "cipher_suites", "leave it out: the safe ones of OpenSSL hold");
  refuse(f, "curve_preferences", "leave it out: those of OpenSSL hold");
  tls.certificate = path_from(folder, f.text("cert_file"));
  tls.key = path_from(folder, f.text("key_file"));
  const size_t auth = f.choice("client_auth_type", kClientAuth, 0);
  tls.client_auth = kClientAuthValues[auth];
  tls.client_ca = path_from(folder, f.text("client_ca_file", ""));
  if (!tls.client_ca.empty() && tls.client_auth == ClientAuth::kNone) {
    f.problem("client_ca_file",
              "has no meaning without client_auth_type, such as RequireAndVerifyClientCert");
  }
  tls.min_version = read_version(f, "min_version", 2);
  tls.max_version = read_version(f, "max_version", 3);
  if (tls.min_version > tls.max_version) f.problem("max_version", "is below min_version");
  tls.prefers_server_ciphers = f.flag("prefer_server_cipher_suites", true);
  f.finish();
  return tls;
}

void read_http(Fields f, WebConfig& config) {
  f.flag("http2", true);  // HTTP/1.1 is spoken either way, and a client asks for no more
  Fields headers = f.child("headers");
  for (const HeaderRule& rule : header_rules()) {
    std::string value = headers.text(rule.name, "");
    if (value.empty()) continue;
    if (!rule.allowed.empty() && std::ranges::find(rule.allowed, value) == rule.allowed.end()) {
      headers.problem(rule.name, fmt::format("'{}' is not taken by browsers; write {}",
                                             codec::shown(value), fmt::join(rule.allowed, " or ")));
    }
    if (std::ranges::any_of(value, [](unsigned char c) { return c < ' ' || c == 127; })) {
      headers.problem(rule.name, "holds a control character");
    }
    config.headers.emplace_back(rule.name, std::move(value));
  }
  headers.finish();
  f.finish();
}

BasicAuth::Users read_users(Fields& f) {
  BasicAuth::Users users;
  for (auto& [name, hash] : f.text_map("basic_auth_users")) {
    if (!is_bcrypt(hash)) {
      // The text may be the password itself: it is not repeated.
      f.problem("basic_auth_users",
                fmt::format("'{}' has no bcrypt hash; make one with htpasswd -nBC 10 '{}'",
                            codec::shown(name), codec::shown(name)));
    }
    if (name.contains(':')) {
      f.problem("basic_auth_users",
                fmt::format("'{}' holds a colon, which no client can send", codec::shown(name)));
    }
    users.emplace(name, Secret(hash));
  }
  return users;
}

}  // namespace

Result<WebConfig> load_web_config(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return invalid(
        fmt::format("--web.config.file: {} cannot be read; name a file that is there", file));
  }
  const std::string text(std::istreambuf_iterator<char>(in), {});
  codec::Problems problems;
  const auto documents = codec::parse_yaml(text, file, problems);
  RETURN_IF_ERROR(problems.as_result());
  WebConfig config;
  if (documents.empty()) return config;
  Fields f(documents.front(), file, problems);
  if (f.has("tls_server_config")) {
    config.tls = read_tls(f.child("tls_server_config"), std::filesystem::path(file).parent_path());
  }
  read_http(f.child("http_server_config"), config);
  config.users = read_users(f);
  refuse(f, "rate_limit", "leave it out, and let a proxy in front do it");
  f.finish();
  if (documents.size() > 1) f.problem("", "one document is read; there are several");
  RETURN_IF_ERROR(problems.as_result());
  return config;
}

WebGate::WebGate(std::string file, WebConfig config, Rng& rng)
    : file_(std::move(file)),
      has_tls_(config.tls.has_value()),
      rng_(rng),
      rules_(rules_of(std::move(config))) {}

std::shared_ptr<const WebGate::Rules> WebGate::rules_of(WebConfig config) const {
  auto rules = std::make_shared<Rules>();
  rules->headers = std::move(config.headers);
  if (!config.users.empty()) {
    rules->auth = std::make_unique<BasicAuth>(std::move(config.users), rng_);
  }
  return rules;
}

Result<WebConfig> WebGate::read() const {
  ASSIGN_OR_RETURN(WebConfig config, load_web_config(file_));
  if (config.tls.has_value() != has_tls_) {
    return fail(Code::kFailedPrecondition,
                fmt::format("{}: tls_server_config was {}; that needs a new start", file_,
                            has_tls_ ? "taken out" : "added"));
  }
  return config;
}

void WebGate::use(WebConfig config) {
  auto rules = rules_of(std::move(config));
  const std::lock_guard lock(mutex_);
  rules_ = std::move(rules);
}

Response WebGate::pass(const Request& request, const Handler& handler) const {
  std::shared_ptr<const Rules> rules;
  {
    const std::lock_guard lock(mutex_);
    rules = rules_;
  }
  const auto answer = [&]() -> Response {
    if (rules->auth == nullptr) return handler(request);
    const auto allowed = rules->auth->check(request);
    if (allowed) return handler(request);
    Response refusal =
        Response::text(http_status(allowed.error().code), allowed.error().message + "\n");
    if (allowed.error().code == Code::kUnauthenticated) {
      refusal.headers.set("WWW-Authenticate", "Basic");
    } else {
      refusal.headers.set("Retry-After", "1");
    }
    return refusal;
  };
  Response response = answer();
  for (const auto& [name, value] : rules->headers) response.headers.set(name, value);
  return response;
}

}  // namespace tocsin::net
