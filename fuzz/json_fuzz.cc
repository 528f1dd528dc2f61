#include <string_view>

#include "check_tree.h"
#include "codec/json.h"

// Any bytes give one value within the limits, or one clear error. What parse_json takes the lenient
// reader takes too, and what we write of it parses again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tocsin;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto own = codec::read_own_json(text);
  codec::to_text(codec::Json(text));
  const auto node = codec::parse_json(text);
  if (!node) {
    if (node.error().code != Code::kInvalidArgument) bug("a wrong code");
    return 0;
  }
  fuzz::check_tree(*node, 33);
  if (!own) bug("parse_json takes what read_own_json refuses");
  const std::string written = codec::to_text(*own);
  const auto again = codec::parse_json(written);
  if (!again) bug("what we wrote does not parse: " + written);
  return 0;
}
