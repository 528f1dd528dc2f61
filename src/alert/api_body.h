#pragma once

#include <optional>
#include <string>

#include "access/handler.h"
#include "codec/fields.h"
#include "net/http.h"
#include "routing/matcher.h"

namespace tocsin::alert {

// The fields of a JSON body of /api/v1.
struct JsonBody {
  codec::Node node;
  codec::Problems problems;

  // kInvalidArgument when it is no JSON object. With `may_be_empty` nothing is an empty object.
  static Result<JsonBody> of(const net::Request& request, bool may_be_empty = false);
  codec::Fields fields() { return codec::Fields(node, "body", problems); }
};

// A list of texts such as `team=db`, each one matcher; at most 50.
Result<routing::Matchers> read_matchers(codec::Fields& fields, routing::MatcherSyntax syntax);
Result<std::optional<Time>> read_time(codec::Fields& fields, const char* key);  // RFC 3339
// The text of `author`, or whoever is signed in; a token is nobody: kInvalidArgument.
Result<std::string> read_author(codec::Fields& fields, const access::Caller& caller);

using access::CallerHandler;
using access::for_responders;

// Of 16 hexadecimal digits.
Result<uint64_t> parse_fingerprint(std::string_view text);

}  // namespace tocsin::alert
