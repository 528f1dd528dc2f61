#include "notify/hooks.h"

#include <fmt/format.h>

#include "base/text.h"

namespace tocsin::notify {

void add_hook_routes(net::Router& router, const HookParts& parts) {
  add_twilio_hooks(router, parts);
  add_slack_hooks(router, parts);
  add_chat_hooks(router, parts);
}

std::string called_url(const NotifyConfig& config, const net::Request& request) {
  std::string url = config.external_url + request.path;
  char mark = '?';
  for (const auto& [name, value] : request.query) {
    url += fmt::format("{}{}={}", mark, url_encode(name), url_encode(value));
    mark = '&';
  }
  return url;
}

std::string text_for_person(const Result<std::string>& said, Log& log) {
  if (said) return *said;
  const Error& error = said.error();
  const bool is_their_business =
      error.code == Code::kFailedPrecondition || error.code == Code::kNotFound ||
      error.code == Code::kInvalidArgument || error.code == Code::kPermissionDenied;
  if (is_their_business) return error.message;
  log.error("an answer from a channel was lost", {{"error", error}});
  return "Tocsin could not take your answer; open the link in the message";
}

}  // namespace tocsin::notify
