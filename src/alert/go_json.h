#pragma once

#include <string>
#include <string_view>

namespace tocsin::alert {

// How Go's encoding/json reads what a client posts, where a strict reader of JSON refuses it.

// Where the first value ends that is an array, an object or null: Go's decoder reads one value and
// leaves the rest. The whole text where there is none.
std::string_view first_value(std::string_view text);

// The same text for a strict reader: in strings a byte that is no UTF-8, and half of a surrogate
// pair, become U+FFFD; a number, which no field here takes, becomes 0, for it may be larger than
// any type. What is no JSON to Go stays none.
std::string as_strict_json(std::string_view text);

// Whether Go takes `key` for the field `name` (of ASCII letters): in any case, and with the two
// letters beyond ASCII that fold to such ones, the long s and the sign of Kelvin.
bool is_field(std::string_view key, std::string_view name);

}  // namespace tocsin::alert
