#include <string_view>

#include "check_tree.h"
#include "codec/fields.h"
#include "codec/yaml.h"

// Any bytes give documents within the limits, or one clear error.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tocsin;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const codec::YamlLimits limits = {.max_bytes = 1 << 16, .max_nodes = 2000, .max_depth = 16};
  const auto documents = codec::parse_yaml(text, limits);
  codec::Problems problems;
  codec::parse_yaml(text, "fuzz", problems, limits);
  if (documents.has_value() != problems.empty()) bug("the two ways to parse do not agree");
  if (!documents) {
    if (documents.error().code != Code::kInvalidArgument) bug("a wrong code");
    return 0;
  }
  for (const codec::Node& document : *documents) {
    if (document.is_null()) bug("an empty document");
    fuzz::check_tree(document, limits.max_depth);
  }
  return 0;
}
