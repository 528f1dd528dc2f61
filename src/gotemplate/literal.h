#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "gotemplate/value.h"

namespace tocsin::gotemplate {

// Constants as Go writes them: https://go.dev/ref/spec#Lexical_elements

// "12", "0x1f", "1_000", "1.5", "1e3", "'a'" (its code point): int or float64. kInvalidArgument:
// not a number, or it does not fit.
Result<Value> parse_number(std::string_view text);
// The text between "" or ``, with escapes resolved.
Result<std::string> unquote(std::string_view quoted);
// As Go's strconv.Quote writes it (%q); `ascii` escapes all beyond ASCII (%+q).
std::string quote(std::string_view text, bool ascii = false, char with = '"');

// The code point at `at`, which moves behind it. Bytes that are not UTF-8 give U+FFFD one by one.
char32_t next_rune(std::string_view text, size_t& at);
// False when `rune` is the U+FFFD that stands for a byte which is not UTF-8.
inline bool is_whole_rune(char32_t rune, size_t bytes) { return rune != 0xFFFD || bytes == 3; }
void append_rune(std::string& out, char32_t rune);
size_t count_runes(std::string_view text);
bool is_printable(char32_t rune);  // as Go's strconv.IsPrint, near enough for quoting

}  // namespace tocsin::gotemplate
