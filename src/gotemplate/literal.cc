#include "gotemplate/literal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cwctype>

#include "gotemplate/letter_case.h"

namespace tocsin::gotemplate {
namespace {

// "0x1f", "0b1", "017", "0o17", "12", with underscores between digits.
Result<Value> parse_integer(std::string_view text, bool& is_integer) {
  const bool negative = text.starts_with('-');
  std::string_view digits = text.substr(negative || text.starts_with('+') ? 1 : 0);
  int base = 10;
  bool may_underscore = false;
  if (digits.size() > 1 && digits[0] == '0') {
    const char mark = static_cast<char>(digits[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    digits.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
    may_underscore = true;
  }
  std::string plain;
  char before = may_underscore ? '0' : '_';
  for (const char c : digits) {
    if (c == '_' && before == '_') return invalid("bad number syntax");
    if (c != '_') plain += c;
    before = c;
  }
  if (plain.empty() || before == '_') return invalid("bad number syntax");
  uint64_t number = 0;
  const char* const end = plain.data() + plain.size();
  const auto [stop, error] = std::from_chars(plain.data(), end, number, base);
  if (stop != end) return invalid("bad number syntax");
  is_integer = true;
  const uint64_t most = uint64_t{1} << 63;
  if (error != std::errc() || number > most || (number == most && !negative)) {
    return invalid(fmt::format("{} overflows int", text));
  }
  return Value(static_cast<int64_t>(negative ? 0 - number : number));
}

Result<Value> parse_float(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c != '_') plain += c;
  }
  char* end = nullptr;
  const double number = std::strtod(plain.c_str(), &end);
  if (plain.empty() || end != plain.c_str() + plain.size() || !std::isfinite(number) ||
      plain.find_first_of("nN") != std::string::npos) {
    return invalid("bad number syntax");
  }
  return Value(number);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

// `digits` digits of base 8 or 16 at `at`.
Result<uint32_t> take_digits(std::string_view text, size_t& at, size_t digits, int base) {
  if (text.size() < at + digits) return invalid("an escape is cut off");
  uint32_t number = 0;
  for (size_t i = 0; i < digits; ++i) {
    const int digit = hex_digit(text[at++]);
    if (digit < 0 || digit >= base) return invalid("an escape has a wrong digit");
    number = number * static_cast<uint32_t>(base) + static_cast<uint32_t>(digit);
  }
  return number;
}

// `at` stands behind the backslash.
Result<void> take_escape(std::string_view text, size_t& at, char quote, std::string& out) {
  if (at >= text.size()) return invalid("an escape is cut off");
  const char c = text[at++];
  constexpr std::string_view kNames = "abfnrtv\\";
  constexpr std::string_view kBytes = "\a\b\f\n\r\t\v\\";
  if (const size_t found = kNames.find(c); found != std::string_view::npos) {
    out += kBytes[found];
    return {};
  }
  if (c == quote) {
    out += c;
    return {};
  }
  if (c == 'x') {
    ASSIGN_OR_RETURN(const uint32_t byte, take_digits(text, at, 2, 16));
    out += static_cast<char>(byte);
    return {};
  }
  if (c >= '0' && c <= '7') {
    --at;
    ASSIGN_OR_RETURN(const uint32_t byte, take_digits(text, at, 3, 8));
    if (byte > 255) return invalid("an octal escape is above \\377");
    out += static_cast<char>(byte);
    return {};
  }
  if (c != 'u' && c != 'U') return invalid(fmt::format("'\\{}' is no escape", c));
  ASSIGN_OR_RETURN(const uint32_t rune, take_digits(text, at, c == 'u' ? 4 : 8, 16));
  if (rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000)) {
    return invalid("an escape names no code point");
  }
  append_rune(out, rune);
  return {};
}

Result<std::string> unescape(std::string_view inner, char quote) {
  std::string out;
  for (size_t at = 0; at < inner.size();) {
    if (inner[at] != '\\') {
      out += inner[at++];
      continue;
    }
    RETURN_IF_ERROR(take_escape(inner, ++at, quote, out));
  }
  return out;
}

}  // namespace

Result<Value> parse_number(std::string_view text) {
  if (text.starts_with('\'')) {
    ASSIGN_OR_RETURN(const std::string bytes, unescape(text.substr(1, text.size() - 2), '\''));
    size_t at = 0;
    if (bytes.empty()) return invalid("an empty character constant");
    const char32_t rune = next_rune(bytes, at);
    if (at != bytes.size()) return invalid("a character constant holds one character");
    return Value(static_cast<int64_t>(rune));
  }
  bool is_integer = false;
  auto integer = parse_integer(text, is_integer);
  if (integer || is_integer) return integer;
  return parse_float(text);
}

Result<std::string> unquote(std::string_view quoted) {
  const std::string_view inner = quoted.substr(1, quoted.size() - 2);
  if (quoted.front() == '`') {
    std::string out;
    std::ranges::copy_if(inner, std::back_inserter(out), [](char c) { return c != '\r'; });
    return out;
  }
  return unescape(inner, '"');
}

char32_t next_rune(std::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  const size_t from = at++;
  if (lead < 0x80) return lead;
  const size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < from + size) return 0xFFFD;
  char32_t rune = lead & (0xFFU >> (size + 1));
  for (size_t i = from + 1; i < from + size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0xFFFD;
    rune = rune << 6 | (byte(i) & 0x3F);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (rune < kLeast[size] || rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000)) return 0xFFFD;
  at = from + size;
  return rune;
}

void append_rune(std::string& out, char32_t rune) {
  if (rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000)) rune = 0xFFFD;
  if (rune < 0x80) {
    out += static_cast<char>(rune);
  } else if (rune < 0x800) {
    out += static_cast<char>(0xC0 | rune >> 6);
    out += static_cast<char>(0x80 | (rune & 0x3F));
  } else if (rune < 0x10000) {
    out += static_cast<char>(0xE0 | rune >> 12);
    out += static_cast<char>(0x80 | (rune >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (rune & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | rune >> 18);
    out += static_cast<char>(0x80 | (rune >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (rune >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (rune & 0x3F));
  }
}

size_t count_runes(std::string_view text) {
  size_t count = 0;
  for (size_t at = 0; at < text.size(); ++count) next_rune(text, at);
  return count;
}

bool is_printable(char32_t rune) {
  if (rune < 0x7F) return rune >= 0x20;
  if (rune < 0xA1 || rune == 0xAD) return false;
  return is_printable_beyond_latin1(rune);
}

std::string quote(std::string_view text, bool ascii, char with) {
  std::string out(1, with);
  for (size_t at = 0; at < text.size();) {
    const size_t from = at;
    const char32_t rune = next_rune(text, at);
    constexpr std::string_view kNames = "abfnrtv";
    constexpr std::string_view kBytes = "\a\b\f\n\r\t\v";
    if (rune == static_cast<unsigned char>(with) || rune == '\\') {
      out += '\\';
      out += static_cast<char>(rune);
    } else if (!is_whole_rune(rune, at - from)) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[from]));
    } else if (is_printable(rune) && (!ascii || rune < 0x80)) {
      out.append(text, from, at - from);
    } else if (const size_t found =
                   rune < 0x80 ? kBytes.find(static_cast<char>(rune)) : std::string_view::npos;
               found != std::string_view::npos) {
      out += '\\';
      out += kNames[found];
    } else if (rune < 0x20 || rune == 0x7F) {
      out += fmt::format("\\x{:02x}", static_cast<uint32_t>(rune));
    } else if (rune < 0x10000) {
      out += fmt::format("\\u{:04x}", static_cast<uint32_t>(rune));
    } else {
      out += fmt::format("\\U{:08x}", static_cast<uint32_t>(rune));
    }
  }
  return out += with;
}

}  // namespace tocsin::gotemplate
