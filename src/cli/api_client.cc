#include "cli/api_client.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

#include "base/text.h"

namespace tocsin::cli {
namespace {

Result<Secret> read_token(const std::string& file) {
  if (const char* token = std::getenv("TOCSIN_TOKEN"); token != nullptr && *token != '\0') {
    return Secret(token);
  }
  std::string line;
  if (std::ifstream in(file); in && std::getline(in, line) && !trim(line).empty()) {
    return Secret(std::string(trim(line)));
  }
  return fail(
      Code::kUnauthenticated,
      fmt::format("there is no API token: set TOCSIN_TOKEN, or name a file with --token-file "
                  "({} cannot be read; a server writes cli-token into its data folder)",
                  file));
}

Code code_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(Code::kDataLoss); ++i) {
    if (name_of(static_cast<Code>(i)) == name) return static_cast<Code>(i);
  }
  return Code::kUnknown;
}

// What the server says of a failure, in its one shape; else its status.
Error error_of(const net::HttpAnswer& answer) {
  if (const auto body = codec::read_own_json(answer.body); body && body->is_object()) {
    const auto code = codec::find_text(body->get_object(), "error.code");
    const auto message = codec::find_text(body->get_object(), "error.message");
    if (code && message) return Error{code_named(*code), std::string(*message)};
  }
  return Error{Code::kUnknown, fmt::format("the server answered with status {}", answer.status)};
}

}  // namespace

Result<ApiClient> ApiClient::open(const ServerFlags& flags) {
  ApiClient api;
  api.url_ = flags.url;
  while (api.url_.ends_with('/')) api.url_.pop_back();
  ASSIGN_OR_RETURN(api.token_, read_token(flags.token_file));
  return api;
}

Result<codec::Json> ApiClient::get(const std::string& path) { return call("GET", path, ""); }

Result<codec::Json> ApiClient::post(const std::string& path, const codec::JsonObject& body) {
  return call("POST", path, codec::to_text(body), "application/json");
}

Result<codec::Json> ApiClient::put(const std::string& path, std::string content_type,
                                   std::string body) {
  return call("PUT", path, std::move(body), std::move(content_type));
}

Result<codec::Json> ApiClient::remove(const std::string& path) { return call("DELETE", path, ""); }

Result<codec::Json> ApiClient::call(std::string method, const std::string& path, std::string body,
                                    std::string content_type) {
  net::HttpCall call;
  call.method = std::move(method);
  call.url = url_ + path;
  call.headers = {{"Authorization", "Bearer " + token_.reveal()}, {"Accept", "application/json"}};
  if (!content_type.empty()) {
    call.headers.emplace_back("Content-Type", std::move(content_type));
  }
  call.body = std::move(body);
  auto answer = client_->call_and_wait(std::move(call));
  if (!answer) {
    return fail(std::move(answer).error().in(fmt::format(
        "cannot reach the server at {} (start it with script/server, or name it with --url)",
        url_)));
  }
  if (answer->status / 100 != 2) return fail(error_of(*answer));
  if (answer->body.empty()) return codec::Json(nullptr);
  return codec::read_own_json(answer->body);
}

}  // namespace tocsin::cli
