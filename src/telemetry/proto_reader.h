#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tocsin::telemetry {

// Walks the fields of one protobuf message (https://protobuf.dev/programming-guides/encoding/)
// without copying or allocating. Every read says whether it succeeded; after a failure the reader
// must not be used further. Little-endian machines only, as the rest of the house.
static_assert(std::endian::native == std::endian::little);

class ProtoReader {
 public:
  ProtoReader(const char* begin, const char* end) : at_(begin), end_(end) {}
  explicit ProtoReader(std::string_view bytes)
      : ProtoReader(bytes.data(), bytes.data() + bytes.size()) {}

  bool done() const { return at_ >= end_; }
  const char* at() const { return at_; }
  const char* end() const { return end_; }
  void move_to(const char* at) { at_ = at; }

  bool varint(uint64_t& out) {
    if (at_ < end_ && static_cast<unsigned char>(*at_) < 0x80) [[likely]] {
      out = static_cast<unsigned char>(*at_++);
      return true;
    }
    return long_varint(out);
  }
  bool fixed64(double& out) {
    if (end_ - at_ < 8) return false;
    std::memcpy(&out, at_, 8);
    at_ += 8;
    return true;
  }
  bool bytes(std::string_view& out) {
    uint64_t size = 0;
    if (!varint(size) || size > static_cast<uint64_t>(end_ - at_)) return false;
    out = {at_, static_cast<size_t>(size)};
    at_ += size;
    return true;
  }
  // Passes over the value of a field whose tag was just read.
  bool skip(uint64_t tag) {
    uint64_t number = 0;
    std::string_view text;
    switch (tag & 7) {
      case 0: return varint(number);
      case 1: return advance(8);
      case 2: return bytes(text);
      case 5: return advance(4);
      default: return false;  // groups are not used by proto3
    }
  }

 private:
  bool advance(std::ptrdiff_t n) {
    if (end_ - at_ < n) return false;
    at_ += n;
    return true;
  }
  bool long_varint(uint64_t& out) {
    out = 0;
    for (int shift = 0; shift < 64 && at_ < end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      out |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  const char* at_;
  const char* end_;
};

}  // namespace tocsin::telemetry
