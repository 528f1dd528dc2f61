#include "receiver/truncate.h"

namespace tocsin::receiver {
namespace {

constexpr std::string_view kEllipsis = "\xe2\x80\xa6";

// Bytes of the code point at `at`; 1 for a byte that begins none.
size_t width_at(std::string_view text, size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const size_t width = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
  if (at + width > text.size()) return 1;
  for (size_t i = 1; i < width; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80) return 1;
  }
  return width;
}

std::string_view first_runes(std::string_view text, size_t count) {
  size_t at = 0;
  for (; count > 0 && at < text.size(); --count) at += width_at(text, at);
  return text.substr(0, at);
}

}  // namespace

size_t count_runes(std::string_view text) {
  size_t count = 0;
  for (size_t at = 0; at < text.size(); ++count) at += width_at(text, at);
  return count;
}

std::string truncate_runes(std::string_view text, size_t most) {
  if (text.size() <= most || count_runes(text) <= most) return std::string(text);
  if (most <= 3) return std::string(first_runes(text, most));
  return std::string(first_runes(text, most - 1)).append(kEllipsis);
}

std::string truncate_bytes(std::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  if (most < kEllipsis.size()) return std::string(most, '.');
  size_t end = 0;
  while (end + width_at(text, end) <= most - kEllipsis.size()) end += width_at(text, end);
  return std::string(text.substr(0, end)).append(kEllipsis);
}

}  // namespace tocsin::receiver
