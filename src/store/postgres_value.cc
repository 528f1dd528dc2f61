#include "store/postgres_value.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>

#include "store/value_check.h"

namespace tocsin::store {
namespace {

// From the server's catalog pg_type; they never change.
constexpr unsigned int kBool = 16, kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25,
                       kOid = 26, kFloat4 = 700, kFloat8 = 701, kNumeric = 1700;
constexpr int kTextFormat = 0, kBinaryFormat = 1;

std::unexpected<Error> unreadable(std::string_view text) {
  return fail(Code::kInternal, fmt::format("the server answered '{}', which is no number", text));
}

Result<Value> read_integer(std::string_view text) {
  int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return unreadable(text);
  return number;
}

Result<Value> read_real(std::string_view text) {
  // strtod knows "Infinity" and "NaN" as the server writes them; from_chars does not.
  const std::string copy(text);
  char* end = nullptr;
  const double number = std::strtod(copy.c_str(), &end);
  if (copy.empty() || *end != '\0') return unreadable(text);
  return number;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// bytea_output = hex: \x and two digits a byte.
Result<Value> read_bytes(std::string_view text) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) return unreadable(text.substr(0, 20));
  Blob blob;
  blob.bytes.reserve(text.size() / 2 - 1);
  for (size_t i = 2; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return unreadable(text.substr(0, 20));
    blob.bytes += static_cast<char>(high * 16 + low);
  }
  return blob;
}

}  // namespace

Result<PostgresParams> PostgresParams::make(std::span<const Value> values) {
  PostgresParams params;
  params.texts_.reserve(values.size());  // the pointers below must stay
  const auto add = [&](unsigned int type, char letter, const char* data, size_t size, int format) {
    params.types_.push_back(type);
    params.signature_ += letter;
    params.values_.push_back(data);
    params.lengths_.push_back(static_cast<int>(size));
    params.formats_.push_back(format);
  };
  const auto add_number = [&](unsigned int type, char letter, std::string text) {
    const std::string& kept = params.texts_.emplace_back(std::move(text));
    add(type, letter, kept.c_str(), kept.size(), kTextFormat);
  };
  for (size_t i = 0; i < values.size(); ++i) {
    RETURN_IF_ERROR(check_storable(values[i], i + 1));
    const Value& v = values[i];
    if (const auto* whole = std::get_if<int64_t>(&v)) {
      add_number(kInt8, 'i', fmt::format("{}", *whole));
    } else if (const auto* real = std::get_if<double>(&v)) {
      add_number(kFloat8, 'd', fmt::format("{}", *real));
    } else if (const auto* text = std::get_if<std::string>(&v)) {
      add(kText, 't', text->c_str(), text->size(), kTextFormat);
    } else if (const auto* text_ref = std::get_if<TextRef>(&v)) {
      // libpq wants a zero at the end.
      const std::string& kept = params.texts_.emplace_back(text_ref->text);
      add(kText, 't', kept.c_str(), kept.size(), kTextFormat);
    } else if (const auto* blob = std::get_if<Blob>(&v)) {
      add(kBytea, 'b', blob->bytes.data(), blob->bytes.size(), kBinaryFormat);
    } else if (const auto* blob_ref = std::get_if<BlobRef>(&v)) {
      const char* bytes = blob_ref->bytes.data();
      add(kBytea, 'b', bytes ? bytes : "", blob_ref->bytes.size(), kBinaryFormat);
    } else {
      add(0, 'n', nullptr, 0, kTextFormat);
    }
  }
  return params;
}

Result<Value> read_postgres_value(unsigned int type, std::string_view text) {
  switch (type) {
    case kBool: return int64_t{text == "t"};
    case kInt2:
    case kInt4:
    case kInt8:
    case kOid: return read_integer(text);
    case kFloat4:
    case kFloat8: return read_real(text);
    case kNumeric:  // SUM and AVG of integers
      return text.find_first_not_of("-0123456789") == std::string_view::npos ? read_integer(text)
                                                                             : read_real(text);
    case kBytea: return read_bytes(text);
    default: return std::string(text);
  }
}

size_t count_placeholders(std::string_view sql) {
  size_t highest = 0;
  char quote = 0;
  for (size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '-' && sql.substr(i).starts_with("--")) {
      const size_t end = sql.find('\n', i);
      if (end == std::string_view::npos) break;
      i = end;
    } else if (c == '$') {
      size_t number = 0;
      std::from_chars(sql.data() + i + 1, sql.data() + sql.size(), number);
      highest = std::max(highest, number);
    }
  }
  return highest;
}

}  // namespace tocsin::store
