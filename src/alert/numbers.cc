#include "alert/numbers.h"

#include <fmt/format.h>

#include <cmath>

namespace tocsin::alert {
namespace {

std::string without_trailing_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::string in_thousands(double count) {
  if (!std::isfinite(count)) return "an unknown number of";
  if (std::abs(count) < 10) return without_trailing_zeros(fmt::format("{:.1f}", count));
  std::string digits = fmt::format("{:.0f}", std::abs(count));
  for (size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return count < 0 ? "-" + digits : digits;
}

std::string percent(double share) {
  if (!std::isfinite(share)) return "an unknown share";
  const double value = share * 100;
  const double size = std::abs(value);
  if (size == 0 || size == 100) return fmt::format("{:.0f}%", value);
  if (size < 0.01) return value < 0 ? "over -0.01%" : "under 0.01%";
  // Rounded towards zero where rounding would claim all of it.
  if (size < 100 && size >= 99.5) {
    return without_trailing_zeros(fmt::format("{:.2f}", std::trunc(value * 100) / 100)) + "%";
  }
  if (size < 1) return without_trailing_zeros(fmt::format("{:.2f}", value)) + "%";
  if (size < 10) return without_trailing_zeros(fmt::format("{:.1f}", value)) + "%";
  return fmt::format("{:.0f}%", value);
}

std::string times(double factor) {
  if (!std::isfinite(factor)) return "unknown";
  if (std::abs(factor) < 100) return without_trailing_zeros(fmt::format("{:.1f}", factor)) + "x";
  return in_thousands(factor) + "x";
}

std::string moment(Time at, Time now) {
  const std::string text = to_rfc3339(at);
  const bool is_same_day =
      std::chrono::floor<std::chrono::days>(at) == std::chrono::floor<std::chrono::days>(now);
  const std::string clock = text.substr(11, 5) + " UTC";
  return is_same_day ? clock : text.substr(0, 10) + " " + clock;
}

}  // namespace tocsin::alert
