#include "routing/random_config.h"

#include <fmt/format.h>

#include "base/text.h"

namespace tocsin::routing {
namespace {

constexpr std::string_view kNames[] = {"alertname", "severity", "team", "env"};
constexpr std::string_view kValues[] = {"a", "b", "page", "x y", ""};
constexpr std::string_view kExpressions[] = {"a|b", ".*", "a.*", "", "p(age)?", "[ab]", ".+"};
constexpr std::string_view kReceivers[] = {"one", "two", "three"};

template <class List>
std::string_view any_of(Rng& rng, const List& list) {
  return list[rng.below(std::size(list))];
}

bool one_in(Rng& rng, uint64_t n) { return rng.below(n) == 0; }

class Writer {
 public:
  Writer(Rng& rng, bool with_mistakes) : rng_(rng), with_mistakes_(with_mistakes) {}

  RandomConfig write() {
    line(0, "global:");
    line(2, "resolve_timeout: " + duration());
    line(2, "smtp_smarthost: 'localhost:25'");
    line(2, "smtp_from: tocsin@example.org");
    if (!mistake(4)) line(2, "slack_api_url: https://hooks.example.org/services/T0/B0/s3cret");
    if (one_in(rng_, 4)) http_config(2);
    line(0, "route:");
    route(2, true, 0);
    line(0, "receivers:");
    for (const std::string_view name : kReceivers) receiver(name);
    if (mistake(8)) receiver(kReceivers[0]);
    line(0, "time_intervals:");
    interval("nights", "times: [{start_time: '22:00', end_time: '24:00'}]");
    interval("weekends",
             mistake(6) ? "weekdays: ['saturday:wednesday']" : "weekdays: [saturday, 'sunday']");
    if (one_in(rng_, 2)) inhibit_rules();
    if (one_in(rng_, 3)) line(0, "templates: ['*.tmpl']");
    if (mistake(20)) line(0, "routes: []");
    out_.may_be_wrong = is_wrong_;
    return out_;
  }

 private:
  // True now and then where mistakes are asked for.
  bool mistake(uint64_t n) {
    const bool yes = with_mistakes_ && one_in(rng_, n * 12);
    is_wrong_ = is_wrong_ || yes;
    return yes;
  }
  void line(size_t indent, std::string_view text) {
    out_.text += std::string(indent, ' ') + std::string(text) + "\n";
  }
  std::string duration() {
    constexpr std::string_view kGood[] = {"30s", "5m", "1h30m", "4h", "1d", "1s"};
    constexpr std::string_view kBad[] = {"0", "5", "1.5h", "-1m", "1m1h", "''"};
    return std::string(mistake(6) ? any_of(rng_, kBad) : any_of(rng_, kGood));
  }
  std::string matcher() {
    constexpr std::string_view kBad[] = {"a", "=b", "9a=b", "a=~\"(\"", "a=\"b"};
    if (mistake(8)) return std::string(any_of(rng_, kBad));
    constexpr std::string_view kOps[] = {"=", "!=", "=~", "!~"};
    const uint64_t op = rng_.below(4);
    const std::string_view value = op < 2 ? any_of(rng_, kValues) : any_of(rng_, kExpressions);
    return fmt::format("{}{}\"{}\"", any_of(rng_, kNames), kOps[op], value);
  }
  void matchers(size_t indent, std::string_view prefix) {
    if (one_in(rng_, 3)) {
      line(indent, fmt::format("{}match: {{{}: {}}}", prefix,
                               mistake(8) ? "a-b" : any_of(rng_, kNames), "a"));
    }
    if (one_in(rng_, 3)) {
      line(indent, fmt::format("{}match_re: {{{}: '{}'}}", prefix, any_of(rng_, kNames),
                               mistake(8) ? "a(" : any_of(rng_, kExpressions)));
    }
    if (one_in(rng_, 2)) {
      line(indent, fmt::format("{}matchers: ['{}']", prefix, matcher()));
      if (one_in(rng_, 4)) out_.text.insert(out_.text.size() - 2, fmt::format(", '{}'", matcher()));
    }
  }
  void group_by(size_t indent) {
    constexpr std::string_view kGood[] = {"['...']", "[alertname]", "[team, severity]", "[env]"};
    constexpr std::string_view kBad[] = {"['...', team]", "[team, team]", "['a-b']", "team", "{}"};
    line(indent,
         fmt::format("group_by: {}", mistake(5) ? any_of(rng_, kBad) : any_of(rng_, kGood)));
  }
  void route(size_t indent, bool is_root, int depth) {
    if (is_root || one_in(rng_, 2)) {
      line(indent, fmt::format("receiver: {}", mistake(10) ? "nobody" : any_of(rng_, kReceivers)));
    } else {
      line(indent, "continue: " + std::string(mistake(10)       ? "maybe"
                                              : one_in(rng_, 2) ? "true"
                                                                : "off"));
    }
    if (one_in(rng_, 2)) group_by(indent);
    if (one_in(rng_, 2)) line(indent, "group_wait: " + duration());
    if (one_in(rng_, 3)) line(indent, "group_interval: " + duration());
    if (one_in(rng_, 3)) line(indent, "repeat_interval: " + duration());
    if (!is_root || mistake(10)) matchers(indent, "");
    if (is_root ? mistake(10) : one_in(rng_, 4)) {
      line(indent, fmt::format("{}_time_intervals: [{}]", one_in(rng_, 2) ? "mute" : "active",
                               mistake(6) ? "never" : "nights"));
    }
    if (mistake(15)) line(indent, "group_weight: 1s");
    const uint64_t children = depth < 3 ? rng_.below(depth == 0 ? 7 : 4) : 0;
    if (children > 0) line(indent, "routes:");
    for (uint64_t i = 0; i < children; ++i) {
      line(indent, "-");
      route(indent + 2, false, depth + 1);
    }
  }
  void http_config(size_t indent) {
    line(indent, "http_config:");
    if (one_in(rng_, 2)) line(indent + 2, "basic_auth: {username: u, password: s3cret}");
    if (mistake(6) || one_in(rng_, 6)) {
      line(indent + 2, "follow_redirects: false");
      if (mistake(2)) line(indent + 2, "bearer_token: s3cret");
    }
    if (one_in(rng_, 3)) line(indent + 2, "tls_config: {insecure_skip_verify: yes}");
    if (mistake(6)) line(indent + 2, "tls_config2: {}");
  }
  void receiver(std::string_view name) {
    line(0, fmt::format("- name: {}", name));
    if (one_in(rng_, 2)) {
      line(2, "webhook_configs:");
      constexpr std::string_view kBad[] = {"ftp://x/",      "http://",     "localhost:9",
                                           "'http://a b/'", "http://[::1", "'http://x:port/'",
                                           "http://x/%zz"};
      line(2, fmt::format("- url: {}",
                          mistake(4) ? any_of(rng_, kBad) : "http://localhost:9/s3cret?a=b#c"));
      if (one_in(rng_, 2)) line(4, fmt::format("max_alerts: {}", mistake(5) ? "-1" : "12"));
      if (one_in(rng_, 3)) http_config(4);
    }
    if (one_in(rng_, 3)) {
      line(2, "email_configs:");
      line(2, mistake(5) ? "- send_resolved: true" : "- to: a@example.org");
      if (one_in(rng_, 2)) {
        line(4, mistake(3) ? "headers: {subject: a, Subject: b}" : "headers: {subject: a}");
      }
      if (one_in(rng_, 3))
        line(4, fmt::format("smarthost: {}", mistake(2) ? "mail" : "'[::1]:25'"));
    }
    if (one_in(rng_, 3)) {
      line(2, "pagerduty_configs:");
      line(2, mistake(4) ? "- routing_key: ''" : "- routing_key: s3cret");
      if (one_in(rng_, 2)) line(4, "details: {a: b}");
    }
    if (one_in(rng_, 3)) {
      line(2, "slack_configs:");
      line(2, "- channel: '#a'");
      if (one_in(rng_, 2)) line(4, "fields: [{title: a, value: b, short: true}]");
      if (mistake(3)) line(4, "actions: [{type: button, text: a}]");
      if (mistake(3)) line(4, "api_url_file: x\n    api_url: http://x/");
    }
    if (one_in(rng_, 3)) {
      line(2, "pushover_configs:");
      line(2, mistake(4) ? "- token: s3cret" : "- {token: s3cret, user_key: s3cret}");
    }
    if (one_in(rng_, 4)) {
      line(2, "telegram_configs:");
      line(2, fmt::format("- {{bot_token: s3cret, chat_id: {}, api_url: 'http://x/'}}",
                          mistake(3) ? "0" : "-100123"));
    }
    if (one_in(rng_, 4)) {
      line(2, "opsgenie_configs:");
      line(2, fmt::format("- {{api_key: s3cret, responders: [{{name: a, type: {}}}]}}",
                          mistake(3) ? "nobody" : "Team"));
    }
    if (one_in(rng_, 4)) {
      line(2, "discord_configs:");
      line(2, "- webhook_url: http://x/s3cret");
    }
  }
  void interval(std::string_view name, std::string_view spec) {
    line(0, fmt::format("- name: {}", mistake(10) ? "''" : name));
    line(2, fmt::format("time_intervals: [{{{}}}]", spec));
  }
  void inhibit_rules() {
    line(0, "inhibit_rules:");
    line(0, fmt::format("- equal: [{}]", mistake(5) ? "a-b" : "team"));
    matchers(2, "source_");
    matchers(2, "target_");
  }

  Rng& rng_;
  bool with_mistakes_;
  bool is_wrong_ = false;
  RandomConfig out_;
};

}  // namespace

RandomConfig random_config(Rng& rng, bool with_mistakes) {
  return Writer(rng, with_mistakes).write();
}

std::string damaged(Rng& rng, const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(text, '\n')) lines.emplace_back(line);
  const auto at = static_cast<std::ptrdiff_t>(rng.below(lines.size()));
  std::string& line = lines[static_cast<size_t>(at)];
  constexpr std::string_view kValues[] = {"",  "null", "''",   "[]",  "{}",     "true",
                                          "5", "1.5",  "'x'",  "[a]", "{a: b}", "[null]",
                                          "~", "yes",  "'5m'", "x: y"};
  switch (rng.below(4)) {
    case 0: lines.erase(lines.begin() + at); break;
    case 1: lines.insert(lines.begin() + at, std::string(line)); break;
    default:
      if (const size_t colon = line.find(": "); colon != std::string::npos) {
        line = line.substr(0, colon + 2) + std::string(any_of(rng, kValues));
      }
  }
  return join(lines, "\n");
}

std::vector<std::pair<std::string, std::string>> random_alert(Rng& rng) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string_view name : kNames) {
    if (!one_in(rng, 3)) out.emplace_back(name, any_of(rng, kValues));
  }
  return out;
}

}  // namespace tocsin::routing
