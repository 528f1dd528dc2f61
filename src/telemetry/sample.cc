#include "telemetry/sample.h"

#include <array>
#include <utility>

namespace tocsin::telemetry {

std::string_view name_of(Refusal refusal) {
  static constexpr std::array<std::string_view, kRefusals> kNames{
      "malformed",   "request_too_large", "busy",
      "unsupported", "label_count",       "label_name",
      "label_value", "duplicate_label",   "series_limit",
      "future",      "group_limit",       "target_too_large"};
  return kNames[static_cast<size_t>(std::to_underlying(refusal))];
}

}  // namespace tocsin::telemetry
