#include "alert/silence_api.h"

#include <fmt/format.h>

#include <algorithm>

#include "alert/alert_api.h"
#include "alert/api_body.h"
#include "alert/fired_before.h"
#include "alert/history_json.h"
#include "alert/recurring_store.h"
#include "alert/silence_preview.h"
#include "base/text.h"

namespace tocsin::alert {
namespace {

using access::Caller;
using net::Request;
using net::Response;
using routing::Silence;

constexpr size_t kShownAlerts = 20;
constexpr size_t kShownGroups = 50;
constexpr size_t kShownOccurrences = 5;
constexpr Duration kLookBack = std::chrono::days(7);
constexpr size_t kLongestComment = 4000;
constexpr size_t kLongestAuthor = 200;
constexpr Duration kLongestSilence = std::chrono::days(366);
constexpr net::RouteOptions kSmall{.max_body = 64 << 10};

// When a silence is: from one moment to another, or again and again.
struct Span {
  Time starts, ends;
};
struct Again {
  calendar::Recurrence when;
  Duration lasts;
};

Result<> check_words(const std::string& author, const std::string& comment) {
  if (trim(comment).empty()) return invalid("comment is missing; say what the silence is for");
  if (comment.size() > kLongestComment) {
    return invalid(fmt::format("comment is longer than {} bytes; shorten it", kLongestComment));
  }
  if (author.size() > kLongestAuthor) {
    return invalid(fmt::format("author is longer than {} bytes; shorten it", kLongestAuthor));
  }
  return {};
}

// `for`, or `ends_at`; from now, or from `starts_at`.
Result<Span> read_span(codec::Fields& fields, Time now) {
  const bool has_length = fields.has("for");
  const Duration length = fields.duration("for", Duration(0), Duration(0), kLongestSilence);
  ASSIGN_OR_RETURN(const auto starts, read_time(fields, "starts_at"));
  ASSIGN_OR_RETURN(const auto ends, read_time(fields, "ends_at"));
  if (has_length == ends.has_value()) {
    return invalid("name either for, such as 2h, or ends_at, such as 2026-01-31T12:00:00Z");
  }
  const Time from = starts.value_or(now);
  return Span{from, ends.value_or(from + length)};
}

Result<calendar::CivilSecond> read_start(codec::Fields& fields, const calendar::Zone& zone,
                                         Time now) {
  const std::string at = fields.text("at", ""), start = fields.text("start", "");
  if (at.empty() == start.empty()) {
    return invalid("recurrence: name either at, such as 02:00, or start, such as 2026-01-31 02:00");
  }
  if (!start.empty()) {
    auto civil = calendar::parse_civil(start);
    if (!civil) return fail(std::move(civil).error().in("recurrence.start"));
    return *civil;
  }
  const std::string today = calendar::to_text(zone.to_civil(now)).substr(0, 10);
  const auto civil = calendar::parse_civil(today + " " + at);
  if (at.size() != 5 || !civil) {
    return invalid(fmt::format("recurrence.at: '{}' is no time of a day; write it as 02:00",
                               codec::shown(at)));
  }
  return *civil;
}

Result<Again> read_again(codec::Fields fields, Time now) {
  const std::string rule = fields.text("rule");
  const std::string zone_name = fields.text("zone", "UTC");
  const Duration lasts = fields.duration("lasts", std::nullopt);
  const std::vector<std::string> except = fields.texts("except");
  ASSIGN_OR_RETURN(auto zone, calendar::Zone::find(zone_name));
  ASSIGN_OR_RETURN(const auto start, read_start(fields, zone, now));
  fields.finish();
  std::vector<calendar::CivilSecond> exceptions;
  for (const std::string& text : except) {
    auto civil = calendar::parse_civil(text);
    if (!civil) return fail(std::move(civil).error().in("recurrence.except"));
    exceptions.push_back(*civil);
  }
  if (rule.empty()) return invalid("recurrence.rule is missing; such as FREQ=WEEKLY;BYDAY=SA,SU");
  auto when = calendar::Recurrence::parse(rule, start, std::move(zone), std::move(exceptions));
  if (!when) return fail(std::move(when).error().in("recurrence"));
  return Again{*std::move(when), lasts};
}

codec::JsonArray matchers_texts(const routing::Matchers& matchers) {
  codec::JsonArray out;
  for (const auto& matcher : matchers) out.push_back(codec::Json(matcher.to_text()));
  return out;
}

codec::JsonObject to_json(const Silence& silence, Time now) {
  const auto recurring = silence.annotations.get(kRecurringAnnotation);
  return {{"id", silence.id},
          {"state", routing::name_of(silence.state(now))},
          {"matchers", matchers_texts(silence.matchers)},
          {"starts_at", to_rfc3339(silence.starts)},
          {"ends_at", to_rfc3339(silence.ends)},
          {"updated_at", to_rfc3339(silence.updated)},
          {"author", silence.created_by},
          {"comment", silence.comment},
          {"recurring", recurring.empty() ? codec::Json() : codec::Json(recurring)}};
}

codec::JsonObject to_json(const RecurringSilence& silence) {
  codec::JsonArray exceptions;
  for (const auto& civil : silence.when.exceptions()) {
    exceptions.push_back(codec::Json(calendar::to_text(civil)));
  }
  return {{"id", silence.id},
          {"matchers", matchers_texts(silence.matchers)},
          {"rule", silence.when.rule()},
          {"start", calendar::to_text(silence.when.start())},
          {"zone", silence.when.zone().name()},
          {"except", std::move(exceptions)},
          {"lasts", to_text(silence.lasts)},
          {"author", silence.created_by},
          {"comment", silence.comment},
          {"created_at", to_rfc3339(silence.created)},
          {"next_at", silence.next ? codec::Json(to_rfc3339(*silence.next)) : codec::Json()}};
}

codec::JsonArray names_json(const std::map<std::string, size_t>& counts) {
  codec::JsonArray out;
  for (const auto& [name, count] : counts) {
    out.push_back(codec::JsonObject{{"alertname", name}, {"count", count}});
  }
  return out;
}

codec::JsonArray warnings_json(const std::vector<SilenceWarning>& warnings) {
  codec::JsonArray out;
  for (const auto& warning : warnings) {
    out.push_back(codec::JsonObject{{"code", warning.code}, {"text", warning.text}});
  }
  return out;
}

codec::JsonObject to_json(const SilencePreview& preview) {
  codec::JsonArray alerts, groups, receivers;
  for (const PreviewAlert& one : preview.hidden) {
    if (alerts.size() == kShownAlerts) break;
    alerts.push_back(codec::JsonObject{{"fingerprint", routing::fingerprint_text(one.fingerprint)},
                                       {"labels", alert::to_json(one.alert->labels)},
                                       {"starts_at", to_rfc3339(one.alert->starts)},
                                       {"is_acknowledged", one.is_acknowledged}});
  }
  for (const PreviewGroup& group : preview.silent_groups) {
    if (groups.size() == kShownGroups) break;
    groups.push_back(codec::JsonObject{{"receiver", group.receiver},
                                       {"labels", alert::to_json(group.labels)},
                                       {"alerts", group.alerts.size()}});
  }
  for (const auto& name : preview.silent_receivers) receivers.push_back(codec::Json(name));
  return {{"firing", preview.firing},
          {"hidden", preview.hidden.size()},
          {"hidden_by_name", names_json(count_by_name(preview.hidden))},
          {"hidden_alerts", std::move(alerts)},
          {"silent_groups", std::move(groups)},
          {"silent_receivers", std::move(receivers)},
          {"warnings", warnings_json(preview.warnings)}};
}

class Api {
 public:
  explicit Api(SilenceApiParts parts) : parts_(parts) {}

  Result<Response> list(const Request& request, const Caller&) const {
    const auto state = request.query_value("state").value_or("current");
    constexpr std::array kStates = {"current", "pending", "active", "expired", "all"};
    if (std::ranges::find(kStates, state) == kStates.end()) {
      return invalid(
          fmt::format("state '{}' is not known; use current, pending, active, expired or all",
                      codec::shown(state)));
    }
    const Time now = parts_.clock.now();
    auto silences = parts_.silences.all();
    routing::sort_for_api(silences, now);
    codec::JsonArray out;
    for (const Silence& silence : silences) {
      const auto name = routing::name_of(silence.state(now));
      const bool is_wanted =
          state == "all" || state == name || (state == "current" && name != "expired");
      if (is_wanted) out.push_back(to_json(silence, now));
    }
    return Response::json(200, codec::JsonObject{{"silences", std::move(out)}});
  }

  Result<Response> add(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(JsonBody body, JsonBody::of(request));
    codec::Fields fields = body.fields();
    Silence silence;
    ASSIGN_OR_RETURN(silence.matchers, read_matchers(fields, parts_.syntax));
    ASSIGN_OR_RETURN(silence.created_by, read_author(fields, caller));
    silence.comment = fields.text("comment", "");
    const Time now = parts_.clock.now();
    ASSIGN_OR_RETURN(const Span span, read_span(fields, now));
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    RETURN_IF_ERROR(check_words(silence.created_by, silence.comment));
    silence.starts = span.starts;
    silence.ends = span.ends;
    const SilencePreview before = look(silence.matchers, span.ends - span.starts, now);
    ASSIGN_OR_RETURN(const std::string id, parts_.silences.set(silence, caller.actor));
    const auto made = parts_.silences.find(id);
    if (!made) return fail(Code::kInternal, "the silence is not there");
    return Response::json(201, codec::JsonObject{{"silence", to_json(*made, parts_.clock.now())},
                                                 {"warnings", warnings_json(before.warnings)}});
  }

  Result<Response> remove(const Request& request, const Caller& caller) const {
    const std::string& id = request.params.at("id");
    if (!parts_.silences.find(id)) {
      return not_found(fmt::format("there is no silence '{}'", codec::shown(id)));
    }
    RETURN_IF_ERROR(parts_.silences.expire(id, caller.actor));
    return Response::empty();
  }

  Result<Response> preview(const Request& request, const Caller&) const {
    ASSIGN_OR_RETURN(JsonBody body, JsonBody::of(request));
    codec::Fields fields = body.fields();
    ASSIGN_OR_RETURN(const auto matchers, read_matchers(fields, parts_.syntax));
    const Time now = parts_.clock.now();
    Duration lasts{0};
    codec::JsonArray occurrences;
    if (fields.has("recurrence")) {
      ASSIGN_OR_RETURN(const Again again, read_again(fields.child("recurrence"), now));
      lasts = again.lasts;
      for (const auto& one : again.when.next(now - lasts + Duration(1), kShownOccurrences)) {
        occurrences.push_back(codec::Json(to_rfc3339(one.time)));
      }
    } else if (fields.has("for") || fields.has("ends_at")) {
      ASSIGN_OR_RETURN(const Span span, read_span(fields, now));
      lasts = span.ends - span.starts;
    }
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    codec::JsonObject json = to_json(look(matchers, lasts, now));
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(const auto before, fired_before(*sql, matchers, now - kLookBack));
    json["fired_before"] = codec::JsonObject{{"times", before.times},
                                             {"by_name", names_json(before.by_name)},
                                             {"reaches", to_rfc3339(before.reaches)}};
    json["occurrences"] = std::move(occurrences);
    return Response::json(200, std::move(json));
  }

  Result<Response> list_recurring(const Request&, const Caller&) const {
    ASSIGN_OR_RETURN(const auto sql, parts_.readers.take());
    ASSIGN_OR_RETURN(const auto all, all_recurring(*sql));
    codec::JsonArray out;
    for (const auto& one : all) out.push_back(to_json(one));
    return Response::json(200, codec::JsonObject{{"recurring_silences", std::move(out)}});
  }

  Result<Response> add_recurring(const Request& request, const Caller& caller) const {
    ASSIGN_OR_RETURN(JsonBody body, JsonBody::of(request));
    codec::Fields fields = body.fields();
    ASSIGN_OR_RETURN(auto matchers, read_matchers(fields, parts_.syntax));
    ASSIGN_OR_RETURN(std::string author, read_author(fields, caller));
    const std::string comment = fields.text("comment", "");
    const Time now = parts_.clock.now();
    if (!fields.has("recurrence")) {
      return invalid("recurrence is missing; name its rule, at, zone and lasts");
    }
    ASSIGN_OR_RETURN(Again again, read_again(fields.child("recurrence"), now));
    fields.finish();
    RETURN_IF_ERROR(body.problems.as_result());
    RETURN_IF_ERROR(check_words(author, comment));
    const SilencePreview before = look(matchers, again.lasts, now);
    ASSIGN_OR_RETURN(const auto made, parts_.recurring.add({.id = "",
                                                            .matchers = std::move(matchers),
                                                            .when = std::move(again.when),
                                                            .lasts = again.lasts,
                                                            .created_by = std::move(author),
                                                            .comment = comment,
                                                            .created = {},
                                                            .next = {}},
                                                           caller.actor));
    return Response::json(201, codec::JsonObject{{"recurring_silence", to_json(made)},
                                                 {"warnings", warnings_json(before.warnings)}});
  }

  Result<Response> remove_recurring(const Request& request, const Caller& caller) const {
    RETURN_IF_ERROR(parts_.recurring.remove(request.params.at("id"), caller.actor));
    return Response::empty();
  }

 private:
  // What it would hide if it began now.
  SilencePreview look(const routing::Matchers& matchers, Duration lasts, Time now) const {
    std::vector<PreviewAlert> firing;
    for (auto& alert : parts_.alerts.all()) {
      if (alert->is_resolved(now)) continue;
      PreviewAlert one;
      one.fingerprint = alert->fingerprint();
      const MarkRef mark = parts_.marks.find(one.fingerprint);
      one.is_acknowledged = mark && mark->acknowledged;
      one.is_told = !parts_.dispatcher.status_of(*alert, now).is_suppressed();
      one.alert = std::move(alert);
      firing.push_back(std::move(one));
    }
    std::vector<PreviewGroup> groups;
    for (const Dispatcher::Group& group : parts_.dispatcher.groups(now)) {
      if (!group.muted_by.empty()) continue;
      PreviewGroup shown{group.route->receiver, group.labels, {}};
      for (const auto& alert : group.alerts) {
        if (!alert->is_resolved(now)) shown.alerts.push_back(alert->fingerprint());
      }
      if (!shown.alerts.empty()) groups.push_back(std::move(shown));
    }
    return alert::preview(matchers, lasts, std::move(firing), groups);
  }

  const SilenceApiParts parts_;
};

}  // namespace

void add_silence_routes(net::Router& router, SilenceApiParts parts) {
  const auto api = std::make_shared<const Api>(parts);
  const auto route = [&](const char* method, const std::string& path, auto handler) {
    router.add(method, "/api/v1" + path,
               for_responders(parts.gate,
                              [api, handler](const Request& request, const Caller& caller) {
                                return ((*api).*handler)(request, caller);
                              }),
               kSmall);
  };
  route("GET", "/silences", &Api::list);
  route("POST", "/silences", &Api::add);
  route("POST", "/silences/preview", &Api::preview);
  route("DELETE", "/silences/{id}", &Api::remove);
  route("GET", "/recurring-silences", &Api::list_recurring);
  route("POST", "/recurring-silences", &Api::add_recurring);
  route("DELETE", "/recurring-silences/{id}", &Api::remove_recurring);
}

}  // namespace tocsin::alert
