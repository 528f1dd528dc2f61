#include <fmt/format.h>

#include <algorithm>

#include "routing/read_config.h"

// inhibit_rules: alertmanager config/common/inhibitrule.go.
namespace tocsin::routing {
namespace {

// The newer way to name a source, with its own `equal` (0.34). Several of them mean that each must
// have a firing alert; the Inhibitor knows one source a rule, and that is said.
void read_sources(codec::Fields& f, InhibitRule& rule, Reading& reading) {
  std::vector<codec::Fields> sources = f.children("sources");
  if (sources.empty()) return;
  if (!rule.source.empty() || !rule.equal.empty()) {
    f.problem("sources",
              "cannot be combined with source_match, source_match_re, source_matchers, or equal");
  }
  if (sources.size() > 1) {
    f.problem("sources",
              "more than one source is not supported; write a rule for the one that "
              "matters most");
  }
  for (codec::Fields& source : sources) {
    rule.source = read_matchers(source, "", MatcherForms::kList, reading);
    rule.equal = read_label_names(source, "equal", reading);
    if (std::ranges::all_of(rule.source, [](const Matcher& m) { return m.matches(""); })) {
      source.problem("matchers", "at least one matcher must not match the empty text");
    }
    source.finish();
  }
}

}  // namespace

std::vector<InhibitRule> read_inhibit_rules(codec::Fields& top, Reading& reading) {
  std::vector<InhibitRule> rules;
  for (codec::Fields& f : top.children("inhibit_rules")) {
    InhibitRule rule;
    rule.name = f.text("name", "");
    rule.source = read_matchers(f, "source_", MatcherForms::kAll, reading);
    rule.target = read_matchers(f, "target_", MatcherForms::kAll, reading);
    rule.equal = read_label_names(f, "equal", reading);
    read_sources(f, rule, reading);
    f.finish();
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace tocsin::routing
