#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin::server {

// Replaces a file whole (a reader sees the old or the new text), with these permission bits.
Result<> write_file(const std::string& path, std::string_view text, unsigned mode);

}  // namespace tocsin::server
