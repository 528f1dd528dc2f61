#pragma once

#include <string_view>

namespace tocsin::server {

inline constexpr std::string_view kVersion = TOCSIN_VERSION;  // from CMakeLists.txt

}  // namespace tocsin::server
