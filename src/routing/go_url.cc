#include "routing/go_url.h"

#include <algorithm>

#include "routing/go_text.h"

namespace tocsin::routing {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// Of a digit that has_stray_percent() has seen.
int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  return (c >= 'a' ? c - 'a' : c - 'A') + 10;
}

// What may stand in a host as it is. Whatever is not ASCII may.
bool is_of_host(char c) {
  return static_cast<unsigned char>(c) >= 0x80 || is_letter(c) || is_digit(c) ||
         is_one_of(c, "-_.~!$&'()*+,;=:[]<>\"");
}

// In the zone of an IPv6 address an escape may say a space and the ASCII that may stand there
// unescaped; in the rest of a host only what is not ASCII. A percent sign may be escaped in both.
bool is_host_text(std::string_view text, bool is_zone) {
  if (has_stray_percent(text)) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (!is_of_host(text[i])) return false;
      continue;
    }
    const int byte = hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]);
    const bool is_ascii = byte < 0x80;
    const bool is_zones = is_ascii && (byte == ' ' || is_of_host(static_cast<char>(byte)));
    if (byte != '%' && (is_zone ? !is_zones : is_ascii)) return false;
    i += 2;
  }
  return true;
}

// Nothing, or a colon and digits, which may be none.
bool is_optional_port(std::string_view text) {
  return text.empty() || (text.front() == ':' && std::ranges::all_of(text.substr(1), is_digit));
}

bool is_host(std::string_view host) {
  if (!host.starts_with('[')) {
    const size_t colon = host.rfind(':');
    const bool has_port = colon != std::string_view::npos;
    return (!has_port || is_optional_port(host.substr(colon))) && is_host_text(host, false);
  }
  const size_t end = host.rfind(']');
  if (end == std::string_view::npos || !is_optional_port(host.substr(end + 1))) return false;
  const size_t zone = host.substr(0, end).find("%25");
  if (zone == std::string_view::npos) return is_host_text(host, false);
  return is_host_text(host.substr(0, zone), false) &&
         is_host_text(host.substr(zone, end - zone), true) && is_host_text(host.substr(end), false);
}

// "user:password" before the last "@". Name and password are unescaped each by itself: an escape
// does not go across the first colon, for a colon is no digit.
bool is_user_info(std::string_view text) {
  const auto is_known = [](char c) {
    return is_letter(c) || is_digit(c) || is_one_of(c, "-._:~!$&'()*+,;=%@");
  };
  return std::ranges::all_of(text, is_known) && !has_stray_percent(text);
}

// How long the scheme is; 0: there is none.
size_t scheme_length(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) return 0;
  const auto end = std::ranges::find_if_not(
      text, [](char c) { return is_letter(c) || is_digit(c) || is_one_of(c, "+-."); });
  return end != text.end() && *end == ':' ? static_cast<size_t>(end - text.begin()) : 0;
}

}  // namespace

bool is_authority(std::string_view text) {
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos) return is_host(text);
  return is_user_info(text.substr(0, at)) && is_host(text.substr(at + 1));
}

bool is_request_uri(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(text, is_control)) return false;
  if (text == "*") return true;
  const size_t scheme = scheme_length(text);
  std::string_view rest = scheme == 0 ? text : text.substr(scheme + 1);
  rest = rest.substr(0, rest.find('?'));
  if (!rest.starts_with('/')) return scheme != 0;
  if (scheme != 0 && rest.starts_with("//")) {
    const std::string_view authority = rest.substr(2, rest.find('/', 2) - 2);
    if (!is_authority(authority)) return false;
    rest.remove_prefix(2 + authority.size());
  }
  return !has_stray_percent(rest);
}

}  // namespace tocsin::routing
