#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::telemetry {

// A piece of PromQL text. `at` is its place in the text, from 0.
struct PromqlToken {
  enum class Kind { kName, kNumber, kString, kDuration, kSymbol, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;  // a string without its quotes and escapes
  size_t at = 0;
  bool is(std::string_view symbol) const { return kind == Kind::kSymbol && text == symbol; }
  bool is_name(std::string_view name) const;  // keywords compare without case
};

// The last token is kEnd. Understands comments (#), all three kinds of strings, and operators of
// one or two characters. kInvalidArgument says where and what.
Result<std::vector<PromqlToken>> tokenize_promql(std::string_view text);

}  // namespace tocsin::telemetry
