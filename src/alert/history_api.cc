#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "alert/alert_api.h"
#include "alert/history_json.h"
#include "alert/history_store.h"
#include "alert/notification_store.h"
#include "alert/posted_api.h"
#include "alert/posted_store.h"
#include "base/text.h"

namespace tocsin::alert {
namespace {

using net::Request;
using store::LogbookRecord;

constexpr size_t kMostKinds = 20;
constexpr std::string_view kNotifications = "/notifications";

codec::Json time_or_null(const std::optional<Time>& time) {
  return time ? codec::Json(to_rfc3339(*time)) : codec::Json(nullptr);
}
codec::Json seq_or_null(int64_t seq) { return seq > 0 ? codec::Json(seq) : codec::Json(nullptr); }

// Where an entry stands among notifications. What a flush saw is written behind it, and stands
// before what that flush told.
Time place_in_time(const LogbookRecord& record) {
  const bool is_of_a_flush = record.entry.kind == "posted_alert.suppressed" ||
                             record.entry.kind == "posted_alert.unsuppressed";
  return is_of_a_flush ? std::min(record.entry.happened, record.recorded) : record.recorded;
}

// An entry as the history shows it: the logbook's shape, with the labels as an object.
codec::JsonObject event_of(const LogbookRecord& record) {
  codec::JsonObject out = store::to_json(record);
  out.erase("incident");
  codec::JsonObject& data = out["data"].as_object();
  data.erase("before");
  const auto labels = labels_of_entry(record);
  data.erase("labels");
  out["labels"] = labels ? codec::Json(to_json(*labels)) : codec::Json(nullptr);
  return out;
}

// A notification in the shape of an entry; it has no number of its own.
codec::JsonObject event_of(const AlertNotification& n, uint64_t fingerprint) {
  std::string state = n.state;
  std::ranges::replace(state, ' ', '_');
  return {{"seq", nullptr},
          {"happened_at", to_rfc3339(n.began)},
          {"recorded_at", to_rfc3339(n.began)},
          {"actor", "system:dispatcher"},
          {"kind", "notification." + state},
          {"subject_kind", "posted_alert"},
          {"subject_id", routing::fingerprint_text(fingerprint)},
          {"labels", nullptr},
          {"data", codec::JsonObject{{"notification", n.notification},
                                     {"group", n.group_key},
                                     {"receiver", n.receiver},
                                     {"integration", n.kind},
                                     {"told_as", n.is_firing ? "firing" : "resolved"},
                                     {"reason", n.reason},
                                     {"tries", n.tries},
                                     {"maybe_duplicate", n.maybe_duplicate},
                                     {"answer", n.detail},
                                     {"finished_at", time_or_null(n.finished)}}}};
}

codec::JsonObject json_of(const NotificationRecord& n) {
  return {{"id", n.id},
          {"group", n.key.group_key},
          {"receiver", n.key.receiver},
          {"integration", n.key.kind},
          {"index", n.key.index},
          {"state", n.state == "cut off" ? "cut_off" : n.state},
          {"reason", n.reason},
          {"firing", n.firing},
          {"resolved", n.resolved},
          {"maybe_duplicate", n.maybe_duplicate},
          {"began_at", to_rfc3339(n.began)},
          {"finished_at", time_or_null(n.finished)},
          {"tries", n.tries},
          {"answer", n.detail}};
}

Result<std::optional<Time>> time_from(const Request& request, std::string_view name) {
  const auto text = request.query_value(name);
  if (!text || text->empty()) return std::nullopt;
  const auto time = parse_rfc3339(*text);
  if (time) return *time;
  return invalid(fmt::format("{} '{}' is not a time; write it as 2026-01-31T08:00:00Z", name,
                             codec::shown(*text)));
}

Result<std::vector<std::string>> kinds_from(const Request& request) {
  std::vector<std::string> kinds;
  for (const auto& [name, value] : request.query) {
    if (name != "kind") continue;
    const bool is_family = value == "posted_alert" || value == "notification" || value == "silence";
    const bool is_one = value.starts_with("posted_alert.") || value.starts_with("notification.") ||
                        value.starts_with("silence.");
    const bool is_word = std::ranges::all_of(
        value, [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '.'; });
    if ((!is_family && !is_one) || !is_word) {
      return invalid(
          fmt::format("kind '{}' is not known; use posted_alert, notification or "
                      "silence, or one of them such as posted_alert.suppressed",
                      codec::shown(value)));
    }
    kinds.push_back(value);
  }
  if (kinds.size() > kMostKinds) {
    return invalid(fmt::format("kind is given {} times; at most {}", kinds.size(), kMostKinds));
  }
  return kinds;
}

Result<NotificationPlace> place_from(const Request& request) {
  const auto text = request.query_value("after");
  if (!text || text->empty()) return NotificationPlace();
  int64_t micros = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), micros);
  const auto rest = text->substr(static_cast<size_t>(end - text->data()));
  if (error != std::errc() || !rest.starts_with('.') || rest.size() > 100 || !is_valid_utf8(rest)) {
    return invalid("after is no place in this list; use `next` of an answer");
  }
  return NotificationPlace{from_micros(micros), std::string(rest.substr(1))};
}

class Api {
 public:
  explicit Api(PostedApiParts parts) : parts_(std::move(parts)) {}

  Result<codec::JsonObject> of_alert(const Request& request) const;
  Result<codec::JsonObject> of_group(const Request& request) const;
  Result<codec::JsonObject> search(const Request& request) const;

 private:
  Result<std::optional<routing::Labels>> labels_of(store::Session& sql, uint64_t fingerprint) const;

  const PostedApiParts parts_;
};

Result<std::optional<routing::Labels>> Api::labels_of(store::Session& sql,
                                                      uint64_t fingerprint) const {
  if (const auto alert = parts_.alerts.find(fingerprint)) return alert->labels;
  return past_labels(sql, fingerprint);
}

Result<codec::JsonObject> Api::of_alert(const Request& request) const {
  ASSIGN_OR_RETURN(const uint64_t fingerprint, fingerprint_from(request));
  ASSIGN_OR_RETURN(const int64_t limit, number_from_query(request, "limit", 100, 1, 1000));
  ASSIGN_OR_RETURN(const int64_t before, number_from_query(request, "after", 0, 1, INT64_MAX));
  ASSIGN_OR_RETURN(const auto session, parts_.readers.take());
  ASSIGN_OR_RETURN(const auto labels, labels_of(*session, fingerprint));
  if (!labels) {
    return not_found(
        fmt::format("nobody posted an alert {} yet", routing::fingerprint_text(fingerprint)));
  }
  ASSIGN_OR_RETURN(const auto history,
                   history_of_alert(*session, fingerprint, parts_.alerts.last_entry(fingerprint),
                                    static_cast<int>(limit), before));
  std::vector<std::pair<Time, codec::JsonObject>> events;
  for (const LogbookRecord& record : history.entries) {
    events.emplace_back(place_in_time(record), event_of(record));
  }
  for (const AlertNotification& n : history.notifications) {
    events.emplace_back(n.began, event_of(n, fingerprint));
  }
  std::ranges::stable_sort(events, {}, [](const auto& event) { return event.first; });
  codec::JsonArray array;
  for (auto& [_, event] : events) array.push_back(std::move(event));
  std::ranges::reverse(array);
  return codec::JsonObject{
      {"fingerprint", routing::fingerprint_text(fingerprint)},
      {"labels", to_json(*labels)},
      {"events", std::move(array)},
      {"next", seq_or_null(history.has_more ? history.entries.front().seq : 0)}};
}

// The path is decoded before it comes here, and a group's key may hold slashes.
Result<codec::JsonObject> Api::of_group(const Request& request) const {
  std::string_view group = request.params.at("group");
  if (!group.ends_with(kNotifications) || group.size() == kNotifications.size()) {
    return not_found("nothing is at this path; ask for /api/v1/alert-groups/{group}/notifications");
  }
  group.remove_suffix(kNotifications.size());
  ASSIGN_OR_RETURN(const int64_t limit, number_from_query(request, "limit", 100, 1, 1000));
  ASSIGN_OR_RETURN(const NotificationPlace before, place_from(request));
  ASSIGN_OR_RETURN(const auto session, parts_.readers.take());
  ASSIGN_OR_RETURN(auto records,
                   notifications_of_group(*session, group, static_cast<int>(limit), before));
  std::ranges::reverse(records);
  codec::JsonArray array;
  for (const NotificationRecord& record : records) array.push_back(json_of(record));
  codec::JsonObject out{{"group", nullptr}, {"notifications", std::move(array)}, {"next", nullptr}};
  if (records.empty()) return out;
  out["group"] = records[0].key.group_key;
  if (std::ssize(records) == limit) {
    const NotificationRecord& last = records.back();
    out["next"] = fmt::format("{}.{}", to_micros(last.began), last.id);
  }
  return out;
}

Result<codec::JsonObject> Api::search(const Request& request) const {
  HistoryQuery query;
  ASSIGN_OR_RETURN(query.text, text_from(request, "q"));
  ASSIGN_OR_RETURN(query.matchers, matchers_from(request, "matcher", parts_.syntax));
  ASSIGN_OR_RETURN(query.kinds, kinds_from(request));
  ASSIGN_OR_RETURN(query.receiver, text_from(request, "receiver"));
  ASSIGN_OR_RETURN(query.from, time_from(request, "from"));
  ASSIGN_OR_RETURN(query.to, time_from(request, "to"));
  if (query.from && query.to && *query.from >= *query.to) {
    return invalid("from is not before to; swap them");
  }
  ASSIGN_OR_RETURN(query.before, number_from_query(request, "after", 0, 1, INT64_MAX));
  ASSIGN_OR_RETURN(const int64_t limit, number_from_query(request, "limit", 100, 1, 1000));
  query.limit = static_cast<size_t>(limit);
  ASSIGN_OR_RETURN(const auto session, parts_.readers.take());
  const LabelsOf labels_of = [&](uint64_t fingerprint) {
    return this->labels_of(*session, fingerprint).value_or(std::nullopt);
  };
  ASSIGN_OR_RETURN(const auto page, search_history(*session, query, labels_of));
  codec::JsonArray events;
  for (const LogbookRecord& record : page.entries) events.push_back(event_of(record));
  return codec::JsonObject{{"events", std::move(events)},
                           {"next", seq_or_null(page.next)},
                           {"looked_at", page.looked_at}};
}

}  // namespace

void add_history_routes(net::Router& router, PostedApiParts parts) {
  const std::string base = parts.prefix + "/api/v1";
  const auto authorize = parts.authorize;
  const auto api = std::make_shared<const Api>(std::move(parts));
  router.add("GET", base + "/posted-alerts/{fingerprint}/history",
             answering(authorize, [api](const Request& r) { return api->of_alert(r); }));
  router.add("GET", base + "/alert-groups/{group...}",
             answering(authorize, [api](const Request& r) { return api->of_group(r); }));
  router.add("GET", base + "/alert-history",
             answering(authorize, [api](const Request& r) { return api->search(r); }));
}

}  // namespace tocsin::alert
