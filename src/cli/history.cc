#include "base/text.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/show.h"
#include "cli/table.h"
#include "routing/labels.h"

namespace tocsin::cli {
namespace {

constexpr int kMostRequests = 100;  // of one search; each looks at 200,000 entries

std::string text_of(const codec::Json& object, std::string_view field) {
  const codec::Json& value = field_of(object, field);
  return value.is_string() ? std::string(value.get_string()) : std::string();
}

// "posted_alert.fired" -> "fired", "notification.sent" -> "notification sent".
std::string what_of(const codec::Json& event) {
  std::string kind = text_of(event, "kind");
  if (kind.starts_with("posted_alert.")) return kind.substr(13);
  for (char& c : kind) {
    if (c == '.' || c == '_') c = ' ';
  }
  return kind;
}

// The labels, alertname first; of a notification its group.
std::string subject_of(const codec::Json& event) {
  const codec::Json& labels = field_of(event, "labels");
  if (!labels.is_object()) {
    const std::string group = text_of(field_of(event, "data"), "group");
    return group.empty() ? text_of(event, "subject_id") : group;
  }
  std::vector<std::string> parts;
  for (const auto& [name, value] : labels.get_object()) {
    if (!value.is_string()) continue;
    const std::string text(value.get_string());
    if (name == "alertname") {
      parts.insert(parts.begin(), text);
    } else {
      parts.push_back(std::string(name) + "=" + text);
    }
  }
  return join(parts, " ");
}

std::string reasons_of(const codec::Json& data, std::string_view field) {
  std::vector<std::string> parts;
  for (const codec::Json& one : list_of(data, field)) {
    parts.push_back(text_of(one, "kind") + " " + text_of(one, "by"));
  }
  return join(parts, ", ");
}

std::string notification_of(const codec::Json& data) {
  std::string out =
      fmt::format("to {} by {}", text_of(data, "receiver"), text_of(data, "integration"));
  if (const auto as = text_of(data, "told_as"); !as.empty()) out += " as " + as;
  if (const auto reason = text_of(data, "reason"); !reason.empty()) out += ": " + reason;
  if (const auto answer = text_of(data, "answer"); !answer.empty()) out += " (" + answer + ")";
  return out;
}

std::string detail_of(const codec::Json& event) {
  const std::string kind = text_of(event, "kind");
  const codec::Json& data = field_of(event, "data");
  if (kind == "posted_alert.suppressed") {
    return fmt::format("by {}, not told to {}", reasons_of(data, "by"), text_of(data, "receiver"));
  }
  if (kind == "posted_alert.unsuppressed") {
    return fmt::format("was by {}, may be told to {}", reasons_of(data, "was"),
                       text_of(data, "receiver"));
  }
  if (kind == "posted_alert.resolved") return text_of(data, "why");
  if (kind.starts_with("notification.")) return notification_of(data);
  if (kind.starts_with("silence.")) {
    return text_of(data, "matchers") + " " + text_of(data, "comment");
  }
  return data.is_object() && data.get_object().empty() ? "" : codec::to_text(data);
}

void print_events(const codec::JsonArray& events) {
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& event : events) {
    rows.push_back({show(event, "recorded_at"), what_of(event), subject_of(event),
                    show(event, "actor"), detail_of(event)});
  }
  print(rows.empty() ? "Nothing was found.\n"
                     : print_table({"TIME", "WHAT", "ALERT", "WHO", "DETAIL"}, rows));
}

// Page after page until there is enough, or no more.
Result<codec::JsonObject> read_events(ApiClient& api, const std::string& path, int limit) {
  codec::JsonObject out;
  codec::JsonArray events;
  codec::Json next;
  for (int request = 0; request < kMostRequests; ++request) {
    const int wanted = std::min(limit - static_cast<int>(events.size()), 1000);
    std::string page_path = fmt::format("{}limit={}", path, wanted);
    if (next.is_int64()) page_path += fmt::format("&after={}", next.as_int64());
    ASSIGN_OR_RETURN(codec::Json page, api.get(page_path));
    // A notification stands beside the entries of its page; then one page has a few more.
    for (const codec::Json& event : list_of(page, "events")) events.push_back(event);
    next = field_of(page, "next");
    if (page.is_object()) out = std::move(page.as_object());
    if (!next.is_int64() || std::ssize(events) >= limit) break;
  }
  out["events"] = std::move(events);
  return out;
}

Result<std::string> search_path(const HistoryFlags& flags, Time now) {
  std::string path = "/api/v1/alert-history?";
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) path += fmt::format("{}={}&", name, url_encode(value));
  };
  for (const std::string& matcher : flags.what) add("matcher", matcher);
  for (const std::string& kind : flags.kinds) add("kind", kind);
  add("receiver", flags.receiver);
  add("q", flags.text);
  add("from", flags.from);
  add("to", flags.to);
  if (!flags.since.empty()) {
    if (!flags.from.empty()) return invalid("--since and --from say the same; give one of them");
    ASSIGN_OR_RETURN(const Duration since, parse_duration(flags.since));
    add("from", to_rfc3339(now - since));
  }
  return path;
}

// The one alert that is meant, if nothing but an alert was named and only one is.
Result<std::string> fingerprint_of(ApiClient& api, const HistoryFlags& flags) {
  const bool is_search = !flags.kinds.empty() || !flags.receiver.empty() || !flags.text.empty() ||
                         !flags.from.empty() || !flags.to.empty() || !flags.since.empty();
  if (is_search || flags.what.empty()) return "";
  if (flags.what.size() == 1 && routing::fingerprint_from(flags.what.front())) {
    return flags.what.front();
  }
  std::string path = "/api/v1/posted-alerts?state=all&limit=2";
  for (const std::string& matcher : flags.what) path += "&filter=" + url_encode(matcher);
  ASSIGN_OR_RETURN(const codec::Json answer, api.get(path));
  const codec::JsonArray& alerts = list_of(answer, "alerts");
  return alerts.size() == 1 ? text_of(alerts[0], "fingerprint") : "";
}

}  // namespace

Result<> run_history(const ServerFlags& flags, const HistoryFlags& history) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const std::string fingerprint, fingerprint_of(api, history));
  std::string path = "/api/v1/posted-alerts/" + fingerprint + "/history?";
  if (fingerprint.empty()) {
    ASSIGN_OR_RETURN(path, search_path(history, SystemClock().now()));
  }
  ASSIGN_OR_RETURN(const codec::JsonObject answer, read_events(api, path, history.limit));
  if (flags.json) {
    print_json(answer);
    return {};
  }
  if (!fingerprint.empty()) {
    print(fmt::format("{} {}\n", fingerprint, subject_of(codec::Json(answer))));
  }
  print_events(answer.at("events").as_array());
  if (answer.at("next").is_int64()) print("There is more; raise --limit or narrow the search.\n");
  return {};
}

}  // namespace tocsin::cli
