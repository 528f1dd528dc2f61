#include <fmt/format.h>

#include <algorithm>

#include "routing/label_name.h"
#include "routing/read_config.h"

namespace tocsin::routing {
namespace {

// `match` and `match_re`, the older ways to say matchers.
void read_match(codec::Fields& f, std::string_view key, MatchOp op, Matchers& into) {
  const codec::Node* node = f.raw(key);
  if (node == nullptr) return;
  if (node->kind != codec::Node::Kind::kMapping) {
    f.problem(key, "must be a mapping (label: value)");
    return;
  }
  for (const auto& [name, value] : node->fields) {
    if (!is_classic_label_name(name)) {
      f.problem(key, fmt::format("'{}' is not a label's name", codec::shown(name)));
    } else if (value.kind != codec::Node::Kind::kScalar &&
               (!value.is_null() || op == MatchOp::kRegex)) {
      f.problem(key, fmt::format("the value of '{}' must be a text", codec::shown(name)));
    } else if (auto matcher = Matcher::make(name, op, value.scalar)) {
      into.push_back(*std::move(matcher));
    } else {
      f.problem(key, matcher.error().message);
    }
  }
}

void read_matcher_list(codec::Fields& f, std::string_view key, Reading& reading, Matchers& into) {
  for (const std::string& text : read_texts(f, key)) {
    auto parsed = parse_matchers(text, reading.syntax);
    if (!parsed) {
      f.problem(key, parsed.error().message);
      continue;
    }
    if (!parsed->warning.empty()) reading.warn(f, key, parsed->warning);
    std::ranges::move(parsed->matchers, std::back_inserter(into));
  }
}

}  // namespace

Matchers read_matchers(codec::Fields& f, std::string_view prefix, MatcherForms forms,
                       Reading& reading) {
  Matchers out;
  if (forms == MatcherForms::kAll) {
    read_match(f, fmt::format("{}match", prefix), MatchOp::kEqual, out);
    read_match(f, fmt::format("{}match_re", prefix), MatchOp::kRegex, out);
  }
  read_matcher_list(f, fmt::format("{}matchers", prefix), reading, out);
  std::ranges::sort(out);
  return out;
}

std::vector<std::string> read_label_names(codec::Fields& f, std::string_view key,
                                          const Reading& reading) {
  std::vector<std::string> names = read_texts(f, key);
  for (const std::string& name : names) {
    const bool is_fine =
        reading.syntax == MatcherSyntax::kClassic ? is_classic_label_name(name) : !name.empty();
    if (!is_fine) f.problem(key, fmt::format("'{}' is not a label's name", codec::shown(name)));
  }
  return names;
}

Labels read_labels(codec::Fields& f, std::string_view key) {
  const std::map<std::string, std::string> texts = f.text_map(key);
  std::vector<LabelPair> pairs;
  for (const auto& [name, value] : texts) {
    if (name.empty()) f.problem(key, "has a label without a name");
    pairs.emplace_back(name, value);
  }
  return Labels::from(std::move(pairs));
}

}  // namespace tocsin::routing
