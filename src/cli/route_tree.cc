#include "cli/route_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "receiver/check.h"
#include "routing/route_walk.h"

namespace tocsin::cli {
namespace {

using routing::AlertmanagerConfig;
using routing::Receiver;
using routing::Route;

std::string group_by_text(const Route& route) {
  if (route.group_by_all) return "each alert alone";
  if (route.group_by.empty()) return "all in one group";
  return "grouped by " + join(route.group_by, ", ");
}

// What a route says otherwise than its parent; the root says all.
std::vector<std::string> own_settings(const Route& route) {
  const Route* parent = route.parent;
  std::vector<std::string> out;
  const auto differs = [&](auto member) {
    return parent == nullptr || route.*member != parent->*member;
  };
  if (differs(&Route::group_by) || differs(&Route::group_by_all)) {
    out.push_back(group_by_text(route));
  }
  if (differs(&Route::group_wait)) out.push_back("wait " + to_text(route.group_wait));
  if (differs(&Route::group_interval)) out.push_back("interval " + to_text(route.group_interval));
  if (differs(&Route::repeat_interval)) out.push_back("repeat " + to_text(route.repeat_interval));
  if (!route.mute_time_intervals.empty()) {
    out.push_back("muted in " + join(route.mute_time_intervals, ", "));
  }
  if (!route.active_time_intervals.empty()) {
    out.push_back("active in " + join(route.active_time_intervals, ", "));
  }
  if (route.continue_matching) out.emplace_back("continue");
  return out;
}

// With `walked`, what became of an alert here.
void add_route(const Route& route, const routing::WalkedRoute* walked, const std::string& branch,
               const std::string& margin, std::string& out) {
  const bool is_match = walked && walked->at == routing::AtRoute::kTaken;
  const std::string what = route.parent == nullptr  ? "every alert"
                           : route.matchers.empty() ? "{} (every alert that comes here)"
                                                    : routing::to_text(route.matchers);
  out += fmt::format("{} {}{}  ->  {}", is_match ? "*" : " ", branch, what, route.receiver);
  if (const auto own = own_settings(route); !own.empty()) out += "  (" + join(own, "; ") + ")";
  if (walked && walked->failed) out += "  no: " + walked->failed->to_text();
  if (walked && walked->stopped_by) out += "  not asked: a route before it took the alert";
  out += "\n";
  for (size_t i = 0; i < route.routes.size(); ++i) {
    const bool is_last = i + 1 == route.routes.size();
    add_route(*route.routes[i], walked ? &walked->routes[i] : nullptr,
              margin + (is_last ? "└─ " : "├─ "), margin + (is_last ? "   " : "│  "), out);
  }
}

int count_routes(const Route& route) {
  int count = 1;
  for (const auto& child : route.routes) count += count_routes(*child);
  return count;
}

std::string counted(size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// "webhook, 2 slack"; what is not delivered is said.
std::string told_by(const Receiver& r) {
  std::vector<std::string> out;
  for (const auto& [kind, count, is_delivered] : routing::integration_counts(r)) {
    out.push_back(fmt::format("{}{}{}", count == 1 ? "" : fmt::format("{} ", count), kind,
                              is_delivered ? "" : " (not delivered)"));
  }
  return out.empty() ? "nobody: the receiver is empty" : join(out, ", ");
}

}  // namespace

routing::MatcherSyntax syntax_of(const AlertmanagerFlags& flags) {
  if (flags.matchers == "classic") return routing::MatcherSyntax::kClassic;
  if (flags.matchers == "utf8") return routing::MatcherSyntax::kUtf8;
  return routing::MatcherSyntax::kFallback;
}

Result<std::shared_ptr<const AlertmanagerConfig>> load(const AlertmanagerFlags& flags) {
  codec::Problems problems;
  auto config = routing::load_alertmanager_config(flags.file, syntax_of(flags), problems);
  RETURN_IF_ERROR(problems.as_result());
  return config;
}

std::string describe(const AlertmanagerConfig& config) {
  std::string out;
  std::vector<std::string> warnings = config.warnings;
  std::ranges::copy(receiver::check_integrations(config), std::back_inserter(warnings));
  for (const std::string& warning : warnings) out += "warning: " + warning + "\n";
  size_t delivered = 0, undelivered = 0;
  for (const Receiver& receiver : config.receivers) {
    delivered += receiver.integrations();
    undelivered += receiver.undelivered_integrations();
  }
  const std::vector<std::string> found = {
      counted(static_cast<size_t>(count_routes(*config.route)), "route"),
      counted(config.receivers.size(), "receiver"),
      counted(delivered, "integration") +
          (undelivered == 0 ? "" : fmt::format(" (and {} not delivered)", undelivered)),
      counted(config.inhibit_rules.size(), "inhibit rule"),
      counted(config.time_intervals.size(), "time interval"),
      counted(config.templates.size(), "template pattern"),
  };
  out += fmt::format("{}: {}.\n", warnings.empty() ? "All is well" : "It can be used",
                     join(found, ", "));
  return out;
}

std::string route_tree(const Route& root) {
  std::string out;
  add_route(root, nullptr, "", "", out);
  return out;
}

std::string route_tree(const routing::WalkedRoute& root) {
  std::string out;
  add_route(*root.route, &root, "", "", out);
  return out;
}

Result<routing::Labels> parse_labels(const std::vector<std::string>& words) {
  std::vector<routing::LabelPair> pairs;
  for (const std::string_view word : words) {
    const size_t equals = word.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return invalid(fmt::format("'{}' is not a label; write name=value", codec::shown(word)));
    }
    if (!is_valid_utf8(word)) return invalid("a label is not UTF-8");
    std::string_view value = word.substr(equals + 1);
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
      value = value.substr(1, value.size() - 2);
    }
    pairs.emplace_back(word.substr(0, equals), value);
  }
  return routing::Labels::from(std::move(pairs));
}

std::string route_test(const AlertmanagerConfig& config, const routing::Labels& labels) {
  const auto matches = routing::matching_routes(*config.route, labels);
  std::string out = route_tree(routing::walk_routes(*config.route, labels)) + "\n";
  std::vector<std::string> receivers;
  for (const Route* route : matches) {
    receivers.push_back(route->receiver);
    const Receiver* receiver = config.receiver(route->receiver);
    out += fmt::format("{}\n  group  {}\n  tells  {}\n", route->id(),
                       routing::group_key(*route, routing::group_labels(*route, labels)),
                       receiver == nullptr ? "nobody" : told_by(*receiver));
  }
  return out + fmt::format("receivers: {}\n", join(receivers, ", "));
}

}  // namespace tocsin::cli
