#include "codec/yaml_writer.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::codec {
namespace {

bool is_plain_safe(std::string_view text) {
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-";
  return !text.empty() && text.find_first_not_of(kSafe) == std::string_view::npos && text != "-" &&
         !text.starts_with("---") && !text.starts_with("...");
}

// Escapes what YAML 1.1 does not take as it stands in a double-quoted text: C0 and C1 controls, the
// line breaks of Unicode, the byte order mark.
std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::string_view rest = text.substr(i);
    if (byte == '"' || byte == '\\') {
      out += fmt::format("\\{}", text[i]);
    } else if (byte == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else if (byte == 0xc2 && i + 1 < text.size() &&
               static_cast<unsigned char>(text[i + 1]) < 0xa0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[++i]));
    } else if (rest.starts_with("\u2028") || rest.starts_with("\u2029")) {
      out += rest[2] == '\xa8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else if (rest.starts_with("\ufeff")) {
      out += "\\ufeff";
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out + "\"";
}

// Words that YAML 1.1 does not read as text.
bool is_reserved(std::string_view text) {
  constexpr std::string_view kWords[] = {"null", "true", "false", "yes", "no", "on",
                                         "off",  "y",    "n",     "inf", "nan"};
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::ranges::find(kWords, lower) != std::end(kWords);
}

std::string key_text(const std::string& key) {
  const bool starts_with_letter =
      !key.empty() && ((key[0] >= 'a' && key[0] <= 'z') || (key[0] >= 'A' && key[0] <= 'Z'));
  return starts_with_letter && is_plain_safe(key) && !is_reserved(key) ? key : in_quotes(key);
}

std::string scalar_text(const Node& node) {
  const bool is_plain = !node.quoted && is_plain_safe(node.scalar);
  return is_plain ? node.scalar : in_quotes(node.scalar);
}

void write(const Node& node, size_t indent, bool after_dash, std::string& out) {
  const std::string margin(indent, ' ');
  switch (node.kind) {
    case Node::Kind::kNull: out += " null\n"; return;
    case Node::Kind::kScalar: out += " " + scalar_text(node) + "\n"; return;
    case Node::Kind::kSequence:
      if (node.items.empty()) {
        out += " []\n";
        return;
      }
      out += "\n";
      for (const Node& item : node.items) {
        out += margin + "-";
        write(item, indent + 2, true, out);
      }
      return;
    case Node::Kind::kMapping:
      if (node.fields.empty()) {
        out += " {}\n";
        return;
      }
      // The first field of a list's item stands behind its dash.
      out += after_dash ? " " : "\n";
      for (bool is_first = true; const auto& [key, value] : node.fields) {
        if (!is_first || !after_dash) out += margin;
        is_first = false;
        out += key_text(key) + ":";
        write(value, value.kind == Node::Kind::kMapping ? indent + 2 : indent, false, out);
      }
      return;
  }
}

}  // namespace

std::string to_yaml(const Node& node) {
  std::string out;
  write(node, 0, false, out);
  return out.starts_with('\n') || out.starts_with(' ') ? out.substr(1) : out;
}

}  // namespace tocsin::codec
