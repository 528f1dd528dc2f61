#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/sample.h"

namespace tocsin::telemetry {

inline constexpr std::string_view kMetricName = "__name__";

struct LabelView {
  std::string_view name, value;
  auto operator<=>(const LabelView&) const = default;
};

// How large the labels of one series may be. Reaching a limit refuses the series and no other.
struct LabelLimits {
  size_t max_labels = 64;
  size_t max_name_bytes = 256;
  size_t max_value_bytes = 4096;
};

struct RefusedSeries {
  Refusal reason = Refusal::kMalformed;
  std::string message;
};

// The labels of one series, sorted by name, each name once, none with an empty value (a label
// without a value is a label that is not there, as in Prometheus). Views into bytes that somebody
// else owns.
class LabelSet {
 public:
  // Sorts, leaves out empty values and checks against the limits.
  static std::expected<LabelSet, RefusedSeries> from(std::vector<LabelView> labels,
                                                     const LabelLimits& limits);
  // From the label fields of a remote write 1.0 TimeSeries, which is the form in which every
  // source hands labels to the index.
  static std::expected<LabelSet, RefusedSeries> parse_wire(std::string_view wire,
                                                           const LabelLimits& limits);

  std::string_view get(std::string_view name) const;  // empty: not there
  void erase(std::string_view name);
  const std::vector<LabelView>& all() const { return all_; }
  std::string to_text() const;  // name{a="x",b="y"}

 private:
  std::vector<LabelView> all_;
};

// Appends one label as a field of a remote write 1.0 TimeSeries.
void append_wire_label(std::string& out, std::string_view name, std::string_view value);

// A label set that owns its text, for groups and configuration.
using Labels = std::map<std::string, std::string>;

}  // namespace tocsin::telemetry
