#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gotemplate/value.h"

namespace tocsin::gotemplate {

// The functions of a template: those of the language (builtins.h) and those that Alertmanager 0.34
// adds: toUpper toLower title trimSpace join match safeHtml safeUrl urlUnescape reReplaceAll
// stringSlice date tz since now humanizeDuration toDate mustToDate toJson base64encode base64decode
// list append dict. https://prometheus.io/docs/alerting/latest/notifications/#functions
// nullptr: there is none of this name.
const Function* find_function(std::string_view name);
std::vector<std::string> function_names();  // sorted

// The patterns of `match` and `reReplaceAll` that an execution has compiled, so that a loop does it
// once. It compiles at most 1,000 times; then kResourceExhausted.
std::shared_ptr<PatternCache> make_pattern_cache();

// "1d 2h 3m 4s", "2m 0s", "100ms", "1.234s" of seconds.
std::string humanize_duration(double seconds);

// Every match of `pattern` (RE2 syntax) replaced; $1, ${1}, ${name} and $$ in `replacement`.
// kInvalidArgument: the pattern is none.
Result<std::string> replace_all(const std::string& pattern, std::string_view replacement,
                                std::string_view text);

// As Go's encoding/json writes it: < > & as \u003c, keys of a map sorted, of a struct in its order.
std::string json_text(const Value& value);

}  // namespace tocsin::gotemplate
