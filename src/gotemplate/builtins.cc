#include "gotemplate/builtins.h"

#include <fmt/format.h>

#include <array>

#include "gotemplate/compare.h"
#include "gotemplate/literal.h"
#include "gotemplate/print.h"

namespace tocsin::gotemplate {
namespace {

using Kind = Value::Kind;
using Args = std::span<const Value>;

Result<Value> run_by_evaluator(Args, const Call&) { bug("and/or are run by the evaluator"); }

Result<Value> negate(Args args, const Call&) { return Value(!args[0].truth()); }

Result<Value> length(Args args, const Call&) {
  const Value& value = args[0];
  switch (value.kind()) {
    case Kind::kText: return Value(static_cast<int64_t>(value.text().size()));
    case Kind::kList: return Value(static_cast<int64_t>(value.items().size()));
    case Kind::kMap: return Value(static_cast<int64_t>(value.entries().size()));
    case Kind::kNil: return invalid("len of nil pointer");
    default: return invalid(fmt::format("len of type {}", value.type_name()));
  }
}

Result<size_t> position(const Value& index, size_t end) {
  if (index.kind() != Kind::kInt) {
    return invalid(fmt::format("cannot index with type {}", index.type_name()));
  }
  const int64_t number = index.integer().number;
  if (number < 0 || static_cast<uint64_t>(number) >= end) {
    return invalid(fmt::format("index out of range: {}", number));
  }
  return static_cast<size_t>(number);
}

Result<Value> step_into(const Value& value, const Value& key) {
  switch (value.kind()) {
    case Kind::kText: {
      ASSIGN_OR_RETURN(const size_t at, position(key, value.text().size()));
      return Value(Integer{static_cast<unsigned char>(value.text()[at]), IntType::kByte});
    }
    case Kind::kList: {
      ASSIGN_OR_RETURN(const size_t at, position(key, value.items().size()));
      return value.items()[at];
    }
    case Kind::kMap: {
      if (key.kind() != Kind::kText) {
        return invalid(fmt::format("value has type {}; should be string", key.type_name()));
      }
      const auto found = value.entries().find(key.text());
      if (found != value.entries().end()) return found->second;
      return value.type()->holds_text ? Value("") : Value();
    }
    case Kind::kNil: return invalid("index of untyped nil");
    default: return invalid(fmt::format("can't index item of type {}", value.type_name()));
  }
}

Result<Value> index(Args args, const Call&) {
  Value value = args[0];
  if (value.is_nil()) return invalid("index of untyped nil");
  for (const Value& key : args.subspan(1)) {
    ASSIGN_OR_RETURN(value, step_into(value, key));
  }
  return value;
}

Result<Value> slice(Args args, const Call&) {
  const Value& value = args[0];
  const bool is_text = value.kind() == Kind::kText;
  if (value.is_nil()) return invalid("slice of untyped nil");
  if (args.size() > 4) return invalid(fmt::format("too many slice indexes: {}", args.size() - 1));
  if (!is_text && value.kind() != Kind::kList) {
    return invalid(fmt::format("can't slice item of type {}", value.type_name()));
  }
  if (is_text && args.size() == 4) return invalid("cannot 3-index slice a string");
  const size_t size = is_text ? value.text().size() : value.items().size();
  std::array<size_t, 3> at = {0, size, size};
  for (size_t i = 1; i < args.size(); ++i) {
    ASSIGN_OR_RETURN(at[i - 1], position(args[i], size + 1));
  }
  if (at[0] > at[1] || at[1] > at[2]) {
    return invalid(fmt::format("invalid slice index: {} > {}", at[0], at[1]));
  }
  if (is_text) return Value(Text{value.text().substr(at[0], at[1] - at[0]), value.text_type()});
  const auto begin = value.items().begin();
  return Value::list({begin + static_cast<int64_t>(at[0]), begin + static_cast<int64_t>(at[1])},
                     *value.type());
}

Result<Value> call(Args args, const Call& call) {
  if (args[0].kind() != Kind::kFunction) {
    return invalid(
        fmt::format("call of a value of type {}, which is no function", args[0].type_name()));
  }
  const Function& function = args[0].function();
  RETURN_IF_ERROR(check_arguments(function, args.subspan(1)));
  return function.body(args.subspan(1), call);
}

Result<Value> print_all(Args args, const Call&) { return print(args); }
Result<Value> println_all(Args args, const Call&) { return println(args); }
Result<Value> printf_all(Args args, const Call&) {
  return print_formatted(args[0].text(), args.subspan(1));
}

}  // namespace

Result<std::string> joined(std::span<const Value> args) {
  if (args.size() == 1 && args[0].kind() == Kind::kText) return args[0].text();
  std::vector<Value> shown(args.begin(), args.end());
  for (Value& value : shown) {
    if (value.is_nil()) value = Value("<no value>");
  }
  return print(shown);
}

namespace {

Result<Value> html(Args args, const Call&) {
  ASSIGN_OR_RETURN(const std::string text, joined(args));
  return Value(html_text(text));
}
Result<Value> js(Args args, const Call&) {
  ASSIGN_OR_RETURN(const std::string text, joined(args));
  return Value(js_text(text));
}
Result<Value> urlquery(Args args, const Call&) {
  ASSIGN_OR_RETURN(const std::string text, joined(args));
  return Value(query_escape(text));
}

Result<Value> equal(Args args, const Call&) { return is_equal(args); }
Result<Value> unequal(Args args, const Call&) {
  ASSIGN_OR_RETURN(const bool same, is_equal(args));
  return Value(!same);
}
Result<Value> less(Args args, const Call&) { return is_less(args[0], args[1]); }
Result<Value> less_or_equal(Args args, const Call&) {
  ASSIGN_OR_RETURN(const bool is_smaller, is_less(args[0], args[1]));
  if (is_smaller) return Value(true);
  return is_equal(args);
}
Result<Value> greater(Args args, const Call& call) {
  ASSIGN_OR_RETURN(const Value value, less_or_equal(args, call));
  return Value(!value.boolean());
}
Result<Value> greater_or_equal(Args args, const Call&) {
  ASSIGN_OR_RETURN(const bool is_smaller, is_less(args[0], args[1]));
  return Value(!is_smaller);
}

}  // namespace

std::span<const Function> builtins() {
  static const std::vector<Function> functions = {
      {"and", {Param::kAny}, Param::kAny, run_by_evaluator},
      {"or", {Param::kAny}, Param::kAny, run_by_evaluator},
      {"not", {Param::kAny}, {}, negate},
      {"len", {Param::kAny}, {}, length},
      {"index", {Param::kAny}, Param::kAny, index},
      {"slice", {Param::kAny}, Param::kAny, slice},
      {"call", {Param::kAny}, Param::kAny, call},
      {"print", {}, Param::kAny, print_all},
      {"println", {}, Param::kAny, println_all},
      {"printf", {Param::kText}, Param::kAny, printf_all},
      {"html", {}, Param::kAny, html},
      {"js", {}, Param::kAny, js},
      {"urlquery", {}, Param::kAny, urlquery},
      {"eq", {Param::kAny}, Param::kAny, equal},
      {"ne", {Param::kAny, Param::kAny}, {}, unequal},
      {"lt", {Param::kAny, Param::kAny}, {}, less},
      {"le", {Param::kAny, Param::kAny}, {}, less_or_equal},
      {"gt", {Param::kAny, Param::kAny}, {}, greater},
      {"ge", {Param::kAny, Param::kAny}, {}, greater_or_equal},
  };
  return functions;
}

std::string html_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '\0': out += "\xEF\xBF\xBD"; break;
      case '"': out += "&#34;"; break;
      case '\'': out += "&#39;"; break;
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string js_text(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t from = at;
    const char32_t rune = next_rune(text, at);
    switch (rune) {
      case '\\': out += "\\\\"; continue;
      case '\'': out += "\\'"; continue;
      case '"': out += "\\\""; continue;
      case '<':
      case '>':
      case '&':
      case '=': out += fmt::format("\\u{:04X}", static_cast<uint32_t>(rune)); continue;
      default: break;
    }
    if (rune < 0x20 || (rune >= 0x7F && !is_printable(rune))) {
      out += fmt::format("\\u{:04X}", static_cast<uint32_t>(rune));
    } else {
      out.append(text, from, at - from);
    }
  }
  return out;
}

std::string query_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
    if (is_plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

Result<std::string> query_unescape(std::string_view text) {
  const auto digit = [](char c) {
    const char low = static_cast<char>(c | 0x20);
    return c >= '0' && c <= '9' ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
  };
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) {
      return invalid(fmt::format("invalid URL escape \"{}\"", text.substr(i, 3)));
    }
    out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return out;
}

}  // namespace tocsin::gotemplate
