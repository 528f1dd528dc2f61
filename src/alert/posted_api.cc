#include "alert/posted_api.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert/alert_api.h"
#include "alert/history_json.h"
#include "alert/mark_api.h"
#include "alert/notification_store.h"
#include "alert/posted_list.h"
#include "alert/problem_store.h"
#include "base/text.h"
#include "store/logbook.h"

namespace tocsin::alert {
namespace {

using net::Request;
using net::Response;

constexpr int64_t kMostListed = 1'000;
constexpr size_t kLongestText = 1'000;

Result<std::vector<PostedState>> states_from(const Request& request) {
  using enum PostedState;
  const auto text = request.query_value("state").value_or("open");
  if (text == "open") return std::vector{kFiring, kSuppressed};
  if (text == "all") return std::vector{kFiring, kSuppressed, kResolved};
  for (const PostedState state : {kFiring, kSuppressed, kResolved}) {
    if (text == name_of(state)) return std::vector{state};
  }
  return invalid(fmt::format(
      "state '{}' is not known; use open (firing or suppressed), firing, suppressed, resolved or "
      "all",
      codec::shown(text)));
}

Result<PostedQuery> query_from(const Request& request, routing::MatcherSyntax syntax) {
  PostedQuery query;
  ASSIGN_OR_RETURN(query.matchers, matchers_from(request, "filter", syntax));
  ASSIGN_OR_RETURN(query.text, text_from(request, "q"));
  ASSIGN_OR_RETURN(query.receiver, text_from(request, "receiver"));
  ASSIGN_OR_RETURN(query.after, text_from(request, "after"));
  ASSIGN_OR_RETURN(query.states, states_from(request));
  std::string sort;
  ASSIGN_OR_RETURN(sort, text_from(request, "sort"));
  if (!sort.empty()) {
    query.is_descending = sort.starts_with('-');
    query.sort = query.is_descending ? sort.substr(1) : sort;
  }
  ASSIGN_OR_RETURN(const int64_t limit, number_from_query(request, "limit", 500, 1, kMostListed));
  query.limit = static_cast<size_t>(limit);
  return query;
}

codec::JsonObject gate_json(const GateVerdict& verdict) {
  codec::JsonArray reasons;
  for (const GateReason reason : verdict.reasons) reasons.push_back(codec::Json(name_of(reason)));
  return {{"decision", name_of(verdict.decision)},
          {"mode", name_of(verdict.mode)},
          {"reasons", std::move(reasons)}};
}

codec::Json text_or_null(std::string_view text) {
  return text.empty() ? codec::Json(nullptr) : codec::Json(text);
}

// What all answers say of an alert.
codec::JsonObject json_of(const ListedAlert& listed, const PostedApiParts& parts) {
  const routing::PostedAlert& alert = *listed.alert;
  const bool is_resolved = listed.state == PostedState::kResolved;
  codec::JsonArray receivers;
  for (const Dispatcher::Place& place : listed.standing.places) {
    receivers.push_back(codec::Json(place.route->receiver));
  }
  const auto owner = parts.owner_of ? parts.owner_of(alert.labels) : PostedApiParts::Owner();
  std::optional<Time> since;
  for (const auto& record : parts.dispatcher.suppressions_of(listed.fingerprint)) {
    since = since ? std::min(*since, record.since) : record.since;
  }
  codec::JsonObject out{
      {"fingerprint", routing::fingerprint_text(listed.fingerprint)},
      {"state", name_of(listed.state)},
      {"labels", to_json(alert.labels)},
      {"annotations", to_json(alert.annotations)},
      {"generator_url", alert.generator_url},
      {"starts_at", to_rfc3339(alert.starts)},
      {"ends_at", is_resolved ? codec::Json(to_rfc3339(alert.ends)) : codec::Json(nullptr)},
      {"updated_at", to_rfc3339(alert.updated)},
      {"suppressed_by",
       is_resolved ? codec::JsonArray() : to_json(suppressors_of(listed.standing))},
      {"suppressed_since",
       since && !is_resolved ? codec::Json(to_rfc3339(*since)) : codec::Json(nullptr)},
      {"receivers", std::move(receivers)},
      {"service", text_or_null(owner.service)},
      {"team", text_or_null(owner.team)}};
  const MarkRef mark = parts.marks.find(listed.fingerprint);
  for (auto& [name, value] : to_json(mark ? *mark : Mark(), parts.clock.now())) {
    out[name] = std::move(value);
  }
  const auto flaps = parts.alerts.flaps_at(listed.fingerprint, parts.clock.now());
  out["flapping"] = flaps ? codec::Json(codec::JsonObject{{"since", to_rfc3339(flaps->since)},
                                                          {"changes", flaps->changes}})
                          : codec::Json(nullptr);
  return out;
}

codec::JsonArray groups_of(const ListedAlert& listed, const PostedApiParts& parts, Time now) {
  codec::JsonArray out;
  const auto records = parts.dispatcher.suppressions_of(listed.fingerprint);
  const auto walk = parts.dispatcher.walk(listed.alert->labels, now, Dispatcher::Depth::kPlaces);
  for (const auto& group : walk.groups) {
    const auto record = std::ranges::find_if(records, [&](const auto& one) {
      return one.group->key == group.key && one.group->receiver == group.route->receiver;
    });
    codec::JsonObject json{
        {"key", group.key},
        {"hash", group_hash(group.key)},
        {"labels", to_json(group.labels)},
        {"receiver", group.route->receiver},
        {"route", group.route->id()},
        {"alerts", group.alerts},
        {"next_flush", group.exists ? codec::Json(to_rfc3339(group.next_flush)) : nullptr},
        {"suppressed_by", codec::JsonArray()},
        {"suppressed_since", nullptr}};
    if (listed.state != PostedState::kResolved) {
      json["suppressed_by"] = to_json(group.suppressed_by);
      if (record != records.end()) json["suppressed_since"] = to_rfc3339(record->since);
    }
    out.push_back(std::move(json));
  }
  return out;
}

class Api {
 public:
  explicit Api(PostedApiParts parts) : parts_(std::move(parts)) {}

  Result<codec::JsonObject> list(const Request& request) const {
    ASSIGN_OR_RETURN(const PostedQuery query, query_from(request, parts_.syntax));
    ASSIGN_OR_RETURN(const auto session, parts_.readers.take());
    // Before the alerts, so that a reader who follows the stream from it misses nothing.
    ASSIGN_OR_RETURN(const int64_t seq, store::last_logbook_seq(*session));
    const Time now = parts_.clock.now();
    const StandingOf standing_of = [&](const routing::PostedAlert& alert) {
      return parts_.dispatcher.standing_of(alert.labels, now);
    };
    ASSIGN_OR_RETURN(const PostedPage page,
                     list_posted(parts_.alerts.all(), query, standing_of, now));
    codec::JsonArray alerts;
    for (const ListedAlert& one : page.alerts) alerts.push_back(json_of(one, parts_));
    return codec::JsonObject{{"alerts", std::move(alerts)},
                             {"total", page.total},
                             {"next", text_or_null(page.next)},
                             {"seq", seq}};
  }

  Result<codec::JsonObject> one(const Request& request) const {
    ASSIGN_OR_RETURN(const uint64_t fingerprint, fingerprint_from(request));
    return posted_alert_json(parts_, fingerprint);
  }

 private:
  const PostedApiParts parts_;
};

}  // namespace

Result<codec::JsonObject> posted_alert_json(const PostedApiParts& parts, uint64_t fingerprint) {
  const Time now = parts.clock.now();
  ListedAlert listed;
  listed.alert = parts.alerts.find(fingerprint);
  if (!listed.alert) {
    return not_found(fmt::format("there is no posted alert {} now; its history may be there",
                                 routing::fingerprint_text(fingerprint)));
  }
  listed.fingerprint = fingerprint;
  listed.standing = parts.dispatcher.standing_of(listed.alert->labels, now);
  listed.state = state_of(*listed.alert, listed.standing, now);
  codec::JsonObject out = json_of(listed, parts);
  out["groups"] = groups_of(listed, parts, now);
  ASSIGN_OR_RETURN(const auto session, parts.readers.take());
  ASSIGN_OR_RETURN(const auto sources, live_sources_of(*session, fingerprint));
  ASSIGN_OR_RETURN(const auto verdict, read_verdict(*session, fingerprint));
  out["problem"] = sources.empty() ? codec::Json(nullptr) : codec::Json(sources.front().alert);
  out["gate"] = verdict ? codec::Json(gate_json(*verdict)) : codec::Json(nullptr);
  return out;
}

// --- shared by the routes about posted alerts

Result<uint64_t> fingerprint_from(const Request& request) {
  const std::string& text = request.params.at("fingerprint");
  const auto fingerprint = routing::fingerprint_from(text);
  if (fingerprint) return *fingerprint;
  return invalid(
      fmt::format("fingerprint '{}' is not one; it is 16 hex digits, as `fingerprint` "
                  "of GET /api/v1/posted-alerts says",
                  codec::shown(text)));
}

Result<std::string> text_from(const Request& request, std::string_view name) {
  const auto text = request.query_value(name).value_or("");
  if (text.size() > kLongestText) {
    return invalid(
        fmt::format("{} has {} bytes; at most {} are taken", name, text.size(), kLongestText));
  }
  if (!is_valid_utf8(text) || text.find('\0') != std::string_view::npos) {
    return invalid(fmt::format("{} is not UTF-8 text", name));
  }
  return std::string(text);
}

Result<routing::Matchers> matchers_from(const Request& request, std::string_view name,
                                        routing::MatcherSyntax syntax) {
  routing::Matchers out;
  for (const auto& [key, value] : request.query) {
    if (key != name) continue;
    auto parsed = routing::parse_matcher(value, syntax);
    if (!parsed) {
      return invalid(
          fmt::format("{} '{}': {}; write name=value, name!=value, name=~regex or "
                      "name!~regex",
                      name, codec::shown(value), parsed.error().message));
    }
    std::ranges::move(parsed->matchers, std::back_inserter(out));
  }
  return out;
}

codec::JsonObject to_json(const routing::Labels& labels) {
  codec::JsonObject out;
  for (const auto& [name, value] : labels) out[name] = value;
  return out;
}

net::Handler answering(std::function<Result<store::Actor>(const Request&, bool)> authorize,
                       std::function<Result<codec::JsonObject>(const Request&)> answer) {
  return [authorize = std::move(authorize), answer = std::move(answer)](const Request& request) {
    if (auto caller = authorize(request, false); !caller) {
      return Response::error(caller.error(), request);
    }
    auto json = answer(request);
    return json ? Response::json(200, *std::move(json)) : Response::error(json.error(), request);
  };
}

void add_posted_routes(net::Router& router, PostedApiParts parts) {
  const std::string base = parts.prefix + "/api/v1/posted-alerts";
  const auto authorize = parts.authorize;
  const auto api = std::make_shared<const Api>(std::move(parts));
  router.add("GET", base, answering(authorize, [api](const Request& r) { return api->list(r); }));
  router.add("GET", base + "/{fingerprint}",
             answering(authorize, [api](const Request& r) { return api->one(r); }));
}

}  // namespace tocsin::alert
