#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gotemplate/value.h"

namespace tocsin::gotemplate {

// The functions that the language itself has: not, len, index, slice, call, print, println, printf,
// html, js, urlquery, eq, ne, lt, le, gt, ge. `and` and `or` are in the list, too, but the
// evaluator runs them, because they may leave arguments alone.
// https://pkg.go.dev/text/template#hdr-Functions
std::span<const Function> builtins();

// Methods of times, durations, months and weekdays: https://pkg.go.dev/time. nullptr: no such one.
const Function* find_time_method(const Value& receiver, std::string_view name);

// What html, js and urlquery make one text of: a text as it is, anything else as print does it, but
// nil as "<no value>".
Result<std::string> joined(std::span<const Value> args);

// Safe in HTML text and in quoted attributes, in Go's spelling: &#34; for a quotation mark.
std::string html_text(std::string_view text);
std::string js_text(std::string_view text);       // for the inside of a JavaScript string
std::string query_escape(std::string_view text);  // as a value in a query; a space is a plus
Result<std::string> query_unescape(std::string_view text);

}  // namespace tocsin::gotemplate
