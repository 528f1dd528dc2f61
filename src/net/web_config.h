#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/basic_auth.h"
#include "net/server.h"

namespace tocsin::net {

// The file of --web.config.file that the processes of the Prometheus family take (exporter-toolkit,
// docs/web-configuration.md): TLS, users, headers.
struct WebConfig {
  std::optional<TlsFiles> tls;
  std::vector<std::pair<std::string, std::string>> headers;  // of each answer
  BasicAuth::Users users;                                    // none: everybody may come in
};

// Problems are one kInvalidArgument with a line for each: file, line, field. Fields that are not
// done are problems, too: nobody shall believe that they hold. File names count from the file's
// folder.
Result<WebConfig> load_web_config(const std::string& file);

// Holds a router to it. read() and use() take users and headers anew; TLS on or off needs a new
// start (certificates are read again by themselves, tls_context.h). Thread-safe.
class WebGate {
 public:
  WebGate(std::string file, WebConfig config, Rng& rng);
  Result<WebConfig> read() const;
  void use(WebConfig config);
  Response pass(const Request& request, const Handler& handler) const;  // for Router::wrap

 private:
  struct Rules {
    std::vector<std::pair<std::string, std::string>> headers;
    std::unique_ptr<BasicAuth> auth;
  };
  std::shared_ptr<const Rules> rules_of(WebConfig config) const;

  const std::string file_;
  const bool has_tls_;
  Rng& rng_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Rules> rules_;
};

}  // namespace tocsin::net
