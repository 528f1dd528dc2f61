#pragma once

#include <string>
#include <string_view>

#include "notify/delivery.h"

namespace tocsin::notify {

// The token of a message's link to answer; empty when it has none.
inline std::string_view answer_token(const Message& message) {
  const size_t at = message.answer_url.rfind("/p/");
  if (at == std::string::npos) return {};
  return std::string_view(message.answer_url).substr(at + 3);
}

}  // namespace tocsin::notify
