#include "catalog/address.h"

#include <algorithm>

#include "base/text.h"

namespace tocsin::catalog {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_alnum(char c) { return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z'); }

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {  // IPv6
    return host.size() > 3 && host.ends_with(']') &&
           std::ranges::all_of(host.substr(1, host.size() - 2), [](char c) {
             return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
                    c == '.';
           });
  }
  if (host.empty() || host.size() > 253) return false;
  return std::ranges::all_of(split(host, '.'), [](std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(label, [](char c) { return is_alnum(c) || c == '-' || c == '_'; });
  });
}

bool is_port(std::string_view port) {
  if (port.empty() || port.size() > 5 || !std::ranges::all_of(port, is_digit)) return false;
  int value = 0;
  for (const char c : port) value = value * 10 + (c - '0');
  return value >= 1 && value <= 65535;
}

}  // namespace

std::string wrong_with_url(std::string_view url) {
  constexpr std::string_view kSchemes[] = {"https://", "http://"};
  const auto scheme = std::ranges::find_if(kSchemes, [&](std::string_view s) {
    return equal_ignoring_case(url.substr(0, s.size()), s);
  });
  if (scheme == std::end(kSchemes)) return "must begin with https:// or http://";
  if (url.size() > 2048) return "must be at most 2048 characters long";
  const bool is_plain = std::ranges::all_of(
      url, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>'; });
  if (!is_plain) return "must not hold spaces or other characters that a URL writes as %XX";
  url.remove_prefix(scheme->size());
  std::string_view host = url.substr(0, url.find_first_of("/?#"));
  if (host.find('@') != std::string_view::npos) {
    return "must not hold a user or password before the host";
  }
  const size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    if (!is_port(host.substr(colon + 1))) return "must have a port from 1 to 65535 after the ':'";
    host = host.substr(0, colon);
  }
  return is_host(host) ? "" : "must have a host after the '//'";
}

std::string wrong_with_mail(std::string_view address) {
  constexpr std::string_view kWrong = "must be a mail address such as ada@example.org";
  const size_t at = address.rfind('@');
  if (at == std::string_view::npos || address.size() > 254) return std::string(kWrong);
  const std::string_view local = address.substr(0, at);
  const bool is_local =
      !local.empty() && local.size() <= 64 && local.front() != '.' && local.back() != '.' &&
      local.find("..") == std::string_view::npos && std::ranges::all_of(local, [](char c) {
        return is_alnum(c) || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string::npos;
      });
  const std::string_view domain = address.substr(at + 1);
  return is_local && !domain.starts_with('[') && is_host(domain) ? "" : std::string(kWrong);
}

std::string wrong_with_phone(std::string_view number) {
  const bool is_right = number.size() >= 8 && number.size() <= 16 && number.front() == '+' &&
                        number[1] != '0' && std::ranges::all_of(number.substr(1), is_digit);
  return is_right ? "" : "must be a number with its country, such as +4930123456";
}

std::string wrong_with_slack_user(std::string_view id) {
  const bool is_right =
      id.size() >= 6 && id.size() <= 24 && std::string_view("UWCG").contains(id.front()) &&
      std::ranges::all_of(id, [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
  return is_right
             ? ""
             : "must be the id of a member, such as U024BE7LH (in Slack: profile, copy member ID), "
               "or of a channel, such as C024BE91L (channel details, at the end)";
}

std::string wrong_with_telegram_chat(std::string_view id) {
  std::string_view digits = id;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const bool is_number =
      !digits.empty() && digits.size() <= 20 && std::ranges::all_of(digits, is_digit);
  const bool is_channel =
      id.size() > 1 && id.size() <= 33 && id.front() == '@' &&
      std::ranges::all_of(id.substr(1), [](char c) { return is_alnum(c) || c == '_'; });
  return is_number || is_channel ? ""
                                 : "must be the number of a chat, or @ and the name of a channel";
}

std::string wrong_with_pushover_key(std::string_view key) {
  const bool is_right = key.size() == 30 && std::ranges::all_of(key, is_alnum);
  return is_right ? "" : "must be a Pushover key of 30 letters and digits";
}

std::string wrong_with_name(std::string_view name) {
  const auto is_inner = [](char c) { return is_lower(c) || is_digit(c) || c == '-'; };
  if (!name.empty() && name.size() <= 63 && std::ranges::all_of(name, is_inner) &&
      name.front() != '-' && name.back() != '-') {
    return "";
  }
  return "must be at most 63 lower-case letters, digits and '-', such as 'shop-front'";
}

}  // namespace tocsin::catalog
