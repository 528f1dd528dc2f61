#pragma once

#include <string>
#include <string_view>

namespace tocsin::gotemplate {

// Letters of all scripts by the tables of the C library's C.UTF-8 locale, whatever locale the
// process runs in. Bytes that are not UTF-8 become U+FFFD, as in Go. Thread-safe.

std::string upper_case(std::string_view text);  // strings.ToUpper
std::string lower_case(std::string_view text);  // strings.ToLower
// The first letter of each word in upper case, the others in lower case, as
// golang.org/x/text/cases does it for English: "node_down ON it's" is "Node_down On It's".
std::string title_case(std::string_view text);

bool is_letter(char32_t rune);
bool is_printable_beyond_latin1(char32_t rune);

}  // namespace tocsin::gotemplate
