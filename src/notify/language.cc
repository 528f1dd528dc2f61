#include "notify/language.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace tocsin::notify {
namespace {

constexpr std::string_view kEnglish = "en", kGerman = "de";

bool is_of(std::string_view tag, std::string_view language) {
  return equal_ignoring_case(tag.substr(0, tag.find_first_of("-_")), language);
}

// 0 to 1; 1 where none is given, 0 where it is no number.
double weight_of(std::string_view parameters) {
  for (const std::string_view parameter : split(parameters, ';')) {
    const std::string_view text = trim(parameter);
    if (text.size() < 2 || !equal_ignoring_case(text.substr(0, 2), "q=")) continue;
    const std::string_view number = text.substr(2);
    double weight = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), weight);
    const bool is_read = error == std::errc() && end == number.data() + number.size();
    return is_read && weight >= 0 && weight <= 1 ? weight : 0;
  }
  return 1;
}

}  // namespace

std::string_view language_of_tag(std::string_view tag) {
  return is_of(tag, kGerman) ? kGerman : kEnglish;
}

std::string_view language_of_browser(std::string_view accept_language) {
  std::string_view best = kEnglish;
  double most = 0;
  for (const std::string_view range : split(accept_language, ',')) {
    const size_t end = std::min(range.find(';'), range.size());
    const std::string_view tag = trim(range.substr(0, end));
    const bool is_ours = tag == "*" || is_of(tag, kEnglish) || is_of(tag, kGerman);
    const double weight = is_ours ? weight_of(range.substr(end)) : 0;
    if (weight <= most) continue;
    most = weight;
    best = language_of_tag(tag);
  }
  return best;
}

}  // namespace tocsin::notify
