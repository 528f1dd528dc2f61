#include "codec/yaml.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <map>
#include <set>

#include "codec/fields.h"

namespace tocsin::codec {
namespace {

struct YamlError {
  Place place;
  std::string message;
};

template <class T>
using Read = std::expected<T, YamlError>;

std::unexpected<YamlError> wrong(Place place, std::string message) {
  return std::unexpected(YamlError{place, std::move(message)});
}

Place place_of(const yaml_mark_t& mark) {
  return {static_cast<int>(mark.line) + 1, static_cast<int>(mark.column) + 1};
}

// Where a byte stands, for errors that come before libyaml counts lines.
Place place_of_byte(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<int>(std::ranges::count(before, '\n')) + 1,
          static_cast<int>(before.size() - line_start) + 1};
}

int height(const Node& node) {
  int most = 0;
  for (const Node& item : node.items) most = std::max(most, height(item));
  for (const auto& [key, value] : node.fields) most = std::max(most, height(value));
  return most + 1;
}

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&raw_); }

  yaml_event_t* raw() { return &raw_; }
  yaml_event_type_t type() const { return raw_.type; }
  Place place() const { return place_of(raw_.start_mark); }
  std::string_view scalar() const {
    return {reinterpret_cast<const char*>(raw_.data.scalar.value), raw_.data.scalar.length};
  }
  bool is_plain() const { return raw_.data.scalar.style == YAML_PLAIN_SCALAR_STYLE; }
  std::string_view anchor() const {
    switch (raw_.type) {
      case YAML_ALIAS_EVENT: return text(raw_.data.alias.anchor);
      case YAML_SCALAR_EVENT: return text(raw_.data.scalar.anchor);
      case YAML_SEQUENCE_START_EVENT: return text(raw_.data.sequence_start.anchor);
      case YAML_MAPPING_START_EVENT: return text(raw_.data.mapping_start.anchor);
      default: return {};
    }
  }
  std::string_view tag() const {
    switch (raw_.type) {
      case YAML_SCALAR_EVENT: return text(raw_.data.scalar.tag);
      case YAML_SEQUENCE_START_EVENT: return text(raw_.data.sequence_start.tag);
      case YAML_MAPPING_START_EVENT: return text(raw_.data.mapping_start.tag);
      default: return {};
    }
  }

 private:
  static std::string_view text(const yaml_char_t* c) {
    return c == nullptr ? std::string_view() : reinterpret_cast<const char*>(c);
  }
  yaml_event_t raw_{};
};

// Builds trees from libyaml's events. One use, one thread.
class Composer {
 public:
  Composer(std::string_view text, const YamlLimits& limits) : text_(text), limits_(limits) {
    if (yaml_parser_initialize(&parser_) == 0) bug("libyaml has no memory for a parser");
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  Composer(const Composer&) = delete;
  Composer& operator=(const Composer&) = delete;
  ~Composer() { yaml_parser_delete(&parser_); }

  Read<std::vector<Node>> stream();

 private:
  struct Anchor {
    Node node;
    size_t nodes;
    size_t bytes;
    int height;
  };

  Read<bool> next(Event& event);
  YamlError syntax_error() const;
  Read<Node> value(const Event& event, int depth);
  Read<Node> scalar(const Event& event);
  Read<Node> sequence(const Event& start, int depth);
  Read<Node> mapping(const Event& start, int depth);
  Read<std::string> key(const Event& event);
  Read<bool> merge(const Event& event, int depth, std::vector<Node>& merged);
  Read<Node> alias(const Event& event, int depth);
  Read<bool> remember(const Event& event, const Node& node, size_t nodes, size_t bytes);
  Read<bool> spend(size_t nodes, size_t bytes, Place place);

  std::string_view text_;
  YamlLimits limits_;
  yaml_parser_t parser_{};
  std::map<std::string, Anchor, std::less<>> anchors_;
  size_t nodes_ = 0;
  size_t bytes_ = 0;
};

Read<std::vector<Node>> Composer::stream() {
  std::vector<Node> documents;
  if (text_.size() > limits_.max_bytes) {
    return wrong({}, fmt::format("the text has {} bytes; at most {} are read", text_.size(),
                                 limits_.max_bytes));
  }
  while (true) {
    Event event;
    RETURN_IF_ERROR(next(event));
    if (event.type() == YAML_STREAM_END_EVENT) return documents;
    if (event.type() != YAML_DOCUMENT_START_EVENT) continue;
    anchors_.clear();
    Event root;
    RETURN_IF_ERROR(next(root));
    ASSIGN_OR_RETURN(Node node, value(root, 1));
    if (!node.is_null()) documents.push_back(std::move(node));
  }
}

Read<bool> Composer::next(Event& event) {
  if (yaml_parser_parse(&parser_, event.raw()) == 0) return std::unexpected(syntax_error());
  return true;
}

YamlError Composer::syntax_error() const {
  if (parser_.error == YAML_MEMORY_ERROR) return {{}, "there is not enough memory to read it"};
  const std::string problem = parser_.problem == nullptr ? "it is not YAML" : parser_.problem;
  if (parser_.error == YAML_READER_ERROR) {
    return {place_of_byte(text_, parser_.problem_offset), problem + "; the text must be UTF-8"};
  }
  const size_t at = parser_.problem_mark.index;  // in characters: only used to look at ASCII
  if (problem.find("cannot start any token") != std::string::npos && at < text_.size() &&
      text_[at] == '\t') {
    return {place_of(parser_.problem_mark), "a tab cannot indent; use spaces"};
  }
  std::string message = problem;
  if (parser_.context != nullptr) message += fmt::format(" ({})", parser_.context);
  return {place_of(parser_.problem_mark), std::move(message)};
}

Read<bool> Composer::spend(size_t nodes, size_t bytes, Place place) {
  nodes_ += nodes;
  bytes_ += bytes;
  if (nodes_ > limits_.max_nodes) {
    return wrong(place,
                 fmt::format("there are more than {} values; split the file", limits_.max_nodes));
  }
  // Escapes may make a text longer than its source, but never twice as long; aliases can.
  if (bytes_ > 2 * limits_.max_bytes) {
    return wrong(place, "aliases make the text too large; write it without them");
  }
  return true;
}

Read<Node> Composer::value(const Event& event, int depth) {
  if (depth > limits_.max_depth) {
    return wrong(event.place(),
                 fmt::format("it is nested more than {} levels deep", limits_.max_depth));
  }
  if (event.type() == YAML_ALIAS_EVENT) return alias(event, depth);
  if (const std::string_view tag = event.tag(); !tag.empty() && tag != "!" && tag != YAML_STR_TAG) {
    return wrong(event.place(), "tags are not read; leave it out");
  }
  const size_t nodes_before = nodes_, bytes_before = bytes_;
  RETURN_IF_ERROR(spend(1, 0, event.place()));
  Read<Node> node = event.type() == YAML_SEQUENCE_START_EVENT  ? sequence(event, depth)
                    : event.type() == YAML_MAPPING_START_EVENT ? mapping(event, depth)
                                                               : scalar(event);
  if (node && !event.anchor().empty()) {
    RETURN_IF_ERROR(remember(event, *node, nodes_ - nodes_before, bytes_ - bytes_before));
  }
  return node;
}

Read<Node> Composer::scalar(const Event& event) {
  const std::string_view text = event.scalar();
  RETURN_IF_ERROR(spend(0, text.size(), event.place()));
  Node node{.place = event.place()};
  node.quoted = !event.is_plain() || !event.tag().empty();
  constexpr std::string_view kNulls[] = {"", "~", "null", "Null", "NULL"};
  if (!node.quoted && std::ranges::find(kNulls, text) != std::end(kNulls)) return node;
  node.kind = Node::Kind::kScalar;
  node.scalar = text;
  return node;
}

Read<Node> Composer::sequence(const Event& start, int depth) {
  Node node{.kind = Node::Kind::kSequence, .place = start.place()};
  while (true) {
    Event event;
    RETURN_IF_ERROR(next(event));
    if (event.type() == YAML_SEQUENCE_END_EVENT) return node;
    ASSIGN_OR_RETURN(Node item, value(event, depth + 1));
    node.items.push_back(std::move(item));
  }
}

Read<Node> Composer::mapping(const Event& start, int depth) {
  Node node{.kind = Node::Kind::kMapping, .place = start.place()};
  std::map<std::string, Place, std::less<>> seen;
  std::vector<Node> merged;
  while (true) {
    Event key_event;
    RETURN_IF_ERROR(next(key_event));
    if (key_event.type() == YAML_MAPPING_END_EVENT) break;
    ASSIGN_OR_RETURN(std::string name, key(key_event));
    const auto [first, is_new] = seen.emplace(name, key_event.place());
    if (!is_new) {
      return wrong(key_event.place(),
                   fmt::format("key '{}' is already there in line {}; remove one of the two",
                               shown(name), first->second.line));
    }
    Event event;
    RETURN_IF_ERROR(next(event));
    if (name == "<<" && key_event.is_plain()) {
      RETURN_IF_ERROR(merge(event, depth, merged));
      continue;
    }
    ASSIGN_OR_RETURN(Node field, value(event, depth + 1));
    const bool is_below = event.place().line > key_event.place().line;
    if (is_below || event.type() == YAML_ALIAS_EVENT) field.place = key_event.place();
    node.fields.push_back({std::move(name), std::move(field)});
  }
  for (Node& from : merged) {
    for (Field& field : from.fields) {
      if (seen.emplace(field.key, field.value.place).second) {
        node.fields.push_back(std::move(field));
      }
    }
  }
  return node;
}

// The mappings that a `<<` names (https://yaml.org/type/merge.html): what the mapping says itself
// wins over them, and an earlier one over a later one.
Read<bool> Composer::merge(const Event& event, int depth, std::vector<Node>& merged) {
  const Place place = event.place();
  ASSIGN_OR_RETURN(Node from, value(event, depth));
  if (from.kind == Node::Kind::kMapping) {
    merged.push_back(std::move(from));
    return true;
  }
  const bool are_mappings = std::ranges::all_of(
      from.items, [](const Node& item) { return item.kind == Node::Kind::kMapping; });
  if (from.kind != Node::Kind::kSequence || !are_mappings) {
    return wrong(place, "a merge key (<<) takes a mapping or a list of mappings, such as *base");
  }
  for (Node& item : from.items) merged.push_back(std::move(item));
  return true;
}

Read<std::string> Composer::key(const Event& event) {
  if (event.type() != YAML_SCALAR_EVENT) {
    return wrong(event.place(), "a key must be plain text, not a list, a mapping or an alias");
  }
  const std::string_view text = event.scalar();
  if (event.is_plain() && text.empty()) return wrong(event.place(), "a key is missing before ':'");
  if (!event.anchor().empty()) return wrong(event.place(), "a key cannot have an anchor");
  RETURN_IF_ERROR(spend(0, text.size(), event.place()));
  return std::string(text);
}

Read<Node> Composer::alias(const Event& event, int depth) {
  const auto found = anchors_.find(event.anchor());
  if (found == anchors_.end()) {
    return wrong(event.place(),
                 fmt::format("alias '*{}' names no anchor before it", shown(event.anchor())));
  }
  const Anchor& anchor = found->second;
  if (depth + anchor.height - 1 > limits_.max_depth) {
    return wrong(event.place(),
                 fmt::format("it is nested more than {} levels deep", limits_.max_depth));
  }
  RETURN_IF_ERROR(spend(anchor.nodes, anchor.bytes, event.place()));
  return anchor.node;
}

// The copy that is kept for aliases is spent too: nested anchors keep many copies.
Read<bool> Composer::remember(const Event& event, const Node& node, size_t nodes, size_t bytes) {
  RETURN_IF_ERROR(spend(nodes, bytes, event.place()));
  anchors_.insert_or_assign(std::string(event.anchor()), Anchor{node, nodes, bytes, height(node)});
  return true;
}

}  // namespace

Result<std::vector<Node>> parse_yaml(std::string_view text, const YamlLimits& limits) {
  auto documents = Composer(text, limits).stream();
  if (documents) return *std::move(documents);
  const auto& [place, message] = documents.error();
  if (place.line == 0) return invalid(message);
  return invalid(fmt::format("line {}, column {}: {}", place.line, place.column, message));
}

std::vector<Node> parse_yaml(std::string_view text, const std::string& file, Problems& problems,
                             const YamlLimits& limits) {
  auto documents = Composer(text, limits).stream();
  if (documents) return *std::move(documents);
  auto& [place, message] = documents.error();
  problems.add({file, place, "", std::move(message)});
  return {};
}

}  // namespace tocsin::codec
