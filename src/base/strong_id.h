#pragma once

#include <compare>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

namespace tocsin {

// A name or number that cannot be taken for another kind of name: using TeamId = StrongId<struct
// TeamTag>; `Value` is std::string (names from files, random ids) or an integer (rows, slots).
template <class Tag, class Value = std::string>
class StrongId {
 public:
  using value_type = Value;
  StrongId() = default;
  explicit StrongId(Value value) : value_(std::move(value)) {}
  const Value& value() const { return value_; }
  bool empty() const { return value_ == Value{}; }
  auto operator<=>(const StrongId&) const = default;

 private:
  Value value_{};
};

template <class Tag, class Value>
std::ostream& operator<<(std::ostream& out, const StrongId<Tag, Value>& id) {
  return out << id.value();
}

}  // namespace tocsin

template <class Tag, class Value>
struct std::hash<tocsin::StrongId<Tag, Value>> {
  size_t operator()(const tocsin::StrongId<Tag, Value>& id) const {
    return std::hash<Value>{}(id.value());
  }
};
