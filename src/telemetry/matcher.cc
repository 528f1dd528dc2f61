#include "telemetry/matcher.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

namespace tocsin::telemetry {
namespace {

Result<std::shared_ptr<const re2::RE2>> compile_expression(const Matcher& matcher) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(1 << 20);
  auto expression = std::make_shared<const re2::RE2>(matcher.value, options);
  if (!expression->ok()) {
    return invalid(fmt::format("matcher {}: the expression is not valid RE2: {}", to_text(matcher),
                               expression->error()));
  }
  return std::shared_ptr<const re2::RE2>(std::move(expression));
}

std::string_view text_of(Matcher::Op op) {
  switch (op) {
    case Matcher::Op::kEqual: return "=";
    case Matcher::Op::kNotEqual: return "!=";
    case Matcher::Op::kMatch: return "=~";
    case Matcher::Op::kNotMatch: return "!~";
  }
  return "?";
}

}  // namespace

Result<CompiledSelector> CompiledSelector::compile(const Selector& selector) {
  CompiledSelector compiled;
  compiled.source_ = selector;
  bool is_bound = false;
  for (const Matcher& matcher : selector) {
    Term term{matcher.op, matcher.label, matcher.value, nullptr};
    if (matcher.op == Matcher::Op::kMatch || matcher.op == Matcher::Op::kNotMatch) {
      ASSIGN_OR_RETURN(term.expression, compile_expression(matcher));
    }
    is_bound = is_bound || !term.matches("");
    compiled.terms_.push_back(std::move(term));
  }
  if (!is_bound) {
    return invalid(
        fmt::format("selector {} matches every series; add a metric name or a matcher "
                    "that does not match the empty value",
                    to_text(selector)));
  }
  // Comparisons are cheap and usually decide; expressions come last.
  std::ranges::stable_partition(compiled.terms_, [](const Term& t) { return !t.expression; });
  return compiled;
}

bool CompiledSelector::Term::matches(std::string_view actual) const {
  switch (op) {
    case Matcher::Op::kEqual: return actual == value;
    case Matcher::Op::kNotEqual: return actual != value;
    case Matcher::Op::kMatch:
      return re2::RE2::FullMatch(re2::StringPiece(actual.data(), actual.size()), *expression);
    case Matcher::Op::kNotMatch:
      return !re2::RE2::FullMatch(re2::StringPiece(actual.data(), actual.size()), *expression);
  }
  return false;
}

bool CompiledSelector::matches(const LabelSet& labels) const {
  return std::ranges::all_of(terms_, [&](const Term& t) { return t.matches(labels.get(t.label)); });
}

std::string to_text(const Matcher& matcher) {
  std::string value;
  for (const char c : matcher.value) {
    if (c == '\\' || c == '"') value += '\\';
    if (c == '\n') {
      value += "\\n";
    } else {
      value += c;
    }
  }
  return fmt::format("{}{}\"{}\"", matcher.label, text_of(matcher.op), value);
}

std::string to_text(const Selector& selector) {
  std::string metric, inside;
  for (const Matcher& matcher : selector) {
    if (matcher.label == kMetricName && matcher.op == Matcher::Op::kEqual && metric.empty()) {
      metric = matcher.value;
    } else {
      inside += (inside.empty() ? "" : ",") + to_text(matcher);
    }
  }
  return inside.empty() && !metric.empty() ? metric : fmt::format("{}{{{}}}", metric, inside);
}

}  // namespace tocsin::telemetry
