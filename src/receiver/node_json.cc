#include "receiver/node_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <vector>

#include "codec/json.h"
#include "codec/yaml.h"
#include "gotemplate/functions.h"
#include "receiver/json_text.h"

namespace tocsin::receiver {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

template <class Number>
bool read_number(std::string_view text, Number& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, out);
  return error == std::errc() && at == end;
}

// What an unquoted scalar is in YAML 1.1 as Go's yaml.v2 reads it; decimal numbers alone, for a
// number in another base was hardly meant as one.
std::string plain_scalar(const std::string& text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return "null";
  if (is_one_of(text, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}))
    return "true";
  if (is_one_of(text, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}))
    return "false";
  const bool looks_numeric = text.find_first_not_of("0123456789+-.eE") == std::string::npos &&
                             text.find_first_of("0123456789") != std::string::npos;
  const size_t first = text.find_first_not_of("+-");
  const bool has_leading_zero = first != std::string::npos && text[first] == '0' &&
                                first + 1 < text.size() &&
                                text.find('.') == std::string::npos;  // octal in Go
  if (looks_numeric && !has_leading_zero) {
    int64_t whole = 0;
    if (read_number(text, whole)) return std::to_string(whole);
    double number = 0;
    if (read_number(text, number) && std::isfinite(number)) {
      return gotemplate::json_text(gotemplate::Value(number));
    }
  }
  return json_text(text);
}

std::string tree_json(const codec::Node& node) {
  switch (node.kind) {
    case codec::Node::Kind::kNull: return "null";
    case codec::Node::Kind::kScalar:
      return node.quoted ? json_text(node.scalar) : plain_scalar(node.scalar);
    case codec::Node::Kind::kSequence: {
      std::vector<std::string> items;
      for (const codec::Node& item : node.items) items.push_back(tree_json(item));
      return json_list(items);
    }
    case codec::Node::Kind::kMapping: {
      std::map<std::string, std::string> sorted;
      for (const auto& [key, value] : node.fields) sorted[key] = tree_json(value);
      JsonObject out;
      for (const auto& [key, value] : sorted) out.raw(key, value);
      return out.take();
    }
  }
  return "null";
}

std::string inferred(const std::string& text) {
  // JSON is YAML, too, and may be long: {{ .Alerts | toJson }}. This reads it faster.
  if (text.starts_with('{') || text.starts_with('[')) {
    if (const auto json = codec::parse_json(text)) return tree_json(*json);
  }
  const auto documents = codec::parse_yaml(text);
  if (!documents) return json_text(text);
  if (documents->empty()) return "null";  // blank, or a comment
  const codec::Node& node = documents->front();
  const bool is_text = node.kind == codec::Node::Kind::kScalar &&
                       (node.quoted || plain_scalar(node.scalar).starts_with('"'));
  return is_text ? json_text(text) : tree_json(node);
}

}  // namespace

std::string render_node(const codec::Node& node, std::string_view field, MessageView& view) {
  switch (node.kind) {
    case codec::Node::Kind::kNull: return "null";
    case codec::Node::Kind::kScalar:
      if (!node.quoted && !plain_scalar(node.scalar).starts_with('"'))
        return plain_scalar(node.scalar);
      return inferred(view.text(field, node.scalar));
    case codec::Node::Kind::kSequence: {
      std::vector<std::string> items;
      for (const codec::Node& item : node.items) items.push_back(render_node(item, field, view));
      return json_list(items);
    }
    case codec::Node::Kind::kMapping: {
      std::map<std::string, std::string> sorted;
      for (const auto& [key, value] : node.fields) {
        const std::string name = view.text(field, key);
        sorted[name] = render_node(value, field, view);
      }
      JsonObject out;
      for (const auto& [key, value] : sorted) out.raw(key, value);
      return out.take();
    }
  }
  return "null";
}

}  // namespace tocsin::receiver
