#include "telemetry/testing/requests.h"

#include <snappy.h>

#include <cstring>
#include <map>

namespace tocsin::telemetry::testing {

void ProtoWriter::raw_varint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) out_ += static_cast<char>((value & 0x7f) | 0x80);
  out_ += static_cast<char>(value);
}

ProtoWriter& ProtoWriter::varint(int field, uint64_t value) {
  raw_varint(static_cast<uint64_t>(field) << 3);
  raw_varint(value);
  return *this;
}

ProtoWriter& ProtoWriter::fixed64(int field, double value) {
  raw_varint(static_cast<uint64_t>(field) << 3 | 1);
  char bits[8];
  std::memcpy(bits, &value, 8);
  out_.append(bits, 8);
  return *this;
}

ProtoWriter& ProtoWriter::bytes(int field, const std::string& value) {
  raw_varint(static_cast<uint64_t>(field) << 3 | 2);
  raw_varint(value.size());
  out_ += value;
  return *this;
}

namespace {

// Fields with the value zero are left out, as every proto3 writer does.
std::string sample_message(const Sample& sample) {
  ProtoWriter out;
  uint64_t bits = 0;
  std::memcpy(&bits, &sample.v, 8);
  if (bits != 0) out.fixed64(1, sample.v);
  if (sample.t_ms != 0) out.varint(2, static_cast<uint64_t>(sample.t_ms));
  if (sample.start_ms != 0) out.varint(3, static_cast<uint64_t>(sample.start_ms));
  return out.str();
}

}  // namespace

std::string v1_request(const std::vector<TestSeries>& series) {
  ProtoWriter request;
  for (const TestSeries& s : series) {
    ProtoWriter out;
    for (const auto& [name, value] : s.labels) {
      out.bytes(1, ProtoWriter().bytes(1, name).bytes(2, value).str());
    }
    for (const Sample& sample : s.samples) out.bytes(2, sample_message(sample));
    request.bytes(1, out.str());
  }
  return request.str();
}

std::string v2_request(const std::vector<TestSeries>& series) {
  std::map<std::string, uint64_t> numbers{{"", 0}};
  std::vector<std::string> symbols{""};
  const auto number = [&](const std::string& text) {
    const auto [at, is_new] = numbers.try_emplace(text, symbols.size());
    if (is_new) symbols.push_back(text);
    return at->second;
  };
  ProtoWriter request, all;
  for (const TestSeries& s : series) {
    std::string refs;
    for (const auto& [name, value] : s.labels) {
      for (uint64_t n : {number(name), number(value)}) {
        for (; n >= 0x80; n >>= 7) refs += static_cast<char>((n & 0x7f) | 0x80);
        refs += static_cast<char>(n);
      }
    }
    ProtoWriter out;
    out.bytes(1, refs);
    for (const Sample& sample : s.samples) out.bytes(2, sample_message(sample));
    out.bytes(5, ProtoWriter().varint(1, 1).str());  // metadata: a counter
    all.bytes(5, out.str());
  }
  for (const std::string& symbol : symbols) request.bytes(4, symbol);
  return request.str() + all.str();
}

std::string snappy(const std::string& bytes) {
  std::string out;
  ::snappy::Compress(bytes.data(), bytes.size(), &out);
  return out;
}

}  // namespace tocsin::telemetry::testing
