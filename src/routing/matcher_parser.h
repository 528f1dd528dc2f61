#pragma once

#include <string_view>

#include "base/result.h"
#include "routing/matcher.h"

namespace tocsin::routing {

// The two grammars behind parse_matchers. The text must be UTF-8; errors are the reference's words.

// Alertmanager 0.26 and before (pkg/labels/parse.go): lists split at commas outside of double
// quotes, braces at either end are optional, each alone.
Result<Matchers> parse_classic_matchers(std::string_view text);
Result<Matcher> parse_classic_matcher(std::string_view text);

// What stands bare in neither a name nor a value of the newer grammar.
bool is_reserved(char32_t point);

// Since 0.27 (matcher/parse): tokens, names and values in double quotes with Go's escapes, or bare
// without any of {}!=~,\"'` and white space. Both braces or none.
Result<Matchers> parse_utf8_matchers(std::string_view text);
Result<Matcher> parse_utf8_matcher(std::string_view text);  // exactly one

}  // namespace tocsin::routing
