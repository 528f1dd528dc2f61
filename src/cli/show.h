#pragma once

#include <string>

#include "base/time.h"
#include "codec/json.h"

namespace tocsin::cli {

// Reading fields of the server's answers for tables. A missing or null field is "-": an older or
// newer server must not make a command fail.
std::string show(const codec::Json& object, std::string_view field);
double number_of(const codec::Json& object, std::string_view field);             // 0 if missing
const codec::Json& field_of(const codec::Json& object, std::string_view field);  // null if missing
const codec::JsonArray& list_of(const codec::Json& object, std::string_view field);

// The texts of a list, joined; `none` when there are none.
std::string words_of(const codec::Json& object, std::string_view field,
                     std::string_view between = ", ", std::string_view none = "-");

// How long ago: "3m20s"; "-" when the text is not a time.
std::string ago(std::string_view rfc3339, Time now);
std::string percent(double ratio);  // 0.9987 -> "99.87%"
std::string count(double events);   // 1234567 -> "1,234,567"

}  // namespace tocsin::cli
