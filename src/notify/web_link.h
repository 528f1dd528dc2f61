#pragma once

#include <string_view>

namespace tocsin::notify {

// Whether a URL may become a link: http or https, printable ASCII without spaces, quotes and angle
// brackets. Anything else (javascript:, data:) is shown as text.
bool is_web_link(std::string_view url);

}  // namespace tocsin::notify
