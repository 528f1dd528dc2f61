#include "receiver/secret_mask.h"

#include <algorithm>

#include "base/text.h"

namespace tocsin::receiver {
namespace {

constexpr size_t kShortestSecret = 4;
// Parts of a path that are shorter are words such as "services", "hooks" or "v2".
constexpr size_t kShortestPart = 9;

}  // namespace

void SecretMask::add(std::string_view secret) {
  if (secret.size() < kShortestSecret) return;
  const auto at = std::ranges::find_if(
      secrets_, [&](const std::string& other) { return other.size() < secret.size(); });
  secrets_.insert(at, std::string(secret));
}

void SecretMask::add_url(std::string_view url) {
  add(url);
  const size_t scheme = url.find("://");
  std::string_view rest = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  const size_t path = rest.find_first_of("/?#");
  const std::string_view authority = rest.substr(0, path);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    for (const std::string_view part : split(authority.substr(0, at), ':')) add(part);
  }
  if (path == std::string_view::npos) return;
  rest.remove_prefix(path);
  add(rest);
  const size_t query = rest.find('?');
  for (const std::string_view part : split(rest.substr(0, query), '/')) {
    if (part.size() >= kShortestPart) add(part);
  }
  if (query == std::string_view::npos) return;
  add(rest.substr(query + 1));
  for (const std::string_view pair : split(rest.substr(query + 1), '&')) {
    const size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.size() - equals > 6) add(pair.substr(equals + 1));
  }
}

std::string SecretMask::masked(std::string text) const {
  constexpr std::string_view kMask = "<secret>";
  for (const std::string& secret : secrets_) {
    for (size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += kMask.size()) {
      text.replace(at, secret.size(), kMask);
    }
  }
  return text;
}

}  // namespace tocsin::receiver
