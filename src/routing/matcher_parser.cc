#include "routing/matcher_parser.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "routing/go_text.h"

namespace tocsin::routing {
namespace {

// ---- the classic grammar

constexpr std::string_view kClassicSpace = " \t\n\f\r";  // \s of a Go expression

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}

std::string_view trim_classic(std::string_view text) {
  const size_t first = text.find_first_not_of(kClassicSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kClassicSpace) - first + 1);
}

std::string_view trim_unicode(std::string_view text) {
  while (!text.empty() && is_go_space(first_rune(text).point)) {
    text.remove_prefix(first_rune(text).width);
  }
  while (!text.empty()) {
    size_t last = text.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(text[last]) & 0xc0) == 0x80) --last;
    if (!is_go_space(first_rune(text.substr(last)).point)) break;
    text = text.substr(0, last);
  }
  return text;
}

std::optional<MatchOp> take_operator(std::string_view& text) {
  // The longer ones first: of "=~" the "~" would else be part of the value.
  for (const MatchOp op :
       {MatchOp::kRegex, MatchOp::kEqual, MatchOp::kNotEqual, MatchOp::kNotRegex}) {
    if (!text.starts_with(to_text(op))) continue;
    text.remove_prefix(to_text(op).size());
    return op;
  }
  return std::nullopt;
}

// A value, in double quotes or not. Only \n, \" and \\ are escapes; any other backslash is one.
Result<std::string> classic_value(std::string_view whole) {
  const auto stray_quote = [&] {
    return invalid(fmt::format("matcher value contains unescaped double quote: {}", whole));
  };
  std::string_view raw = whole;
  bool expects_quote = raw.starts_with('"');
  if (expects_quote) raw.remove_prefix(1);
  std::string value;
  bool is_escaped = false;
  for (size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    const bool is_last = i + 1 == raw.size();
    if (is_escaped) {
      is_escaped = false;
      if (c != 'n' && c != '"' && c != '\\') value += '\\';
      value += c == 'n' ? '\n' : c;
    } else if (c == '\\' && !is_last) {
      is_escaped = true;
    } else if (c == '"') {
      if (!expects_quote || !is_last) return stray_quote();
      expects_quote = false;
    } else {
      value += c;
    }
  }
  if (expects_quote) return stray_quote();
  return value;
}

// The texts between commas that stand outside of quotes. An escape is remembered over a comma, as
// the reference does it.
std::vector<std::string_view> split_classic(std::string_view text) {
  std::vector<std::string_view> tokens;
  bool is_quoted = false, is_escaped = false;
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case ',':
        if (is_quoted) break;
        tokens.push_back(text.substr(start, i - start));
        start = i + 1;
        break;
      case '"':
        if (!is_escaped) is_quoted = !is_quoted;
        is_escaped = false;
        break;
      case '\\': is_escaped = !is_escaped; break;
      default: is_escaped = false;
    }
  }
  const std::string_view last = trim_unicode(text.substr(start));
  if (!last.empty()) tokens.push_back(last);
  return tokens;
}

// ---- the grammar of 0.27

enum class Kind { kEnd, kOpen, kClose, kComma, kOperator, kQuoted, kUnquoted };

struct Token {
  Kind kind = Kind::kEnd;
  std::string_view text;
  size_t first_column = 0;  // characters before it
  size_t last_column = 0;   // and with it
  std::string place() const { return fmt::format("{}:{}", first_column, last_column); }
};

class Lexer {
 public:
  explicit Lexer(std::string_view input) : input_(input) {}

  Result<Token> scan() {
    while (is_go_space(next().point)) skip();
    start_ = at_;
    first_column_ = column_;
    const auto [point, width] = next();
    switch (point) {
      case 0:
        if (width == 0) return Token{Kind::kEnd, {}, first_column_, column_};
        return scan_unquoted();
      case '{': return skip(), token(Kind::kOpen);
      case '}': return skip(), token(Kind::kClose);
      case ',': return skip(), token(Kind::kComma);
      case '=':
      case '!': return scan_operator(point);
      case '"': return scan_quoted();
      default: break;
    }
    if (!is_reserved(point)) return scan_unquoted();
    skip();
    const Token bad = token(Kind::kEnd);
    return invalid(fmt::format("{}: {}: invalid input", bad.place(), bad.text));
  }

  Result<Token> peek() const { return Lexer(*this).scan(); }
  size_t column() const { return column_; }  // characters read

 private:
  Rune next() const { return first_rune(input_.substr(at_)); }
  void skip() {
    at_ += next().width;
    ++column_;
  }
  Token token(Kind kind) const {
    return {kind, input_.substr(start_, at_ - start_), first_column_, column_};
  }

  Result<Token> scan_operator(char32_t first) {
    skip();
    const char32_t second = next().point;
    if (second == '~' || (first == '!' && second == '=')) {
      skip();
    } else if (first == '!') {
      const Token bad = token(Kind::kEnd);
      if (at_ == input_.size()) {
        return invalid(
            fmt::format("{}: unexpected end of input, expected one of '=~'", bad.place()));
      }
      return invalid(fmt::format("{}: {}: expected one of '=~'", bad.place(), bad.text));
    }
    return token(Kind::kOperator);
  }

  Result<Token> scan_quoted() {
    skip();
    bool is_escaped = false;
    while (at_ < input_.size()) {
      const char32_t point = next().point;
      skip();
      if (point == '"' && !is_escaped) return token(Kind::kQuoted);
      is_escaped = point == '\\' && !is_escaped;
    }
    const Token bad = token(Kind::kEnd);
    return invalid(fmt::format("{}: {}: missing end \"", bad.place(), bad.text));
  }

  Result<Token> scan_unquoted() {
    while (at_ < input_.size() && !is_reserved(next().point)) skip();
    return token(Kind::kUnquoted);
  }

  std::string_view input_;
  size_t at_ = 0;
  size_t column_ = 0;
  size_t start_ = 0;  // of the token that is being scanned
  size_t first_column_ = 0;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  Result<Matchers> parse() {
    ASSIGN_OR_RETURN(Token token, lexer_.peek());
    const bool has_brace = token.kind == Kind::kOpen;
    if (token.kind == Kind::kEnd) return Matchers();
    if (has_brace) {
      (void)lexer_.scan();
      ASSIGN_OR_RETURN(token, lexer_.peek());
    }
    while (token.kind != Kind::kClose && token.kind != Kind::kEnd) {
      RETURN_IF_ERROR(parse_matcher());
      ASSIGN_OR_RETURN(token, next_matcher());
    }
    RETURN_IF_ERROR(parse_end(has_brace));
    return std::move(matchers_);
  }

 private:
  // Consumes one of two kinds of token; else an error that ends with what was expected.
  Result<Token> expect(Kind kind, Kind other, std::string_view what) {
    auto token = lexer_.peek();
    if (!token) return invalid(fmt::format("{}: {}", token.error().message, what));
    if (token->kind == Kind::kEnd) return invalid(fmt::format("end of input: {}", what));
    if (token->kind != kind && token->kind != other) {
      return invalid(fmt::format("{}: unexpected {}: {}", token->place(), token->text, what));
    }
    return lexer_.scan();
  }

  static Result<std::string> text_of(const Token& token) {
    if (token.kind != Kind::kQuoted) return std::string(token.text);
    if (auto text = go_unquote(token.text)) return *std::move(text);
    return invalid(fmt::format("{}: {}: invalid input", token.place(), token.text));
  }

  Result<> parse_matcher() {
    ASSIGN_OR_RETURN(const Token name,
                     expect(Kind::kQuoted, Kind::kUnquoted, "expected label name"));
    ASSIGN_OR_RETURN(std::string name_text, text_of(name));
    ASSIGN_OR_RETURN(const Token sign,
                     expect(Kind::kOperator, Kind::kOperator,
                            "expected an operator such as '=', '!=', '=~' or '!~'"));
    std::string_view sign_text = sign.text;
    const MatchOp op = *take_operator(sign_text);
    ASSIGN_OR_RETURN(const Token value,
                     expect(Kind::kQuoted, Kind::kUnquoted, "expected label value"));
    ASSIGN_OR_RETURN(std::string value_text, text_of(value));
    auto matcher = Matcher::make(std::move(name_text), op, std::move(value_text));
    if (!matcher) return fail(std::move(matcher.error()).in("failed to create matcher"));
    matchers_.push_back(*std::move(matcher));
    return {};
  }

  // Behind a matcher: the comma is taken; the token that follows, which is a name, a closing brace
  // or the end.
  Result<Token> next_matcher() {
    ASSIGN_OR_RETURN(const Token token,
                     peek_one_of({Kind::kComma, Kind::kClose}, "expected a comma or close brace"));
    if (token.kind != Kind::kComma) return token;
    (void)lexer_.scan();
    return peek_one_of({Kind::kClose, Kind::kUnquoted, Kind::kQuoted},
                       "expected a matcher or close brace after comma");
  }

  Result<Token> peek_one_of(std::initializer_list<Kind> kinds, std::string_view what) {
    auto token = lexer_.peek();
    if (!token) return invalid(fmt::format("{}: {}", token.error().message, what));
    if (token->kind == Kind::kEnd) return token;
    for (const Kind kind : kinds) {
      if (token->kind == kind) return token;
    }
    return invalid(fmt::format("{}: unexpected {}: {}", token->place(), token->text, what));
  }

  // At a closing brace or at the end.
  Result<> parse_end(bool has_brace) {
    const size_t column = lexer_.column();
    ASSIGN_OR_RETURN(Token token, lexer_.scan());
    if (has_brace && token.kind != Kind::kClose) {
      return invalid(fmt::format("0:{}: end of input: expected close brace", column));
    }
    if (!has_brace && token.kind == Kind::kClose) {
      return invalid(fmt::format("0:{}: }}: expected opening brace", lexer_.column()));
    }
    auto end = lexer_.scan();
    if (!end) return invalid(end.error().message + ": expected end of input");
    if (end->kind == Kind::kEnd) return {};
    return invalid(fmt::format("{}: {}: expected end of input", end->place(), end->text));
  }

  Lexer lexer_;
  Matchers matchers_;
};

}  // namespace

bool is_reserved(char32_t point) {
  constexpr std::u32string_view kReserved = U"{}!=~,\\\"'`";
  return is_go_space(point) || kReserved.find(point) != std::u32string_view::npos;
}

Result<Matcher> parse_classic_matcher(std::string_view text) {
  const auto bad_format = [&] { return invalid(fmt::format("bad matcher format: {}", text)); };
  std::string_view rest = trim_classic(text);
  if (rest.empty() || !is_name_start(rest.front())) return bad_format();
  size_t size = 1;
  while (size < rest.size() &&
         (is_name_start(rest[size]) || (rest[size] >= '0' && rest[size] <= '9'))) {
    ++size;
  }
  const std::string_view name = rest.substr(0, size);
  rest = trim_classic(rest.substr(size));
  const auto op = take_operator(rest);
  if (!op) return bad_format();
  ASSIGN_OR_RETURN(std::string value, classic_value(trim_classic(rest)));
  return Matcher::make(std::string(name), *op, std::move(value));
}

Result<Matchers> parse_classic_matchers(std::string_view text) {
  if (text.starts_with('{')) text.remove_prefix(1);
  if (text.ends_with('}')) text.remove_suffix(1);
  Matchers matchers;
  for (const std::string_view token : split_classic(text)) {
    ASSIGN_OR_RETURN(Matcher matcher, parse_classic_matcher(token));
    matchers.push_back(std::move(matcher));
  }
  return matchers;
}

Result<Matchers> parse_utf8_matchers(std::string_view text) { return Parser(text).parse(); }

Result<Matcher> parse_utf8_matcher(std::string_view text) {
  ASSIGN_OR_RETURN(Matchers matchers, parse_utf8_matchers(text));
  if (matchers.empty()) return invalid("no matchers");
  if (matchers.size() > 1) {
    return invalid(fmt::format("expected 1 matcher, found {}", matchers.size()));
  }
  return std::move(matchers.front());
}

}  // namespace tocsin::routing
