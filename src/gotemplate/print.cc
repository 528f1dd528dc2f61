#include "gotemplate/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

#include "gotemplate/literal.h"
#include "gotemplate/time_layout.h"

namespace tocsin::gotemplate {
namespace {

using Kind = Value::Kind;

struct Flags {
  bool plus = false, minus = false, sharp = false, space = false, zero = false;
  bool go_syntax = false, names = false;  // %#v and %+v, where # and + mean nothing else
  int width = -1, precision = -1;         // -1: not given
};

// Text of a value whose Go type has a method String.
bool string_method(const Value& value, std::string& out) {
  if (value.kind() == Kind::kTime) {
    out = to_text(value.moment());
    return true;
  }
  if (value.kind() == Kind::kInt) {
    const Integer& integer = value.integer();
    switch (integer.type) {
      case IntType::kDuration: out = duration_text(integer.number); return true;
      case IntType::kMonth: out = month_name(static_cast<int>(integer.number)); return true;
      case IntType::kWeekday: out = weekday_name(static_cast<int>(integer.number)); return true;
      default: return false;
    }
  }
  if (const Type* type = value.type(); type != nullptr && type->to_string != nullptr) {
    out = type->to_string(value);
    return true;
  }
  return false;
}

class Printer {
 public:
  explicit Printer(size_t limit) : limit_(limit) {}

  void value(const Value& value, char verb, const Flags& flags, int depth = 0) {
    if (full()) return;
    if (verb == 'T' && !value.is_nil()) return text_verb(value.type_name(), 's', value, flags);
    if (value.is_nil()) return nil(verb, flags, depth);
    std::string text;
    const bool wants_text = std::string_view("vsxXq").find(verb) != std::string_view::npos;
    if (wants_text && !erroring_ && !flags.go_syntax && string_method(value, text)) {
      return text_verb(text, verb, value, flags);
    }
    switch (value.kind()) {
      case Kind::kBool:
        if (verb != 't' && verb != 'v') return bad_verb(value, verb, flags);
        return pad(value.boolean() ? "true" : "false", flags);
      case Kind::kInt: return integer(value, verb, flags);
      case Kind::kFloat: return real(value, verb, flags);
      case Kind::kText: return text_verb(value.text(), verb, value, flags);
      case Kind::kTime: return pad(to_text(value.moment()), flags);
      case Kind::kList: return list(value, verb, flags, depth);
      case Kind::kMap: return map(value, verb, flags, depth);
      case Kind::kStruct: return object(value, verb, flags, depth);
      default: return pad("func", flags);
    }
  }

  void raw(std::string_view text) { out_ += text; }
  bool full() const { return out_.size() > limit_; }
  Result<std::string> take() {
    if (!full()) return std::move(out_);
    return fail(Code::kResourceExhausted, fmt::format("a text may have {} bytes", limit_));
  }

  void format(std::string_view format, std::span<const Value> values);

 private:
  void nil(char verb, const Flags& flags, int depth) {
    if (verb == 'v' || verb == 'T') return depth == 0 ? pad("<nil>", flags) : raw("<nil>");
    raw(fmt::format("%!{}(<nil>)", verb));
  }

  void bad_verb(const Value& value, char verb, const Flags& flags) {
    const bool outer = std::exchange(erroring_, true);
    raw(fmt::format("%!{}({}=", verb, value.type_name()));
    this->value(value, 'v', flags);
    raw(")");
    erroring_ = outer;
  }

  void pad(std::string_view text, const Flags& flags) {
    const auto runes = static_cast<int64_t>(count_runes(text));
    if (flags.width <= runes) return raw(text);
    const auto missing = static_cast<size_t>(flags.width - runes);
    if (flags.minus) {
      raw(text);
      out_.append(missing, ' ');
    } else {
      out_.append(missing, flags.zero ? '0' : ' ');
      raw(text);
    }
  }

  void text_verb(std::string_view text, char verb, const Value& value, const Flags& flags) {
    std::string cut;
    if (flags.precision >= 0 && verb != 'x' && verb != 'X') {
      size_t at = 0;
      for (int i = 0; i < flags.precision && at < text.size(); ++i) next_rune(text, at);
      text = text.substr(0, at);
    }
    switch (verb) {
      case 'v':
        if (flags.go_syntax) return pad(quote(text), flags);
        return pad(text, flags);
      case 's': return pad(text, flags);
      case 'q': return pad(quoted(text, flags), flags);
      case 'x':
      case 'X': return pad(hex_text(text, verb, flags), flags);
      default: return bad_verb(value, verb, flags);
    }
  }

  // Whether a raw string can hold it.
  static bool may_backquote(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
      const size_t from = at;
      const char32_t rune = next_rune(text, at);
      const bool is_control = (rune < 0x20 && rune != '\t') || rune == 0x7F || rune == 0xFEFF;
      if (is_control || rune == '`' || !is_whole_rune(rune, at - from)) return false;
    }
    return true;
  }

  static std::string quoted(std::string_view text, const Flags& flags) {
    if (flags.sharp && may_backquote(text)) return fmt::format("`{}`", text);
    return quote(text, flags.plus);
  }

  static std::string hex_text(std::string_view text, char verb, const Flags& flags) {
    if (flags.precision >= 0) text = text.substr(0, static_cast<size_t>(flags.precision));
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (flags.space && i > 0) out += ' ';
      if (flags.sharp && (i == 0 || flags.space)) out += verb == 'x' ? "0x" : "0X";
      out += verb == 'x' ? fmt::format("{:02x}", byte) : fmt::format("{:02X}", byte);
    }
    return out;
  }

  void integer(const Value& value, char verb, const Flags& flags) {
    const int64_t number = value.integer().number;
    const uint64_t size = number < 0 ? 0 - static_cast<uint64_t>(number) : number;
    const auto rune = static_cast<char32_t>(number < 0 || number > 0x10FFFF ? 0xFFFD : number);
    std::string one;
    switch (verb) {
      case 'v':
      case 'd': return digits(number < 0, std::to_string(size), "", flags);
      case 'b': return digits(number < 0, fmt::format("{:b}", size), "0b", flags);
      case 'o': return digits(number < 0, fmt::format("{:o}", size), "0", flags);
      case 'O': {
        Flags with = flags;
        with.sharp = true;
        return digits(number < 0, fmt::format("{:o}", size), "0o", with);
      }
      case 'x': return digits(number < 0, fmt::format("{:x}", size), "0x", flags);
      case 'X': return digits(number < 0, fmt::format("{:X}", size), "0X", flags);
      case 'c': append_rune(one, rune); return pad(one, flags);
      case 'q': append_rune(one, rune); return pad(quote(one, flags.plus, '\''), flags);
      case 'U': return pad(unicode_text(static_cast<uint64_t>(number), flags), without_zero(flags));
      default: return bad_verb(value, verb, flags);
    }
  }

  // "U+002A", with # "U+002A '*'".
  static std::string unicode_text(uint64_t number, const Flags& flags) {
    std::string out = fmt::format("U+{:0{}X}", number, std::clamp(flags.precision, 4, 1000));
    if (flags.sharp && number <= 0x10FFFF && is_printable(static_cast<char32_t>(number))) {
      out += " '";
      append_rune(out, static_cast<char32_t>(number));
      out += "'";
    }
    return out;
  }

  void digits(bool negative, std::string number, std::string_view prefix, const Flags& flags) {
    const std::string_view sign = negative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
    if (flags.precision == 0 && number == "0") return pad("", without_zero(flags));
    int64_t least = flags.precision;
    if (least < 0 && flags.zero && !flags.minus && flags.width >= 0) {
      least = flags.width - static_cast<int64_t>(sign.size());
    }
    if (const auto have = static_cast<int64_t>(number.size()); least > have) {
      number.insert(0, static_cast<size_t>(least - have), '0');
    }
    std::string out(sign);
    // 0 alone marks an octal number, so one that begins with it needs no mark.
    if (flags.sharp && !(prefix == "0" && number.starts_with('0'))) out += prefix;
    pad(out + number, without_zero(flags));
  }

  static Flags without_zero(Flags flags) {
    flags.zero = false;
    return flags;
  }

  void real(const Value& value, char verb, const Flags& flags) {
    const double number = value.real();
    std::string text;
    if (!std::isfinite(number)) {
      text = std::isnan(number) ? "NaN" : number < 0 ? "-Inf" : "+Inf";
      if (std::string_view("vgGfFeExXb").find(verb) == std::string_view::npos) {
        return bad_verb(value, verb, flags);
      }
      if (text[0] == '+' && !flags.plus && verb != 'v') text = "+Inf";
      return pad(text, without_zero(flags));
    }
    std::array<char, 512> buffer;
    int precision = flags.precision;
    switch (verb) {
      case 'v':
      case 'g':
      case 'G':
        text = float_text(number);
        // With # there are at least six digits.
        if (precision >= 0 || (flags.sharp && count_digits(text) < 6)) {
          if (precision < 0) precision = 6;
          std::snprintf(buffer.data(), buffer.size(), flags.sharp ? "%#.*g" : "%.*g",
                        std::min(precision, 100), number);
          text = buffer.data();
        }
        if (verb == 'G') {
          for (char& c : text) c = c == 'e' ? 'E' : c;
        }
        break;
      case 'f':
      case 'F':
      case 'e':
      case 'E': {
        if (precision < 0) precision = 6;
        precision = std::min(precision, 100);
        const std::string form = fmt::format("%{}.*{}", flags.sharp ? "#" : "", verb);
        std::snprintf(buffer.data(), buffer.size(), form.c_str(), precision, number);
        text = buffer.data();
        break;
      }
      case 'x':
      case 'X': text = hex_float(number, flags, verb == 'X'); break;
      case 'b': text = binary_float(number); break;
      default: return bad_verb(value, verb, flags);
    }
    if (text[0] != '-' && flags.plus) text.insert(0, "+");
    if (text[0] != '-' && flags.space && !flags.plus) text.insert(0, " ");
    const bool has_sign = text[0] == '-' || text[0] == '+' || text[0] == ' ';
    const auto size = static_cast<int64_t>(text.size());
    if (flags.zero && !flags.minus && flags.width > size) {
      text.insert(has_sign ? 1 : 0, static_cast<size_t>(flags.width - size), '0');
    }
    pad(text, without_zero(flags));
  }

  // Those of the number itself, from the first that is not 0.
  static int count_digits(std::string_view number) {
    int count = 0;
    for (const char c : number.substr(0, number.find('e'))) {
      if (c >= '0' && c <= '9' && (c != '0' || count > 0)) ++count;
    }
    return count;
  }

  // 0x1.8p+00: C's %a, but with two digits of the exponent.
  static std::string hex_float(double number, const Flags& flags, bool is_upper) {
    std::array<char, 160> buffer;
    if (flags.precision < 0) {
      std::snprintf(buffer.data(), buffer.size(), is_upper ? "%A" : "%a", number);
    } else {
      std::snprintf(buffer.data(), buffer.size(), is_upper ? "%.*A" : "%.*a",
                    std::min(flags.precision, 100), number);
    }
    std::string text = buffer.data();
    const size_t sign = text.find_last_of("+-");
    if (sign != std::string::npos && sign + 2 == text.size()) text.insert(sign + 1, 1, '0');
    return text;
  }

  // 6755399441055744p-52: the 53 bits of the number and a power of two.
  static std::string binary_float(double number) {
    int exponent = 0;
    const double fraction = std::frexp(number, &exponent);
    if (number == 0) return "0p-1074";
    return fmt::format("{}p{:+}", static_cast<int64_t>(std::ldexp(fraction, 53)), exponent - 53);
  }

  void list(const Value& value, char verb, const Flags& flags, int depth) {
    const bool go_syntax = flags.go_syntax;
    raw(go_syntax ? value.type_name() + "{" : "[");
    bool first = true;
    for (const Value& item : value.items()) {
      if (full()) return;
      if (!std::exchange(first, false)) raw(go_syntax ? ", " : " ");
      this->value(item, verb, flags, depth + 1);
    }
    raw(go_syntax ? "}" : "]");
  }

  void map(const Value& value, char verb, const Flags& flags, int depth) {
    const bool go_syntax = flags.go_syntax;
    raw(go_syntax ? value.type_name() + "{" : "map[");
    bool first = true;
    for (const auto& [key, item] : value.entries()) {
      if (full()) return;
      if (!std::exchange(first, false)) raw(go_syntax ? ", " : " ");
      this->value(Value(key), verb, flags, depth + 1);
      raw(":");
      this->value(item, verb, flags, depth + 1);
    }
    raw(go_syntax ? "}" : "]");
  }

  void object(const Value& value, char verb, const Flags& flags, int depth) {
    const bool go_syntax = flags.go_syntax;
    raw(go_syntax ? value.type_name() + "{" : "{");
    for (size_t i = 0; i < value.fields().size() && !full(); ++i) {
      if (i > 0) raw(go_syntax ? ", " : " ");
      if (flags.names || go_syntax) raw(value.type()->fields[i] + ":");
      this->value(value.fields()[i], verb, flags, depth + 1);
    }
    raw("}");
  }

  size_t limit_;
  std::string out_;
  bool erroring_ = false;  // inside of %!verb(...), where String is not asked
};

// Walks through a format string.
class Formatter {
 public:
  Formatter(Printer& printer, std::string_view format, std::span<const Value> values)
      : printer_(printer), format_(format), values_(values) {}

  void run() {
    while (at_ < format_.size() && !printer_.full()) {
      const size_t percent = std::min(format_.find('%', at_), format_.size());
      printer_.raw(format_.substr(at_, percent - at_));
      at_ = percent;
      if (at_ < format_.size()) {
        ++at_;
        directive();
      }
    }
    if (!reordered_ && arg_ < values_.size()) extra();
  }

 private:
  static constexpr int kWidest = 1'000'000;  // as in Go

  void directive() {
    Flags flags;
    good_index_ = true;
    read_flags(flags);
    bool indexed = read_index();
    if (at_ < format_.size() && format_[at_] == '*') {
      ++at_;
      if (!star(flags.width)) printer_.raw("%!(BADWIDTH)");
      if (flags.width < -1) {
        flags.width = -flags.width;
        flags.minus = true;
        flags.zero = false;
      }
      indexed = false;
    } else if (read_number(flags.width) && indexed) {
      good_index_ = false;  // "%[3]2d"
    }
    if (at_ < format_.size() && format_[at_] == '.') {
      ++at_;
      if (indexed) good_index_ = false;  // "%[3].2d"
      indexed = read_index();
      if (at_ < format_.size() && format_[at_] == '*') {
        ++at_;
        if (!star(flags.precision)) printer_.raw("%!(BADPREC)");
        if (flags.precision < 0) flags.precision = -1;
        indexed = false;
      } else if (!read_number(flags.precision)) {
        flags.precision = 0;
      }
    }
    if (!indexed) indexed = read_index();
    if (at_ >= format_.size()) return printer_.raw("%!(NOVERB)");
    verb(flags);
  }

  void verb(const Flags& flags) {
    const size_t from = at_;
    next_rune(format_, at_);
    const std::string_view verb = format_.substr(from, at_ - from);
    if (verb == "%") return printer_.raw("%");
    if (!good_index_) return printer_.raw(fmt::format("%!{}(BADINDEX)", verb));
    if (arg_ >= values_.size()) return printer_.raw(fmt::format("%!{}(MISSING)", verb));
    const Value& value = values_[arg_++];
    if (verb.size() > 1) {
      return printer_.raw(fmt::format("%!{}({}={})", verb, value.type_name(), to_text(value)));
    }
    Flags settled = flags;
    if (verb == "v") {
      settled.go_syntax = std::exchange(settled.sharp, false);
      settled.names = std::exchange(settled.plus, false);
    }
    printer_.value(value, verb[0], settled);
  }

  void read_flags(Flags& flags) {
    for (; at_ < format_.size(); ++at_) {
      switch (format_[at_]) {
        case '#': flags.sharp = true; break;
        case '0': flags.zero = !flags.minus; break;
        case '+': flags.plus = true; break;
        case '-':
          flags.minus = true;
          flags.zero = false;
          break;
        case ' ': flags.space = true; break;
        default: return;
      }
    }
  }

  bool read_number(int& number) {
    int found = 0;
    const size_t from = at_;
    for (; at_ < format_.size() && format_[at_] >= '0' && format_[at_] <= '9'; ++at_) {
      found = std::min(found * 10 + (format_[at_] - '0'), kWidest + 1);
    }
    if (at_ == from || found > kWidest) return false;
    number = found;
    return true;
  }

  // "[2]": the next verb takes the second argument.
  bool read_index() {
    if (at_ >= format_.size() || format_[at_] != '[') return false;
    reordered_ = true;
    const size_t close = format_.find(']', at_);
    int index = 0;
    const size_t digits = at_ + 1;
    if (close == std::string_view::npos) {
      good_index_ = false;
      ++at_;
      return false;
    }
    at_ = digits;
    const bool is_number = read_number(index) && at_ == close;
    at_ = close + 1;
    if (!is_number || index < 1 || static_cast<size_t>(index) > values_.size()) {
      good_index_ = false;
      return true;
    }
    arg_ = static_cast<size_t>(index) - 1;
    return true;
  }

  bool star(int& number) {
    if (arg_ >= values_.size()) return false;
    const Value& value = values_[arg_++];
    if (value.kind() != Kind::kInt || std::abs(value.integer().number) > kWidest) return false;
    number = static_cast<int>(value.integer().number);
    return true;
  }

  void extra() {
    printer_.raw("%!(EXTRA ");
    for (size_t i = arg_; i < values_.size(); ++i) {
      if (i > arg_) printer_.raw(", ");
      if (values_[i].is_nil()) {
        printer_.raw("<nil>");
      } else {
        printer_.raw(values_[i].type_name() + "=");
        printer_.value(values_[i], 'v', Flags());
      }
    }
    printer_.raw(")");
  }

  Printer& printer_;
  std::string_view format_;
  std::span<const Value> values_;
  size_t at_ = 0;
  size_t arg_ = 0;
  bool reordered_ = false;
  bool good_index_ = true;
};

}  // namespace

std::string to_text(const Value& value) {
  if (value.kind() == Kind::kText) return value.text();
  Printer printer(std::numeric_limits<size_t>::max());
  printer.value(value, 'v', Flags());
  return *printer.take();
}

Result<std::string> print(std::span<const Value> values, size_t limit) {
  Printer printer(limit);
  bool was_text = true;
  for (size_t i = 0; i < values.size(); ++i) {
    const bool is_text = values[i].kind() == Kind::kText;
    if (i > 0 && !is_text && !was_text) printer.raw(" ");
    printer.value(values[i], 'v', Flags());
    was_text = is_text;
  }
  return printer.take();
}

Result<std::string> println(std::span<const Value> values, size_t limit) {
  Printer printer(limit);
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) printer.raw(" ");
    printer.value(values[i], 'v', Flags());
  }
  printer.raw("\n");
  return printer.take();
}

Result<std::string> print_formatted(std::string_view format, std::span<const Value> values,
                                    size_t limit) {
  Printer printer(limit);
  Formatter(printer, format, values).run();
  return printer.take();
}

std::string float_text(double number, int big) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Inf" : "+Inf";
  std::array<char, 64> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                 std::chars_format::scientific);
  const std::string_view scientific(buffer.data(), static_cast<size_t>(end.ptr - buffer.data()));
  const size_t mark = scientific.find('e');
  int exponent = 0;
  std::string_view power = scientific.substr(mark + 1);
  if (power.starts_with('+')) power.remove_prefix(1);
  std::from_chars(power.data(), power.data() + power.size(), exponent);
  if (exponent < -4 || exponent >= big) return std::string(scientific);
  const auto fixed =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed);
  return {buffer.data(), fixed.ptr};
}

}  // namespace tocsin::gotemplate
