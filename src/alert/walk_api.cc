#include <fmt/format.h>

#include <algorithm>

#include "alert/history_json.h"
#include "alert/notification_store.h"
#include "alert/posted_api.h"
#include "alert/posted_list.h"
#include "base/text.h"
#include "routing/route_walk.h"

namespace tocsin::alert {
namespace {

using net::Request;
using routing::AlertmanagerConfig;
using routing::Route;

constexpr net::RouteOptions kSmall{.max_body = 64 << 10};
constexpr size_t kMostLabels = 200;

codec::JsonArray texts(const std::vector<std::string>& all) {
  codec::JsonArray out;
  for (const std::string& one : all) out.push_back(codec::Json(one));
  return out;
}

codec::JsonArray json_of(const routing::Matchers& matchers) {
  codec::JsonArray out;
  for (const routing::Matcher& matcher : matchers) {
    out.push_back(codec::JsonObject{{"name", matcher.name()},
                                    {"op", routing::to_text(matcher.op())},
                                    {"value", matcher.value()},
                                    {"text", matcher.to_text()}});
  }
  return out;
}

// What a route says, its parents' words in it.
codec::JsonObject json_of(const Route& route) {
  return {{"id", route.id()},
          {"key", route.key()},
          {"matchers", json_of(route.matchers)},
          {"receiver", route.receiver},
          {"group_by",
           route.group_by_all ? codec::JsonArray{codec::Json("...")} : texts(route.group_by)},
          {"group_wait", to_text(route.group_wait)},
          {"group_interval", to_text(route.group_interval)},
          {"repeat_interval", to_text(route.repeat_interval)},
          {"mute_time_intervals", texts(route.mute_time_intervals)},
          {"active_time_intervals", texts(route.active_time_intervals)},
          {"continue", route.continue_matching},
          {"labels", to_json(route.labels)}};
}

codec::JsonObject tree_of(const Route& route) {
  codec::JsonObject out = json_of(route);
  codec::JsonArray children;
  for (const auto& child : route.routes) children.push_back(tree_of(*child));
  out["routes"] = std::move(children);
  return out;
}

codec::JsonObject tree_of(const routing::WalkedRoute& walked) {
  codec::JsonObject out = json_of(*walked.route);
  out["at"] = routing::name_of(walked.at);
  out["failed_matcher"] =
      walked.failed ? codec::Json(walked.failed->to_text()) : codec::Json(nullptr);
  out["stopped_by"] =
      walked.stopped_by ? codec::Json(walked.stopped_by->id()) : codec::Json(nullptr);
  codec::JsonArray children;
  for (const auto& child : walked.routes) children.push_back(tree_of(child));
  out["routes"] = std::move(children);
  return out;
}

codec::JsonArray integrations_of(const routing::Receiver& receiver) {
  codec::JsonArray out;
  for (const auto& [kind, count, is_delivered] : routing::integration_counts(receiver)) {
    out.push_back(
        codec::JsonObject{{"kind", kind}, {"count", count}, {"is_delivered", is_delivered}});
  }
  return out;
}

codec::JsonArray tellings_of(const Dispatcher::WalkedGroup& group) {
  codec::JsonArray out;
  for (const auto& telling : group.told_by) {
    codec::JsonObject json{
        {"integration", telling.integration},
        {"index", telling.index},
        {"is_under_way", telling.is_under_way},
        {"would_tell", telling.reason.has_value()},
        {"why", telling.reason ? std::string(receiver::name_of(*telling.reason)) : telling.why_not},
        {"last_told", nullptr}};
    if (telling.last_told) json["last_told"] = to_rfc3339(*telling.last_told);
    out.push_back(std::move(json));
  }
  return out;
}

codec::JsonObject json_of(const Dispatcher::WalkedGroup& group, const AlertmanagerConfig& config) {
  const routing::Receiver* receiver = config.receiver(group.route->receiver);
  return {{"route", group.route->id()},
          {"receiver", group.route->receiver},
          {"integrations", receiver ? integrations_of(*receiver) : codec::JsonArray()},
          {"group", codec::JsonObject{{"key", group.key},
                                      {"hash", group_hash(group.key)},
                                      {"labels", to_json(group.labels)},
                                      {"exists", group.exists},
                                      {"holds_alert", group.holds_alert},
                                      {"alerts", group.alerts},
                                      {"next_flush", to_rfc3339(group.next_flush)}}},
          {"suppressed_by", to_json(group.suppressed_by)},
          {"suppressed_at_flush", to_json(group.suppressed_at_flush)},
          {"told_by", tellings_of(group)}};
}

// {"labels": {...}} or {"fingerprint": "..."}.
struct Asked {
  std::map<std::string, std::string> labels;
  std::string fingerprint;
};
Result<Asked> asked_by(const Request& request) {
  ASSIGN_OR_RETURN(const codec::Node node, codec::parse_json(request.body));
  codec::Problems problems;
  codec::Fields fields(node, "the request", problems);
  Asked asked;
  const bool has_labels = fields.has("labels");
  asked.labels = fields.text_map("labels");
  asked.fingerprint = fields.text("fingerprint", "");
  if (has_labels == !asked.fingerprint.empty()) {
    fields.problem("", "give either labels or the fingerprint of an alert that is there");
  }
  if (asked.labels.size() > kMostLabels) {
    fields.problem("labels", fmt::format("at most {} labels", kMostLabels));
  }
  for (const auto& [name, value] : asked.labels) {
    if (name.empty()) fields.problem("labels", "a label has no name");
    if (!is_valid_utf8(name) || !is_valid_utf8(value)) {
      fields.problem("labels", "a label is not UTF-8");
    }
  }
  fields.finish();
  RETURN_IF_ERROR(problems.as_result());
  return asked;
}

class Api {
 public:
  explicit Api(PostedApiParts parts) : parts_(std::move(parts)) {}

  Result<codec::JsonObject> routes(const Request&) const {
    const auto config = parts_.config();
    codec::JsonArray receivers;
    for (const routing::Receiver& receiver : config->receivers) {
      receivers.push_back(codec::JsonObject{{"name", receiver.name},
                                            {"labels", to_json(receiver.labels)},
                                            {"integrations", integrations_of(receiver)},
                                            {"is_delivered", receiver.integrations() > 0}});
    }
    return codec::JsonObject{{"tree", tree_of(*config->route)},
                             {"receivers", std::move(receivers)}};
  }

  Result<codec::JsonObject> walk(const Request& request) const {
    ASSIGN_OR_RETURN(const Asked asked, asked_by(request));
    ASSIGN_OR_RETURN(const routing::Labels labels, labels_of(asked));
    const Time now = parts_.clock.now();
    const auto walk = parts_.dispatcher.walk(labels, now, Dispatcher::Depth::kForetell);
    if (!walk.config) return fail(Code::kUnavailable, "the routes are not in use yet; try again");
    codec::JsonArray taken;
    for (const auto& group : walk.groups) taken.push_back(json_of(group, *walk.config));
    return codec::JsonObject{{"labels", to_json(labels)},
                             {"fingerprint", routing::fingerprint_text(labels.fingerprint())},
                             {"state", state_now(labels, now)},
                             {"tree", tree_of(routing::walk_routes(*walk.config->route, labels))},
                             {"taken", std::move(taken)}};
  }

 private:
  Result<routing::Labels> labels_of(const Asked& asked) const {
    if (asked.fingerprint.empty()) {
      std::vector<routing::LabelPair> pairs(asked.labels.begin(), asked.labels.end());
      return routing::Labels::from(std::move(pairs));
    }
    const auto fingerprint = routing::fingerprint_from(asked.fingerprint);
    const auto alert = fingerprint ? parts_.alerts.find(*fingerprint) : nullptr;
    if (alert) return alert->labels;
    return not_found(fmt::format("there is no posted alert '{}' now; give its labels instead",
                                 codec::shown(asked.fingerprint)));
  }

  codec::Json state_now(const routing::Labels& labels, Time now) const {
    const auto alert = parts_.alerts.find(labels.fingerprint());
    if (!alert) return nullptr;
    return codec::Json(name_of(state_of(*alert, parts_.dispatcher.standing_of(labels, now), now)));
  }

  const PostedApiParts parts_;
};

}  // namespace

void add_walk_routes(net::Router& router, PostedApiParts parts) {
  const std::string base = parts.prefix + "/api/v1/routes";
  const auto authorize = parts.authorize;
  const auto api = std::make_shared<const Api>(std::move(parts));
  router.add("GET", base, answering(authorize, [api](const Request& r) { return api->routes(r); }));
  router.add("POST", base + "/walk",
             answering(authorize, [api](const Request& r) { return api->walk(r); }), kSmall);
}

}  // namespace tocsin::alert
