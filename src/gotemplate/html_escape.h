#pragma once

#include <string>
#include <string_view>

#include "gotemplate/value.h"

namespace tocsin::gotemplate {

// What makes text harmless in one kind of place. The results are those of Go's html/template:
// https://pkg.go.dev/html/template

// Stands where a value was refused, because no escaping could make it harmless.
inline constexpr std::string_view kRefused = "ZgotmplZ";

// A value as escapers see it: its text, and whether the template vouches for it.
Text as_text(const Value& value);

std::string escape_text(const Text& text);            // between tags
std::string escape_rcdata(const Text& text);          // in <title> and <textarea>
std::string escape_attribute(const Text& text);       // between quotation marks
std::string escape_bare_attribute(const Text& text);  // a value without quotation marks
std::string filter_attribute_name(const Text& text);

// Refuses schemes other than http, https and mailto.
std::string filter_url(const Text& text);
std::string normalize_url(const Text& text);    // what is already escaped stays
std::string escape_url_part(const Text& text);  // one value in a query
std::string filter_srcset(const Text& text);

std::string js_value(const Value& value);        // a JavaScript expression
std::string escape_js_string(const Text& text);  // inside of "" and ''
std::string escape_js_template(const Text& text);
std::string escape_js_regexp(const Text& text);

std::string escape_css_string(const Text& text);
std::string filter_css_value(const Text& text);  // refuses all that could begin something new

}  // namespace tocsin::gotemplate
