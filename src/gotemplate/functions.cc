#include "gotemplate/functions.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include "base/text.h"
#include "gotemplate/builtins.h"
#include "gotemplate/letter_case.h"
#include "gotemplate/literal.h"
#include "gotemplate/print.h"
#include "gotemplate/time_layout.h"

namespace tocsin::gotemplate {

class PatternCache {
 public:
  Result<std::shared_ptr<const RE2>> find(const std::string& pattern) {
    if (const auto found = known_.find(pattern); found != known_.end()) return found->second;
    if (++compiled_ > kMostCompiled) {
      return fail(Code::kResourceExhausted,
                  fmt::format("the template compiles more than {} patterns", kMostCompiled));
    }
    auto expression = std::make_shared<const RE2>(pattern, RE2::Quiet);
    if (!expression->ok()) {
      return invalid(fmt::format("error parsing regexp: {}", expression->error()));
    }
    if (known_.size() >= kMostKept) known_.clear();
    known_[pattern] = expression;
    return expression;
  }

 private:
  static constexpr int kMostCompiled = 1000;
  static constexpr size_t kMostKept = 64;
  std::map<std::string, std::shared_ptr<const RE2>> known_;
  int compiled_ = 0;
};

namespace {

using Kind = Value::Kind;
using Args = std::span<const Value>;

Result<Value> to_upper(Args args, const Call&) { return Value(upper_case(args[0].text())); }
Result<Value> to_lower_case(Args args, const Call&) { return Value(lower_case(args[0].text())); }
Result<Value> title(Args args, const Call&) { return Value(title_case(args[0].text())); }

Result<Value> trim_space(Args args, const Call&) {
  // White space of Unicode, as strings.TrimSpace cuts it off.
  constexpr auto is_space = [](char32_t rune) {
    return (rune >= 9 && rune <= 13) || rune == ' ' || rune == 0x85 || rune == 0xA0 ||
           rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200A) || rune == 0x2028 ||
           rune == 0x2029 || rune == 0x202F || rune == 0x205F || rune == 0x3000;
  };
  const std::string& text = args[0].text();
  size_t begin = std::string::npos, end = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t from = at;
    if (is_space(next_rune(text, at))) continue;
    begin = std::min(begin, from);
    end = at;
  }
  return Value(begin == std::string::npos ? "" : text.substr(begin, end - begin));
}

// An item is text, as check_arguments has seen to it.
std::vector<std::string> texts(Args args) {
  std::vector<std::string> out;
  for (const Value& arg : args) out.push_back(arg.text());
  return out;
}

Result<Value> join_texts(Args args, const Call&) {
  return Value(tocsin::join(texts(args[1].items()), args[0].text()));
}

Result<std::shared_ptr<const RE2>> compile(const std::string& pattern, const Call& call) {
  if (call.patterns != nullptr) return call.patterns->find(pattern);
  return PatternCache().find(pattern);
}

Result<Value> match(Args args, const Call& call) {
  ASSIGN_OR_RETURN(const auto pattern, compile(args[0].text(), call));
  return Value(RE2::PartialMatch(args[1].text(), *pattern));
}

Result<std::string> replace_matches(const RE2& expression, std::string_view replacement,
                                    std::string_view text);

Result<Value> re_replace_all(Args args, const Call& call) {
  ASSIGN_OR_RETURN(const auto pattern, compile(args[0].text(), call));
  ASSIGN_OR_RETURN(std::string text, replace_matches(*pattern, args[1].text(), args[2].text()));
  return Value(std::move(text));
}

Result<Value> safe_html(Args args, const Call&) { return Value::html(args[0].text()); }
Result<Value> safe_url(Args args, const Call&) { return Value::url(args[0].text()); }
Result<Value> url_unescape(Args args, const Call&) {
  ASSIGN_OR_RETURN(std::string text, query_unescape(args[0].text()));
  return Value(std::move(text));
}
Result<Value> string_slice(Args args, const Call&) { return Value::text_list(texts(args)); }

Result<Value> date(Args args, const Call&) {
  return Value(format_time(args[1].moment(), args[0].text()));
}

Result<Value> tz(Args args, const Call&) {
  Moment moment{.at = args[1].moment().at};
  const std::string& name = args[0].text();
  // Go's names for the zone of the machine, which is UTC for us.
  if (name.empty() || name == "UTC" || name == "Local") return Value(moment);
  ASSIGN_OR_RETURN(moment.zone, calendar::Zone::find(name));
  return Value(moment);
}

Result<Value> since(Args args, const Call& call) {
  return Value::duration(nanoseconds_between(args[0].moment().at, call.now));
}
Result<Value> now(Args, const Call& call) { return Value(call.now); }

Result<Value> to_date(Args args, const Call&) {
  const auto moment = parse_time(args[0].text(), args[1].text());
  return Value(moment ? *moment : Moment{.at = kZeroTime});
}
Result<Value> must_to_date(Args args, const Call&) {
  ASSIGN_OR_RETURN(Moment moment, parse_time(args[0].text(), args[1].text()));
  return Value(std::move(moment));
}

Result<double> to_number(const Value& value) {
  switch (value.kind()) {
    case Kind::kInt:
      return value.is_duration() ? static_cast<double>(value.integer().number) / 1e9
                                 : static_cast<double>(value.integer().number);
    case Kind::kFloat: return value.real();
    case Kind::kText: {
      const std::string& text = value.text();
      char* end = nullptr;
      const double number = std::strtod(text.c_str(), &end);
      if (!text.empty() && end == text.c_str() + text.size() && text[0] != ' ') return number;
      return invalid(fmt::format("'{}' is not a number", text.substr(0, 60)));
    }
    default: return invalid(fmt::format("can't convert {} to float", value.type_name()));
  }
}

Result<Value> humanize(Args args, const Call&) {
  ASSIGN_OR_RETURN(const double seconds, to_number(args[0]));
  return Value(humanize_duration(seconds));
}

Result<Value> to_json(Args args, const Call&) { return Value(json_text(args[0])); }

// The alphabet for URLs, padded: what is encoded is meant to go into a link.
Result<Value> base64_encode(Args args, const Call&) {
  std::string text = base64url(args[0].text());
  while (text.size() % 4 != 0) text += '=';
  return Value(std::move(text));
}
Result<Value> base64_decode(Args args, const Call&) {
  std::string_view text = args[0].text();
  const size_t padding = text.size() - std::min(text.size(), text.find_last_not_of('=') + 1);
  if (text.size() % 4 != 0 || padding > 2) return invalid("illegal base64 data");
  ASSIGN_OR_RETURN(std::string bytes, base64url_decode(text.substr(0, text.size() - padding)));
  return Value(std::move(bytes));
}

Result<Value> list(Args args, const Call&) {
  return Value::list(std::vector<Value>(args.begin(), args.end()));
}
Result<Value> append(Args args, const Call&) {
  std::vector<Value> items = args[0].items();
  items.insert(items.end(), args.begin() + 1, args.end());
  const bool stays_text =
      args[0].type()->holds_text &&
      std::ranges::all_of(items, [](const Value& item) { return item.kind() == Kind::kText; });
  return Value::list(std::move(items), stays_text ? kTextList : kAnyList);
}
Result<Value> dict(Args args, const Call&) {
  if (args.size() % 2 != 0) return invalid("dict wants a value for each key");
  std::map<std::string, Value> entries;
  for (size_t i = 0; i < args.size(); i += 2) {
    if (args[i].kind() != Kind::kText) {
      return invalid(fmt::format("keys of dict are strings, not {}", args[i].type_name()));
    }
    entries[args[i].text()] = args[i + 1];
  }
  return Value::map(std::move(entries));
}

const std::map<std::string_view, Function>& all_functions() {
  using P = Param;
  static const std::map<std::string_view, Function> functions = [] {
    std::map<std::string_view, Function> map;
    for (const Function& function : builtins()) map[function.name] = function;
    for (const Function& function : std::initializer_list<Function>{
             {"toUpper", {P::kText}, {}, to_upper},
             {"toLower", {P::kText}, {}, to_lower_case},
             {"title", {P::kText}, {}, title},
             {"trimSpace", {P::kText}, {}, trim_space},
             {"join", {P::kText, P::kTexts}, {}, join_texts},
             {"match", {P::kText, P::kText}, {}, match},
             {"reReplaceAll", {P::kText, P::kText, P::kText}, {}, re_replace_all},
             {"safeHtml", {P::kText}, {}, safe_html},
             {"safeUrl", {P::kText}, {}, safe_url},
             {"urlUnescape", {P::kText}, {}, url_unescape},
             {"stringSlice", {}, P::kText, string_slice},
             {"date", {P::kText, P::kTime}, {}, date},
             {"tz", {P::kText, P::kTime}, {}, tz},
             {"since", {P::kTime}, {}, since},
             {"now", {}, {}, now},
             {"toDate", {P::kText, P::kText}, {}, to_date},
             {"mustToDate", {P::kText, P::kText}, {}, must_to_date},
             {"humanizeDuration", {P::kAny}, {}, humanize},
             {"toJson", {P::kAny}, {}, to_json},
             {"base64encode", {P::kText}, {}, base64_encode},
             {"base64decode", {P::kText}, {}, base64_decode},
             {"list", {}, P::kAny, list},
             {"append", {P::kList}, P::kAny, append},
             {"dict", {}, P::kAny, dict},
         }) {
      map[function.name] = function;
    }
    return map;
  }();
  return functions;
}

// What $1, ${1}, ${name} and $$ stand for in one match.
std::string expand(std::string_view replacement, const std::vector<re2::StringPiece>& groups,
                   const std::map<std::string, int>& names) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  std::string out;
  for (size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] != '$') {
      out += replacement[i];
      continue;
    }
    if (replacement.substr(i + 1).starts_with('$')) {
      out += '$';
      ++i;
      continue;
    }
    const bool braced = replacement.substr(i + 1).starts_with('{');
    const size_t from = i + (braced ? 2 : 1);
    size_t to = from;
    while (to < replacement.size() && is_word(replacement[to])) ++to;
    const bool closed = !braced || (to < replacement.size() && replacement[to] == '}');
    if (to == from || !closed) {
      out += '$';  // malformed: the dollar sign stands for itself
      continue;
    }
    const std::string name(replacement.substr(from, to - from));
    i = braced ? to : to - 1;
    size_t group = groups.size();
    if (name.find_first_not_of("0123456789") == std::string::npos) {
      group = name.size() <= 6 ? static_cast<size_t>(std::atoi(name.c_str())) : groups.size();
    } else if (const auto found = names.find(name); found != names.end()) {
      group = static_cast<size_t>(found->second);
    }
    if (group < groups.size()) out.append(groups[group].data(), groups[group].size());
  }
  return out;
}

Result<std::string> replace_matches(const RE2& expression, std::string_view replacement,
                                    std::string_view text) {
  const auto& names = expression.NamedCapturingGroups();
  const re2::StringPiece input(text.data(), text.size());
  std::vector<re2::StringPiece> groups(static_cast<size_t>(expression.NumberOfCapturingGroups()) +
                                       1);
  std::string out;
  size_t copied = 0;  // of `text`
  for (size_t at = 0; at <= text.size();) {
    if (!expression.Match(input, at, input.size(), RE2::UNANCHORED, groups.data(),
                          static_cast<int>(groups.size()))) {
      break;
    }
    const auto begin = static_cast<size_t>(groups[0].data() - text.data());
    const size_t end = begin + groups[0].size();
    out += text.substr(copied, begin - copied);
    // An empty match right behind the last one does not count.
    if (end > copied || begin == 0) out += expand(replacement, groups, names);
    if (out.size() > kPrintLimit * 4) {
      return fail(Code::kResourceExhausted, "a replaced text has grown too big");
    }
    copied = end;
    size_t one_more = at;
    if (at < text.size()) {
      next_rune(text, one_more);
    } else {
      one_more = at + 1;
    }
    at = std::max(end, one_more);
  }
  out += text.substr(std::min(copied, text.size()));
  return out;
}

std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    const size_t from = at;
    const char32_t rune = next_rune(text, at);
    switch (rune) {
      case '"': out += "\\\""; continue;
      case '\\': out += "\\\\"; continue;
      case '\n': out += "\\n"; continue;
      case '\r': out += "\\r"; continue;
      case '\t': out += "\\t"; continue;
      case '\b': out += "\\b"; continue;
      case '\f': out += "\\f"; continue;
      default: break;
    }
    if (rune < 0x20 || rune == '<' || rune == '>' || rune == '&' || rune == 0x2028 ||
        rune == 0x2029) {
      out += fmt::format("\\u{:04x}", static_cast<uint32_t>(rune));
    } else if (!is_whole_rune(rune, at - from)) {
      out += "\\ufffd";
    } else {
      out.append(text, from, at - from);
    }
  }
  return out += '"';
}

std::string json_number(double number) {
  if (!std::isfinite(number)) return "null";
  const double size = std::abs(number);
  if (size != 0 && size < 1e-4 && size >= 1e-6) {
    // float_text would write an exponent here already.
    std::string text;
    for (int digits = 5; digits < 24; ++digits) {
      text = fmt::format("{:.{}f}", number, digits);
      if (std::strtod(text.c_str(), nullptr) == number) break;
    }
    return text;
  }
  std::string text = float_text(number, 21);
  // 1e-09 is 1e-9 in JSON.
  if (const size_t mark = text.find("e-0"); mark != std::string::npos) text.erase(mark + 2, 1);
  return text;
}

void add_json(const Value& value, std::string& out) {
  switch (value.kind()) {
    case Kind::kNil:
    case Kind::kFunction: out += "null"; return;
    case Kind::kBool: out += value.boolean() ? "true" : "false"; return;
    case Kind::kInt: out += std::to_string(value.integer().number); return;
    case Kind::kFloat: out += json_number(value.real()); return;
    case Kind::kText: out += json_quoted(value.text()); return;
    case Kind::kTime:
      out += json_quoted(format_time(value.moment(), "2006-01-02T15:04:05.999999999Z07:00"));
      return;
    case Kind::kList: {
      out += '[';
      for (size_t i = 0; i < value.items().size(); ++i) {
        if (i > 0) out += ',';
        add_json(value.items()[i], out);
      }
      out += ']';
      return;
    }
    case Kind::kMap: {
      char before = '{';
      for (const auto& [key, item] : value.entries()) {
        out += std::exchange(before, ',');
        out += json_quoted(key) + ":";
        add_json(item, out);
      }
      out += value.entries().empty() ? "{}" : "}";
      return;
    }
    case Kind::kStruct: {
      char before = '{';
      for (size_t i = 0; i < value.fields().size(); ++i) {
        const std::string& name = value.type()->json_names[i];
        if (name.empty()) continue;
        out += std::exchange(before, ',');
        out += json_quoted(name) + ":";
        add_json(value.fields()[i], out);
      }
      out += before == '{' ? "{}" : "}";
      return;
    }
  }
}

}  // namespace

const Function* find_function(std::string_view name) {
  const auto found = all_functions().find(name);
  return found == all_functions().end() ? nullptr : &found->second;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const auto& [name, function] : all_functions()) names.emplace_back(name);
  return names;
}

std::string humanize_duration(double seconds) {
  if (!std::isfinite(seconds)) return float_text(seconds);
  if (seconds == 0) return "0s";
  const std::string_view sign = seconds < 0 ? "-" : "";
  const double size = std::abs(seconds);
  // Four digits that count, as C and Go print %.4g.
  const auto short_number = [&](double number) {
    return fmt::format("{}{:.4g}", sign, std::abs(number));
  };
  if (size >= 1) {
    if (size < 60) return short_number(size) + "s";
    if (size >= 9e18) return short_number(size) + "s";
    const auto total = static_cast<int64_t>(size);
    const int64_t days = total / 86'400, hours = total / 3'600 % 24, minutes = total / 60 % 60;
    if (days > 0) return fmt::format("{}{}d {}h {}m {}s", sign, days, hours, minutes, total % 60);
    if (hours > 0) return fmt::format("{}{}h {}m {}s", sign, hours, minutes, total % 60);
    return fmt::format("{}{}m {}s", sign, minutes, total % 60);
  }
  double scaled = size;
  std::string_view prefix;
  constexpr std::string_view kPrefixes = "munpfazy";
  for (size_t i = 0; i < kPrefixes.size() && scaled < 1; ++i) {
    prefix = kPrefixes.substr(i, 1);
    scaled *= 1000;
  }
  return fmt::format("{}{}s", short_number(scaled), prefix);
}

Result<std::string> replace_all(const std::string& pattern, std::string_view replacement,
                                std::string_view text) {
  ASSIGN_OR_RETURN(const auto expression, compile(pattern, Call{}));
  return replace_matches(*expression, replacement, text);
}

std::shared_ptr<PatternCache> make_pattern_cache() { return std::make_shared<PatternCache>(); }

std::string json_text(const Value& value) {
  std::string out;
  add_json(value, out);
  return out;
}

}  // namespace tocsin::gotemplate
