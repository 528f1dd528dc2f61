#pragma once

#include <string>
#include <string_view>

namespace tocsin::receiver {

// How the reference shortens what a provider would refuse (alertmanager notify/util.go): what is
// cut off is shown by an ellipsis, which counts. Of at most three, nothing is left for it.
std::string truncate_runes(std::string_view text, size_t most);  // code points
std::string truncate_bytes(std::string_view text, size_t most);  // splits no code point

size_t count_runes(std::string_view text);  // each byte that is not UTF-8 counts as one

}  // namespace tocsin::receiver
