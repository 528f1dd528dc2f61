#pragma once

#include <string>
#include <string_view>

#include "incident/answer_words.h"

namespace tocsin::incident {

// In bytes of the document, escaped: with these no text can fill the page.
inline constexpr size_t kLongText = 400;
inline constexpr size_t kShortText = 80;

// Escaped, at most `most` bytes of it, cut between characters.
std::string shown(std::string_view text, size_t most);

// The whole page: `body` is HTML, the title a text.
std::string document(const Words& words, std::string_view title, std::string_view body);

std::string_view answer_css();

}  // namespace tocsin::incident
