#pragma once

#include <simdjson.h>

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/refusal.h"
#include "routing/labels.h"

namespace tocsin::alert {

// What the readers of API v2's bodies share.

std::unexpected<Refusal> refuse(int status, int code, std::string message);
// What is no JSON, or of another type than it should be. `what` is the body: alerts, silence.
std::unexpected<Refusal> unreadable(std::string_view what, std::string_view why);
std::unexpected<Refusal> missing(std::string_view field);
std::string wrong_type(simdjson::dom::element_type is, std::string_view field,
                       std::string_view wanted);
Refusal not_a(std::string_view wanted, std::string_view what,
              const simdjson::dom::key_value_pair& field);

// The pairs of an object of texts, which is the value of `field`. Their texts hold as long as it
// does.
std::optional<Refusal> append_pairs(simdjson::dom::object object, std::string_view what,
                                    std::string_view field, std::vector<routing::LabelPair>& pairs);

// A parser that keeps its memory from one body to the next. It reads one value and leaves what
// follows, takes what Go's decoder takes (go_json.h), and goes as deep as that. One thread's; what
// it returns holds until the next call.
class JsonReader {
 public:
  JsonReader();
  std::expected<simdjson::dom::element, Refusal> read(std::string_view body, std::string_view what);
  // SIMDJSON_PADDING bytes behind the text are looked at.
  std::expected<simdjson::dom::element, Refusal> read_padded(std::string_view text,
                                                             std::string_view what);

  size_t read_bytes() const { return read_bytes_; }  // of the text that was read at last

 private:
  simdjson::dom::parser parser_;
  size_t read_bytes_ = 0;
  std::string text_;
};

}  // namespace tocsin::alert
