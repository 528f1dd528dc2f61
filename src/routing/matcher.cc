#include "routing/matcher.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"
#include "routing/go_text.h"
#include "routing/matcher_parser.h"

namespace tocsin::routing {
namespace {

// What Go's regexp says where RE2 has other words.
std::string_view go_words(RE2::ErrorCode code) {
  switch (code) {
    case RE2::ErrorBadEscape: return "invalid escape sequence";
    case RE2::ErrorBadCharClass: return "invalid character class";
    case RE2::ErrorBadCharRange: return "invalid character class range";
    case RE2::ErrorMissingBracket: return "missing closing ]";
    case RE2::ErrorMissingParen: return "missing closing )";
    case RE2::ErrorUnexpectedParen: return "unexpected )";
    case RE2::ErrorTrailingBackslash: return "trailing backslash at end of expression";
    case RE2::ErrorRepeatArgument: return "missing argument to repetition operator";
    case RE2::ErrorRepeatSize: return "invalid repeat count";
    case RE2::ErrorRepeatOp: return "invalid nested repetition operator";
    case RE2::ErrorBadPerlOp: return "invalid or unsupported Perl syntax";
    case RE2::ErrorBadUTF8: return "invalid UTF-8";
    case RE2::ErrorBadNamedCapture: return "invalid named capture";
    case RE2::ErrorPatternTooLarge: return "expression too large";
    case RE2::NoError:
    case RE2::ErrorInternal: break;
  }
  return "internal error";
}

std::unexpected<Error> bad_expression(std::string_view what, std::string_view where) {
  return invalid(fmt::format("error parsing regexp: {}: `{}`", what, where));
}

// RE2 in C++ knows \C, any byte; Go's does not.
bool has_any_byte(std::string_view expression) {
  for (size_t at = 0; (at = expression.find('\\', at)) != std::string_view::npos; at += 2) {
    const std::string_view rest = expression.substr(at + 1);
    if (rest.starts_with('C')) return true;
    if (!rest.starts_with('Q')) continue;
    at = expression.find("\\E", at);
    if (at == std::string_view::npos) return false;
  }
  return false;
}

Result<std::shared_ptr<const RE2>> compile(std::string_view value) {
  RE2::Options options;
  options.set_log_errors(false);
  // The reference's text, so that an expression which closes the group itself means the same.
  auto expression = std::make_shared<const RE2>(fmt::format("^(?:{})$", value), options);
  if (!expression->ok()) {
    return bad_expression(go_words(expression->error_code()), expression->error_arg());
  }
  if (has_any_byte(value)) return bad_expression("invalid escape sequence", "\\C");
  return expression;
}

bool is_regex(MatchOp op) { return op == MatchOp::kRegex || op == MatchOp::kNotRegex; }

// The double quote, the backslash and the line feed: OpenMetrics' escapes.
std::string escape(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? std::string_view("\\n") : std::string_view(&c, 1);
  }
  return out;
}

bool needs_quotes(std::string_view name) {
  while (!name.empty()) {
    const auto [point, width] = first_rune(name);
    if (is_reserved(point)) return true;
    name.remove_prefix(width);
  }
  return false;
}

constexpr std::string_view kNotUtf8 = "matcher value not valid UTF-8";

// The same matchers in a text that both grammars take, where the names allow it.
std::string in_quotes(const Matchers& matchers) {
  const std::string text = to_text(matchers);
  return text.substr(1, text.size() - 2);
}

// What the two grammars made of a text, where either may have failed.
Result<ParsedMatchers> choose(std::string_view text, Result<Matchers> now,
                              Result<Matchers> before) {
  if (!now && !before) return fail(std::move(before.error()));
  if (!now) {
    std::string warning = fmt::format(
        "matchers '{}' are read by the grammar of Alertmanager 0.26, for that of 0.27 refuses them "
        "({}); write {}",
        text, now.error().message, in_quotes(*before));
    return ParsedMatchers{*std::move(before), std::move(warning)};
  }
  if (!before || *now == *before) return ParsedMatchers{*std::move(now), ""};
  std::string warning = fmt::format(
      "matchers '{}' mean {} in the grammar of Alertmanager 0.26 and {} in that of 0.27; the "
      "first holds, write {} to keep it",
      text, in_quotes(*before), in_quotes(*now), in_quotes(*before));
  return ParsedMatchers{*std::move(before), std::move(warning)};
}

Result<Matchers> as_list(Result<Matcher> matcher) {
  if (!matcher) return fail(std::move(matcher.error()));
  return Matchers{*std::move(matcher)};
}

Result<ParsedMatchers> without_warning(Result<Matchers> matchers) {
  if (!matchers) return fail(std::move(matchers.error()));
  return ParsedMatchers{*std::move(matchers), ""};
}

}  // namespace

std::string_view to_text(MatchOp op) {
  switch (op) {
    case MatchOp::kEqual: return "=";
    case MatchOp::kNotEqual: return "!=";
    case MatchOp::kRegex: return "=~";
    case MatchOp::kNotRegex: return "!~";
  }
  return "";
}

Result<Matcher> Matcher::make(std::string name, MatchOp op, std::string value) {
  if (name.empty()) return invalid("invalid label name \"\"");
  if (!is_valid_utf8(name) || !is_valid_utf8(value)) return invalid(std::string(kNotUtf8));
  Matcher matcher;
  if (is_regex(op)) {
    ASSIGN_OR_RETURN(matcher.expression_, compile(value));
  }
  matcher.name_ = std::move(name);
  matcher.op_ = op;
  matcher.value_ = std::move(value);
  return matcher;
}

bool Matcher::matches(std::string_view value) const {
  switch (op_) {
    case MatchOp::kEqual: return value == value_;
    case MatchOp::kNotEqual: return value != value_;
    case MatchOp::kRegex:
    case MatchOp::kNotRegex: break;
  }
  const bool found = RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *expression_);
  return found == (op_ == MatchOp::kRegex);
}

std::string Matcher::to_text() const {
  if (needs_quotes(name_)) {
    return fmt::format("{}{}{}", go_quote(name_), routing::to_text(op_), go_quote(value_));
  }
  return fmt::format("{}{}\"{}\"", name_, routing::to_text(op_), escape(value_));
}

std::strong_ordering Matcher::operator<=>(const Matcher& other) const {
  if (const auto order = name_ <=> other.name_; order != 0) return order;
  if (const auto order = value_ <=> other.value_; order != 0) return order;
  return op_ <=> other.op_;
}

bool all_match(const Matchers& matchers, const Labels& labels) {
  return std::ranges::all_of(matchers, [&](const Matcher& m) { return m.matches(labels); });
}

std::string to_text(const Matchers& matchers) {
  std::string out = "{";
  for (const Matcher& matcher : matchers) {
    if (out.size() > 1) out += ',';
    out += matcher.to_text();
  }
  return out += '}';
}

Result<ParsedMatchers> parse_matchers(std::string_view text, MatcherSyntax syntax) {
  if (!is_valid_utf8(text)) return invalid(std::string(kNotUtf8));
  switch (syntax) {
    case MatcherSyntax::kClassic: return without_warning(parse_classic_matchers(text));
    case MatcherSyntax::kUtf8: return without_warning(parse_utf8_matchers(text));
    case MatcherSyntax::kFallback: break;
  }
  return choose(text, parse_utf8_matchers(text), parse_classic_matchers(text));
}

Result<ParsedMatchers> parse_matcher(std::string_view text, MatcherSyntax syntax) {
  if (!is_valid_utf8(text)) return invalid(std::string(kNotUtf8));
  if (syntax == MatcherSyntax::kClassic) {
    return without_warning(as_list(parse_classic_matcher(text)));
  }
  if (text.starts_with('{') || text.ends_with('}')) {
    return invalid(fmt::format("unexpected open or close brace: {}", text));
  }
  Result<Matchers> now = as_list(parse_utf8_matcher(text));
  if (syntax == MatcherSyntax::kUtf8) return without_warning(std::move(now));
  return choose(text, std::move(now), as_list(parse_classic_matcher(text)));
}

}  // namespace tocsin::routing
