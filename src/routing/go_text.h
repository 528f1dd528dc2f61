#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tocsin::routing {

// What Alertmanager's syntax takes over from Go's libraries `unicode`, `strconv` and `net/url`.

struct Rune {
  char32_t point = 0;
  size_t width = 0;  // bytes; 0 at the end of the text
};
// The first character. Of a text that is not UTF-8: U+FFFD with width 1, as utf8.DecodeRune does.
Rune first_rune(std::string_view text);

bool is_go_space(char32_t point);  // unicode.IsSpace: the property White_Space

// strconv.Quote and %q: in double quotes; what is not printable is escaped.
std::string go_quote(std::string_view text);
void append_go_quoted(std::string& out, std::string_view text);
// strconv.Unquote of a text in double quotes; nothing where Go gives an error or where the result
// is not UTF-8.
std::optional<std::string> go_unquote(std::string_view quoted);

// Whether a percent sign is not followed by two hex digits, for which url.Parse refuses a path or a
// fragment. It does not look at a query.
bool has_stray_percent(std::string_view text);

}  // namespace tocsin::routing
