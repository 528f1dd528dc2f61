#include "codec/content_line.h"

#include <algorithm>

namespace tocsin::codec {
namespace {

constexpr size_t kWidth = 75;

std::string to_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// The name and parameters in front of the colon; false when the line is of another form. What is in
// quotes may hold colons and semicolons.
bool parse(std::string_view text, ContentLine& line) {
  const size_t name_end = text.find_first_of(";:");
  if (name_end == std::string_view::npos || !is_name(text.substr(0, name_end))) return false;
  size_t at = name_end;
  while (text[at] == ';') {
    const size_t equals = text.find('=', at);
    if (equals == std::string_view::npos) return false;
    const std::string_view name = text.substr(at + 1, equals - at - 1);
    if (!is_name(name)) return false;
    std::string value;
    bool is_quoted = false;
    for (at = equals + 1; at < text.size(); ++at) {
      const char c = text[at];
      if (c == '"') {
        is_quoted = !is_quoted;
      } else if (!is_quoted && (c == ';' || c == ':')) {
        break;
      } else {
        value += c;
      }
    }
    if (at == text.size()) return false;
    line.params.emplace_back(to_upper(name), std::move(value));
  }
  line.name = to_upper(text.substr(0, name_end));
  line.value = text.substr(at + 1);
  return true;
}

}  // namespace

const std::string* ContentLine::param(std::string_view wanted) const {
  const auto found = std::ranges::find(params, wanted, &std::pair<std::string, std::string>::first);
  return found == params.end() ? nullptr : &found->second;
}

std::string_view ContentLines::physical_line() {
  const size_t end = rest_.find('\n');
  std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  ++number_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::optional<ContentLine> ContentLines::next() {
  while (!rest_.empty()) {
    std::string text(physical_line());
    ContentLine line;
    line.number = number_;
    while (rest_.starts_with(' ') || rest_.starts_with('\t')) text += physical_line().substr(1);
    if (text.empty()) continue;
    if (!parse(text, line)) line.params.clear();
    return line;
  }
  return std::nullopt;
}

std::string fold_line(std::string_view line) {
  std::string out;
  size_t width = kWidth;
  while (line.size() > width) {
    size_t cut = width;
    // Not within a character: its further bytes are 10xxxxxx.
    while (cut > 1 && (static_cast<unsigned char>(line[cut]) & 0xc0) == 0x80) --cut;
    out.append(line.substr(0, cut)).append("\r\n ");
    line.remove_prefix(cut);
    width = kWidth - 1;  // behind the space
  }
  return out.append(line).append("\r\n");
}

std::string escape_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == ',' || c == ';') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (!is_control(c)) {
      out += c;
    }
  }
  return out;
}

std::string unescape_text(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      const char c = text[++i];
      out += c == 'n' || c == 'N' ? '\n' : c;
    } else if (!is_control(text[i]) || text[i] == '\t') {
      out += text[i];
    }
  }
  return out;
}

}  // namespace tocsin::codec
