#pragma once

#include <functional>
#include <string>

#include "codec/fields.h"
#include "codec/json.h"
#include "net/http.h"
#include "routing/labels.h"
#include "routing/matcher.h"
#include "store/logbook.h"

namespace tocsin::alert {

// What the routes about posted alerts share: reading a request, and the shape of an answer.

Result<uint64_t> fingerprint_from(const net::Request& request);  // the path's {fingerprint}
// At most 1,000 bytes of UTF-8; empty when it is not given.
Result<std::string> text_from(const net::Request& request, std::string_view name);
// All parameters of this name, each one matcher.
Result<routing::Matchers> matchers_from(const net::Request& request, std::string_view name,
                                        routing::MatcherSyntax syntax);
codec::JsonObject to_json(const routing::Labels& labels);

// A handler that asks who calls, answers 200 with what `answer` gives, or its error.
net::Handler answering(
    std::function<Result<store::Actor>(const net::Request&, bool writes)> authorize,
    std::function<Result<codec::JsonObject>(const net::Request&)> answer);

}  // namespace tocsin::alert
