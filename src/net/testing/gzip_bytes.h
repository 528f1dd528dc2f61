#pragma once

#include <string>
#include <string_view>

namespace tocsin::net::testing {

// One gzip member.
std::string gzip_bytes(std::string_view plain);

}  // namespace tocsin::net::testing
