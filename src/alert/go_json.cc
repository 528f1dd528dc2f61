#include "alert/go_json.h"

#include <optional>

#include "base/text.h"
#include "routing/go_text.h"

namespace tocsin::alert {
namespace {

constexpr std::string_view kUnknown = "\xef\xbf\xbd";  // U+FFFD
constexpr std::string_view kSpace = " \t\r\n";

bool is_digit(std::string_view text, size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

// Where the number that begins at `at` ends; `at` where none begins.
size_t end_of_number(std::string_view text, size_t at) {
  size_t end = at;
  const auto skip_digits = [&] {
    while (is_digit(text, end)) ++end;
  };
  if (text[end] == '-') ++end;
  if (!is_digit(text, end)) return at;
  if (text[end] == '0') {
    ++end;
  } else {
    skip_digits();
  }
  if (end < text.size() && text[end] == '.' && is_digit(text, end + 1)) {
    ++end;
    skip_digits();
  }
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    const size_t sign = end + 1;
    const bool has_sign = sign < text.size() && (text[sign] == '+' || text[sign] == '-');
    const size_t first = has_sign ? sign + 1 : sign;
    if (is_digit(text, first)) {
      end = first;
      skip_digits();
    }
  }
  return end;
}

// The four hex digits of an escape \uXXXX that begins at `at`.
std::optional<unsigned> escaped_unit(std::string_view text, size_t at) {
  constexpr size_t kLength = 6;
  if (text.substr(at, 2) != "\\u" || at + kLength > text.size()) return std::nullopt;
  unsigned value = 0;
  for (const char c : text.substr(at + 2, 4)) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<unsigned>(digit);
  }
  return value;
}
bool is_high(unsigned unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(unsigned unit) { return unit >= 0xdc00 && unit < 0xe000; }

// The escape at `at`, of which `at` is left at the end.
void append_escape(std::string& out, std::string_view text, size_t& at) {
  size_t width = 2;
  if (const auto unit = escaped_unit(text, at)) {
    width = 6;
    const auto next = escaped_unit(text, at + width);
    if (is_high(*unit) && next && is_low(*next)) {
      width = 12;
    } else if (is_high(*unit) || is_low(*unit)) {
      out += kUnknown;
      at += width;
      return;
    }
  }
  out += text.substr(at, width);
  at += width;
}

// The string whose quote stands at `at`, of which `at` is left behind the end.
void append_string(std::string& out, std::string_view text, size_t& at) {
  out += text[at++];
  while (at < text.size() && text[at] != '"') {
    if (text[at] == '\\') {
      append_escape(out, text, at);
      continue;
    }
    const routing::Rune rune = routing::first_rune(text.substr(at));
    const bool is_broken = rune.width == 1 && static_cast<unsigned char>(text[at]) >= 0x80;
    out += is_broken ? kUnknown : text.substr(at, rune.width);
    at += rune.width;
  }
  if (at < text.size()) out += text[at++];
}

}  // namespace

std::string_view first_value(std::string_view text) {
  constexpr std::string_view kNull = "null";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return text;
  if (text.substr(begin).starts_with(kNull)) return text.substr(0, begin + kNull.size());
  size_t depth = 0;
  bool is_text = false;
  for (size_t i = begin; i < text.size(); ++i) {
    const char c = text[i];
    if (is_text) {
      if (c == '\\') ++i;
      if (c == '"') is_text = false;
    } else if (c == '"') {
      is_text = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && depth-- <= 1) {
      return text.substr(0, i + 1);
    }
  }
  return text;
}

std::string as_strict_json(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t end = text[at] == '-' || is_digit(text, at) ? end_of_number(text, at) : at;
    if (end > at) {
      // What cannot follow a number is not to become a part of the 0.
      const bool is_whole = end == text.size() || !std::string_view(".eE").contains(text[end]);
      out += is_whole ? "0" : text.substr(at, end - at);
      at = end;
    } else if (text[at] == '"') {
      append_string(out, text, at);
    } else {
      out += text[at++];
    }
  }
  return out;
}

bool is_field(std::string_view key, std::string_view name) {
  if (key.size() == name.size()) return equal_ignoring_case(key, name);
  constexpr std::string_view kLongS = "\xc5\xbf", kKelvin = "\xe2\x84\xaa";
  std::string folded;
  for (size_t at = 0; at < key.size();) {
    const std::string_view rest = key.substr(at);
    const std::string_view letter = rest.starts_with(kLongS)    ? kLongS
                                    : rest.starts_with(kKelvin) ? kKelvin
                                                                : rest.substr(0, 1);
    folded += letter == kLongS ? "s" : letter == kKelvin ? "k" : letter;
    at += letter.size();
  }
  return equal_ignoring_case(folded, name);
}

}  // namespace tocsin::alert
