#pragma once

#include <optional>
#include <string>

#include "net/http.h"

namespace tocsin::alert {

// How Go's net/http and net/url treat the path of a request, by which the reference finds its
// handlers and names the path in its answers.

// URL.EscapedPath: the path as it came where it is written as a path should be, else the decoded
// one with everything escaped that has to be.
std::string escaped_path(const net::Request& request);

// http.Redirect with 301 to an escaped path, with the request's query: a line of HTML for GET.
net::Response moved(const net::Request& request, const std::string& escaped);

// Where a path holds empty segments, "." or "..": what http.ServeMux answers, the way to the path
// without them.
std::optional<net::Response> moved_to_clean_path(const net::Request& request);

}  // namespace tocsin::alert
