#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "telemetry/write_batch.h"

namespace tocsin::telemetry {

// Prometheus remote write, 1.0 (prometheus.WriteRequest) and 2.0 (io.prometheus.write.v2.Request):
// https://prometheus.io/docs/specs/prw/remote_write_spec/ and .../remote_write_spec_2_0/.
enum class WriteProtocol { kV1, kV2 };

// A request of which nothing was taken. `status` is the HTTP status: 415 content type or encoding,
// 400 damaged bytes, 413 too large, 429 try later.
struct RefusedRequest {
  int status = 400;
  Refusal reason = Refusal::kMalformed;
  std::string message;
};
template <class T>
using WriteResult = std::expected<T, RefusedRequest>;

// From the request's headers. Both may be missing: 1.0 and snappy, as Prometheus takes it.
WriteResult<WriteProtocol> negotiate(std::optional<std::string_view> content_type,
                                     std::optional<std::string_view> content_encoding);

// Undoes snappy's block format into the batch's buffer. The size that the sender claims is held
// against `max_bytes` before anything is allocated.
WriteResult<std::string_view> unpack_snappy(std::string_view body, size_t max_bytes,
                                            WriteBatch& batch);

// Reads a whole message into `batch` (cleared first), hashing the label bytes of each series. All
// or nothing: after a failure the batch holds nothing of use. `message` must outlive the batch's
// use. Labels are not looked into: that happens once a series. Native histograms and exemplars are
// counted. `max_resolved` bounds the bytes of 2.0 labels after their references are followed.
WriteResult<void> decode(WriteProtocol protocol, std::string_view message, const LabelHasher& hash,
                         size_t max_resolved, WriteBatch& batch);

}  // namespace tocsin::telemetry
