#include "door/draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/text.h"
#include "receiver/truncate.h"

namespace tocsin::door {
namespace {

routing::Labels labels_from(const std::map<std::string, std::string, std::less<>>& pairs) {
  std::vector<routing::LabelPair> out(pairs.begin(), pairs.end());
  return routing::Labels::from_buffer(out);
}

codec::Json number_json(const std::string& text) {
  int64_t whole = 0;
  const char* end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, whole);
      read.ec == std::errc() && read.ptr == end) {
    return whole;
  }
  double number = 0;
  if (const auto read = std::from_chars(text.data(), end, number);
      read.ec == std::errc() && read.ptr == end) {
    return number;
  }
  return codec::Json(text);
}

// A link that a browser may be sent to.
bool is_link(std::string_view url) {
  constexpr size_t kLongest = 8192;
  const std::string start = to_lower(url.substr(0, 8));
  return (start.starts_with("http://") || start.starts_with("https://")) &&
         url.size() <= kLongest && std::ranges::all_of(url, [](char c) {
           return static_cast<unsigned char>(c) > ' ' && c != 0x7f;
         });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "+0000" at the end becomes "+00:00"; a text without an offset is taken as UTC.
std::string with_offset(std::string text) {
  const size_t t = text.find_first_of("Tt ");
  if (t == std::string::npos) return text;
  text[t] = 'T';
  if (text.ends_with('Z') || text.ends_with('z')) return text;
  const size_t sign = text.find_first_of("+-", t);
  if (sign == std::string::npos) return text + "Z";
  if (text.size() - sign == 5 && std::all_of(text.begin() + sign + 1, text.end(), is_digit)) {
    text.insert(sign + 3, ":");
  }
  return text;
}

// Between 2001 and 2100 in seconds; what is larger counts milliseconds, microseconds or
// nanoseconds.
std::optional<Time> time_of_number(double number) {
  constexpr double kLeast = 1e9, kMost = 4.2e9;
  for (const double unit : {1.0, 1e3, 1e6, 1e9}) {
    const double at = number / unit;
    if (at >= kLeast && at <= kMost) return Time(from_seconds(at));
  }
  return std::nullopt;
}

}  // namespace

std::string_view Draft::label_of(std::string_view name) const {
  const auto found = labels_.find(name);
  return found == labels_.end() ? std::string_view() : found->second;
}

void Draft::label(std::string_view name, std::string_view value) {
  if (name.empty() || value.empty() || has_label(name)) return;
  labels_.emplace(
      receiver::truncate_bytes(name, kLongestLabel),
      receiver::truncate_bytes(value, name == kKeyLabel ? kLongestKeyLabel : kLongestLabel));
}

void Draft::annotation(std::string_view name, std::string_view value) {
  if (name.empty() || value.empty() || has_annotation(name)) return;
  std::string cut = receiver::truncate_bytes(value, kLongestAnnotation);
  annotation_bytes_ += name.size() + cut.size();
  if (name.size() > kLongestLabel || annotation_bytes_ > kMostAnnotations) {
    annotation_bytes_ -= name.size() + cut.size();
    ++left_out_;
    return;
  }
  annotations_.emplace(name, std::move(cut));
}

void Draft::detail(std::string_view name, std::string_view value) {
  annotation(has_annotation(name) ? fmt::format("details.{}", name) : std::string(name), value);
}

routing::PostedAlert Draft::alert(Time starts, Time ends, Time now) const {
  routing::PostedAlert out;
  out.labels = labels_from(labels_);
  auto annotations = annotations_;
  if (left_out_ > 0) annotations["left_out"] = fmt::format("{} details", left_out_);
  out.annotations = labels_from(annotations);
  out.starts = std::min(starts, ends);
  out.ends = ends;
  out.updated = now;
  if (is_link(generator_url)) out.generator_url = generator_url;
  return out;
}

routing::PostedAlert Draft::firing(Time starts, Time now) const {
  routing::PostedAlert out = alert(std::min(starts, now), now + kUntilResolved, now);
  out.is_timeout = true;  // nobody named this end: one that is named later holds
  return out;
}

routing::PostedAlert Draft::resolved(Time starts, Time ends, Time now) const {
  return alert(starts, std::min(ends, now), now);
}

codec::Json to_json(const codec::Node& node) {
  switch (node.kind) {
    case codec::Node::Kind::kNull: return nullptr;
    case codec::Node::Kind::kScalar:
      if (node.quoted) return codec::Json(node.scalar);
      if (node.scalar == "true" || node.scalar == "false") return node.scalar == "true";
      return number_json(node.scalar);
    case codec::Node::Kind::kSequence: {
      codec::JsonArray list;
      for (const codec::Node& item : node.items) list.push_back(to_json(item));
      return list;
    }
    case codec::Node::Kind::kMapping: {
      codec::JsonObject object;
      for (const codec::Field& field : node.fields) object[field.key] = to_json(field.value);
      return object;
    }
  }
  return nullptr;
}

std::string text_of(const codec::Node* node) {
  if (node == nullptr || node->is_null()) return "";
  if (node->kind == codec::Node::Kind::kScalar) return node->scalar;
  return codec::to_text(to_json(*node));
}

std::optional<Time> time_of(const codec::Node* node) {
  if (node == nullptr || node->kind != codec::Node::Kind::kScalar) return std::nullopt;
  const std::string text(trim(node->scalar));
  double number = 0;
  const char* end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, number);
      read.ec == std::errc() && read.ptr == end) {
    return time_of_number(number);
  }
  // Go's zero time says that there is none.
  if (text.starts_with("0001-01-01T00:00:00")) return std::nullopt;
  const auto time = parse_rfc3339(with_offset(text));
  if (!time) return std::nullopt;
  return *time;
}

}  // namespace tocsin::door
