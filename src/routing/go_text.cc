#include "routing/go_text.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "base/text.h"

namespace tocsin::routing {
namespace {

constexpr char32_t kReplacement = 0xfffd;

// strconv.IsPrint is letters, marks, numbers, punctuation, symbols and the ASCII space. RE2 carries
// Unicode's tables already.
bool is_printable(std::string_view character) {
  static const RE2 printable(R"([\pL\pM\pN\pP\pS ])");
  return RE2::FullMatch(re2::StringPiece(character.data(), character.size()), printable);
}

void append_utf8(std::string& out, char32_t point) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (point >> shift & 0x3f)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | point >> 12);
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xf0 | point >> 18);
    tail(12), tail(6), tail(0);
  }
}

// The letter of a short escape for a control character, or 0.
char short_escape(char32_t point) {
  switch (point) {
    case '\a': return 'a';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '\v': return 'v';
    default: return 0;
  }
}

// Takes `digits` digits of the base from the front of the text.
std::optional<uint32_t> take_number(std::string_view& text, size_t digits, int base) {
  uint32_t value = 0;
  if (text.size() < digits) return std::nullopt;
  const char* end = text.data() + digits;
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

// What follows a backslash; false where Go knows no such escape.
bool take_escape(std::string_view& text, std::string& out) {
  if (text.empty()) return false;
  const char letter = text.front();
  text.remove_prefix(1);
  switch (letter) {
    case 'a': out += '\a'; return true;
    case 'b': out += '\b'; return true;
    case 'f': out += '\f'; return true;
    case 'n': out += '\n'; return true;
    case 'r': out += '\r'; return true;
    case 't': out += '\t'; return true;
    case 'v': out += '\v'; return true;
    case '\\':
    case '"': out += letter; return true;
    default: break;
  }
  const bool is_octal = letter >= '0' && letter <= '7';
  const bool is_byte = is_octal || letter == 'x';
  if (!is_byte && letter != 'u' && letter != 'U') return false;
  if (is_octal) text = std::string_view(text.data() - 1, text.size() + 1);
  const size_t digits = is_octal ? 3 : letter == 'x' ? 2 : letter == 'u' ? 4 : 8;
  const auto value = take_number(text, digits, is_octal ? 8 : 16);
  if (!value || (is_byte && *value > 0xff)) return false;
  if (is_byte) {
    out += static_cast<char>(*value);
    return true;
  }
  if (*value > 0x10ffff || (*value >= 0xd800 && *value <= 0xdfff)) return false;
  append_utf8(out, *value);
  return true;
}

}  // namespace

Rune first_rune(std::string_view text) {
  if (text.empty()) return {};
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return {first, 1};
  const size_t width = first >> 5 == 0x6 ? 2 : first >> 4 == 0xe ? 3 : first >> 3 == 0x1e ? 4 : 1;
  const std::string_view character = text.substr(0, width);
  if (width == 1 || character.size() < width || !is_valid_utf8(character)) return {kReplacement, 1};
  char32_t point = first & (0xffU >> (width + 1));
  for (const char c : character.substr(1))
    point = point << 6 | (static_cast<unsigned char>(c) & 0x3fU);
  return {point, width};
}

bool is_go_space(char32_t point) {
  constexpr char32_t kSpaces[] = {0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000};
  return (point >= '\t' && point <= '\r') || point == ' ' || (point >= 0x2000 && point <= 0x200a) ||
         std::ranges::find(kSpaces, point) != std::end(kSpaces);
}

std::string go_quote(std::string_view text) {
  std::string out;
  append_go_quoted(out, text);
  return out;
}

void append_go_quoted(std::string& out, std::string_view text) {
  const auto is_plain = [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; };
  out += '"';
  while (!text.empty()) {
    // Nearly all texts are one plain run.
    const auto end = std::ranges::find_if_not(text, is_plain);
    const std::string_view run = text.substr(0, static_cast<size_t>(end - text.begin()));
    out += run;
    text.remove_prefix(run.size());
    if (text.empty()) break;
    const auto [point, width] = first_rune(text);
    const std::string_view character = text.substr(0, width);
    text.remove_prefix(width);
    if (point == '"' || point == '\\') {
      out += '\\';
      out += character;
    } else if (const char letter = short_escape(point); letter != 0) {
      out += '\\';
      out += letter;
    } else if (point == kReplacement && width == 1) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(character.front()));
    } else if ((point >= ' ' && point < 0x7f) || (point > 0x7f && is_printable(character))) {
      out += character;
    } else if (point < 0x80) {
      out += fmt::format("\\x{:02x}", static_cast<uint32_t>(point));
    } else if (point < 0x10000) {
      out += fmt::format("\\u{:04x}", static_cast<uint32_t>(point));
    } else {
      out += fmt::format("\\U{:08x}", static_cast<uint32_t>(point));
    }
  }
  out += '"';
}

std::optional<std::string> go_unquote(std::string_view quoted) {
  if (quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"') return std::nullopt;
  std::string_view text = quoted.substr(1, quoted.size() - 2);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char c = text.front();
    if (c == '"' || c == '\n') return std::nullopt;
    text.remove_prefix(1);
    if (c != '\\') {
      out += c;
    } else if (!take_escape(text, out)) {
      return std::nullopt;
    }
  }
  if (!is_valid_utf8(out)) return std::nullopt;
  return out;
}

bool has_stray_percent(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  for (size_t at = 0; (at = text.find('%', at)) != std::string_view::npos; ++at) {
    if (at + 2 >= text.size() || kHex.find(text[at + 1]) == std::string_view::npos ||
        kHex.find(text[at + 2]) == std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace tocsin::routing
