#include "access/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tocsin::access {
namespace {

constexpr size_t kLongestName = 64;
constexpr size_t kShortestPassword = 10;
constexpr size_t kLongestPassword = 256;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_name_char(char c) { return is_lower_or_digit(c) || c == '.' || c == '_' || c == '-'; }
bool has_good_length(std::string_view name) { return !name.empty() && name.size() <= kLongestName; }

}  // namespace

Result<> check_user_name(std::string_view name) {
  if (has_good_length(name) && is_lower_or_digit(name[0]) &&
      std::ranges::all_of(name, is_name_char)) {
    return {};
  }
  return invalid(
      "name: a user's name has 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins with a letter or "
      "digit");
}

Result<> check_token_name(std::string_view name) {
  const auto is_allowed = [](char c) { return is_name_char(c) || (c >= 'A' && c <= 'Z'); };
  if (has_good_length(name) && std::ranges::all_of(name, is_allowed)) return {};
  return invalid("name: a token's name has 1 to 64 letters, digits, '.', '_' and '-'");
}

Result<> check_password(const Secret& password, std::string_view user) {
  const std::string& text = password.reveal();
  if (text.size() < kShortestPassword || text.size() > kLongestPassword) {
    return invalid("password: it needs 10 to 256 characters");
  }
  if (equal_ignoring_case(text, user)) return invalid("password: it must not be the user's name");
  return {};
}

}  // namespace tocsin::access
