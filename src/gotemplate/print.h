#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gotemplate/value.h"

namespace tocsin::gotemplate {

// Text of values as Go's package fmt makes it. https://pkg.go.dev/fmt
// What would be longer than `limit` bytes is kResourceExhausted.
inline constexpr size_t kPrintLimit = 1 << 20;

std::string to_text(const Value& value);  // %v; the value must be of a weight that was checked
Result<std::string> print(std::span<const Value> values, size_t limit = kPrintLimit);    // Sprint
Result<std::string> println(std::span<const Value> values, size_t limit = kPrintLimit);  // Sprintln
// Sprintf: all verbs for the kinds of values there are, but %p; flags
// "+-# 0", width, precision, *, and [n]. Mistakes show up in the text, as in Go: %!d(string=x).
Result<std::string> print_formatted(std::string_view format, std::span<const Value> values,
                                    size_t limit = kPrintLimit);

// As few digits as tell the number from its neighbours, with an exponent outside of
// [1e-4, 10^`big`): %v has 6 there, JSON 21.
std::string float_text(double number, int big = 6);

}  // namespace tocsin::gotemplate
