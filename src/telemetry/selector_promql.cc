#include "telemetry/selector_promql.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "telemetry/matcher.h"
#include "telemetry/promql_tokens.h"

namespace tocsin::telemetry {
namespace {

using Kind = PromqlToken::Kind;
using Shape = StreamingQuery::Shape;

constexpr int kMaxDepth = 32;
constexpr std::string_view kElsewhere =
    "; Tocsin can ask a Prometheus-compatible server for it instead: name it as `source:`";

class Compiler {
 public:
  explicit Compiler(std::vector<PromqlToken> tokens) : tokens_(std::move(tokens)) {}

  Result<StreamingQuery> run() {
    ASSIGN_OR_RETURN(StreamingQuery query, sum_of_terms(0));
    if (now().kind != Kind::kEnd) return refuse("this cannot be folded as samples arrive");
    for (const Selector& selector : query.selectors) {
      RETURN_IF_ERROR(CompiledSelector::compile(selector));
    }
    return query;
  }

 private:
  const PromqlToken& now() const { return tokens_[at_]; }
  PromqlToken take() {
    PromqlToken token = tokens_[at_];
    if (token.kind != Kind::kEnd) ++at_;
    return token;
  }
  bool accept(std::string_view symbol) {
    if (!now().is(symbol)) return false;
    ++at_;
    return true;
  }
  std::string shown() const {
    return now().kind == Kind::kEnd ? "the end" : fmt::format("'{}'", now().text);
  }
  std::unexpected<Error> refuse(std::string_view why) const {
    return invalid(
        fmt::format("at character {} ({}): {}{}", now().at + 1, shown(), why, kElsewhere));
  }
  Result<> expect(std::string_view symbol) {
    if (accept(symbol)) return {};
    return invalid(
        fmt::format("at character {}: '{}' expected, {} found", now().at + 1, symbol, shown()));
  }

  Result<StreamingQuery> sum_of_terms(int depth) {
    ASSIGN_OR_RETURN(StreamingQuery sum, term(depth));
    while (accept("+")) {
      const size_t place = now().at;
      ASSIGN_OR_RETURN(StreamingQuery more, term(depth));
      const bool is_same_kind = more.shape == sum.shape && more.fold == sum.fold &&
                                more.by == sum.by && sum.shape != Shape::kQuantile &&
                                sum.fold == SignalSpec::LevelFold::kSum;
      if (!is_same_kind) {
        return invalid(
            fmt::format("at character {}: only sums of the same kind and the same `by` "
                        "can be added{}",
                        place + 1, kElsewhere));
      }
      std::ranges::move(more.selectors, std::back_inserter(sum.selectors));
    }
    return sum;
  }

  Result<StreamingQuery> term(int depth) {
    if (depth > kMaxDepth) return refuse("the expression is nested too deeply");
    if (accept("(")) {
      ASSIGN_OR_RETURN(StreamingQuery inner, sum_of_terms(depth + 1));
      RETURN_IF_ERROR(expect(")"));
      return inner;
    }
    if (now().is("{")) return level();
    if (now().kind != Kind::kName) return refuse("a metric, rate(...) or sum(...) is expected");
    const PromqlToken& next = tokens_[at_ + 1];
    const bool is_call = next.is("(");
    const bool is_grouped = next.is_name("by") || next.is_name("without");
    if (!is_call && !is_grouped) return level();
    for (const std::string_view fold : {"sum", "max", "avg"}) {
      if (now().is_name(fold)) return aggregate(depth, fold);
    }
    for (const std::string_view function : {"rate", "increase", "irate"}) {
      if (is_call && now().is_name(function)) return increase();
    }
    if (is_call && now().is_name("histogram_quantile")) return quantile(depth);
    return refuse("this function cannot be folded as samples arrive");
  }

  Result<StreamingQuery> aggregate(int depth, std::string_view fold) {
    take();
    std::vector<std::string> by;
    bool has_by = false;
    if (now().kind == Kind::kName) {
      ASSIGN_OR_RETURN(by, grouping());
      has_by = true;
    }
    RETURN_IF_ERROR(expect("("));
    is_folded_ = false;
    ASSIGN_OR_RETURN(StreamingQuery inner, sum_of_terms(depth + 1));
    RETURN_IF_ERROR(expect(")"));
    if (!has_by && (now().is_name("by") || now().is_name("without"))) {
      ASSIGN_OR_RETURN(by, grouping());
    }
    // sum(sum(x)) is sum(x); every other aggregation of an aggregation needs all series at once.
    const bool is_plain_sum =
        fold == "sum" && inner.by.empty() && inner.fold == SignalSpec::LevelFold::kSum;
    if (inner.shape == Shape::kQuantile || (is_folded_ && !is_plain_sum)) {
      return refuse("an aggregation of an aggregation cannot be folded");
    }
    if (inner.shape == Shape::kIncrease && fold != "sum") {
      return refuse("of rates and increases only the sum can be folded");
    }
    is_folded_ = true;
    inner.fold = fold == "max"   ? SignalSpec::LevelFold::kMax
                 : fold == "avg" ? SignalSpec::LevelFold::kAverage
                                 : SignalSpec::LevelFold::kSum;
    inner.by = std::move(by);
    return inner;
  }

  Result<std::vector<std::string>> grouping() {
    if (!now().is_name("by"))
      return refuse("`without` cannot be folded; name the labels with `by`");
    take();
    RETURN_IF_ERROR(expect("("));
    std::vector<std::string> labels;
    while (!now().is(")")) {
      if (now().kind != Kind::kName) return refuse("a label name is expected");
      labels.push_back(take().text);
      if (!accept(",")) break;
    }
    RETURN_IF_ERROR(expect(")"));
    std::ranges::sort(labels);
    return labels;
  }

  Result<StreamingQuery> increase() {
    take();
    RETURN_IF_ERROR(expect("("));
    StreamingQuery query;
    query.shape = Shape::kIncrease;
    ASSIGN_OR_RETURN(Selector selector, this->selector());
    query.selectors.push_back(std::move(selector));
    if (!now().is("[")) return refuse("rate and increase need a range such as [5m]");
    take();
    if (accept("$")) {
      take();  // a dashboard's variable; the range does not matter for counting
    } else {
      if (now().kind != Kind::kDuration) return refuse("a duration such as 5m is expected");
      ASSIGN_OR_RETURN(query.range, parse_duration(take().text));
    }
    if (now().text.starts_with(':')) return refuse("a subquery cannot be folded");
    RETURN_IF_ERROR(expect("]"));
    RETURN_IF_ERROR(no_modifier());
    RETURN_IF_ERROR(expect(")"));
    return query;
  }

  Result<StreamingQuery> quantile(int depth) {
    take();
    RETURN_IF_ERROR(expect("("));
    if (now().kind != Kind::kNumber) return refuse("a quantile such as 0.99 is expected");
    const double q = std::strtod(take().text.c_str(), nullptr);
    RETURN_IF_ERROR(expect(","));
    ASSIGN_OR_RETURN(StreamingQuery inner, sum_of_terms(depth + 1));
    RETURN_IF_ERROR(expect(")"));
    const auto le = std::ranges::find(inner.by, "le");
    if (inner.shape != Shape::kIncrease || (le == inner.by.end() && !inner.by.empty())) {
      return refuse("histogram_quantile needs sum by (le, ...) (rate(..._bucket{...}[5m]))");
    }
    if (q < 0 || q > 1) return refuse("a quantile lies between 0 and 1");
    if (le != inner.by.end()) inner.by.erase(le);
    inner.shape = Shape::kQuantile;
    inner.quantile = q;
    is_folded_ = true;
    return inner;
  }

  Result<StreamingQuery> level() {
    StreamingQuery query;
    ASSIGN_OR_RETURN(Selector selector, this->selector());
    query.selectors.push_back(std::move(selector));
    if (now().is("[")) return refuse("a range stands only inside rate(...) or increase(...)");
    RETURN_IF_ERROR(no_modifier());
    return query;
  }

  Result<> no_modifier() const {
    if (now().is_name("offset") || now().is("@")) {
      return refuse("a moment other than now cannot be folded");
    }
    return {};
  }

  Result<Selector> selector() {
    Selector selector;
    if (now().kind == Kind::kName) {
      selector.push_back({std::string(kMetricName), Matcher::Op::kEqual, take().text});
    }
    if (!accept("{")) {
      if (selector.empty()) return refuse("a metric is expected");
      return selector;
    }
    while (!now().is("}")) {
      ASSIGN_OR_RETURN(Matcher matcher, this->matcher());
      selector.push_back(std::move(matcher));
      if (!accept(",")) break;
    }
    RETURN_IF_ERROR(expect("}"));
    return selector;
  }

  Result<Matcher> matcher() {
    const bool is_quoted = now().kind == Kind::kString;
    if (!is_quoted && now().kind != Kind::kName) return refuse("a label name is expected");
    Matcher matcher{take().text, Matcher::Op::kEqual, ""};
    // A quoted name alone is the metric: {"http.requests"}.
    if (is_quoted && (now().is(",") || now().is("}"))) {
      return Matcher{std::string(kMetricName), Matcher::Op::kEqual, matcher.label};
    }
    const std::string op = take().text;
    if (op == "!=") {
      matcher.op = Matcher::Op::kNotEqual;
    } else if (op == "=~") {
      matcher.op = Matcher::Op::kMatch;
    } else if (op == "!~") {
      matcher.op = Matcher::Op::kNotMatch;
    } else if (op != "=") {
      return invalid(
          fmt::format("label '{}': one of = != =~ !~ is expected, '{}' found", matcher.label, op));
    }
    if (now().kind != Kind::kString) {
      return invalid(
          fmt::format("label '{}': a quoted value is expected, {} found", matcher.label, shown()));
    }
    matcher.value = take().text;
    return matcher;
  }

  std::vector<PromqlToken> tokens_;
  size_t at_ = 0;
  bool is_folded_ = false;  // inside the term that was just read is an aggregation
};

Result<std::vector<Selector>> counters_of(std::string_view what, const std::string& text) {
  auto query = compile_promql(text);
  if (!query) return fail(std::move(query.error()).in(what));
  if (!query->by.empty()) {
    return invalid(fmt::format("{}: an objective needs one stream; leave out `by ({})`", what,
                               join(query->by, ", ")));
  }
  const bool is_count =
      query->shape == Shape::kIncrease ||
      (query->shape == Shape::kLevel && query->fold == SignalSpec::LevelFold::kSum);
  if (!is_count) {
    return invalid(fmt::format("{}: a counter is needed, as in sum(rate(m{{...}}[5m]))", what));
  }
  return std::move(query->selectors);
}

bool is_plain_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
  };
  return !name.empty() && is_letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

// A selector as PromQL has it, also where metric and labels are not plain names.
std::string promql_of(const Selector& selector) {
  std::string metric, inside;
  for (const Matcher& matcher : selector) {
    const bool is_metric = matcher.label == kMetricName && matcher.op == Matcher::Op::kEqual;
    if (is_metric && metric.empty() && is_plain_name(matcher.value)) {
      metric = matcher.value;
      continue;
    }
    Matcher quoted = matcher;
    if (!is_plain_name(matcher.label)) {
      const std::string text = to_text(Matcher{"", Matcher::Op::kEqual, matcher.label});
      quoted.label = text.substr(1);  // without the '='
    }
    inside += (inside.empty() ? "" : ",") + to_text(quoted);
  }
  return inside.empty() ? metric : fmt::format("{}{{{}}}", metric, inside);
}

}  // namespace

Result<StreamingQuery> compile_promql(std::string_view text) {
  if (text.size() > 16'384) return invalid("the expression is longer than 16 KiB");
  ASSIGN_OR_RETURN(std::vector<PromqlToken> tokens, tokenize_promql(text));
  return Compiler(std::move(tokens)).run();
}

Result<SignalSpec> ratio_from_promql(const SignalName& name, const std::string& good,
                                     const std::string& bad, const std::string& total) {
  if (good.empty() == bad.empty())
    return invalid("a ratio has either good or bad events, not both");
  if (total.empty()) return invalid("a ratio needs its total");
  SignalSpec spec;
  spec.name = name;
  spec.kind = SignalKind::kRatio;
  if (!good.empty()) {
    ASSIGN_OR_RETURN(spec.good, counters_of("good", good));
  } else {
    ASSIGN_OR_RETURN(spec.bad, counters_of("bad", bad));
  }
  ASSIGN_OR_RETURN(spec.total, counters_of("total", total));
  return spec;
}

std::string increase_promql(const std::vector<Selector>& selectors,
                            const std::vector<std::string>& by) {
  std::string text;
  for (const Selector& selector : selectors) {
    text += fmt::format("{}sum{}(increase({}[$step]))", text.empty() ? "" : " + ",
                        by.empty() ? "" : fmt::format(" by ({}) ", join(by, ", ")),
                        promql_of(selector));
  }
  return text;
}

}  // namespace tocsin::telemetry
