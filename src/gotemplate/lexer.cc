#include "gotemplate/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tocsin::gotemplate {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";
constexpr std::array<std::string_view, 10> kKeywords = {
    "if", "else", "end", "range", "with", "template", "define", "block", "break", "continue"};

bool is_space(char c) { return kSpaces.find(c) != std::string_view::npos; }
// Bytes of letters beyond ASCII count as letters: labels and template names have them.
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> run() {
    while (at_ < text_.size()) {
      const size_t open = text_.find("{{", at_);
      RETURN_IF_ERROR(take_text(open));
      if (open == std::string_view::npos) break;
      RETURN_IF_ERROR(take_action());
    }
    emit(Token::Kind::kEnd, text_.size(), text_.size());
    return std::move(tokens_);
  }

 private:
  bool starts(std::string_view with, size_t at) const { return text_.substr(at).starts_with(with); }
  // {{- wants white space behind it, or a number may follow: {{-3}}.
  bool trims_left(size_t open) const {
    return open + 3 < text_.size() && text_[open + 2] == '-' && is_space(text_[open + 3]);
  }
  // " -}}"
  bool closes_trimming(size_t at) const {
    return at < text_.size() && is_space(text_[at]) && starts("-}}", at + 1);
  }

  Position position_of(size_t at) {
    for (; counted_ < at; ++counted_) {
      if (text_[counted_] == '\n') {
        ++line_;
        line_start_ = counted_ + 1;
      }
    }
    return {line_, static_cast<uint32_t>(at - line_start_ + 1)};
  }

  void emit(Token::Kind kind, size_t from, size_t to) {
    tokens_.push_back({kind, text_.substr(from, to - from), position_of(from)});
  }

  std::unexpected<Error> fail_at(size_t at, std::string_view what) {
    // Only ever called once, so that counting on from where the last token stood is enough.
    const Position position = at >= counted_ ? position_of(at) : Position{line_, 1};
    return invalid(fmt::format("{}:{}: {}", position.line, position.column, what));
  }

  Result<void> take_text(size_t open) {
    size_t from = at_;
    size_t to = std::min(open, text_.size());
    at_ = to;
    if (trim_next_) {
      while (from < to && is_space(text_[from])) ++from;
      trim_next_ = false;
    }
    if (open != std::string_view::npos && trims_left(open)) {
      while (to > from && is_space(text_[to - 1])) --to;
    }
    if (from < to) emit(Token::Kind::kText, from, to);
    return {};
  }

  Result<void> take_action() {
    const size_t open = at_;
    at_ += 2;
    if (trims_left(open)) at_ += 2;
    if (starts("/*", at_)) return take_comment(open);
    emit(Token::Kind::kLeft, open, open + 2);
    depth_ = 0;
    while (true) {
      if (at_ >= text_.size()) return fail_at(open, "unclosed action; '}}' is missing");
      if (closes_trimming(at_) || starts("}}", at_)) {
        if (depth_ > 0) return fail_at(at_, "unclosed left parenthesis; ')' is missing");
        const bool trims = is_space(text_[at_]);
        const size_t close = trims ? at_ + 2 : at_;
        emit(Token::Kind::kRight, close, close + 2);
        at_ = close + 2;
        trim_next_ = trims;
        return {};
      }
      RETURN_IF_ERROR(take_token());
    }
  }

  Result<void> take_comment(size_t open) {
    const size_t close = text_.find("*/", at_);
    if (close == std::string_view::npos) return fail_at(open, "unclosed comment; '*/' is missing");
    at_ = close + 2;
    if (closes_trimming(at_)) {
      at_ += 4;
      trim_next_ = true;
    } else if (starts("}}", at_)) {
      at_ += 2;
    } else {
      return fail_at(at_, "a comment must end its action: '*/}}' or '*/ -}}'");
    }
    return {};
  }

  Result<void> take_token() {
    const size_t from = at_;
    const char c = text_[at_];
    if (is_space(c)) {
      while (at_ < text_.size() && is_space(text_[at_]) && !closes_trimming(at_)) ++at_;
      emit(Token::Kind::kSpace, from, at_);
      return {};
    }
    const auto single = [&](Token::Kind kind, size_t size = 1) {
      at_ += size;
      emit(kind, from, at_);
      return Result<void>();
    };
    switch (c) {
      case '"': return take_quoted('"', Token::Kind::kString);
      case '\'': return take_quoted('\'', Token::Kind::kChar);
      case '`': return take_raw();
      case '|': return single(Token::Kind::kPipe);
      case ',': return single(Token::Kind::kComma);
      case '=': return single(Token::Kind::kAssign);
      case ':':
        if (starts(":=", at_)) return single(Token::Kind::kDeclare, 2);
        return fail_at(from, "expected ':='");
      case '(': ++depth_; return single(Token::Kind::kOpen);
      case ')':
        if (--depth_ < 0) return fail_at(from, "unexpected ')'; no '(' was opened");
        return single(Token::Kind::kClose);
      case '$': ++at_; return take_word(from, Token::Kind::kVariable);
      default: break;
    }
    const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (c == '.' && !is_digit(next)) {
      ++at_;
      return is_word(next) ? take_word(from, Token::Kind::kField)
                           : (emit(Token::Kind::kDot, from, at_), Result<void>());
    }
    if (is_digit(c) || c == '.' || c == '+' || c == '-') return take_number();
    if (is_word(c)) return take_word(from, Token::Kind::kIdentifier);
    return fail_at(from, fmt::format("unexpected character '{}' in an action", printable(c)));
  }

  static std::string printable(char c) {
    return c >= ' ' && c <= '~' ? std::string(1, c)
                                : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }

  // A word must not run into something else: .a"b" and $x+1 are mistakes.
  bool ends_word() const {
    if (at_ >= text_.size()) return true;
    const char c = text_[at_];
    return is_space(c) || std::string_view(".,|:()=").find(c) != std::string_view::npos ||
           starts("}}", at_);
  }

  Result<void> take_word(size_t from, Token::Kind kind) {
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    if (!ends_word()) {
      return fail_at(at_, fmt::format("unexpected character '{}' after '{}'", printable(text_[at_]),
                                      text_.substr(from, at_ - from)));
    }
    const std::string_view word = text_.substr(from, at_ - from);
    if (kind == Token::Kind::kIdentifier) {
      if (word == "true" || word == "false") kind = Token::Kind::kBool;
      if (word == "nil") kind = Token::Kind::kNil;
      if (std::ranges::find(kKeywords, word) != kKeywords.end()) kind = Token::Kind::kKeyword;
    }
    emit(kind, from, at_);
    return {};
  }

  // The whole run of characters that numbers are made of; the parser says whether it is one.
  Result<void> take_number() {
    const size_t from = at_++;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const char before = text_[at_ - 1];
      const bool is_sign = (c == '+' || c == '-') &&
                           (before == 'e' || before == 'E' || before == 'p' || before == 'P');
      if (!is_word(c) && c != '.' && !is_sign) break;
      ++at_;
    }
    if (!ends_word()) return fail_at(from, "bad number syntax");
    emit(Token::Kind::kNumber, from, at_);
    return {};
  }

  Result<void> take_quoted(char quote, Token::Kind kind) {
    const size_t from = at_++;
    for (; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') {
        ++at_;
      } else if (text_[at_] == quote) {
        ++at_;
        emit(kind, from, at_);
        return {};
      }
    }
    return fail_at(from, fmt::format("unterminated quoted string; {} is missing", quote));
  }

  Result<void> take_raw() {
    const size_t close = text_.find('`', at_ + 1);
    if (close == std::string_view::npos) return fail_at(at_, "unterminated raw string");
    emit(Token::Kind::kRawString, at_, close + 1);
    at_ = close + 1;
    return {};
  }

  std::string_view text_;
  size_t at_ = 0;
  bool trim_next_ = false;
  int depth_ = 0;
  std::vector<Token> tokens_;
  // How far lines have been counted.
  size_t counted_ = 0;
  size_t line_start_ = 0;
  uint32_t line_ = 1;
};

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view text) { return Lexer(text).run(); }

}  // namespace tocsin::gotemplate
