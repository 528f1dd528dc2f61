#include "codec/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace tocsin::codec {
namespace {

const Node kNothing;
constexpr size_t kUnknownKeysReported = 20;  // of one mapping: hostile input has many

std::string_view kind_name(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull: return "nothing";
    case Node::Kind::kScalar: return "a single value";
    case Node::Kind::kSequence: return "a list";
    case Node::Kind::kMapping: return "a mapping";
  }
  return "";
}

// The whole text as a plain decimal: no sign +, no 010 (eight in YAML 1.1), no inf, no nan.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  const bool is_octal =
      digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
  if (digits.empty() || is_octal) return std::nullopt;
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(value)) return std::nullopt;
  }
  return value;
}

}  // namespace

std::string shown(std::string_view word) {
  constexpr size_t kMost = 80;
  std::string out(word.substr(0, kMost));
  if (word.size() > kMost) {
    // Do not leave half a character of UTF-8 at the end.
    while (!out.empty() && !is_valid_utf8(out) && out.size() + 4 > kMost) out.pop_back();
    out += "...";
  }
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  if (word.size() > 80) return "";  // no typing mistake, and the search is quadratic
  const auto name = nearest(word, candidates);
  return name ? fmt::format("; did you mean '{}'?", shown(*name)) : "";
}

std::string Problem::to_text() const {
  std::string out = file;
  if (place.line > 0)
    out += fmt::format("{}{}:{}", out.empty() ? "line " : ":", place.line, place.column);
  for (const std::string* part : {&field, &message}) {
    if (part->empty()) continue;
    if (!out.empty()) out += ": ";
    out += *part;
  }
  return out;
}

Result<> Problems::as_result() const {
  if (all_.empty()) return {};
  std::vector<std::string> lines;
  for (const Problem& problem : all_) lines.push_back(problem.to_text());
  return invalid(join(lines, "\n"));
}

Fields::Fields(const Node& node, std::string file, Problems& problems, std::string path)
    : node_(&node),
      file_(std::move(file)),
      problems_(&problems),
      path_(std::move(path)),
      place_(node.place) {
  if (node.kind == Node::Kind::kMapping || node.is_null()) return;
  report(&node, path_, fmt::format("must be a mapping (key: value), not {}", kind_name(node)));
  is_broken_ = true;
  node_ = &kNothing;
}

std::string Fields::path_of(std::string_view key) const {
  if (key.empty()) return path_;
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void Fields::report(const Node* at, std::string path, std::string message) {
  const bool has_place = at != nullptr && at->place.line > 0;
  problems_->add({file_, has_place ? at->place : place_, std::move(path), std::move(message)});
}

void Fields::problem(std::string_view key, std::string message) {
  report(key.empty() ? nullptr : node_->find(key), path_of(key), std::move(message));
}

bool Fields::has(std::string_view key) const {
  const Node* node = node_->find(key);
  return node != nullptr && !node->is_null();
}

const Node* Fields::note(std::string_view key) {
  known_.emplace(key);
  const Node* node = node_->find(key);
  return node == nullptr || node->is_null() ? nullptr : node;
}

void Fields::missing(std::string_view key) {
  if (!is_broken_) problem(key, "is missing");
}

const Node* Fields::scalar(std::string_view key, std::string_view what) {
  const Node* node = note(key);
  if (node == nullptr || node->kind == Node::Kind::kScalar) return node;
  problem(key, fmt::format("must be {}, not {}", what, kind_name(*node)));
  return nullptr;
}

const Node* Fields::unquoted(std::string_view key, std::string_view what) {
  const Node* node = scalar(key, what);
  if (node == nullptr || !node->quoted) return node;
  problem(key, fmt::format("must be {}, not text; leave out the quotes", what));
  return nullptr;
}

bool Fields::check_text(const Node& node, const std::string& path) {
  if (node.kind != Node::Kind::kScalar) {
    report(&node, path, fmt::format("must be a text, not {}", kind_name(node)));
    return false;
  }
  if (node.scalar.find('\0') != std::string::npos) {
    report(&node, path, "holds a NUL character; remove it");
    return false;
  }
  return true;
}

std::string Fields::text(std::string_view key) {
  const Node* node = note(key);
  if (node == nullptr) {
    missing(key);
    return "";
  }
  if (!check_text(*node, path_of(key))) return "";
  if (node->scalar.empty()) problem(key, "must not be empty");
  return node->scalar;
}

std::string Fields::text(std::string_view key, std::string fallback) {
  const Node* node = note(key);
  return node == nullptr || !check_text(*node, path_of(key)) ? fallback : node->scalar;
}

int64_t Fields::integer(std::string_view key, std::optional<int64_t> fallback, int64_t least,
                        int64_t most) {
  const Node* node = unquoted(key, "a whole number");
  if (node == nullptr) {
    if (!fallback && !has(key)) missing(key);
    return fallback.value_or(least);
  }
  const auto value = parse_number<int64_t>(node->scalar);
  if (!value) {
    problem(key, fmt::format("'{}' is not a whole number", shown(node->scalar)));
  } else if (*value < least || *value > most) {
    problem(key, fmt::format("must be from {} to {}, not {}", least, most, *value));
  } else {
    return *value;
  }
  return fallback.value_or(least);
}

double Fields::number(std::string_view key, std::optional<double> fallback, double least,
                      double most) {
  const Node* node = unquoted(key, "a number");
  if (node == nullptr) {
    if (!fallback && !has(key)) missing(key);
    return fallback.value_or(least);
  }
  const auto value = parse_number<double>(node->scalar);
  if (!value) {
    problem(key, fmt::format("'{}' is not a number", shown(node->scalar)));
  } else if (*value < least || *value > most) {
    problem(key, fmt::format("must be from {} to {}, not {}", least, most, *value));
  } else {
    return *value;
  }
  return fallback.value_or(least);
}

bool Fields::flag(std::string_view key, bool fallback) {
  const Node* node = unquoted(key, "true or false");
  if (node == nullptr) return fallback;
  if (node->scalar == "true") return true;
  if (node->scalar == "false") return false;
  problem(key, fmt::format("must be true or false, not '{}'", shown(node->scalar)));
  return fallback;
}

Duration Fields::duration(std::string_view key, std::optional<Duration> fallback, Duration least,
                          Duration most) {
  const Node* node = scalar(key, "a duration such as 5m");
  if (node == nullptr) {
    if (!fallback && !has(key)) missing(key);
    return fallback.value_or(least);
  }
  const auto value = parse_duration(node->scalar);
  if (!value) {
    problem(key, value.error().message);
  } else if (*value < least || *value > most) {
    problem(key, fmt::format("must be from {} to {}, not {}", to_text(least), to_text(most),
                             to_text(*value)));
  } else {
    return *value;
  }
  return fallback.value_or(least);
}

std::vector<std::string> Fields::texts(std::string_view key) {
  const Node* node = note(key);
  std::vector<std::string> out;
  if (node == nullptr) return out;
  if (node->kind != Node::Kind::kSequence) {
    problem(key, fmt::format("must be a list of texts, not {}", kind_name(*node)));
    return out;
  }
  for (size_t i = 0; i < node->items.size(); ++i) {
    const std::string path = fmt::format("{}[{}]", path_of(key), i);
    if (check_text(node->items[i], path)) out.push_back(node->items[i].scalar);
  }
  return out;
}

std::map<std::string, std::string> Fields::text_map(std::string_view key) {
  const Node* node = note(key);
  std::map<std::string, std::string> out;
  if (node == nullptr) return out;
  if (node->kind != Node::Kind::kMapping) {
    problem(key, fmt::format("must be a mapping of texts, not {}", kind_name(*node)));
    return out;
  }
  for (const auto& [name, value] : node->fields) {
    const std::string path = fmt::format("{}.{}", path_of(key), shown(name));
    if (name.find('\0') != std::string::npos) {
      report(&value, path, "its key holds a NUL character; remove it");
    } else if (check_text(value, path)) {
      out.emplace(name, value.scalar);
    }
  }
  return out;
}

size_t Fields::choice(std::string_view key, std::span<const std::string_view> allowed,
                      std::optional<size_t> fallback) {
  const Node* node = scalar(key, "a text");
  if (node == nullptr) {
    if (!fallback && !has(key)) missing(key);
    return fallback.value_or(0);
  }
  const auto found = std::ranges::find(allowed, std::string_view(node->scalar));
  if (found != allowed.end()) return static_cast<size_t>(found - allowed.begin());
  const std::vector<std::string> names(allowed.begin(), allowed.end());
  problem(key, fmt::format("'{}' is not one of {}{}", shown(node->scalar), join(names, ", "),
                           did_you_mean(node->scalar, names)));
  return fallback.value_or(0);
}

Secret Fields::secret(std::string_view key) {
  const Node* node = note(key);
  if (node == nullptr || !check_text(*node, path_of(key))) return Secret();
  auto value = expand_environment(node->scalar);
  if (value) return Secret(*std::move(value));
  problem(key, value.error().message);
  return Secret();
}

Fields Fields::child(std::string_view key) {
  const Node* node = note(key);
  Fields out(node == nullptr ? kNothing : *node, file_, *problems_, path_of(key));
  if (node == nullptr) {
    const Node* null = node_->find(key);
    out.place_ = null == nullptr ? place_ : null->place;
    out.is_broken_ = is_broken_;
  }
  return out;
}

std::vector<Fields> Fields::children(std::string_view key) {
  const Node* node = note(key);
  std::vector<Fields> out;
  if (node == nullptr) return out;
  if (node->kind != Node::Kind::kSequence) {
    problem(key, fmt::format("must be a list of mappings, not {}", kind_name(*node)));
    return out;
  }
  for (size_t i = 0; i < node->items.size(); ++i) {
    const Node& item = node->items[i];
    const std::string path = fmt::format("{}[{}]", path_of(key), i);
    if (item.is_null()) {
      report(&item, path, "must be a mapping (key: value), not nothing");
      continue;
    }
    Fields fields(item, file_, *problems_, path);
    if (!fields.is_broken_) out.push_back(std::move(fields));
  }
  return out;
}

const Node* Fields::raw(std::string_view key) { return note(key); }

void Fields::finish() {
  const std::vector<std::string> names(known_.begin(), known_.end());
  size_t unknown = 0;
  for (const auto& [key, value] : node_->fields) {
    if (known_.contains(key) || ++unknown > kUnknownKeysReported) continue;
    report(&value, path_of(shown(key)),
           fmt::format("is not a known field{}", did_you_mean(key, names)));
  }
  if (unknown > kUnknownKeysReported) {
    problem("", fmt::format("{} more fields are not known", unknown - kUnknownKeysReported));
  }
}

}  // namespace tocsin::codec
