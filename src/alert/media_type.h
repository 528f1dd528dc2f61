#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace tocsin::alert {

// What Alertmanager's server reads of Content-Type and Accept.

// The type without its parameters, in small letters; or why it is none, in the words of Go's
// mime.ParseMediaType.
std::expected<std::string, std::string_view> parse_media_type(std::string_view text);

// Whether JSON is among what the Accept headers ask for with a weight above 0; nothing asked for is
// all. Types are compared letter by letter. github.com/go-openapi/runtime, middleware/negotiate.go.
bool accepts_json(std::span<const std::string_view> headers);

}  // namespace tocsin::alert
