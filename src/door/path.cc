#include <fmt/format.h>

#include <charconv>

#include "door/mapping.h"

namespace tocsin::door {
namespace {

using codec::Node;

constexpr size_t kMostSteps = 32;      // as deep as a body may be
constexpr size_t kMostFound = 10'000;  // [*] in [*] may lead to many

// Reads a path from left to right; what is wrong is told with the column.
class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::unexpected<Error> wrong(std::string_view what) const {
    return invalid(
        fmt::format("'{}' is no path: column {}: {}", codec::shown(text_), at_ + 1, what));
  }

  Result<std::string> name() {
    if (take('"')) {
      const size_t end = text_.find('"', at_);
      if (end == std::string_view::npos) return wrong("the quotes are not closed");
      std::string out(text_.substr(at_, end - at_));
      at_ = end + 1;
      return out;
    }
    const size_t end = std::min(text_.find_first_of(".[]\"", at_), text_.size());
    if (end == at_) return wrong("a name is missing, such as check.name");
    std::string out(text_.substr(at_, end - at_));
    at_ = end;
    return out;
  }
  // Behind the '['; nothing for [*].
  Result<std::optional<size_t>> item() {
    if (take('*')) {
      if (!take(']')) return wrong("']' is missing");
      return std::nullopt;
    }
    size_t number = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), number);
    if (error != std::errc()) return wrong("write [*] for each item, or a number such as [0]");
    at_ += static_cast<size_t>(end - begin);
    if (!take(']')) return wrong("']' is missing");
    return number;
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

Result<Path> Path::parse(std::string_view text) {
  Path path;
  path.text_ = text;
  PathParser parser(text);
  bool is_first = true;
  if (parser.take('$')) {
    path.is_from_body_ = true;
    is_first = false;
    if (parser.at_end()) return path;
  }
  while (!parser.at_end()) {
    if (path.steps_.size() == kMostSteps) return parser.wrong("there are more than 32 steps");
    if (parser.take('[')) {
      ASSIGN_OR_RETURN(const auto item, parser.item());
      path.steps_.push_back({item ? Step::Kind::kItem : Step::Kind::kEach, "", item.value_or(0)});
    } else {
      if (!is_first && !parser.take('.')) return parser.wrong("a '.' is missing");
      ASSIGN_OR_RETURN(std::string name, parser.name());
      path.steps_.push_back({Step::Kind::kField, std::move(name), 0});
    }
    is_first = false;
  }
  if (path.steps_.empty()) return parser.wrong("a name is missing, such as check.name");
  return path;
}

std::vector<const Node*> Path::find(const Node& body, const Node& alert) const {
  std::vector<const Node*> found = {is_from_body_ ? &body : &alert};
  for (const Step& step : steps_) {
    std::vector<const Node*> next;
    for (const Node* node : found) {
      if (step.kind == Step::Kind::kField) {
        if (const Node* field = node->find(step.field)) next.push_back(field);
      } else if (node->kind != Node::Kind::kSequence) {
        continue;
      } else if (step.kind == Step::Kind::kItem) {
        if (step.item < node->items.size()) next.push_back(&node->items[step.item]);
      } else {
        for (const Node& item : node->items) next.push_back(&item);
      }
      // One more than is wanted, so that the caller sees that there are too many.
      if (next.size() > kMostFound) next.resize(kMostFound + 1);
    }
    found = std::move(next);
  }
  std::erase_if(found, [](const Node* node) { return node->is_null(); });
  return found;
}

}  // namespace tocsin::door
