#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin {

std::string_view trim(std::string_view text);                         // ASCII white space
std::vector<std::string_view> split(std::string_view text, char at);  // "a,,b" -> "a", "", "b"
std::string join(std::span<const std::string> parts, std::string_view with);
std::string to_lower(std::string_view text);                       // ASCII
bool equal_ignoring_case(std::string_view a, std::string_view b);  // ASCII

std::string hex(std::string_view bytes);
std::string base64(std::string_view bytes);     // RFC 4648, padded
std::string base64url(std::string_view bytes);  // RFC 4648, no padding
Result<std::string> base64url_decode(std::string_view text);
Result<std::string> base64_decode(std::string_view text);

// For & < > " ': safe in HTML text and in quoted attributes.
std::string escape_html(std::string_view text);
std::string url_encode(std::string_view text);  // RFC 3986: all but unreserved is %XX

bool is_valid_utf8(std::string_view text);

// The candidate nearest to `word` by edits, if it is near enough to be a typing mistake; for
// "did you mean ...?".
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

// Compares secrets without telling by its duration where they differ.
bool equal_constant_time(std::string_view a, std::string_view b);

// Replaces each `${NAME}` by the environment variable NAME; "$$" is a dollar sign. kInvalidArgument
// names a variable that is not set.
Result<std::string> expand_environment(std::string_view text);

}  // namespace tocsin
