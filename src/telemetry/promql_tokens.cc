#include "telemetry/promql_tokens.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/text.h"

namespace tocsin::telemetry {
namespace {

using Kind = PromqlToken::Kind;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  Result<std::vector<PromqlToken>> run() {
    std::vector<PromqlToken> tokens;
    while (true) {
      skip_space();
      const size_t begin = at_;
      if (at_ == text_.size()) {
        tokens.push_back({Kind::kEnd, "", begin});
        return tokens;
      }
      const char c = text_[at_];
      if (is_letter(c)) {
        tokens.push_back(
            {Kind::kName, take_while([](char x) { return is_letter(x) || is_digit(x); }), begin});
      } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
        tokens.push_back(number(begin));
      } else if (c == '"' || c == '\'' || c == '`') {
        ASSIGN_OR_RETURN(std::string value, string(c));
        tokens.push_back({Kind::kString, std::move(value), begin});
      } else {
        ASSIGN_OR_RETURN(std::string symbol, this->symbol());
        tokens.push_back({Kind::kSymbol, std::move(symbol), begin});
      }
    }
  }

 private:
  char peek(size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void skip_space() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++at_;
      } else {
        return;
      }
    }
  }

  template <class F>
  std::string take_while(F&& wanted) {
    const size_t begin = at_;
    while (at_ < text_.size() && wanted(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  // "5m", "1h30m" are durations; "0.99", "1e3" numbers. $step stands in queries for a source.
  PromqlToken number(size_t begin) {
    std::string text = take_while([](char c) { return is_digit(c) || c == '.'; });
    const char next = peek(0);
    if ((next == 'e' || next == 'E') && (is_digit(peek(1)) || is_digit(peek(2)))) {
      text += text_[at_++];
      if (peek(0) == '-' || peek(0) == '+') text += text_[at_++];
      text += take_while(is_digit);
      return {Kind::kNumber, std::move(text), begin};
    }
    if (!is_letter(next)) return {Kind::kNumber, std::move(text), begin};
    text += take_while([](char c) { return (is_letter(c) && c != ':') || is_digit(c); });
    return {Kind::kDuration, std::move(text), begin};
  }

  Result<std::string> string(char quote) {
    const size_t begin = at_++;
    std::string out;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] != '\\' || quote == '`') {
        out += text_[at_++];
        continue;
      }
      ++at_;
      const std::optional<char> c = escaped();
      if (!c) return invalid(fmt::format("at character {}: unknown escape in a string", at_ + 1));
      out += *c;
    }
    if (at_ == text_.size()) {
      return invalid(fmt::format("at character {}: the string is not closed", begin + 1));
    }
    ++at_;
    return out;
  }

  std::optional<char> escaped() {
    const char c = peek(0);
    ++at_;
    switch (c) {
      case 'n': return '\n';
      case 't': return '\t';
      case 'r': return '\r';
      case 'a': return '\a';
      case 'b': return '\b';
      case 'f': return '\f';
      case 'v': return '\v';
      case '\\':
      case '"':
      case '\'': return c;
      default: at_ = std::min(at_ - 1, text_.size()); return std::nullopt;
    }
  }

  Result<std::string> symbol() {
    static constexpr std::array<std::string_view, 6> kTwo{"=~", "!~", "!=", "==", ">=", "<="};
    static constexpr std::string_view kOne = "(){}[],=+-*/%^<>@:$";
    for (const std::string_view two : kTwo) {
      if (text_.substr(at_, 2) == two) {
        at_ += 2;
        return std::string(two);
      }
    }
    const char c = text_[at_];
    if (kOne.find(c) == std::string_view::npos) {
      return invalid(fmt::format("at character {}: {} is not PromQL", at_ + 1,
                                 c >= ' ' && c < 0x7f ? fmt::format("'{}'", c) : "this byte"));
    }
    ++at_;
    return std::string(1, c);
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

bool PromqlToken::is_name(std::string_view name) const {
  return kind == Kind::kName && equal_ignoring_case(text, name);
}

Result<std::vector<PromqlToken>> tokenize_promql(std::string_view text) {
  return Tokenizer(text).run();
}

}  // namespace tocsin::telemetry
