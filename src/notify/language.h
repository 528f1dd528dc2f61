#pragma once

#include <string_view>

namespace tocsin::notify {

// Which of our languages (en, de) somebody reads who is not in the catalog. Pure; what cannot be
// read means English.

// By a language tag (RFC 5646) as a chat names it: "de-AT" is de.
std::string_view language_of_tag(std::string_view tag);

// By a browser's Accept-Language (RFC 9110, 12.5.4): the one of ours with the greatest weight, of
// equals the first. A weight of 0 is a no; '*' is English.
std::string_view language_of_browser(std::string_view accept_language);

}  // namespace tocsin::notify
