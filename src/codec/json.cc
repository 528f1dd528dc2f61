#include "codec/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <cmath>
#include <unordered_set>

#include "base/text.h"
#include "codec/fields.h"

namespace tocsin::codec {
namespace {

namespace bj = boost::json;

constexpr int kMaxDepth = 32;
constexpr size_t kMaxNodes = 2'000'000;

// Receives the parser's calls and builds a Node tree. Fails through `ec`, with its own message.
class NodeHandler {
 public:
  static constexpr size_t max_object_size = static_cast<size_t>(-1);
  static constexpr size_t max_array_size = static_cast<size_t>(-1);
  static constexpr size_t max_key_size = static_cast<size_t>(-1);
  static constexpr size_t max_string_size = static_cast<size_t>(-1);

  using ErrorCode = bj::error_code;
  using View = bj::string_view;

  bool on_document_begin(ErrorCode&) { return true; }
  bool on_document_end(ErrorCode&) { return true; }
  bool on_object_begin(ErrorCode& ec) { return open(Node::Kind::kMapping, ec); }
  bool on_object_end(size_t, ErrorCode&) { return close(); }
  bool on_array_begin(ErrorCode& ec) { return open(Node::Kind::kSequence, ec); }
  bool on_array_end(size_t, ErrorCode&) { return close(); }
  bool on_key_part(View part, size_t, ErrorCode&) { return append(part); }
  bool on_key(View last, size_t, ErrorCode& ec) {
    append(last);
    Level& level = levels_.back();
    if (!level.keys.insert(text_).second) {
      message_ = fmt::format("key '{}' is there twice; remove one of the two", shown(text_));
      ec = bj::error::syntax;
      return false;
    }
    level.node.fields.push_back({std::move(text_), Node{}});
    text_.clear();
    return true;
  }
  bool on_string_part(View part, size_t, ErrorCode&) { return append(part); }
  bool on_string(View last, size_t, ErrorCode& ec) {
    append(last);
    return scalar(true, ec);
  }
  bool on_number_part(View part, ErrorCode&) { return append(part); }
  bool on_int64(int64_t, View last, ErrorCode& ec) { return number(last, ec); }
  bool on_uint64(uint64_t, View last, ErrorCode& ec) { return number(last, ec); }
  bool on_double(double, View last, ErrorCode& ec) { return number(last, ec); }
  bool on_bool(bool value, ErrorCode& ec) {
    text_ = value ? "true" : "false";
    return scalar(false, ec);
  }
  bool on_null(ErrorCode& ec) { return put(Node{}, ec); }
  bool on_comment_part(View, ErrorCode&) { return true; }
  bool on_comment(View, ErrorCode&) { return true; }

  Node take() { return std::move(root_); }
  const std::string& message() const { return message_; }

 private:
  struct Level {
    Node node;
    std::unordered_set<std::string> keys;
  };

  bool append(View part) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool number(View last, ErrorCode& ec) {
    append(last);
    return scalar(false, ec);
  }
  bool scalar(bool quoted, ErrorCode& ec) {
    Node node{.kind = Node::Kind::kScalar, .quoted = quoted};
    node.scalar = std::move(text_);
    text_.clear();
    return put(std::move(node), ec);
  }
  bool open(Node::Kind kind, ErrorCode& ec) {
    if (!count(ec)) return false;
    levels_.push_back({Node{.kind = kind}, {}});
    return true;
  }
  bool close() {
    Node node = std::move(levels_.back().node);
    levels_.pop_back();
    place(std::move(node));
    return true;
  }
  bool put(Node node, ErrorCode& ec) {
    if (!count(ec)) return false;
    place(std::move(node));
    return true;
  }
  void place(Node node) {
    if (levels_.empty()) {
      root_ = std::move(node);
    } else if (Node& parent = levels_.back().node; parent.kind == Node::Kind::kSequence) {
      parent.items.push_back(std::move(node));
    } else {
      parent.fields.back().value = std::move(node);
    }
  }
  bool count(ErrorCode& ec) {
    if (++nodes_ <= kMaxNodes) return true;
    message_ = fmt::format("there are more than {} values", kMaxNodes);
    ec = bj::error::syntax;
    return false;
  }

  Node root_;
  std::vector<Level> levels_;
  std::string text_;
  std::string message_;
  size_t nodes_ = 0;
};

std::string where(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::ranges::count(before, '\n') + 1;
  return fmt::format("line {}, column {}", line, before.size() - (before.rfind('\n') + 1) + 1);
}

// Bytes that are not UTF-8 become U+FFFD: what we write must be JSON whatever a label holds.
std::string repair_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t length = 1;
    while (length <= std::min<size_t>(4, text.size()) && !is_valid_utf8(text.substr(0, length))) {
      ++length;
    }
    if (length <= std::min<size_t>(4, text.size())) {
      out += text.substr(0, length);
    } else {
      out += "\xef\xbf\xbd";
      length = 1;
    }
    text.remove_prefix(length);
  }
  return out;
}

void write_escape(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default: out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
  }
}

// Boost would write 0.5 as 5E-1; people read these texts too.
void write_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
  } else {
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
}

void write(std::string& out, const Json& value) {
  switch (value.kind()) {
    case bj::kind::null: out += "null"; break;
    case bj::kind::bool_: out += value.get_bool() ? "true" : "false"; break;
    case bj::kind::int64: fmt::format_to(std::back_inserter(out), "{}", value.get_int64()); break;
    case bj::kind::uint64: fmt::format_to(std::back_inserter(out), "{}", value.get_uint64()); break;
    case bj::kind::double_: write_number(out, value.get_double()); break;
    case bj::kind::string: append_text(out, std::string_view(value.get_string())); break;
    case bj::kind::array: {
      char before = '[';
      for (const Json& item : value.get_array()) {
        out += before;
        write(out, item);
        before = ',';
      }
      out += before == '[' ? "[]" : "]";
      break;
    }
    case bj::kind::object: {
      char before = '{';
      for (const auto& field : value.get_object()) {
        out += before;
        append_text(out, std::string_view(field.key().data(), field.key().size()));
        out += ':';
        write(out, field.value());
        before = ',';
      }
      out += before == '{' ? "{}" : "}";
      break;
    }
  }
}

const Json* find(const JsonObject& object, std::string_view path) {
  const JsonObject* within = &object;
  const Json* at = nullptr;
  for (const std::string_view name : split(path, '.')) {
    at = within == nullptr ? nullptr : within->if_contains(name);
    if (at == nullptr) return nullptr;
    within = at->if_object();
  }
  return at;
}

}  // namespace

void append_text(std::string& out, std::string_view text) {
  if (!is_valid_utf8(text)) return append_text(out, repair_utf8(text));
  const auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
  };
  out += '"';
  while (!text.empty()) {
    const auto end = std::ranges::find_if_not(text, is_plain);
    const auto run = static_cast<size_t>(end - text.begin());
    out += text.substr(0, run);
    if (run == text.size()) break;
    write_escape(out, *end);
    text.remove_prefix(run + 1);
  }
  out += '"';
}

std::string to_text(const Json& value) {
  std::string out;
  write(out, value);
  return out;
}

Result<Node> parse_json(std::string_view text) {
  bj::parse_options options;
  options.max_depth = kMaxDepth;
  bj::basic_parser<NodeHandler> parser(options);
  bj::error_code ec;
  const size_t read = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && read < text.size()) ec = bj::error::extra_data;
  if (!ec) return parser.handler().take();
  const std::string& own = parser.handler().message();
  return invalid(fmt::format("{}: {}", where(text, read), own.empty() ? ec.message() : own));
}

Result<Json> read_own_json(std::string_view text) {
  bj::error_code ec;
  Json value = bj::parse(bj::string_view(text.data(), text.size()), ec);
  if (!ec) return value;
  return fail(Code::kDataLoss,
              fmt::format("stored JSON does not parse: {}: '{}'", ec.message(), shown(text)));
}

std::optional<std::string_view> find_text(const JsonObject& object, std::string_view path) {
  const Json* value = find(object, path);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr) return std::nullopt;
  return std::string_view(text->data(), text->size());
}

const JsonArray* find_array(const JsonObject& object, std::string_view path) {
  const Json* value = find(object, path);
  return value == nullptr ? nullptr : value->if_array();
}

const JsonObject* find_object(const JsonObject& object, std::string_view path) {
  const Json* value = find(object, path);
  return value == nullptr ? nullptr : value->if_object();
}

std::string text_at(const JsonObject& object, std::string_view path) {
  return std::string(find_text(object, path).value_or(""));
}

JsonArray to_array(std::span<const std::string> texts) {
  return JsonArray(texts.begin(), texts.end());
}

}  // namespace tocsin::codec
