#include "receiver/json_text.h"

#include <utility>
#include <vector>

#include "gotemplate/functions.h"

namespace tocsin::receiver {

std::string json_text(std::string_view text) {
  return gotemplate::json_text(gotemplate::Value(text));
}

std::string json_list(std::span<const std::string> items) {
  std::string out = "[";
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    out += items[i];
  }
  return out + "]";
}

std::string json_text_list(std::span<const std::string> texts) {
  std::vector<std::string> items;
  for (const std::string& text : texts) items.push_back(json_text(text));
  return json_list(items);
}

JsonObject& JsonObject::raw(std::string_view name, std::string_view json) {
  out_ += out_.empty() ? '{' : ',';
  out_ += json_text(name);
  out_ += ':';
  out_ += json;
  return *this;
}

JsonObject& JsonObject::text(std::string_view name, std::string_view text) {
  return raw(name, json_text(text));
}

JsonObject& JsonObject::text_if_any(std::string_view name, std::string_view text) {
  return text.empty() ? *this : raw(name, json_text(text));
}

JsonObject& JsonObject::flag(std::string_view name, bool value) {
  return raw(name, value ? "true" : "false");
}

JsonObject& JsonObject::number(std::string_view name, int64_t value) {
  return raw(name, std::to_string(value));
}

std::string JsonObject::take() { return out_.empty() ? "{}" : std::exchange(out_, {}) + "}"; }

}  // namespace tocsin::receiver
