#include "gotemplate/html_escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "gotemplate/functions.h"
#include "gotemplate/html_context.h"
#include "gotemplate/literal.h"
#include "gotemplate/print.h"
#include "gotemplate/time_layout.h"

namespace tocsin::gotemplate {
namespace {

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_hex(char c) {
  const char low = static_cast<char>(c | 0x20);
  return (c >= '0' && c <= '9') || (low >= 'a' && low <= 'f');
}

// References for what HTML gives a meaning. '+' is among them, because UTF-7 begins with it.
std::string_view html_reference(char c, bool keeps_references) {
  switch (c) {
    case '\0': return "\xEF\xBF\xBD";
    case '"': return "&#34;";
    case '&': return keeps_references ? "" : "&amp;";
    case '\'': return "&#39;";
    case '+': return "&#43;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    default: return "";
  }
}

std::string escape_html_text(std::string_view text, bool keeps_references) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const std::string_view reference = html_reference(c, keeps_references);
    if (reference.empty()) {
      out += c;
    } else {
      out += reference;
    }
  }
  return out;
}

// Tags and comments cut out of HTML that is about to stand in an attribute.
std::string strip_tags(std::string_view html) {
  HtmlContext context;
  std::string out;
  while (!html.empty()) {
    const bool is_text =
        context.state == HtmlContext::State::kText || context.state == HtmlContext::State::kRcData;
    const size_t begin = html.find('<');
    const auto read = advance(context, html);
    if (!read) break;
    const bool left =
        context.state != HtmlContext::State::kText && context.state != HtmlContext::State::kRcData;
    if (is_text) out += html.substr(0, left ? std::min(begin, *read) : *read);
    html.remove_prefix(*read);
  }
  return out;
}

// Escapes of one backslash language: `of` gives the escape of a character, "" to leave it.
template <class Of>
std::string escape_runes(std::string_view text, Of of) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t from = at;
    const char32_t rune = next_rune(text, at);
    const std::string escape = of(rune);
    if (escape.empty()) {
      out.append(text, from, at - from);
    } else {
      out += escape;
    }
  }
  return out;
}

std::string js_escape(char32_t rune, std::string_view more_units, std::string_view backslashed) {
  switch (rune) {
    case '\t': return "\\t";
    case '\n': return "\\n";
    case '\f': return "\\f";
    case '\r': return "\\r";
    case '\\': return "\\\\";
    case '/': return "\\/";
    default: break;
  }
  if (rune < 0x20 || rune == 0x2028 || rune == 0x2029 ||
      (rune < 0x80 &&
       (std::string_view("\"&'+<>").find(static_cast<char>(rune)) != std::string_view::npos ||
        more_units.find(static_cast<char>(rune)) != std::string_view::npos))) {
    return fmt::format("\\u{:04x}", static_cast<uint32_t>(rune));
  }
  if (rune < 0x80 && backslashed.find(static_cast<char>(rune)) != std::string_view::npos) {
    return std::string("\\") + static_cast<char>(rune);
  }
  return "";
}

std::string process_url(std::string_view text, bool keeps_escapes) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_reserved =
        std::string_view("!#$&*+,/:;=?@[]").find(c) != std::string_view::npos && c != '\0';
    const bool is_escape =
        c == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2]);
    const bool is_plain = is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain || (keeps_escapes && (is_reserved || is_escape))) {
      out += c;
    } else {
      out += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

bool has_safe_scheme(std::string_view url) {
  const size_t colon = url.find(':');
  if (colon == std::string_view::npos || url.substr(0, colon).find('/') != std::string_view::npos) {
    return true;
  }
  const std::string scheme = to_lower(url.substr(0, colon));
  return scheme == "http" || scheme == "https" || scheme == "mailto";
}

// Escapes of CSS resolved, so that \65xpression is seen for what it is.
std::string decode_css(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    size_t end = i + 1;
    char32_t rune = 0;
    while (end < text.size() && end < i + 7 && is_hex(text[end])) {
      const char low = static_cast<char>(text[end] | 0x20);
      rune = rune * 16 + static_cast<char32_t>(low >= 'a' ? low - 'a' + 10 : text[end] - '0');
      ++end;
    }
    if (end == i + 1) continue;  // the next character stands for itself
    append_rune(out, rune);
    if (end < text.size() &&
        std::string_view(" \t\n\f\r").find(text[end]) != std::string_view::npos) {
      ++end;
    }
    i = end - 1;
  }
  return out;
}

}  // namespace

Text as_text(const Value& value) {
  if (value.is_nil()) return {};
  if (value.kind() == Value::Kind::kText) return Text{value.text(), value.text_type()};
  return {to_text(value), TextType::kString};
}

std::string escape_text(const Text& text) {
  return text.type == TextType::kHtml ? text.text : escape_html_text(text.text, false);
}
std::string escape_rcdata(const Text& text) {
  return escape_html_text(text.text, text.type == TextType::kHtml);
}
std::string escape_attribute(const Text& text) {
  if (text.type == TextType::kHtml) return escape_html_text(strip_tags(text.text), true);
  return escape_html_text(text.text, false);
}

std::string escape_bare_attribute(const Text& text) {
  const bool is_html = text.type == TextType::kHtml;
  const std::string plain = is_html ? strip_tags(text.text) : text.text;
  // Nothing at all would let the browser take the next attribute for the value.
  if (plain.empty()) return std::string(kRefused);
  std::string out;
  for (size_t at = 0; at < plain.size();) {
    const size_t from = at;
    const char32_t rune = next_rune(plain, at);
    if (rune == 0 || rune == 0xFFFD) {
      out += "&#xfffd;";
    } else if ((rune >= 0xFDD0 && rune <= 0xFDEF) || (rune >= 0xFFF0 && rune <= 0xFFFF)) {
      out += fmt::format("&#x{:x};", static_cast<uint32_t>(rune));
    } else if (rune < 0x80 && std::string_view("\t\n\v\f\r =`").find(static_cast<char>(rune)) !=
                                  std::string_view::npos) {
      out += fmt::format("&#{};", static_cast<uint32_t>(rune));
    } else if (const std::string_view reference =
                   rune < 0x80 ? html_reference(static_cast<char>(rune), is_html) : "";
               !reference.empty()) {
      out += reference;
    } else {
      out.append(plain, from, at - from);
    }
  }
  return out;
}

std::string filter_attribute_name(const Text& text) {
  std::string name = to_lower(text.text);
  if (name.empty() || attribute_kind(name) != AttributeKind::kPlain ||
      !std::ranges::all_of(name, is_alnum)) {
    return std::string(kRefused);
  }
  return name;
}

std::string filter_url(const Text& text) {
  if (text.type == TextType::kUrl || has_safe_scheme(text.text)) return text.text;
  return "#" + std::string(kRefused);
}
std::string normalize_url(const Text& text) { return process_url(text.text, true); }
std::string escape_url_part(const Text& text) {
  return process_url(text.text, text.type == TextType::kUrl);
}

std::string filter_srcset(const Text& text) {
  if (text.type == TextType::kUrl) {
    std::string url = normalize_url(text);
    // A comma would begin the next candidate.
    for (size_t at = url.find(','); at != std::string::npos; at = url.find(',', at)) {
      url.replace(at, 1, "%2c");
    }
    return url;
  }
  std::string out;
  bool first = true;
  for (const std::string_view candidate : split(text.text, ',')) {
    if (!std::exchange(first, false)) out += ',';
    constexpr std::string_view kSpaces = " \t\n\f\r";
    const size_t begin = std::min(candidate.find_first_not_of(kSpaces), candidate.size());
    const size_t end = std::min(candidate.find_first_of(kSpaces, begin), candidate.size());
    const std::string_view url = candidate.substr(begin, end - begin);
    const std::string_view size = candidate.substr(end);
    const bool is_size = std::ranges::all_of(
        size, [&](char c) { return is_alnum(c) || kSpaces.find(c) != std::string_view::npos; });
    if (has_safe_scheme(url) && is_size) {
      out += candidate.substr(0, begin);
      out += process_url(url, true);
      out += size;
    } else {
      out += "#" + std::string(kRefused);
    }
  }
  return out;
}

std::string js_value(const Value& value) {
  std::string json;
  const Type* const type = value.type();
  const bool is_named_int =
      value.kind() == Value::Kind::kInt && value.integer().type >= IntType::kDuration;
  // Values that know how to print themselves become that text; times have a form in JSON.
  if (is_named_int || (type != nullptr && type->to_string != nullptr)) {
    json = json_text(Value(to_text(value)));
  } else {
    json = json_text(value);
  }
  const auto is_word = [](char c) {
    return is_alnum(c) || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
  };
  // "return{{.}}" and "{{.}}in x" must not run into their neighbours.
  return is_word(json.front()) || is_word(json.back()) ? " " + json + " " : json;
}

std::string escape_js_string(const Text& text) {
  return escape_runes(text.text, [](char32_t rune) { return js_escape(rune, "`", ""); });
}
std::string escape_js_template(const Text& text) {
  return escape_runes(text.text, [](char32_t rune) { return js_escape(rune, "`${}", ""); });
}
std::string escape_js_regexp(const Text& text) {
  // An empty pattern would be the start of a comment.
  if (text.text.empty()) return "(?:)";
  return escape_runes(text.text,
                      [](char32_t rune) { return js_escape(rune, "", "$()*-.?[]^{|}"); });
}

std::string escape_css_string(const Text& text) {
  std::string out;
  const std::string_view all = text.text;
  for (size_t i = 0; i < all.size(); ++i) {
    const char c = all[i];
    const bool is_special = c == '\0' || c == '\t' || c == '\n' || c == '\f' || c == '\r' ||
                            std::string_view("\"&'()+/:;<>{}").find(c) != std::string_view::npos;
    if (c == '\\') {
      out += "\\\\";
    } else if (is_special) {
      out += fmt::format("\\{:x}", static_cast<unsigned char>(c));
      const char next = i + 1 < all.size() ? all[i + 1] : ' ';
      if (is_hex(next) || std::string_view(" \t\n\f\r").find(next) != std::string_view::npos) {
        out += ' ';  // ends the escape
      }
    } else {
      out += c;
    }
  }
  return out;
}

std::string filter_css_value(const Text& text) {
  std::string value = decode_css(text.text);
  std::string word;
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\0' || std::string_view("\"'()/;@[\\]`{}<>").find(c) != std::string_view::npos ||
        (c == '-' && i > 0 && value[i - 1] == '-')) {
      return std::string(kRefused);
    }
    if (is_alnum(c) || c == '-' || c == '_') word += c;
  }
  word = to_lower(word);
  if (word.find("expression") != std::string::npos ||
      word.find("mozbinding") != std::string::npos) {
    return std::string(kRefused);
  }
  return value;
}

}  // namespace tocsin::gotemplate
