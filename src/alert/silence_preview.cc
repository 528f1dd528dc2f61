#include "alert/silence_preview.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace tocsin::alert {
namespace {

using routing::MatchOp;

constexpr size_t kFewAlerts = 3;
constexpr Duration kLong = std::chrono::days(7);
constexpr size_t kNamed = 3;  // values that a text names

bool takes_anything(const routing::Matcher& matcher) {
  return matcher.op() == MatchOp::kRegex && (matcher.value() == ".*" || matcher.value() == ".+");
}

bool is_page(const routing::Labels& labels) {
  const auto severity = labels.get("severity");
  return severity == "page" || severity == "critical";
}

std::string some_of(const std::vector<std::string>& all) {
  const std::vector<std::string> first(all.begin(), all.begin() + std::min(all.size(), kNamed));
  std::string text = join(first, ", ");
  if (all.size() > kNamed) text += fmt::format(" and {} more", all.size() - kNamed);
  return text;
}

// "several teams (db, shop)", or nothing.
std::string several(const char* label, const std::vector<PreviewAlert>& hidden) {
  std::set<std::string> values;
  for (const PreviewAlert& one : hidden) {
    if (const auto value = one.alert->labels.get(label); !value.empty()) values.emplace(value);
  }
  if (values.size() < 2) return "";
  return fmt::format("of {} {}s ({})", values.size(), label,
                     some_of({values.begin(), values.end()}));
}

}  // namespace

std::vector<SilenceWarning> warnings_of(const routing::Matchers& matchers, Duration lasts,
                                        const std::vector<PreviewAlert>& hidden, size_t firing) {
  std::vector<SilenceWarning> out;
  const auto warn = [&](const char* code, std::string text) {
    out.push_back({code, std::move(text)});
  };
  if (std::ranges::none_of(matchers, [](const auto& m) {
        return m.op() == MatchOp::kEqual && !m.value().empty();
      })) {
    warn("no_equal_matcher",
         "no matcher names one value (label=value); alerts that nobody has thought of may match");
  }
  for (const routing::Matcher& matcher : matchers) {
    if (!takes_anything(matcher)) continue;
    warn("matches_anything",
         fmt::format("{} takes any value of {}", matcher.to_text(), matcher.name()));
  }
  if (hidden.size() > kFewAlerts && hidden.size() * 2 > firing) {
    warn("most_alerts",
         fmt::format("it hides {} of the {} alerts that fire", hidden.size(), firing));
  }
  for (const char* label : {"team", "service"}) {
    if (const std::string text = several(label, hidden); !text.empty()) {
      warn("several_owners", "it hides alerts " + text);
    }
  }
  std::set<std::string> pages;
  size_t count = 0;
  for (const PreviewAlert& one : hidden) {
    if (one.is_acknowledged || !is_page(one.alert->labels)) continue;
    ++count;
    pages.emplace(one.alert->labels.get("alertname"));
  }
  if (count > 0) {
    warn("hides_pages", fmt::format("it hides {} page{} that nobody has acknowledged: {}", count,
                                    count == 1 ? "" : "s", some_of({pages.begin(), pages.end()})));
  }
  if (lasts > kLong) {
    warn("lasts_long", fmt::format("it lasts {}, longer than {}", to_text(lasts), to_text(kLong)));
  }
  return out;
}

std::map<std::string, size_t> count_by_name(const std::vector<PreviewAlert>& alerts) {
  std::map<std::string, size_t> counts;
  for (const PreviewAlert& one : alerts) {
    ++counts[std::string(one.alert->labels.get("alertname"))];
  }
  return counts;
}

SilencePreview preview(const routing::Matchers& matchers, Duration lasts,
                       std::vector<PreviewAlert> firing, const std::vector<PreviewGroup>& groups) {
  SilencePreview out;
  out.firing = firing.size();
  std::set<uint64_t> told, left;  // now, and with the silence
  for (PreviewAlert& one : firing) {
    const bool is_hidden = routing::all_match(matchers, one.alert->labels);
    if (one.is_told) {
      told.insert(one.fingerprint);
      if (!is_hidden) left.insert(one.fingerprint);
    }
    if (is_hidden) out.hidden.push_back(std::move(one));
  }
  std::ranges::sort(out.hidden, [](const PreviewAlert& a, const PreviewAlert& b) {
    const auto of_a = a.alert->labels.get("alertname"), of_b = b.alert->labels.get("alertname");
    return of_a != of_b ? of_a < of_b : a.alert->labels < b.alert->labels;
  });
  std::map<std::string, bool> hears;  // by receiver that is told something now
  for (const PreviewGroup& group : groups) {
    const auto has = [&](const std::set<uint64_t>& some) {
      return std::ranges::any_of(group.alerts, [&](uint64_t one) { return some.contains(one); });
    };
    if (!has(told)) continue;
    const bool is_left = has(left);
    hears[group.receiver] |= is_left;
    if (!is_left) out.silent_groups.push_back(group);
  }
  for (const auto& [receiver, still] : hears) {
    if (!still) out.silent_receivers.push_back(receiver);
  }
  out.warnings = warnings_of(matchers, lasts, out.hidden, out.firing);
  return out;
}

}  // namespace tocsin::alert
