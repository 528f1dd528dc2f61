#pragma once

#include <string>
#include <string_view>

namespace tocsin::notify {

// Pieces of mail in ASCII with lines of at most 78 characters. Whatever goes in, no line break of
// the input reaches a header, so nobody can add a header of his own.

// A field body that people read (RFC 2047): plain words as they are, folded; anything else as
// =?UTF-8?B?...?= words that do not split a character. `name_length` is what stands before it on
// the first line. Control characters become spaces; bytes that are not UTF-8 become U+FFFD.
std::string encode_header_text(std::string_view text, size_t name_length);

// RFC 2045, section 6.7, with CRLF line ends. LF and CRLF in the text are line breaks.
std::string encode_quoted_printable(std::string_view text);

// The text with every byte that is not part of valid UTF-8 replaced by U+FFFD.
std::string repair_utf8(std::string_view text);

// The longest beginning of a valid UTF-8 text of at most `most` bytes that splits no character.
std::string_view utf8_prefix(std::string_view text, size_t most);

// The first character of a valid UTF-8 text that is not empty.
std::string_view first_character(std::string_view text);

// Whether it is safe and plausible as a mail address: one '@', printable ASCII without spaces,
// brackets, quotes and commas. Tocsin sends to no address with a quoted local part.
bool is_mail_address(std::string_view address);

}  // namespace tocsin::notify
