#include "notify/web_link.h"

#include <algorithm>

#include "base/text.h"

namespace tocsin::notify {

bool is_web_link(std::string_view url) {
  const std::string_view scheme = url.substr(0, url.find("://"));
  if (!equal_ignoring_case(scheme, "https") && !equal_ignoring_case(scheme, "http")) return false;
  return std::ranges::all_of(url, [](unsigned char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>';
  });
}

}  // namespace tocsin::notify
