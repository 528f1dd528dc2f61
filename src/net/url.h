#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tocsin::net {

using QueryPairs = std::vector<std::pair<std::string, std::string>>;

// RFC 3986, section 2.1. kInvalidArgument for an unfinished or wrong escape, a NUL byte and what is
// not UTF-8: such text would reach logs and the database.
Result<std::string> percent_decode(std::string_view text, bool plus_is_space);

// "a=1&b=&c" in order, repeated keys kept; at most 1,000 pairs.
Result<QueryPairs> parse_query(std::string_view text);

// What the request line asks for, decoded, and as it came.
struct Target {
  std::string path;  // begins with '/'
  QueryPairs query;
  std::string raw_path, raw_query;  // the same as they came; the query without its '?'
};
// Origin-form ("/a?b") and absolute-form ("http://host/a?b"), RFC 9112, section 3.2. The host of an
// absolute form is ignored: we serve one site.
Result<Target> parse_target(std::string_view target);

}  // namespace tocsin::net
