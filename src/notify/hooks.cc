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

const std::string& text_for_person(const Result<std::string>& said) {
  return said ? *said : said.error().message;
}

}  // namespace tocsin::notify
