#pragma once

#include <string>
#include <string_view>

namespace tocsin::catalog {

// What is wrong with an address, as the end of a sentence about it ("must begin with https:// or
// http://"); empty when nothing is. These are checks of shape: whether somebody answers there is
// another matter. The answer never holds the address, which may be a secret.
std::string wrong_with_url(std::string_view url);
// addr-spec of RFC 5322 without quotes, comments and non-ASCII; at most 254 bytes.
std::string wrong_with_mail(std::string_view address);
// Names of teams, people and services: a label of RFC 1123 in lower case, so that one can stand in
// URLs, label values and commands as it is.
std::string wrong_with_name(std::string_view name);

}  // namespace tocsin::catalog
