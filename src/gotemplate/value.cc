#include "gotemplate/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace tocsin::gotemplate {

const Type kAnyList = {.name = "[]interface {}"};
const Type kTextList = {.name = "[]string", .holds_text = true};
const Type kAnyMap = {.name = "map[string]interface {}"};
const Type kTextMap = {.name = "map[string]string", .holds_text = true};

namespace {

constexpr uint64_t kHeaviest = std::numeric_limits<uint64_t>::max() / 4;

struct Size {
  uint64_t weight = 1;
  int depth = 1;

  void add(const Value& value) {
    weight = std::min(kHeaviest, weight + value.weight());
    depth = std::max(depth, value.depth() + 1);
  }
};

}  // namespace

struct List {
  const Type* type;
  std::vector<Value> items;
  Size size;
};
struct Map {
  const Type* type;
  std::map<std::string, Value> entries;
  Size size;
};
struct Struct {
  const Type* type;
  std::vector<Value> fields;
  Size size;
};

Value Value::list(std::vector<Value> items, const Type& type) {
  auto list = std::make_shared<List>(List{&type, std::move(items), {}});
  for (const Value& item : list->items) list->size.add(item);
  Value value;
  value.data_ = std::shared_ptr<const List>(std::move(list));
  return value;
}

Value Value::text_list(const std::vector<std::string>& items) {
  return list(std::vector<Value>(items.begin(), items.end()), kTextList);
}

Value Value::map(std::map<std::string, Value> entries, const Type& type) {
  auto map = std::make_shared<Map>(Map{&type, std::move(entries), {}});
  for (const auto& [key, item] : map->entries) {
    map->size.add(item);
    map->size.weight += key.size();
  }
  Value value;
  value.data_ = std::shared_ptr<const Map>(std::move(map));
  return value;
}

Value Value::object(std::vector<Value> fields, const Type& type) {
  if (fields.size() != type.fields.size()) bug("a struct has as many values as fields");
  auto object = std::make_shared<Struct>(Struct{&type, std::move(fields), {}});
  for (const Value& item : object->fields) object->size.add(item);
  Value value;
  value.data_ = std::shared_ptr<const Struct>(std::move(object));
  return value;
}

const std::vector<Value>& Value::items() const {
  return std::get<std::shared_ptr<const List>>(data_)->items;
}
const std::map<std::string, Value>& Value::entries() const {
  return std::get<std::shared_ptr<const Map>>(data_)->entries;
}
const std::vector<Value>& Value::fields() const {
  return std::get<std::shared_ptr<const Struct>>(data_)->fields;
}

const Type* Value::type() const {
  switch (kind()) {
    case Kind::kList: return std::get<std::shared_ptr<const List>>(data_)->type;
    case Kind::kMap: return std::get<std::shared_ptr<const Map>>(data_)->type;
    case Kind::kStruct: return std::get<std::shared_ptr<const Struct>>(data_)->type;
    default: return nullptr;
  }
}

std::string Value::type_name() const {
  switch (kind()) {
    case Kind::kNil: return "<nil>";
    case Kind::kBool: return "bool";
    case Kind::kInt:
      switch (integer().type) {
        case IntType::kInt: return "int";
        case IntType::kInt64: return "int64";
        case IntType::kByte: return "uint8";
        case IntType::kDuration: return "time.Duration";
        case IntType::kMonth: return "time.Month";
        case IntType::kWeekday: return "time.Weekday";
      }
      return "int";
    case Kind::kFloat: return "float64";
    case Kind::kText:
      return text_type() == TextType::kString ? "string"
             : text_type() == TextType::kHtml ? "template.HTML"
                                              : "template.URL";
    case Kind::kTime: return "time.Time";
    case Kind::kFunction: return "func";
    default: return type()->name;
  }
}

bool Value::truth() const {
  switch (kind()) {
    case Kind::kNil: return false;
    case Kind::kBool: return boolean();
    case Kind::kInt: return integer().number != 0;
    case Kind::kFloat: return real() != 0;
    case Kind::kText: return !text().empty();
    case Kind::kList: return !items().empty();
    case Kind::kMap: return !entries().empty();
    default: return true;  // a struct, so a time, too, is true whatever is in it
  }
}

uint64_t Value::weight() const {
  switch (kind()) {
    case Kind::kText: return 1 + text().size();
    case Kind::kList: return std::get<std::shared_ptr<const List>>(data_)->size.weight;
    case Kind::kMap: return std::get<std::shared_ptr<const Map>>(data_)->size.weight;
    case Kind::kStruct: return std::get<std::shared_ptr<const Struct>>(data_)->size.weight;
    default: return 1;
  }
}

int Value::depth() const {
  switch (kind()) {
    case Kind::kList: return std::get<std::shared_ptr<const List>>(data_)->size.depth;
    case Kind::kMap: return std::get<std::shared_ptr<const Map>>(data_)->size.depth;
    case Kind::kStruct: return std::get<std::shared_ptr<const Struct>>(data_)->size.depth;
    default: return 0;
  }
}

namespace {

std::string_view name_of(Param param) {
  switch (param) {
    case Param::kAny: return "any value";
    case Param::kText: return "string";
    case Param::kInt: return "int";
    case Param::kBool: return "bool";
    case Param::kTime: return "time.Time";
    case Param::kDuration: return "time.Duration";
    case Param::kTexts: return "[]string";
    case Param::kList: return "list";
  }
  return "";
}

bool takes(Param param, const Value& value) {
  using Kind = Value::Kind;
  const auto is_text = [](const Value& item) { return item.kind() == Kind::kText; };
  switch (param) {
    case Param::kAny: return true;
    case Param::kText: return is_text(value);
    case Param::kInt: return value.kind() == Kind::kInt;
    case Param::kBool: return value.kind() == Kind::kBool;
    case Param::kTime: return value.kind() == Kind::kTime;
    // A plain number counts nanoseconds, as a constant does in Go.
    case Param::kDuration: return value.kind() == Kind::kInt;
    case Param::kTexts:
      return value.kind() == Kind::kList &&
             (value.type()->holds_text || std::ranges::all_of(value.items(), is_text));
    case Param::kList: return value.kind() == Kind::kList;
  }
  return false;
}

}  // namespace

Result<void> check_arguments(const Function& function, std::span<const Value> args) {
  const size_t fixed = function.params.size();
  if (args.size() < fixed || (args.size() > fixed && !function.rest)) {
    return invalid(fmt::format("wrong number of args for {}: want {}{} got {}", function.name,
                               function.rest ? "at least " : "", fixed, args.size()));
  }
  for (size_t i = 0; i < args.size(); ++i) {
    const Param param = i < fixed ? function.params[i] : *function.rest;
    if (takes(param, args[i])) continue;
    return invalid(fmt::format("wrong type for argument {} of {}; expected {}; got {}", i + 1,
                               function.name, name_of(param), args[i].type_name()));
  }
  return {};
}

}  // namespace tocsin::gotemplate
