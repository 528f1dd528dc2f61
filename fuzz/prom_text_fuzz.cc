#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>

#include "base/result.h"
#include "telemetry/prom_text.h"

// The first byte chooses the format. Any bytes give samples and perhaps one error.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tocsin;
  using namespace tocsin::telemetry;
  if (size == 0) return 0;
  const TextFormat format = (data[0] & 1) != 0 ? TextFormat::kOpenMetrics : TextFormat::kPrometheus;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  size_t bytes = 0;
  const auto result = parse_prom_text(text, format, [&](const TextSample& sample) {
    if (sample.name.empty()) bug("a sample without a name");
    bytes += sample.name.size();
    std::set<std::string_view> names{"__name__"};
    for (const auto& [name, value] : sample.labels) {
      if (name.empty()) bug("a label without a name");
      if (!names.insert(name).second) bug("a label that is there twice");
      bytes += name.size() + value.size();
    }
    return true;
  });
  if (bytes > text.size()) bug("more came out than went in");
  if (!result && result.error().code != Code::kInvalidArgument &&
      result.error().code != Code::kAlreadyExists) {
    bug("a wrong code");
  }
  return 0;
}
