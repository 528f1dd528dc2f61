#include "net/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <memory>

namespace tocsin::net {

Result<std::string> gunzip(std::string_view bytes, size_t max_bytes) {
  constexpr int kGzipOnly = 16 + MAX_WBITS;
  z_stream stream{};
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) {
    return fail(Code::kResourceExhausted, "no memory to decompress the body");
  }
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> end(&stream, &inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());

  std::string out;
  size_t size = 0;
  for (;;) {
    if (size == out.size()) {
      // One byte over the limit tells a body of just the limit from a larger one.
      out.resize(std::min(max_bytes + 1, std::max<size_t>(out.size() * 2, bytes.size() * 4 + 256)));
    }
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + size);
    stream.avail_out = static_cast<uInt>(out.size() - size);
    const int status = inflate(&stream, Z_NO_FLUSH);
    size = out.size() - stream.avail_out;
    if (size > max_bytes) {
      return fail(
          Code::kResourceExhausted,
          fmt::format("the body is larger than {} bytes once it is decompressed", max_bytes));
    }
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0) break;
      if (inflateReset(&stream) != Z_OK) return invalid("the gzip body is damaged");
    } else if (status != Z_OK || (stream.avail_in == 0 && stream.avail_out != 0)) {
      return invalid("the gzip body is damaged or cut short");
    }
  }
  out.resize(size);
  return out;
}

}  // namespace tocsin::net
