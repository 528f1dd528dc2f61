// Templates of HTTP providers, with values that mean harm: JSON stays JSON, a URL and a header stay
// one. The first line is the template, the rest is the value of every place; and as a provider's
// answer, with the template as the path into it.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.h"
#include "codec/json.h"
#include "notify/http_template.h"

namespace {

using namespace tocsin;
using notify::Template;

void check(bool holds, const char* what) {
  if (!holds) bug(what);
}

Template::Values values_of(std::string_view value) {
  Template::Values values;
  for (const std::string& name : notify::template_names()) values[name] = std::string(value);
  return values;
}

bool is_plain(const std::string& text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::string_view text = all.substr(0, all.find('\n'));
  const std::string_view value = all.substr(std::min(text.size() + 1, all.size()));
  const auto values = values_of(value), harmless = values_of("x");
  for (const auto escape : {Template::Escape::kNone, Template::Escape::kJson,
                            Template::Escape::kUrl, Template::Escape::kHeader}) {
    const auto made = Template::parse(text, escape, notify::template_names());
    if (!made) continue;
    const std::string out = made->render(values);
    if (escape == Template::Escape::kJson) {
      // As read_http_template() has it: a place outside of quotes is refused there.
      const bool is_json = codec::parse_json(made->render(values_of("a \"b\" \\ c"))).has_value();
      if (is_json) check(codec::parse_json(out).has_value(), "a value broke the JSON around it");
    }
    if (escape == Template::Escape::kHeader && is_plain(std::string(text))) {
      check(is_plain(out), "a value began a header of its own");
    }
    if (escape == Template::Escape::kUrl && is_plain(std::string(text))) {
      check(is_plain(out), "a value left its place in the URL");
      const auto marks = [](const std::string& s) {
        return std::ranges::count_if(s, [](char c) { return c == '&' || c == '#' || c == '/'; });
      };
      check(marks(out) == marks(made->render(harmless)), "a value added a part to the URL");
    }
  }
  check(is_valid_utf8(notify::text_at(value, text)), "an id that cannot be stored was read");
  return 0;
}
