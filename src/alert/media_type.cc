#include "alert/media_type.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/text.h"

namespace tocsin::alert {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kBadParameter = "mime: invalid media parameter";

// RFC 2045: a mark that may stand in quotes only.
bool is_mark(char c) { return std::string_view("()<>@,;:\\\"/[]?=").contains(c); }
bool is_token(char c) { return c > ' ' && c < 0x7f && !is_mark(c); }

std::string_view take_token(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, is_token);
  const auto token = text.substr(0, static_cast<size_t>(end - text.begin()));
  text.remove_prefix(token.size());
  return token;
}

void skip_space(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n\v\f"), text.size()));
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// A token or a text in quotes, which may be empty.
std::optional<std::string> take_value(std::string_view& text) {
  if (!text.starts_with('"')) {
    const std::string_view token = take_token(text);
    return token.empty() ? std::nullopt : std::optional<std::string>(token);
  }
  std::string value;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    // A backslash escapes marks only: some browsers send paths of Windows.
    if (text[i] == '\\' && i + 1 < text.size() && is_mark(text[i + 1])) ++i;
    value += text[i];
  }
  return std::nullopt;
}

// "; name=value".
std::optional<std::pair<std::string, std::string>> take_parameter(std::string_view& text) {
  if (!take(text, ';')) return std::nullopt;
  skip_space(text);
  std::string name = to_lower(take_token(text));
  skip_space(text);
  if (name.empty() || !take(text, '=')) return std::nullopt;
  skip_space(text);
  auto value = take_value(text);
  if (!value) return std::nullopt;
  return std::pair(std::move(name), *std::move(value));
}

// Why "type/subtype" is none; empty when it is one. A type alone is taken.
std::string_view why_no_type(std::string_view text) {
  if (take_token(text).empty()) return "mime: no media type";
  if (text.empty()) return {};
  if (!take(text, '/')) return "mime: expected slash after first token";
  if (take_token(text).empty()) return "mime: expected token after slash";
  return text.empty() ? std::string_view{} : "mime: unexpected content after media subtype";
}

// The weight behind "q=", below 0 where there is none.
double take_weight(std::string_view& text) {
  double weight = 0;
  if (take(text, '1')) {
    weight = 1;
  } else if (!take(text, '0') && !text.starts_with('.')) {
    return -1;
  }
  if (!take(text, '.')) return weight;
  for (double unit = 0.1; !text.empty() && text[0] >= '0' && text[0] <= '9'; unit /= 10) {
    weight += (text[0] - '0') * unit;
    text.remove_prefix(1);
  }
  return weight;
}

bool is_json(std::string_view range) {
  if (range == "*/*" || range == kJson) return true;
  return range.ends_with("/*") && kJson.starts_with(range.substr(0, range.size() - 1));
}

struct Range {
  std::string_view type;
  double weight = 1;
};

// The next type of an Accept header with its comma; nothing at the end, or where it cannot be read.
std::optional<Range> take_range(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, [](char c) {
    return c == '/' || (c > ' ' && c < 0x7f && c != '{' && c != '}' && !is_mark(c));
  });
  Range range{text.substr(0, static_cast<size_t>(end - text.begin()))};
  text.remove_prefix(range.type.size());
  if (range.type.empty()) return std::nullopt;
  skip_space(text);
  if (take(text, ';')) {
    while (!text.empty() && !text.starts_with("q=") && !text.starts_with(','))
      text.remove_prefix(1);
    if (text.starts_with("q=")) {
      text.remove_prefix(2);
      range.weight = take_weight(text);
      if (range.weight < 0) return std::nullopt;
    }
  }
  skip_space(text);
  if (!take(text, ',')) text = {};
  skip_space(text);
  return range;
}

}  // namespace

std::expected<std::string, std::string_view> parse_media_type(std::string_view text) {
  std::string type = to_lower(trim(text.substr(0, text.find(';'))));
  if (const auto why = why_no_type(type); !why.empty()) return std::unexpected(why);
  std::string_view rest = text.substr(std::min(text.find(';'), text.size()));
  std::map<std::string, std::string> parameters;
  for (skip_space(rest); !rest.empty(); skip_space(rest)) {
    if (trim(rest) == ";") break;
    const auto parameter = take_parameter(rest);
    if (!parameter) return std::unexpected(kBadParameter);
    const auto [known, is_new] = parameters.insert(*parameter);
    if (!is_new && known->second != parameter->second) {
      return std::unexpected("mime: duplicate parameter name");
    }
  }
  return type;
}

bool accepts_json(std::span<const std::string_view> headers) {
  bool asks = false;
  for (std::string_view text : headers) {
    while (const auto range = take_range(text)) {
      asks = true;
      if (range->weight > 0 && is_json(range->type)) return true;
    }
  }
  return !asks;
}

}  // namespace tocsin::alert
