#include "gotemplate/letter_case.h"

#include <locale.h>
#include <wctype.h>

#include "gotemplate/literal.h"

namespace tocsin::gotemplate {
namespace {

// nullptr where the C library has no C.UTF-8: then only ASCII has cases.
locale_t unicode() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

char32_t upper(char32_t rune) {
  if (rune < 0x80) return rune >= 'a' && rune <= 'z' ? rune - 32 : rune;
  return unicode() == nullptr ? rune : static_cast<char32_t>(towupper_l(rune, unicode()));
}
char32_t lower(char32_t rune) {
  if (rune < 0x80) return rune >= 'A' && rune <= 'Z' ? rune + 32 : rune;
  return unicode() == nullptr ? rune : static_cast<char32_t>(towlower_l(rune, unicode()));
}

template <class Map>
std::string map_runes(std::string_view text, Map map) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) append_rune(out, map(next_rune(text, at)));
  return out;
}

bool is_digit(char32_t rune) { return rune >= '0' && rune <= '9'; }

// Joins what stands on both sides into one word (as cases.Title sees it; UAX 29 is stricter about
// digits).
bool joins_words(char32_t rune) {
  return rune == '\'' || rune == '.' || rune == ':' || rune == 0xB7 || rune == 0x2018 ||
         rune == 0x2019;
}
bool is_word(char32_t rune) { return is_letter(rune) || is_digit(rune); }

}  // namespace

std::string upper_case(std::string_view text) { return map_runes(text, upper); }
std::string lower_case(std::string_view text) { return map_runes(text, lower); }

std::string title_case(std::string_view text) {
  std::string out;
  bool in_word = false;  // a letter of this word has been written
  char32_t before = ' ';
  for (size_t at = 0; at < text.size();) {
    const char32_t rune = next_rune(text, at);
    size_t ahead = at;
    const char32_t after = ahead < text.size() ? next_rune(text, ahead) : U' ';
    if (rune == 0x3A3 && is_letter(before) && !is_letter(after)) {
      append_rune(out, 0x3C2);  // a sigma at the end of a word has a form of its own
      in_word = true;
    } else if (is_letter(rune)) {
      append_rune(out, in_word ? lower(rune) : upper(rune));
      in_word = true;
    } else {
      append_rune(out, rune);
      const bool joins = joins_words(rune) && is_word(before) && is_word(after);
      if (!is_digit(rune) && rune != '_' && !joins) in_word = false;
    }
    before = rune;
  }
  return out;
}

bool is_letter(char32_t rune) {
  if (rune < 0x80) return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z');
  return unicode() != nullptr && iswalpha_l(rune, unicode()) != 0;
}

bool is_printable_beyond_latin1(char32_t rune) {
  // Without the tables, as if it were: quoting then shows the character itself.
  return unicode() == nullptr ||
         (iswprint_l(rune, unicode()) != 0 && iswspace_l(rune, unicode()) == 0 && rune != 0xFEFF);
}

}  // namespace tocsin::gotemplate
