#include "cli/show.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"

namespace tocsin::cli {

const codec::Json& field_of(const codec::Json& object, std::string_view field) {
  static const codec::Json kNothing;
  const auto* fields = object.if_object();
  const auto* value = fields == nullptr ? nullptr : fields->if_contains(field);
  return value == nullptr ? kNothing : *value;
}

const codec::JsonArray& list_of(const codec::Json& object, std::string_view field) {
  static const codec::JsonArray kNone;
  const auto* list = field_of(object, field).if_array();
  return list == nullptr ? kNone : *list;
}

std::string show(const codec::Json& object, std::string_view field) {
  const codec::Json& value = field_of(object, field);
  if (const auto* text = value.if_string()) return std::string(*text);
  if (value.is_null()) return "-";
  return codec::to_text(value);
}

std::string words_of(const codec::Json& object, std::string_view field, std::string_view between,
                     std::string_view none) {
  std::vector<std::string> words;
  for (const codec::Json& word : list_of(object, field)) {
    if (const auto* text = word.if_string()) words.emplace_back(*text);
  }
  return words.empty() ? std::string(none) : join(words, between);
}

double number_of(const codec::Json& object, std::string_view field) {
  const codec::Json& value = field_of(object, field);
  if (value.is_int64()) return static_cast<double>(value.as_int64());
  if (value.is_uint64()) return static_cast<double>(value.as_uint64());
  return value.is_double() ? value.as_double() : 0;
}

std::string ago(std::string_view rfc3339, Time now) {
  const auto at = parse_rfc3339(rfc3339);
  if (!at) return "-";
  const Duration passed = std::max(now - *at, Duration(0));
  // Two units say enough: nobody reads the seconds of a day.
  const Duration unit = passed >= days(1)    ? Duration(hours(1))
                        : passed >= hours(1) ? Duration(minutes(1))
                                             : Duration(seconds(1));
  return to_text(Duration(passed.count() / unit.count() * unit.count()));
}

std::string percent(double ratio) { return fmt::format("{:.4g}%", ratio * 100); }

std::string count(double events) {
  std::string digits = fmt::format("{:.0f}", std::round(events));
  const size_t first = digits.starts_with('-') ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

}  // namespace tocsin::cli
