#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin::net {

// Undoes gzip (RFC 1952), several members too. kInvalidArgument for damaged or unfinished input;
// kResourceExhausted as soon as the output would pass `max_bytes`: a small bomb costs no memory.
Result<std::string> gunzip(std::string_view bytes, size_t max_bytes);

}  // namespace tocsin::net
