// A path of a Door: the first line of the input; the rest is a body that it is followed in.
#include <cstdint>
#include <string_view>

#include "door/mapping.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tocsin;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line = text.find('\n');
  const auto path = door::Path::parse(text.substr(0, line));
  if (!path) return 0;
  if (door::Path::parse(path->text())->text() != path->text())
    bug("a path is not what it was read as");
  const auto body =
      codec::parse_json(line == std::string_view::npos ? "{}" : text.substr(line + 1));
  if (!body) return 0;
  for (const codec::Node* node : path->find(*body, *body)) {
    if (node == nullptr || node->is_null()) bug("a path is not what it was read as");
    door::text_of(node);
    door::time_of(node);
  }
  return 0;
}
