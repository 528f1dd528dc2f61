#pragma once

#include <memory>
#include <string>

#include "codec/json.h"
#include "net/client.h"

namespace tocsin::cli {

// Where the server is and who calls.
struct ServerFlags {
  std::string url = "http://127.0.0.1:9110";
  std::string token_file = "./var/cli-token";  // read when TOCSIN_TOKEN is not set
  bool json = false;                           // print what the server answered
};

// The API as the commands use it. Errors carry the server's code and message, or say how to reach
// it.
class ApiClient {
 public:
  // kUnauthenticated, naming both ways, when there is no token.
  static Result<ApiClient> open(const ServerFlags& flags);

  Result<codec::Json> get(const std::string& path);
  Result<codec::Json> post(const std::string& path, const codec::JsonObject& body = {});
  Result<codec::Json> put(const std::string& path, std::string content_type, std::string body);
  Result<codec::Json> remove(const std::string& path);

 private:
  ApiClient() = default;
  Result<codec::Json> call(std::string method, const std::string& path, std::string body,
                           std::string content_type = "");

  std::string url_;
  Secret token_;
  std::unique_ptr<Metrics> metrics_ = std::make_unique<Metrics>();
  std::unique_ptr<net::Client> client_ = net::Client::start(*metrics_);
};

}  // namespace tocsin::cli
