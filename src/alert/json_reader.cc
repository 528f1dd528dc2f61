#include "alert/json_reader.h"

#include <fmt/format.h>

#include "alert/go_json.h"

namespace tocsin::alert {
namespace {

namespace dom = simdjson::dom;

// encoding/json takes 10,000 arrays and objects in each other; the parser counts one more.
constexpr size_t kDeepest = 10'001, kBeginsWith = 1024;

std::string_view name_of(dom::element_type type) {
  switch (type) {
    case dom::element_type::ARRAY: return "array";
    case dom::element_type::OBJECT: return "object";
    case dom::element_type::STRING: return "string";
    case dom::element_type::BOOL: return "bool";
    case dom::element_type::NULL_VALUE: return "null";
    default: return "number";
  }
}

}  // namespace

std::unexpected<Refusal> refuse(int status, int code, std::string message) {
  return std::unexpected(Refusal{status, code, std::move(message)});
}

std::unexpected<Refusal> unreadable(std::string_view what, std::string_view why) {
  return refuse(400, 400, fmt::format("parsing {} body from \"\" failed, because {}", what, why));
}

std::unexpected<Refusal> missing(std::string_view field) {
  return refuse(422, kMissing, fmt::format("{} in body is required", field));
}

std::string wrong_type(dom::element_type is, std::string_view field, std::string_view wanted) {
  return fmt::format("json: cannot unmarshal {} into field {} of type {}", name_of(is), field,
                     wanted);
}

Refusal not_a(std::string_view wanted, std::string_view what, const dom::key_value_pair& field) {
  return unreadable(what, wrong_type(field.value.type(), field.key, wanted)).error();
}

std::optional<Refusal> append_pairs(dom::object object, std::string_view what,
                                    std::string_view field,
                                    std::vector<routing::LabelPair>& pairs) {
  for (const dom::key_value_pair pair : object) {
    std::string_view value;  // to Go null is the empty text
    if (pair.value.get_string().get(value) != simdjson::SUCCESS && !pair.value.is_null()) {
      return unreadable(what, wrong_type(pair.value.type(), field, "string")).error();
    }
    pairs.emplace_back(pair.key, value);
  }
  return std::nullopt;
}

JsonReader::JsonReader() {
  // Fails without memory; then the first body says so.
  [[maybe_unused]] const auto error = parser_.allocate(kBeginsWith, kDeepest);
}

std::expected<dom::element, Refusal> JsonReader::read(std::string_view body,
                                                      std::string_view what) {
  text_.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  text_.assign(body);
  return read_padded(text_, what);
}

std::expected<dom::element, Refusal> JsonReader::read_padded(std::string_view text,
                                                             std::string_view what) {
  dom::element root;
  read_bytes_ = text.size();
  auto error = parser_.parse(text.data(), text.size(), false).get(root);
  if (error == simdjson::SUCCESS) return root;
  const std::string_view first = first_value(text);
  if (first.size() < text.size()) {
    error = parser_.parse(text.data(), first.size(), false).get(root);
  }
  if (error != simdjson::SUCCESS) {
    const std::string strict = as_strict_json(first);
    read_bytes_ = strict.size();
    if (strict != first) error = parser_.parse(strict).get(root);
  }
  if (error != simdjson::SUCCESS) return unreadable(what, simdjson::error_message(error));
  return root;
}

}  // namespace tocsin::alert
