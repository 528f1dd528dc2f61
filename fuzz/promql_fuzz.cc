#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "telemetry/selector_promql.h"

// Any bytes give a query or one clear error; and what we would ask from a source, written from a
// query, is read back as the same selectors.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tocsin;
  using namespace tocsin::telemetry;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto query = compile_promql(text);
  if (!query) {
    if (query.error().code != Code::kInvalidArgument) bug("a wrong code");
    if (query.error().message.empty()) bug("an error without words");
    return 0;
  }
  if (query->selectors.empty()) bug("a query of nothing");
  const std::string asked = increase_promql(query->selectors, query->by);
  if (asked.size() > 16'384) return 0;
  const auto again = compile_promql(asked);
  if (!again) bug("what is asked from a source does not compile: " + asked + again.error().message);
  if (again->selectors.size() != query->selectors.size()) bug("other selectors: " + asked);
  for (size_t i = 0; i < query->selectors.size(); ++i) {
    // The metric comes first.
    if (!std::ranges::is_permutation(again->selectors[i], query->selectors[i])) {
      bug("another selector is asked from a source: " + asked);
    }
  }
  return 0;
}
