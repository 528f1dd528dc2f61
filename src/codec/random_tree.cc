#include "codec/random_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tocsin::codec {
namespace {

std::string random_text(Rng& rng) {
  constexpr std::string_view kPieces[] = {"a",    "Z", " ",  ":",  ": ", "#",        " #",   "-",
                                          "\"",   "'", "\n", "\t", "{",  "]",        ",",    "&x",
                                          "*x",   "!", "%",  "ü",  "🔔", "\\",       "null", "true",
                                          "\x01", "1", "~",  "?",  "|",  "\xc2\x85", "---",  "<<"};
  std::string text;
  for (uint64_t left = rng.below(6); left > 0; --left)
    text += kPieces[rng.below(std::size(kPieces))];
  return text;
}

Node scalar(std::string text, bool quoted) {
  Node node{.kind = Node::Kind::kScalar, .quoted = quoted};
  node.scalar = std::move(text);
  return node;
}

std::string quote(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += fmt::format("\\{}", c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  // YAML takes U+0085 for a line break.
  for (size_t at = 0; (at = out.find("\xc2\x85", at)) != std::string::npos;) {
    out.replace(at, 2, "\\u0085");
  }
  return out + "\"";
}

void write_block(const Node& node, int indent, std::string& out) {
  const bool is_collection = !node.items.empty() || !node.fields.empty();
  // What is short goes into flow style, which is JSON.
  if (const std::string flow = write_json(node); !is_collection || flow.size() < 20) {
    out += " " + flow + "\n";
    return;
  }
  out += "\n";
  const std::string margin(static_cast<size_t>(indent), ' ');
  for (const Node& item : node.items) {
    out += margin + "-";
    write_block(item, indent + 2, out);
  }
  for (const auto& [key, value] : node.fields) {
    out += margin + quote(key) + ":";
    write_block(value, indent + 2, out);
  }
}

}  // namespace

Node random_tree(Rng& rng, int depth) {
  switch (rng.below(depth > 0 ? 8 : 5)) {
    case 0: return Node{};
    case 1: return scalar(rng.below(2) == 0 ? "true" : "false", false);
    case 2: return scalar(fmt::format("{}", static_cast<int64_t>(rng.next())), false);
    case 3: return scalar(fmt::format("{}", rng.unit() * 1000), false);
    case 4: return scalar(random_text(rng), true);
    case 5: {
      Node list{.kind = Node::Kind::kSequence};
      for (uint64_t left = rng.below(6); left > 0; --left) {
        list.items.push_back(random_tree(rng, depth - 1));
      }
      return list;
    }
    default: {
      Node map{.kind = Node::Kind::kMapping};
      std::set<std::string> keys;
      for (uint64_t left = rng.below(6); left > 0; --left) keys.insert(random_text(rng));
      for (const std::string& key : keys) map.fields.push_back({key, random_tree(rng, depth - 1)});
      return map;
    }
  }
}

std::string write_json(const Node& node) {
  std::string out;
  switch (node.kind) {
    case Node::Kind::kNull: return "null";
    case Node::Kind::kScalar: return node.quoted ? quote(node.scalar) : node.scalar;
    case Node::Kind::kSequence:
      for (const Node& item : node.items) out += (out.empty() ? "" : ", ") + write_json(item);
      return "[" + out + "]";
    case Node::Kind::kMapping:
      for (const auto& [key, value] : node.fields) {
        out += (out.empty() ? "" : ", ") + quote(key) + ": " + write_json(value);
      }
      return "{" + out + "}";
  }
  return out;
}

std::string write_yaml(const Node& node) {
  std::string out = "---";
  write_block(node, 0, out);
  return out;
}

bool same_tree(const Node& a, const Node& b) {
  return a.kind == b.kind && a.quoted == b.quoted && a.scalar == b.scalar &&
         std::ranges::equal(a.items, b.items, same_tree) &&
         std::ranges::equal(a.fields, b.fields, [](const auto& x, const auto& y) {
           return x.key == y.key && same_tree(x.value, y.value);
         });
}

void damage(Rng& rng, std::string& text) {
  for (uint64_t left = 1 + rng.below(4); left > 0 && !text.empty(); --left) {
    const size_t at = rng.below(text.size());
    switch (rng.below(4)) {
      case 0: text[at] = static_cast<char>(rng.next()); break;
      case 1: text.erase(at, 1 + rng.below(8)); break;
      case 2: text.insert(at, text.substr(rng.below(text.size()), 1 + rng.below(16))); break;
      default: text.resize(at);
    }
  }
}

}  // namespace tocsin::codec
