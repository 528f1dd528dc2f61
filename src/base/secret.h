#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

namespace tocsin {

// A text that must not be shown. It prints as <secret>; reveal() is easy to find in a review.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

}  // namespace tocsin

template <>
struct fmt::formatter<tocsin::Secret> : fmt::formatter<std::string_view> {
  auto format(const tocsin::Secret& s, format_context& ctx) const {
    return formatter<std::string_view>::format(s.empty() ? "" : "<secret>", ctx);
  }
};
