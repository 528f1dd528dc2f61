#pragma once

#include <string>
#include <utility>
#include <vector>

#include "telemetry/sample.h"

namespace tocsin::telemetry::testing {

using TestLabels = std::vector<std::pair<std::string, std::string>>;
struct TestSeries {
  TestLabels labels;
  std::vector<Sample> samples;
};

// Bytes of a protobuf message, written field by field: an encoder of its own, so that a test does
// not ask the decoder's helpers whether the decoder is right.
class ProtoWriter {
 public:
  ProtoWriter& varint(int field, uint64_t value);
  ProtoWriter& fixed64(int field, double value);
  ProtoWriter& bytes(int field, const std::string& value);
  const std::string& str() const { return out_; }

 private:
  void raw_varint(uint64_t value);
  std::string out_;
};

std::string v1_request(const std::vector<TestSeries>& series);  // prometheus.WriteRequest
std::string v2_request(const std::vector<TestSeries>& series);  // io.prometheus.write.v2.Request
std::string snappy(const std::string& bytes);

inline constexpr std::string_view kV1Type = "application/x-protobuf";
inline constexpr std::string_view kV2Type =
    "application/x-protobuf;proto=io.prometheus.write.v2.Request";

}  // namespace tocsin::telemetry::testing
