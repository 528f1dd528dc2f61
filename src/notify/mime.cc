#include "notify/mime.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tocsin::notify {
namespace {

constexpr size_t kLineLength = 76;
// "=?UTF-8?B?" and "?=" around 45 bytes make 72 characters; the limit of a word is 75.
constexpr size_t kBytesInWord = 45;

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7f; }

size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c < 0x7f; }) &&
         text.find("=?") == std::string_view::npos;
}

std::string encode_words(std::string_view text, size_t name_length) {
  std::string out;
  size_t room = kBytesInWord - std::min<size_t>(name_length, 30);
  while (!text.empty()) {
    const std::string_view piece = utf8_prefix(text, room);
    if (!out.empty()) out += "\r\n ";
    out += fmt::format("=?UTF-8?B?{}?=", base64(piece));
    text.remove_prefix(piece.size());
    room = kBytesInWord;
  }
  return out;
}

// Breaks at spaces. A plain word that is longer than a line would pass the limit of RFC 5322, so
// such a text is encoded instead.
std::string fold(std::string_view text, size_t name_length) {
  std::string out;
  size_t column = name_length;
  bool is_first = true;
  for (const std::string_view word : split(text, ' ')) {
    if (is_first) {
      out += word;
      column += word.size();
    } else if (column + 1 + word.size() > kLineLength && !word.empty()) {
      out += "\r\n ";
      out += word;
      column = 1 + word.size();
    } else {
      out += ' ';
      out += word;
      column += 1 + word.size();
    }
    is_first = false;
  }
  return out;
}

}  // namespace

std::string repair_utf8(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const size_t length = sequence_length(static_cast<unsigned char>(text[i]));
    const std::string_view piece = text.substr(i, length);
    if (is_valid_utf8(piece)) {
      out += piece;
      i += length;
    } else {
      out += "\xef\xbf\xbd";
      i += 1;
    }
  }
  return out;
}

std::string_view utf8_prefix(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) end -= 1;
  return text.substr(0, end);
}

std::string_view first_character(std::string_view text) {
  return text.substr(0, sequence_length(static_cast<unsigned char>(text.front())));
}

std::string encode_header_text(std::string_view text, size_t name_length) {
  std::string clean = repair_utf8(text);
  std::ranges::replace_if(
      clean, [](char c) { return is_control(static_cast<unsigned char>(c)); }, ' ');
  clean = std::string(trim(clean));
  const bool has_long_word = std::ranges::any_of(split(clean, ' '), [&](std::string_view word) {
    return word.size() + name_length > kLineLength;
  });
  if (!is_plain(clean) || has_long_word) return encode_words(clean, name_length);
  return fold(clean, name_length);
}

std::string encode_quoted_printable(std::string_view text) {
  std::string out;
  size_t column = 0;
  const auto put = [&](std::string_view piece) {
    if (column + piece.size() > kLineLength - 1) {  // one place for the soft break's '='
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
    if (c == '\n' || (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n')) {
      if (c == '\r') i += 1;
      out += "\r\n";
      column = 0;
    } else if ((c == ' ' || c == '\t') && !ends_line) {
      put(text.substr(i, 1));
    } else if (c > 0x20 && c < 0x7f && c != '=' && !(c == '.' && column == 0)) {
      put(text.substr(i, 1));
    } else {
      put(fmt::format("={:02X}", c));
    }
  }
  return out;
}

bool is_mail_address(std::string_view address) {
  const size_t at = address.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == address.size()) return false;
  if (address.size() > 254 || address.find('@', at + 1) != std::string_view::npos) return false;
  return std::ranges::all_of(address, [](unsigned char c) {
    return c > 0x20 && c < 0x7f &&
           std::string_view("<>()[],;:\\\"").find(static_cast<char>(c)) == std::string_view::npos;
  });
}

}  // namespace tocsin::notify
