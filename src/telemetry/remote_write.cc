#include "telemetry/remote_write.h"

#include <fmt/format.h>
#include <snappy.h>

#include "base/text.h"
#include "telemetry/proto_reader.h"

namespace tocsin::telemetry {
namespace {

std::unexpected<RefusedRequest> refuse(int status, Refusal reason, std::string message) {
  return std::unexpected(RefusedRequest{status, reason, std::move(message)});
}

// A tag is the field's number * 8 + its wire type.
constexpr uint64_t bytes_tag(uint64_t field) { return field << 3 | 2; }
constexpr uint64_t varint_tag(uint64_t field) { return field << 3; }
constexpr uint64_t double_tag(uint64_t field) { return field << 3 | 1; }

bool read_sample(std::string_view body, Sample& out) {
  ProtoReader fields(body);
  uint64_t number = 0, tag = 0;
  while (!fields.done()) {
    if (!fields.varint(tag)) return false;
    if (tag == double_tag(1)) {
      if (!fields.fixed64(out.v)) return false;
    } else if (tag == varint_tag(2) || tag == varint_tag(3)) {
      if (!fields.varint(number)) return false;
      (tag == varint_tag(2) ? out.t_ms : out.start_ms) = static_cast<int64_t>(number);
    } else if (!fields.skip(tag)) {
      return false;
    }
  }
  return true;
}

class V1Decoder {
 public:
  V1Decoder(const LabelHasher& hash, WriteBatch& batch) : hash_(hash), batch_(batch) {}

  bool request(std::string_view message) {
    ProtoReader fields(message);
    uint64_t tag = 0;
    std::string_view body;
    while (!fields.done()) {
      if (!fields.varint(tag)) return false;
      if (tag == bytes_tag(1)) {
        if (!fields.bytes(body) || !series(body)) return false;
      } else if (!fields.skip(tag)) {  // metadata and what is reserved
        return false;
      }
    }
    return true;
  }

 private:
  bool series(std::string_view body) {
    ProtoReader fields(body);
    // Senders write the labels first: one run of bytes that is hashed where it lies.
    std::string_view label;
    while (!fields.done() && *fields.at() == static_cast<char>(bytes_tag(1))) {
      fields.move_to(fields.at() + 1);
      if (!fields.bytes(label)) return false;
    }
    const std::string_view labels(body.data(), static_cast<size_t>(fields.at() - body.data()));
    const auto first = static_cast<uint32_t>(batch_.samples.size());
    bool is_scattered = false;
    uint64_t tag = 0;
    std::string_view part;
    while (!fields.done()) {
      if (!fields.varint(tag)) return false;
      if (tag == bytes_tag(2)) {
        if (!fields.bytes(part) || !read_sample(part, batch_.samples.emplace_back())) return false;
      } else {
        is_scattered = is_scattered || tag == bytes_tag(1);
        batch_.exemplars += tag == bytes_tag(3);
        batch_.histograms += tag == bytes_tag(4);
        if (!fields.skip(tag)) return false;
      }
    }
    const auto count = static_cast<uint32_t>(batch_.samples.size()) - first;
    if (count == 0) return true;
    if (is_scattered) return scattered_series(body, first, count);
    batch_.series.push_back({.hash = hash_(labels),
                             .labels = labels.data(),
                             .labels_size = static_cast<uint32_t>(labels.size()),
                             .first = first,
                             .count = count});
    return true;
  }

  // Legal, though no known sender does it: labels after or between samples.
  bool scattered_series(std::string_view body, uint32_t first, uint32_t count) {
    const size_t begin = batch_.resolved.size();
    ProtoReader fields(body);
    uint64_t tag = 0;
    std::string_view part;
    while (!fields.done()) {
      const char* field = fields.at();
      if (!fields.varint(tag) || !fields.skip(tag)) return false;
      if (tag == bytes_tag(1)) batch_.resolved.append(field, fields.at());
    }
    const size_t size = batch_.resolved.size() - begin;
    batch_.series.push_back({.hash = hash_(batch_.resolved.data() + begin, size),
                             .labels_size = static_cast<uint32_t>(size),
                             .first = first,
                             .count = count});
    return true;
  }

  const LabelHasher& hash_;
  WriteBatch& batch_;
};

class V2Decoder {
 public:
  V2Decoder(const LabelHasher& hash, size_t max_resolved, WriteBatch& batch)
      : hash_(hash), max_resolved_(max_resolved), batch_(batch) {}

  bool request(std::string_view message) {
    // Symbols may stand anywhere, so they are gathered before the series are read.
    return each_field(message, bytes_tag(4),
                      [this](std::string_view symbol) {
                        batch_.symbols.push_back(symbol);
                        return true;
                      }) &&
           (batch_.symbols.empty() || batch_.symbols[0].empty()) &&
           each_field(message, bytes_tag(5),
                      [this](std::string_view body) { return series(body); });
  }
  bool is_too_large() const { return is_too_large_; }

 private:
  template <class F>
  static bool each_field(std::string_view message, uint64_t wanted, F&& take) {
    ProtoReader fields(message);
    uint64_t tag = 0;
    std::string_view body;
    while (!fields.done()) {
      if (!fields.varint(tag)) return false;
      if (tag == wanted ? !fields.bytes(body) || !take(body) : !fields.skip(tag)) return false;
    }
    return true;
  }

  bool series(std::string_view body) {
    batch_.begin_series();
    const size_t first = batch_.samples.size();
    pending_name_.reset();
    int64_t created_ms = 0;
    ProtoReader fields(body);
    uint64_t tag = 0, number = 0;
    std::string_view part;
    while (!fields.done()) {
      if (!fields.varint(tag)) return false;
      if (tag == bytes_tag(1)) {  // packed
        if (!fields.bytes(part)) return false;
        for (ProtoReader refs(part); !refs.done();) {
          if (!refs.varint(number) || !reference(number)) return false;
        }
      } else if (tag == varint_tag(1)) {
        if (!fields.varint(number) || !reference(number)) return false;
      } else if (tag == bytes_tag(2)) {
        if (!fields.bytes(part) || !read_sample(part, batch_.samples.emplace_back())) return false;
      } else if (tag == varint_tag(6)) {  // of the release candidates; later in each sample
        if (!fields.varint(number)) return false;
        created_ms = static_cast<int64_t>(number);
      } else {
        batch_.histograms += tag == bytes_tag(3);
        batch_.exemplars += tag == bytes_tag(4);
        if (!fields.skip(tag)) return false;
      }
    }
    if (pending_name_) return false;  // an odd number of references
    for (size_t i = first; created_ms != 0 && i < batch_.samples.size(); ++i) {
      if (batch_.samples[i].start_ms == 0) batch_.samples[i].start_ms = created_ms;
    }
    batch_.end_series(hash_);
    return true;
  }

  bool reference(uint64_t symbol) {
    if (symbol >= batch_.symbols.size()) return false;
    const std::string_view text = batch_.symbols[symbol];
    if (!pending_name_) {
      pending_name_ = text;
      return true;
    }
    // A few bytes of references can stand for much text: the limit is on the text.
    if (batch_.resolved.size() + pending_name_->size() + text.size() > max_resolved_) {
      is_too_large_ = true;
      return false;
    }
    batch_.add_label(*pending_name_, text);
    pending_name_.reset();
    return true;
  }

  const LabelHasher& hash_;
  const size_t max_resolved_;
  WriteBatch& batch_;
  std::optional<std::string_view> pending_name_;
  bool is_too_large_ = false;
};

}  // namespace

WriteResult<WriteProtocol> negotiate(std::optional<std::string_view> content_type,
                                     std::optional<std::string_view> content_encoding) {
  const std::string encoding = to_lower(trim(content_encoding.value_or("snappy")));
  if (encoding != "snappy") {
    return refuse(415, Refusal::kUnsupported,
                  "Content-Encoding must be snappy (block format); nothing else is understood");
  }
  if (!content_type) return WriteProtocol::kV1;
  const std::vector<std::string_view> parts = split(*content_type, ';');
  if (!equal_ignoring_case(trim(parts[0]), "application/x-protobuf")) {
    return refuse(415, Refusal::kUnsupported,
                  "Content-Type must be application/x-protobuf, with proto=prometheus.WriteRequest "
                  "or proto=io.prometheus.write.v2.Request");
  }
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::string_view part = trim(parts[i]);
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos || !equal_ignoring_case(part.substr(0, equals), "proto"))
      continue;
    std::string_view proto = part.substr(equals + 1);
    if (proto.size() >= 2 && proto.front() == '"' && proto.back() == '"') {
      proto = proto.substr(1, proto.size() - 2);
    }
    if (proto == "prometheus.WriteRequest") return WriteProtocol::kV1;
    if (proto == "io.prometheus.write.v2.Request") return WriteProtocol::kV2;
    return refuse(415, Refusal::kUnsupported,
                  "the message named in Content-Type is not known; use prometheus.WriteRequest or "
                  "io.prometheus.write.v2.Request");
  }
  return WriteProtocol::kV1;
}

WriteResult<std::string_view> unpack_snappy(std::string_view body, size_t max_bytes,
                                            WriteBatch& batch) {
  size_t size = 0;
  if (!snappy::GetUncompressedLength(body.data(), body.size(), &size)) {
    return refuse(400, Refusal::kMalformed, "the body is not snappy's block format");
  }
  if (size > max_bytes) {
    return refuse(413, Refusal::kRequestTooLarge,
                  fmt::format("the request has {} bytes when unpacked; the limit is {}: send fewer "
                              "samples in one request (max_samples_per_send)",
                              size, max_bytes));
  }
  char* raw = batch.reserve_raw(size);
  if (!snappy::RawUncompress(body.data(), body.size(), raw)) {
    return refuse(400, Refusal::kMalformed, "the body is not snappy's block format");
  }
  return std::string_view(raw, size);
}

WriteResult<void> decode(WriteProtocol protocol, std::string_view message, const LabelHasher& hash,
                         size_t max_resolved, WriteBatch& batch) {
  batch.clear();
  if (protocol == WriteProtocol::kV1) {
    if (!V1Decoder(hash, batch).request(message)) {
      return refuse(400, Refusal::kMalformed, "the body is not a prometheus.WriteRequest");
    }
  } else {
    V2Decoder decoder(hash, max_resolved, batch);
    if (!decoder.request(message)) {
      if (decoder.is_too_large()) {
        return refuse(413, Refusal::kRequestTooLarge,
                      fmt::format("the labels of the request have more than {} bytes when their "
                                  "references are followed: send fewer samples in one request",
                                  max_resolved));
      }
      return refuse(400, Refusal::kMalformed, "the body is not an io.prometheus.write.v2.Request");
    }
  }
  batch.finish_labels();
  return {};
}

}  // namespace tocsin::telemetry
