#pragma once

#include <span>

#include "base/result.h"
#include "gotemplate/value.h"

namespace tocsin::gotemplate {

// eq: whether the first value equals any of the others. kInvalidArgument: nothing to compare with,
// or kinds that Go does not compare (an int and a float, lists, maps).
Result<bool> is_equal(std::span<const Value> values);
// lt. kInvalidArgument: not both numbers of one kind or texts.
Result<bool> is_less(const Value& a, const Value& b);

}  // namespace tocsin::gotemplate
