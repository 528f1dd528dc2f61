#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "routing/labels.h"

namespace re2 {
class RE2;
}

namespace tocsin::routing {

enum class MatchOp { kEqual, kNotEqual, kRegex, kNotRegex };  // = != =~ !~
std::string_view to_text(MatchOp op);

// One condition on a label. A label that is missing has the empty value. Expressions are RE2 as
// Go has it (no \C), anchored at both ends by standing in ^(?:...)$. Immutable, thread-safe, cheap
// to copy.
class Matcher {
 public:
  // kInvalidArgument when the expression is wrong (in the words of Go's regexp), the name is empty
  // or a text is not UTF-8.
  static Result<Matcher> make(std::string name, MatchOp op, std::string value);

  bool matches(std::string_view value) const;
  bool matches(const Labels& labels) const { return matches(labels.get(name_)); }

  const std::string& name() const { return name_; }
  MatchOp op() const { return op_; }
  const std::string& value() const { return value_; }
  // foo="bar": the value quoted with \\ \" \n escapes, the name quoted where the parser would need
  // it (alertmanager pkg/labels/matcher.go, String).
  std::string to_text() const;

  // By name, then value, then operator: the order inside a route's key (labels.Matchers.Less).
  std::strong_ordering operator<=>(const Matcher& other) const;
  bool operator==(const Matcher& other) const { return (*this <=> other) == 0; }

 private:
  std::string name_;
  MatchOp op_ = MatchOp::kEqual;
  std::string value_;
  std::shared_ptr<const re2::RE2> expression_;  // =~ and !~
};

using Matchers = std::vector<Matcher>;  // all must match
bool all_match(const Matchers& matchers, const Labels& labels);
std::string to_text(const Matchers& matchers);  // {a="b",c=~"d"}, in their order

// How a text becomes matchers (docs of Alertmanager, "UTF-8 support"):
//   kClassic  the grammar of 0.26 and before
//   kUtf8     the new one alone
//   kFallback the new one; what only the old one takes is taken with a warning, and where both take
//             it and disagree the old one's meaning holds, with a warning
enum class MatcherSyntax { kClassic, kUtf8, kFallback };

struct ParsedMatchers {
  Matchers matchers;
  std::string warning;  // for the log; empty if none
};
// "a=b", "{a=~\"b\", c!=d}", "". Errors in the reference's words ("bad matcher format: ...").
Result<ParsedMatchers> parse_matchers(std::string_view text, MatcherSyntax syntax);
// Exactly one, without braces: the `filter` parameter of the API.
Result<ParsedMatchers> parse_matcher(std::string_view text, MatcherSyntax syntax);

}  // namespace tocsin::routing
