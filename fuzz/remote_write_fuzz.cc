#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "telemetry/label_set.h"
#include "telemetry/remote_write.h"

namespace {

using namespace tocsin;
using namespace tocsin::telemetry;

constexpr size_t kMost = 1 << 20;

// What was decoded lies within the batch, and its labels are labels or are refused.
void check(const WriteBatch& batch) {
  size_t next = 0;
  for (const WriteBatch::Series& series : batch.series) {
    if (series.first != next || series.count == 0) bug("samples are not in the order of series");
    next += series.count;
    const auto labels = LabelSet::parse_wire({series.labels, series.labels_size}, LabelLimits{});
    if (!labels) continue;
    for (size_t i = 0; i < labels->all().size(); ++i) {
      const LabelView& label = labels->all()[i];
      if (label.value.empty()) bug("an empty label was kept");
      if (i > 0 && !(labels->all()[i - 1].name < label.name)) bug("labels are not in order");
    }
  }
  if (next != batch.samples.size()) bug("a sample belongs to nobody");
}

}  // namespace

// The first byte says how to read the rest: bit 0 protocol 2.0, bit 1 with snappy. Any bytes give a
// whole batch or one refusal.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  static const LabelHasher hasher(std::string(LabelHasher::kSecretBytes, 'x'));
  static WriteBatch batch;
  const WriteProtocol protocol = (data[0] & 1) != 0 ? WriteProtocol::kV2 : WriteProtocol::kV1;
  std::string_view message(reinterpret_cast<const char*>(data) + 1, size - 1);
  if ((data[0] & 2) != 0) {
    const auto unpacked = unpack_snappy(message, kMost, batch);
    if (!unpacked) {
      if (unpacked.error().status != 400 && unpacked.error().status != 413) bug("a wrong status");
      return 0;
    }
    message = *unpacked;
  }
  if (const auto decoded = decode(protocol, message, hasher, kMost, batch)) {
    check(batch);
  } else if (decoded.error().message.empty()) {
    bug("a refusal without a reason");
  }
  return 0;
}
