#pragma once

#include <memory>
#include <string>
#include <vector>

#include "telemetry/label_set.h"
#include "telemetry/signal.h"

namespace re2 {
class RE2;
}

namespace tocsin::telemetry {

// A selector that is ready to match. A label that is missing has the empty value, so
// `{env!="dev"}` matches a series without `env` (Prometheus' rule). Expressions are RE2, anchored
// at both ends, with `.` matching line ends. Immutable, thread-safe.
class CompiledSelector {
 public:
  // kInvalidArgument names the matcher whose expression is wrong. At least one matcher must not
  // match the empty value, as in Prometheus: otherwise every series would match.
  static Result<CompiledSelector> compile(const Selector& selector);

  bool matches(const LabelSet& labels) const;
  const Selector& source() const { return source_; }

 private:
  struct Term {
    Matcher::Op op;
    std::string label, value;
    std::shared_ptr<const re2::RE2> expression;  // for =~ and !~
    bool matches(std::string_view actual) const;
  };
  std::vector<Term> terms_;
  Selector source_;
};

std::string to_text(const Matcher& matcher);    // code=~"5.."
std::string to_text(const Selector& selector);  // http_requests_total{code=~"5.."}

}  // namespace tocsin::telemetry
