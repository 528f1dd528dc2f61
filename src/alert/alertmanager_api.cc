#include "alert/alertmanager_api.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <map>

#include "alert/alertmanager_json.h"
#include "alert/cors.h"
#include "alert/go_paths.h"
#include "alert/media_type.h"
#include "alert/posted_json.h"
#include "base/text.h"
#include "net/url.h"
#include "routing/go_text.h"

namespace tocsin::alert {
namespace {

using net::Request;
using net::Response;
using routing::PostedAlert;
using routing::PostedAlertRef;

constexpr size_t kMaxBody = 64 << 20;  // a batch of 100,000 alerts of 550 bytes

Response json(int status, std::string body) {
  Response response = Response::text(status, std::move(body));
  response.headers.set("Content-Type", "application/json");
  return response;
}
Response answer(const Refusal& refusal) { return json(refusal.status, to_json(refusal)); }
Response empty_answer(int status) {
  Response response = Response::empty(status);
  response.headers.remove("Content-Type");
  return response;
}

// An error of ours as the reference's handlers would say it.
Refusal refusal_of(const Error& error) { return {http_status(error.code), 0, error.message}; }

// A parameter that is given once: of several the last one holds, and an empty one is as if it were
// not there (go-openapi's generated bindings).
std::optional<std::string_view> parameter(const Request& request, std::string_view name) {
  std::string_view last;
  for (const auto& [key, value] : request.query) {
    if (key == name) last = value;
  }
  if (last.empty()) return std::nullopt;
  return last;
}

// github.com/go-openapi/swag, ConvertBool: everything else is false.
bool flag(const Request& request, std::string_view name) {
  const auto value = parameter(request, name);
  if (!value) return true;
  constexpr std::array kTrue = {"true", "1",        "yes",     "ok", "y",
                                "on",   "selected", "checked", "t",  "enabled"};
  return std::ranges::find(kTrue, to_lower(*value)) != kTrue.end();
}

std::expected<routing::Matchers, Refusal> filters(const Request& request, std::string_view name,
                                                  routing::MatcherSyntax syntax) {
  routing::Matchers out;
  for (const auto& [key, value] : request.query) {
    if (key != name) continue;
    auto parsed = routing::parse_matcher(value, syntax);
    if (!parsed) return std::unexpected(Refusal{400, 0, parsed.error().message});
    std::ranges::move(parsed->matchers, std::back_inserter(out));
  }
  return out;
}

// api/v2/api.go, matchFilterLabels: `a=""` finds what lacks the label, `a!=""` what has it.
bool passes(const routing::Matchers& filter, const routing::Labels& labels) {
  return std::ranges::all_of(filter, [&](const routing::Matcher& matcher) {
    const bool negates =
        matcher.op() == routing::MatchOp::kNotEqual || matcher.op() == routing::MatchOp::kNotRegex;
    if (matcher.value().empty() && labels.has(matcher.name()) == negates) return true;
    return matcher.matches(labels);
  });
}

// The expression of parameter `receiver`, anchored at both ends; nothing where there is none.
std::expected<std::optional<routing::Matcher>, Refusal> receiver_filter(const Request& request) {
  const auto value = parameter(request, "receiver");
  if (!value) return std::nullopt;
  auto matcher = routing::Matcher::make("receiver", routing::MatchOp::kRegex, std::string(*value));
  if (!matcher) {
    return std::unexpected(Refusal{
        400, 0, fmt::format("failed to parse receiver param: {}", matcher.error().message)});
  }
  return *std::move(matcher);
}

// What GET /alerts and /alerts/groups let through.
struct AlertFilter {
  routing::Matchers matchers;
  std::optional<routing::Matcher> receiver;
  routing::Matchers receiver_matchers;
  bool active = true, silenced = true, inhibited = true;

  static std::expected<AlertFilter, Refusal> from(const Request& request,
                                                  routing::MatcherSyntax syntax) {
    AlertFilter out;
    auto matchers = filters(request, "filter", syntax);
    if (!matchers) return std::unexpected(matchers.error());
    auto receiver = receiver_filter(request);
    if (!receiver) return std::unexpected(receiver.error());
    auto receiver_matchers = filters(request, "receiver_matchers", syntax);
    if (!receiver_matchers) return std::unexpected(receiver_matchers.error());
    out.matchers = *std::move(matchers);
    out.receiver = *std::move(receiver);
    out.receiver_matchers = *std::move(receiver_matchers);
    out.active = flag(request, "active");
    out.silenced = flag(request, "silenced");
    out.inhibited = flag(request, "inhibited");
    return out;
  }

  bool takes(const PostedAlert& alert, Time now) const {
    return alert.ends >= now && passes(matchers, alert.labels);
  }
  bool takes(const Dispatcher::Status& status) const {
    // To those who ask, a snooze is a silence on one alert.
    const bool is_silenced = !status.silenced_by.empty() || !status.snoozed_by.empty();
    return (active || status.is_suppressed()) && (silenced || !is_silenced) &&
           (inhibited || status.inhibited_by.empty());
  }
  bool takes_receiver(const routing::AlertmanagerConfig& config, const std::string& name) const {
    if (receiver && !receiver->matches(std::string_view(name))) return false;
    if (receiver_matchers.empty()) return true;
    const routing::Receiver* found = config.receiver(name);
    return found != nullptr && routing::all_match(receiver_matchers, found->labels);
  }
};

class Api {
 public:
  explicit Api(AlertmanagerApiParts parts)
      : parts_(std::move(parts)), base_(parts_.prefix + "/api/v2") {}

  const std::string& base() const { return base_; }
  Response handle(const Request& request);  // everything below the base

 private:
  using Handler = Response (Api::*)(const Request&, const store::Actor&);
  struct Operation {
    std::string_view method;
    Handler handler;
  };
  std::vector<Operation> operations(std::string_view path) const;
  Response call(const Request& request, const Operation& operation);

  Response status(const Request& request, const store::Actor&);
  Response receivers(const Request& request, const store::Actor&);
  Response get_alerts(const Request& request, const store::Actor&);
  Response post_alerts(const Request& request, const store::Actor& by);
  Response get_groups(const Request& request, const store::Actor&);
  Response get_silences(const Request& request, const store::Actor&);
  Response post_silence(const Request& request, const store::Actor& by);
  Response get_silence(const Request& request, const store::Actor&);
  Response delete_silence(const Request& request, const store::Actor& by);

  // Of each alert's receivers those are named that the filter lets through.
  void write_group(std::string& out, const Dispatcher::Group& group, const AlertFilter& filter,
                   const std::vector<std::pair<PostedAlertRef, Dispatcher::Status>>& alerts) const;

  const AlertmanagerApiParts parts_;
  const std::string base_;
};

constexpr std::string_view kSilence = "/silence/";

std::vector<Api::Operation> Api::operations(std::string_view path) const {
  if (path == "/status") return {{"GET", &Api::status}};
  if (path == "/receivers") return {{"GET", &Api::receivers}};
  if (path == "/alerts") return {{"POST", &Api::post_alerts}, {"GET", &Api::get_alerts}};
  if (path == "/alerts/groups") return {{"GET", &Api::get_groups}};
  if (path == "/silences") return {{"POST", &Api::post_silence}, {"GET", &Api::get_silences}};
  if (path.starts_with(kSilence) && path.size() > kSilence.size() &&
      path.find('/', kSilence.size()) == std::string_view::npos) {
    return {{"DELETE", &Api::delete_silence}, {"GET", &Api::get_silence}};
  }
  return {};
}

// By the path as it came, for the reference's router does not decode it: %61lerts are no alerts.
Response Api::handle(const Request& request) {
  const auto with_headers = [&](Response response) {
    add_common_headers(request, response);
    return response;
  };
  if (request.method == "OPTIONS" && request.headers.get("Access-Control-Request-Method")) {
    return preflight(request);
  }
  const std::string full_path = escaped_path(request);
  if (full_path == base_) return moved(request, base_ + "/");
  std::string_view path = full_path;
  if (path.starts_with(base_ + "/")) path.remove_prefix(base_.size());
  // A slash at the end is no other path to that router.
  while (path.ends_with('/')) path.remove_suffix(1);
  const auto known = operations(path);
  if (known.empty()) {
    return with_headers(answer({404, 404, fmt::format("path {} was not found", full_path)}));
  }
  std::string allowed;
  for (const Operation& operation : known) {
    const bool is_head = request.method == "HEAD" && operation.method == "GET";
    if (operation.method == request.method || is_head) {
      return with_headers(call(request, operation));
    }
    if (!allowed.empty()) allowed += ',';
    allowed += operation.method;
  }
  Response response = answer(
      {405, 405, fmt::format("method {} is not allowed, but [{}] are", request.method, allowed)});
  response.headers.set("Allow", allowed);
  return with_headers(std::move(response));
}

// What is posted must be JSON; whoever posts it gets JSON, and whoever posts nothing is asked
// whether that is wanted.
std::optional<Refusal> wrong_format(const Request& request) {
  if (request.body.empty()) {
    std::vector<std::string_view> accepted;
    for (const auto& [name, value] : request.headers.all()) {
      if (equal_ignoring_case(name, "Accept")) accepted.push_back(value);
    }
    if (accepts_json(accepted)) return std::nullopt;
    return Refusal{406, 406,
                   "unsupported media type requested, only [application/json] are available"};
  }
  const auto given = request.headers.get("Content-Type").value_or("");
  const auto type = parse_media_type(given.empty() ? "application/octet-stream" : given);
  if (!type) {
    return Refusal{400, 400,
                   fmt::format("parsing Content-Type header from {} failed, because {}",
                               routing::go_quote(given), type.error())};
  }
  if (*type == "application/json") return std::nullopt;
  return Refusal{415, 415,
                 fmt::format("unsupported media type {}, only [application/json] are allowed",
                             routing::go_quote(*type))};
}

Response Api::call(const Request& request, const Operation& operation) {
  const bool writes = operation.method != "GET";
  const auto caller = parts_.authorize(request, writes);
  if (!caller) return answer(refusal_of(caller.error()));
  if (const auto refusal = wrong_format(request)) return answer(*refusal);
  return (this->*operation.handler)(request, *caller);
}

Response Api::status(const Request&, const store::Actor&) {
  const auto config = parts_.config();
  const auto cluster = parts_.cluster();
  std::string out = R"({"cluster":{)";
  if (cluster) {
    out += R"("name":)";
    write_text(out, cluster->name);
    out += ',';
  }
  out += R"("peers":[)";
  if (cluster) {
    for (const auto& [name, address] : cluster->peers) {
      if (out.back() != '[') out += ',';
      out += R"({"address":)";
      write_text(out, address);
      out += R"(,"name":)";
      write_text(out, name);
      out += '}';
    }
  }
  out += R"(],"status":)";
  write_text(out, cluster ? cluster->status : "disabled");
  out += R"(},"config":{"original":)";
  write_text(out, config->original);
  out += R"(},"uptime":)";
  write_time(out, parts_.started);
  out +=
      R"(,"versionInfo":{"branch":"tocsin","buildDate":"","buildUser":"","goVersion":"","revision":)";
  write_text(out, "tocsin-" + parts_.version);
  out += R"(,"version":)";
  write_text(out, kStandsInFor);
  out += "}}\n";
  return json(200, std::move(out));
}

Response Api::receivers(const Request& request, const store::Actor&) {
  const auto filter = filters(request, "receiver_matchers", parts_.syntax);
  if (!filter) return answer(filter.error());
  const auto config = parts_.config();
  std::string out = "[";
  for (const routing::Receiver& receiver : config->receivers) {
    if (!routing::all_match(*filter, receiver.labels)) continue;
    if (out.size() > 1) out += ',';
    out += R"({"labels":)";
    write_labels(out, receiver.labels);
    out += R"(,"name":)";
    write_text(out, receiver.name);
    out += '}';
  }
  out += "]\n";
  return json(200, std::move(out));
}

// How the receivers of an alert are written. Most alerts go the same few ways through the routes.
class ReceiversOfRoutes {
 public:
  ReceiversOfRoutes(const routing::AlertmanagerConfig& config, const AlertFilter& filter)
      : config_(config), filter_(filter) {}

  // Empty when the filter lets none of them through.
  const std::string& of(const routing::Labels& labels) {
    routing::find_matching_routes(*config_.route, labels, routes_);
    const auto [found, is_new] = texts_.try_emplace(routes_);
    if (!is_new) return found->second;
    std::vector<std::string> names;
    for (const routing::Route* route : routes_) names.push_back(route->receiver);
    if (std::ranges::any_of(names, [&](const std::string& name) {
          return filter_.takes_receiver(config_, name);
        })) {
      write_receivers(found->second, names);
    }
    return found->second;
  }

 private:
  const routing::AlertmanagerConfig& config_;
  const AlertFilter& filter_;
  std::vector<const routing::Route*> routes_;
  std::map<std::vector<const routing::Route*>, std::string> texts_;
};

// By fingerprint alerts lie anywhere in memory: what will be written soon is fetched before. To the
// compiler it has no effect: as a call it would be left out.
[[gnu::always_inline]] inline void prefetch(
    const std::vector<std::pair<uint64_t, PostedAlertRef>>& alerts, size_t at) {
  constexpr size_t kLine = 64, kFar = 12, kNear = 6;
  if (at + kFar >= alerts.size()) return;
  const auto* far = reinterpret_cast<const char*>(alerts[at + kFar].second.get());
  for (size_t i = 0; i < sizeof(PostedAlert); i += kLine) __builtin_prefetch(far + i);
  const PostedAlert& near = *alerts[at + kNear].second;
  for (const std::string_view text :
       {near.labels.bytes(), near.annotations.bytes(), std::string_view(near.generator_url)}) {
    for (size_t i = 0; i < text.size(); i += kLine) __builtin_prefetch(text.data() + i);
  }
}

Response Api::get_alerts(const Request& request, const store::Actor&) {
  const auto filter = AlertFilter::from(request, parts_.syntax);
  if (!filter) return answer(filter.error());
  const auto config = parts_.config();
  const Time now = parts_.clock.now();
  std::vector<std::pair<uint64_t, PostedAlertRef>> alerts;
  alerts.reserve(parts_.alerts.size());
  for (auto& alert : parts_.alerts.all()) {
    if (filter->takes(*alert, now)) alerts.emplace_back(alert->fingerprint(), std::move(alert));
  }
  std::ranges::sort(alerts, {}, &std::pair<uint64_t, PostedAlertRef>::first);
  ReceiversOfRoutes receivers(*config, *filter);
  std::string out = "[";
  out.reserve(alerts.size() * 900);
  for (size_t i = 0; i < alerts.size(); ++i) {
    prefetch(alerts, i);
    const auto& [fingerprint, alert] = alerts[i];
    const std::string& shown = receivers.of(alert->labels);
    if (shown.empty()) continue;
    const auto status = parts_.dispatcher.status_of(*alert, now);
    if (!filter->takes(status)) continue;
    if (out.size() > 1) out += ',';
    write_alert(out, *alert, fingerprint, status, {}, shown);
  }
  out += "]\n";
  return json(200, std::move(out));
}

Response Api::post_alerts(const Request& request, const store::Actor& by) {
  const PostedAlertRules rules{parts_.config()->resolve_timeout,
                               parts_.syntax != routing::MatcherSyntax::kClassic};
  thread_local PostedReader reader;
  auto posted = reader.read(request.body, rules, parts_.clock.now());
  if (!posted) return answer(posted.error());
  parts_.alerts.count_invalid(posted->invalid.size());
  if (!posted->alerts.empty()) {
    if (auto kept = parts_.alerts.put(posted->alerts, by); !kept) {
      return answer(refusal_of(kept.error()));
    }
  }
  if (!posted->invalid.empty()) return answer({400, 0, join(posted->invalid, "; ")});
  return empty_answer(200);
}

void Api::write_group(
    std::string& out, const Dispatcher::Group& group, const AlertFilter& filter,
    const std::vector<std::pair<PostedAlertRef, Dispatcher::Status>>& alerts) const {
  out += R"({"alerts":[)";
  bool is_first = true;
  for (const auto& [alert, status] : alerts) {
    if (!is_first) out += ',';
    is_first = false;
    auto receivers = parts_.dispatcher.receivers_of(alert->labels);
    std::erase_if(receivers, [&](const std::string& name) {
      return !filter.takes_receiver(*group.config, name);
    });
    std::ranges::sort(receivers);
    const auto repeated = std::ranges::unique(receivers);
    receivers.erase(repeated.begin(), repeated.end());
    write_alert(out, *alert, alert->fingerprint(), status, group.muted_by, receivers);
  }
  out += R"(],"labels":)";
  write_labels(out, group.labels);
  out += R"(,"receiver":{"name":)";
  write_text(out, group.route->receiver);
  out += '}';
  if (!group.route->labels.empty()) {
    out += R"(,"routeLabels":)";
    write_labels(out, group.route->labels);
  }
  out += '}';
}

// dispatch/dispatch.go: by labels, then by receiver; alerts by job, instance and then the other
// labels.
bool stands_before(const Dispatcher::Group& a, const Dispatcher::Group& b) {
  if (a.labels == b.labels) return a.route->receiver < b.route->receiver;
  return a.labels < b.labels;
}
bool alert_stands_before(const PostedAlertRef& a, const PostedAlertRef& b) {
  for (const std::string_view name : {"job", "instance"}) {
    const auto of_a = a->labels.get(name), of_b = b->labels.get(name);
    if (of_a != of_b) return of_a < of_b;
  }
  return a->labels < b->labels;
}

Response Api::get_groups(const Request& request, const store::Actor&) {
  const auto filter = AlertFilter::from(request, parts_.syntax);
  if (!filter) return answer(filter.error());
  const bool muted = flag(request, "muted");
  const Time now = parts_.clock.now();
  auto groups = parts_.dispatcher.groups(now);
  std::ranges::stable_sort(groups, stands_before);
  std::string out = "[";
  for (Dispatcher::Group& group : groups) {
    if (!muted && !group.muted_by.empty()) continue;
    if (!filter->takes_receiver(*group.config, group.route->receiver)) continue;
    std::ranges::sort(group.alerts, alert_stands_before);
    std::vector<std::pair<PostedAlertRef, Dispatcher::Status>> alerts;
    for (PostedAlertRef& alert : group.alerts) {
      if (!filter->takes(*alert, now)) continue;
      const auto status = parts_.dispatcher.status_of(*alert, now);
      if (!filter->takes(status)) continue;
      alerts.emplace_back(std::move(alert), status);
    }
    if (alerts.empty()) continue;
    if (out.size() > 1) out += ',';
    write_group(out, group, *filter, alerts);
  }
  out += "]\n";
  return json(200, std::move(out));
}

// Which of the three states are asked for (0.34).
bool takes_state(const Request& request, routing::SilenceState state) {
  return flag(request, routing::name_of(state));
}

Response Api::get_silences(const Request& request, const store::Actor&) {
  const auto filter = filters(request, "filter", parts_.syntax);
  if (!filter) return answer(filter.error());
  const Time now = parts_.clock.now();
  auto silences = parts_.silences.all();
  std::erase_if(silences, [&](const routing::Silence& silence) {
    return !routing::has_matchers(silence, *filter) || !takes_state(request, silence.state(now));
  });
  routing::sort_for_api(silences, now);
  std::string out = "[";
  for (const routing::Silence& silence : silences) {
    if (out.size() > 1) out += ',';
    write_silence(out, silence, now);
  }
  out += "]\n";
  return json(200, std::move(out));
}

Response Api::post_silence(const Request& request, const store::Actor& by) {
  auto silence = read_posted_silence(request.body, parts_.clock.now(),
                                     parts_.syntax != routing::MatcherSyntax::kClassic);
  if (!silence) return answer(silence.error());
  const auto id = parts_.silences.set(*std::move(silence), by);
  if (!id) {
    Refusal refusal = refusal_of(id.error());
    // Of a status that is not described there amtool does not show the message.
    if (id.error().code == Code::kResourceExhausted) refusal.status = 400;
    return answer(refusal);
  }
  std::string out = R"({"silenceID":)";
  write_text(out, *id);
  out += "}\n";
  return json(200, std::move(out));
}

// The id at the end of the path, or why it is none.
std::expected<std::string, Refusal> silence_id(const Request& request) {
  const std::string full_path = escaped_path(request);
  std::string_view path = full_path;
  while (path.ends_with('/')) path.remove_suffix(1);
  const std::string_view last = path.substr(path.rfind('/') + 1);
  std::string id = net::percent_decode(last, false).value_or(std::string(last));
  static const RE2 kUuid("(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}");
  if (RE2::FullMatch(id, kUuid)) return id;
  return std::unexpected(
      Refusal{422, kBadFormat,
              fmt::format("silenceID in path must be of type uuid: {}", routing::go_quote(id))});
}

Response Api::get_silence(const Request& request, const store::Actor&) {
  const auto id = silence_id(request);
  if (!id) return answer(id.error());
  const auto silence = parts_.silences.find(*id);
  if (!silence) return empty_answer(404);
  std::string out;
  write_silence(out, *silence, parts_.clock.now());
  out += '\n';
  return json(200, std::move(out));
}

Response Api::delete_silence(const Request& request, const store::Actor& by) {
  const auto id = silence_id(request);
  if (!id) return answer(id.error());
  if (const auto done = parts_.silences.expire(*id, by); !done) {
    return done.error().code == Code::kNotFound ? empty_answer(404)
                                                : answer(refusal_of(done.error()));
  }
  return empty_answer(200);
}

}  // namespace

void add_alertmanager_routes(net::Router& router, AlertmanagerApiParts parts) {
  const auto api = std::make_shared<Api>(std::move(parts));
  const net::Handler handler = [api](const Request& request) { return api->handle(request); };
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    router.add(method, api->base() + "/{rest...}", handler, {.max_body = kMaxBody});
  }
}

}  // namespace tocsin::alert
