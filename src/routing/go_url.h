#pragma once

#include <string_view>

namespace tocsin::routing {

// Whether Go's url.ParseRequestURI takes the text, by which Alertmanager judges an alert's
// generatorURL (github.com/golang/go, src/net/url/url.go, 1.19): "*", an absolute path, or a scheme
// and something. A host may hold neither a space nor most other marks, and has a port of digits; a
// query, and what follows a scheme without a slash, is taken as it stands. A "#" begins no
// fragment here.
bool is_request_uri(std::string_view text);

// Whether what stands between "//" and the next "/" is a host with its port, user and password, as
// url.Parse takes it too.
bool is_authority(std::string_view text);

}  // namespace tocsin::routing
