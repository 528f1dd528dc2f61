#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "calendar/zone.h"

namespace tocsin::gotemplate {

class Value;
struct Function;

// A point of time together with the place whose clocks show it, as Go's time.Time is. Ours keeps
// microseconds, Go's nanoseconds.
struct Moment {
  Time at{};
  calendar::Zone zone;  // used unless `fixed` is set
  // An offset east of UTC that belongs to no place, as in "2026-01-02T03:04:05+02:00".
  std::optional<seconds> fixed;
  std::string fixed_name;  // "" prints as the offset itself

  bool operator==(const Moment&) const = default;
};

// Go's zero time.Time, 0001-01-01T00:00:00Z: "not set".
constexpr Time kZeroTime = from_micros(-62'135'596'800'000'000);

// What a named Go type adds to a value of the same kind.
enum class IntType : uint8_t { kInt, kInt64, kByte, kDuration, kMonth, kWeekday };
enum class TextType : uint8_t { kString, kHtml, kUrl };  // the last two are trusted by HTML mode

struct Integer {
  int64_t number = 0;  // nanoseconds for kDuration
  IntType type = IntType::kInt;
  bool operator==(const Integer&) const = default;
};
struct Text {
  std::string text;
  TextType type = TextType::kString;
  bool operator==(const Text&) const = default;
};

// What a parameter of a function takes. Anything else is refused with the Go names of both types.
enum class Param : uint8_t {
  kAny,
  kText,
  kInt,
  kBool,
  kTime,
  kDuration,
  kTexts,  // also a list that happens to hold only text, which Go would refuse
  kList,   // any list
};

class PatternCache;  // functions.h

// What a function may know besides its arguments; of one execution, so of one thread.
struct Call {
  Time now;
  std::shared_ptr<PatternCache> patterns;  // nullptr: each call compiles its own
};

// A function of the language or a method of a value; a method finds its value in args[0], which
// `params` does not count.
struct Function {
  using Body = Result<Value> (*)(std::span<const Value> args, const Call& call);

  std::string_view name;
  std::vector<Param> params;
  std::optional<Param> rest;  // any number of further arguments
  Body body = nullptr;
};

// The type of a list, a map or a struct: its Go name (for %T and messages), its methods, and what
// an absent key of a map gives. Lives longer than its values: a static, or held by the caller.
struct Type {
  std::string name;                          // "template.KV"
  bool holds_text = false;                   // []string, map[string]string
  std::vector<std::string> fields = {};      // of a struct, in the order in which it prints
  std::vector<std::string> json_names = {};  // the same fields in toJson
  std::vector<Function> methods = {};
  std::string (*to_string)(const Value&) = nullptr;  // fmt.Stringer
};
extern const Type kAnyList;   // []interface {}
extern const Type kTextList;  // []string
extern const Type kAnyMap;    // map[string]interface {}
extern const Type kTextMap;   // map[string]string

struct List;
struct Map;
struct Struct;

// A value of the template language: immutable, cheap to copy (containers are shared), thread-safe.
// https://pkg.go.dev/text/template, https://pkg.go.dev/fmt
class Value {
 public:
  enum class Kind { kNil, kBool, kInt, kFloat, kText, kTime, kList, kMap, kStruct, kFunction };

  Value() = default;  // nil
  Value(bool value) : data_(value) {}
  Value(int value) : data_(Integer{value}) {}
  Value(int64_t value) : data_(Integer{value}) {}
  Value(Integer value) : data_(value) {}
  Value(double value) : data_(value) {}
  Value(const char* text) : data_(Text{text}) {}
  Value(std::string text) : data_(Text{std::move(text)}) {}
  Value(std::string_view text) : data_(Text{std::string(text)}) {}
  Value(Text text) : data_(std::move(text)) {}
  Value(Time at) : Value(Moment{.at = at}) {}
  Value(Moment moment) : data_(std::make_shared<const Moment>(std::move(moment))) {}
  Value(std::shared_ptr<const Function> function) : data_(std::move(function)) {}

  static Value html(std::string text) { return Text{std::move(text), TextType::kHtml}; }
  static Value url(std::string text) { return Text{std::move(text), TextType::kUrl}; }
  // Go's durations count nanoseconds; clamped to +-292 years, as Go's subtraction of times is.
  static Value duration(int64_t nanoseconds) { return Integer{nanoseconds, IntType::kDuration}; }
  static Value list(std::vector<Value> items, const Type& type = kAnyList);
  static Value text_list(const std::vector<std::string>& items);
  static Value map(std::map<std::string, Value> entries, const Type& type = kAnyMap);
  // As many values as the type has fields.
  static Value object(std::vector<Value> fields, const Type& type);

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is_nil() const { return kind() == Kind::kNil; }
  // Each may be called only for its kind.
  bool boolean() const { return std::get<bool>(data_); }
  const Integer& integer() const { return std::get<Integer>(data_); }
  double real() const { return std::get<double>(data_); }
  const std::string& text() const { return std::get<Text>(data_).text; }
  TextType text_type() const { return std::get<Text>(data_).type; }
  const Moment& moment() const { return *std::get<std::shared_ptr<const Moment>>(data_); }
  const std::vector<Value>& items() const;
  const std::map<std::string, Value>& entries() const;
  const std::vector<Value>& fields() const;
  const Function& function() const { return *std::get<std::shared_ptr<const Function>>(data_); }

  // Of a list, a map or a struct; nullptr otherwise.
  const Type* type() const;
  std::string type_name() const;  // as %T prints it: "string", "template.KV", "time.Duration"
  bool is_duration() const { return kind() == Kind::kInt && integer().type == IntType::kDuration; }

  bool truth() const;  // what `if` asks: false is false, 0, "", nil and whatever is empty
  // How much there is to print: scalars, each counted once for each way that leads to it, and bytes
  // of text. Saturates. How deep containers lie in each other. Both are kept while building.
  uint64_t weight() const;
  int depth() const;

 private:
  std::variant<std::monostate, bool, Integer, double, Text, std::shared_ptr<const Moment>,
               std::shared_ptr<const List>, std::shared_ptr<const Map>,
               std::shared_ptr<const Struct>, std::shared_ptr<const Function>>
      data_;
};

// kInvalidArgument when they are too few, too many or of a wrong type. `args` without the receiver.
Result<void> check_arguments(const Function& function, std::span<const Value> args);

}  // namespace tocsin::gotemplate
