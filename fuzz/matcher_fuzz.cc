#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/text.h"
#include "routing/go_text.h"
#include "routing/matcher.h"

namespace {

using namespace tocsin;
using namespace tocsin::routing;

// What was taken is written so that the newer grammar reads the same.
void check_taken(const ParsedMatchers& taken, std::string_view text) {
  const std::string written = to_text(taken.matchers);
  const auto again = parse_matchers(written, MatcherSyntax::kUtf8);
  if (!again) bug("what we wrote does not parse: " + written);
  if (again->matchers != taken.matchers) bug("what we wrote means another: " + written);
  for (const Matcher& matcher : taken.matchers) {
    const bool is_match = matcher.matches(text);
    const bool is_positive = matcher.op() == MatchOp::kEqual || matcher.op() == MatchOp::kRegex;
    const MatchOp opposite = matcher.op() == MatchOp::kEqual      ? MatchOp::kNotEqual
                             : matcher.op() == MatchOp::kNotEqual ? MatchOp::kEqual
                             : is_positive                        ? MatchOp::kNotRegex
                                                                  : MatchOp::kRegex;
    const auto other = Matcher::make(matcher.name(), opposite, matcher.value());
    if (!other || other->matches(text) == is_match) bug("neither it nor its opposite: " + written);
  }
}

void check_refused(const Error& error) {
  if (error.code != Code::kInvalidArgument) bug("a wrong code");
  if (error.message.empty()) bug("an error without words");
}

}  // namespace

// Any bytes give matchers or one clear error, in each of the syntaxes; the fallback is one of the
// two grammars' meanings, the older one's where it has one. And Go's quotes are Go's quotes.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto classic = parse_matchers(text, MatcherSyntax::kClassic);
  const auto utf8 = parse_matchers(text, MatcherSyntax::kUtf8);
  const auto fallback = parse_matchers(text, MatcherSyntax::kFallback);
  for (const auto* result : {&classic, &utf8, &fallback}) {
    if (*result) {
      check_taken(**result, text);
    } else {
      check_refused(result->error());
    }
  }
  const auto& chosen = classic ? classic : utf8;
  if (fallback.has_value() != chosen.has_value()) bug("the fallback refuses what a grammar takes");
  if (fallback && fallback->matchers != chosen->matchers) bug("the fallback means another");
  for (const auto syntax :
       {MatcherSyntax::kClassic, MatcherSyntax::kUtf8, MatcherSyntax::kFallback}) {
    const auto one = parse_matcher(text, syntax);
    if (one && one->matchers.size() != 1) bug("not one matcher");
    if (!one) check_refused(one.error());
  }
  const auto unquoted = go_unquote(go_quote(text));
  if (unquoted.has_value() != is_valid_utf8(text)) bug("a quoted text is not UTF-8");
  if (unquoted && *unquoted != text) bug("a quoted text reads back as another");
  return 0;
}
