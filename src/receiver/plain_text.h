#pragma once

#include <string>
#include <string_view>

namespace tocsin::receiver {

// What a reader sees of Telegram's little HTML: without tags, with the entities that it knows
// (&lt; &gt; &amp; &quot; and numbers) as their characters.
// https://core.telegram.org/bots/api#html-style
std::string plain_text(std::string_view html);

}  // namespace tocsin::receiver
