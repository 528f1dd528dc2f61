#pragma once

#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace tocsin::access {

// Whether a request that a browser's cookie vouches for may change something. Any page can make a
// browser send our cookie along (cross-site request forgery); only our own page can add the header
// `X-Tocsin: 1`, and an Origin must be ours: the Host that was asked, or `external_url`. GET, HEAD
// and OPTIONS change nothing and pass. kPermissionDenied otherwise.
Result<> check_own_page(const net::Request& request, std::string_view external_url);

}  // namespace tocsin::access
