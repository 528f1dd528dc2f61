#pragma once

#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace tocsin::access {

// kInvalidArgument saying the rule.
Result<> check_user_name(std::string_view name);
Result<> check_token_name(std::string_view name);
// 10 to 256 bytes; not the user's name.
Result<> check_password(const Secret& password, std::string_view user);

}  // namespace tocsin::access
