#include "gotemplate/compare.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::gotemplate {
namespace {

using Kind = Value::Kind;

bool is_basic(const Value& value) {
  const Kind kind = value.kind();
  return kind == Kind::kBool || kind == Kind::kInt || kind == Kind::kFloat || kind == Kind::kText;
}

// Whether Go's == works on the type: not on lists, maps, functions and structs that hold them.
bool is_comparable(const Value& value) {
  switch (value.kind()) {
    case Kind::kList:
    case Kind::kMap:
    case Kind::kFunction: return false;
    case Kind::kStruct: return std::ranges::all_of(value.fields(), is_comparable);
    default: return true;
  }
}

std::unexpected<Error> not_compared(const Value& a, const Value& b) {
  return invalid(
      fmt::format("incompatible types for comparison: {} and {}", a.type_name(), b.type_name()));
}

Result<bool> is_same(const Value& a, const Value& b) {
  if (a.is_nil() || b.is_nil()) return a.is_nil() && b.is_nil();
  if (a.kind() != b.kind()) {
    if (is_basic(a) || is_basic(b)) return not_compared(a, b);
    return false;
  }
  switch (a.kind()) {
    case Kind::kBool: return a.boolean() == b.boolean();
    case Kind::kInt: return a.integer().number == b.integer().number;
    case Kind::kFloat: return a.real() == b.real();
    case Kind::kText: return a.text() == b.text();
    case Kind::kTime: return a.moment() == b.moment();
    case Kind::kStruct: {
      if (a.type() != b.type()) return false;
      for (size_t i = 0; i < a.fields().size(); ++i) {
        ASSIGN_OR_RETURN(const bool same, is_same(a.fields()[i], b.fields()[i]));
        if (!same) return false;
      }
      return true;
    }
    default: return false;
  }
}

}  // namespace

Result<bool> is_equal(std::span<const Value> values) {
  const Value& first = values[0];
  if (!is_comparable(first)) {
    return invalid(fmt::format("uncomparable type {}", first.type_name()));
  }
  if (values.size() == 1) return invalid("missing argument for comparison");
  for (const Value& other : values.subspan(1)) {
    if (!is_comparable(other)) {
      return invalid(fmt::format("uncomparable type {}", other.type_name()));
    }
    ASSIGN_OR_RETURN(const bool same, is_same(first, other));
    if (same) return true;
  }
  return false;
}

Result<bool> is_less(const Value& a, const Value& b) {
  for (const Value* value : {&a, &b}) {
    if (!is_basic(*value)) {
      return invalid(fmt::format("invalid type for comparison: {}", value->type_name()));
    }
  }
  if (a.kind() != b.kind() || a.kind() == Kind::kBool) return not_compared(a, b);
  switch (a.kind()) {
    case Kind::kInt: return a.integer().number < b.integer().number;
    case Kind::kFloat: return a.real() < b.real();
    default: return a.text() < b.text();
  }
}

}  // namespace tocsin::gotemplate
