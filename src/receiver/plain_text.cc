#include "receiver/plain_text.h"

#include <charconv>
#include <cstdint>
#include <utility>

namespace tocsin::receiver {
namespace {

constexpr size_t kLongestEntity = 10;

std::string utf8_of(uint32_t point) {
  const auto byte = [](uint32_t value) { return static_cast<char>(value); };
  const auto tail = [&](int shift) { return byte(0x80 | ((point >> shift) & 0x3f)); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xc0 | (point >> 6)), tail(0)};
  if (point < 0x10000) return {byte(0xe0 | (point >> 12)), tail(6), tail(0)};
  return {byte(0xf0 | (point >> 18)), tail(12), tail(6), tail(0)};
}

// The character that `entity` (between & and ;) stands for; empty if none.
std::string character_of(std::string_view entity) {
  constexpr std::pair<std::string_view, std::string_view> kNamed[] = {
      {"lt", "<"}, {"gt", ">"}, {"amp", "&"}, {"quot", "\""}};
  for (const auto& [name, text] : kNamed) {
    if (entity == name) return std::string(text);
  }
  if (!entity.starts_with('#')) return "";
  entity.remove_prefix(1);
  const bool is_hex = entity.starts_with('x');
  if (is_hex) entity.remove_prefix(1);
  uint32_t point = 0;
  const char* const end = entity.data() + entity.size();
  const auto [at, error] = std::from_chars(entity.data(), end, point, is_hex ? 16 : 10);
  const bool is_surrogate = point >= 0xd800 && point < 0xe000;
  if (error != std::errc() || at != end || point == 0 || point > 0x10ffff || is_surrogate) {
    return "";
  }
  return utf8_of(point);
}

}  // namespace

std::string plain_text(std::string_view html) {
  std::string out;
  while (!html.empty()) {
    if (html.front() == '<') {
      const size_t end = html.find('>');
      html.remove_prefix(end == std::string_view::npos ? html.size() : end + 1);
      continue;
    }
    const size_t end = html.substr(0, kLongestEntity + 2).find(';');
    if (html.front() == '&' && end != std::string_view::npos) {
      if (const std::string text = character_of(html.substr(1, end - 1)); !text.empty()) {
        out += text;
        html.remove_prefix(end + 1);
        continue;
      }
    }
    out += html.front();
    html.remove_prefix(1);
  }
  return out;
}

}  // namespace tocsin::receiver
