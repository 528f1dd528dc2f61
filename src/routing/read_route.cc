#include <fmt/format.h>

#include <algorithm>

#include "routing/read_config.h"

// route: alertmanager config/config.go (Route) and dispatch/route.go.
namespace tocsin::routing {
namespace {

// How long the reference keeps what it told, by default: a repeat beyond it comes at its end.
constexpr Duration kRetention = std::chrono::hours(120);

class RouteReader {
 public:
  RouteReader(const std::vector<Receiver>& receivers,
              const std::map<std::string, NamedTimeInterval>& intervals, Reading& reading)
      : reading_(reading) {
    for (const Receiver& receiver : receivers) receivers_.push_back(receiver.name);
    for (const auto& [name, interval] : intervals) intervals_.push_back(name);
  }

  std::unique_ptr<Route> read(codec::Fields& f, const Route* parent) {
    auto route = std::make_unique<Route>();
    route->parent = parent;
    route->index = next_index_++;
    if (parent != nullptr) inherit(*parent, *route);
    read_receiver(f, *route);
    read_group_by(f, *route);
    read_waits(f, *route);
    route->matchers = read_matchers(f, "", MatcherForms::kAll, reading_);
    route->continue_matching = read_flag(f, "continue", false);
    route->mute_time_intervals = read_intervals(f, "mute_time_intervals");
    route->active_time_intervals = read_intervals(f, "active_time_intervals");
    std::vector<LabelPair> labels(route->labels.begin(), route->labels.end());
    const Labels own = read_labels(f, "labels");
    labels.insert(labels.end(), own.begin(), own.end());
    route->labels = Labels::from(std::move(labels));
    if (parent == nullptr) check_root(f, *route);
    for (codec::Fields& child : f.children("routes")) {
      route->routes.push_back(read(child, route.get()));
    }
    f.finish();
    return route;
  }

 private:
  static void inherit(const Route& parent, Route& route) {
    route.receiver = parent.receiver;
    route.group_by = parent.group_by;
    route.group_by_all = parent.group_by_all;
    route.group_wait = parent.group_wait;
    route.group_interval = parent.group_interval;
    route.repeat_interval = parent.repeat_interval;
    route.labels = parent.labels;
  }

  void read_receiver(codec::Fields& f, Route& route) {
    const std::string name = f.text("receiver", "");
    if (name.empty()) return;
    route.receiver = name;
    if (std::ranges::find(receivers_, name) == receivers_.end()) {
      f.problem("receiver", fmt::format("'{}' is not among the receivers{}", codec::shown(name),
                                        codec::did_you_mean(name, receivers_)));
    }
  }

  // An empty list is a value, too: all alerts of the route in one group (0.31).
  void read_group_by(codec::Fields& f, Route& route) {
    const codec::Node* node = f.raw("group_by");
    if (node == nullptr) return;
    route.group_by.clear();
    route.group_by_all = std::ranges::any_of(
        node->items, [](const codec::Node& item) { return item.scalar == "..."; });
    if (route.group_by_all) {
      if (std::ranges::any_of(read_texts(f, "group_by"),
                              [](const auto& t) { return t != "..."; })) {
        f.problem("group_by", "cannot have '...' (all labels) and other labels at the same time");
      }
      return;
    }
    route.group_by = read_label_names(f, "group_by", reading_);
    std::ranges::sort(route.group_by);
    if (const auto twice = std::ranges::adjacent_find(route.group_by);
        twice != route.group_by.end()) {
      f.problem("group_by", fmt::format("has the label '{}' twice", codec::shown(*twice)));
    }
  }

  void read_waits(codec::Fields& f, Route& route) {
    route.group_wait = f.duration("group_wait", route.group_wait);
    route.group_interval = f.duration("group_interval", route.group_interval);
    route.repeat_interval = f.duration("repeat_interval", route.repeat_interval);
    if (route.group_interval == Duration(0)) f.problem("group_interval", "cannot be zero");
    if (route.repeat_interval == Duration(0)) f.problem("repeat_interval", "cannot be zero");
    const bool says_waits = f.has("repeat_interval") || f.has("group_interval");
    if (f.has("repeat_interval") && route.repeat_interval > kRetention) {
      reading_.warn(f, "repeat_interval",
                    fmt::format("is {}, which is beyond Alertmanager's default retention of {}: "
                                "there it would repeat after {}",
                                tocsin::to_text(route.repeat_interval), tocsin::to_text(kRetention),
                                tocsin::to_text(kRetention)));
    }
    if (says_waits && route.repeat_interval < route.group_interval) {
      reading_.warn(
          f, f.has("repeat_interval") ? "repeat_interval" : "group_interval",
          fmt::format("repeat_interval {} is below group_interval {}: it is looked at "
                      "once a group_interval, so that it repeats after {}",
                      tocsin::to_text(route.repeat_interval), tocsin::to_text(route.group_interval),
                      tocsin::to_text(route.group_interval)));
    }
  }

  std::vector<std::string> read_intervals(codec::Fields& f, std::string_view key) {
    std::vector<std::string> names = read_texts(f, key);
    for (const std::string& name : names) {
      if (std::ranges::find(intervals_, name) != intervals_.end()) continue;
      f.problem(key, fmt::format("'{}' is not among the time_intervals{}", codec::shown(name),
                                 codec::did_you_mean(name, intervals_)));
    }
    return names;
  }

  static void check_root(codec::Fields& f, const Route& route) {
    const auto refuse = [&](std::string_view key, std::string_view why) {
      if (f.has(key)) f.problem(key, fmt::format("the root route must not have {}", why));
    };
    if (route.receiver.empty()) f.problem("receiver", "the root route must name a receiver");
    if (!route.matchers.empty()) {
      for (const auto* key : {"match", "match_re", "matchers"}) {
        refuse(key, "matchers, for it takes all alerts");
      }
    }
    if (route.continue_matching) refuse("continue", "continue");
    if (!route.mute_time_intervals.empty()) refuse("mute_time_intervals", "mute time intervals");
    if (!route.active_time_intervals.empty()) {
      refuse("active_time_intervals", "active time intervals");
    }
  }

  std::vector<std::string> receivers_;
  std::vector<std::string> intervals_;
  Reading& reading_;
  int next_index_ = 0;
};

}  // namespace

std::unique_ptr<Route> read_route(codec::Fields& top, const std::vector<Receiver>& receivers,
                                  const std::map<std::string, NamedTimeInterval>& intervals,
                                  Reading& reading) {
  top.raw("route");
  if (!top.has("route")) {
    top.problem("route", "is missing: a route that names the receiver of all alerts is needed");
    return nullptr;
  }
  codec::Fields root = top.child("route");
  return RouteReader(receivers, intervals, reading).read(root, nullptr);
}

}  // namespace tocsin::routing
