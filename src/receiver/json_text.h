#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tocsin::receiver {

// JSON as Go's encoding/json writes it: fields in the order in which they are added, < > & as
// \u003c and so on. What the providers' bodies are made of, byte for byte as the reference's.
std::string json_text(std::string_view text);                    // in quotes
std::string json_list(std::span<const std::string> items);       // items are JSON already
std::string json_text_list(std::span<const std::string> texts);  // items are texts

class JsonObject {
 public:
  JsonObject& raw(std::string_view name, std::string_view json);
  JsonObject& text(std::string_view name, std::string_view text);
  JsonObject& text_if_any(std::string_view name, std::string_view text);  // left out when empty
  JsonObject& flag(std::string_view name, bool value);
  JsonObject& number(std::string_view name, int64_t value);
  std::string take();

 private:
  std::string out_;
};

}  // namespace tocsin::receiver
