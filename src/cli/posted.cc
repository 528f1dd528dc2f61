// posted: the alerts that others post, and what people say of them.
#include "cli/posted.h"

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {
namespace {

std::string labels_of(const codec::Json& alert) {
  std::vector<std::string> pairs;
  const codec::Json& labels = field_of(alert, "labels");
  if (const auto* fields = labels.if_object()) {
    for (const auto& [name, value] : *fields) {
      if (name != "alertname") pairs.push_back(std::string(name) + "=" + show(labels, name));
    }
  }
  return pairs.empty() ? "-" : join(pairs, " ");
}

// "acknowledged by user:ada, snoozed until 12:00".
std::string marks_of(const codec::Json& alert) {
  std::vector<std::string> marks;
  if (const codec::Json& ack = field_of(alert, "acknowledged"); ack.is_object()) {
    marks.push_back("acknowledged by " + show(ack, "by"));
  }
  if (const codec::Json& snooze = field_of(alert, "snoozed"); snooze.is_object()) {
    marks.push_back(
        fmt::format("snoozed by {} until {}", show(snooze, "by"), show(snooze, "until")));
  }
  for (const codec::Json& by : list_of(alert, "suppressed_by")) {
    if (show(by, "kind") != "snooze") marks.push_back(show(by, "kind") + " " + show(by, "by"));
  }
  if (field_of(alert, "flapping").is_object()) marks.emplace_back("flapping");
  return marks.empty() ? "-" : join(marks, ", ");
}

void print_alerts(const codec::JsonArray& alerts, Time now) {
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& alert : alerts) {
    rows.push_back({show(alert, "fingerprint"), show(field_of(alert, "labels"), "alertname"),
                    show(alert, "state"), ago(show(alert, "starts_at"), now), marks_of(alert),
                    labels_of(alert)});
  }
  print(print_table({"FINGERPRINT", "ALERT", "STATE", "SINCE", "MARKS", "LABELS"}, rows));
}

}  // namespace

std::vector<std::string> as_matchers(const std::vector<std::string>& words) {
  std::vector<std::string> out = words;
  for (std::string& word : out) {
    if (word.find_first_of("=~!{") == std::string::npos) word = "alertname=\"" + word + "\"";
  }
  return out;
}

Result<> run_posted(const PostedFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  std::string path = "/api/v1/posted-alerts?state=" + url_encode(flags.state);
  for (const std::string& matcher : as_matchers(flags.matchers)) {
    path += "&filter=" + url_encode(matcher);
  }
  ASSIGN_OR_RETURN(const codec::Json answer, api.get(path));
  if (flags.server.json) {
    print_json(answer);
    return {};
  }
  const auto& alerts = list_of(answer, "alerts");
  if (alerts.empty()) {
    print("No alerts.\n");
    return {};
  }
  print_alerts(alerts, SystemClock().now());
  if (const auto total = static_cast<size_t>(number_of(answer, "total")); total > alerts.size()) {
    print(fmt::format("{} of {}; name matchers to see fewer\n", alerts.size(), total));
  }
  return {};
}

Result<> run_mark(const PostedFlags& flags, const std::string& kind) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  codec::JsonObject body;
  body["fingerprints"] = codec::JsonArray();
  for (const std::string& one : flags.fingerprints) {
    body["fingerprints"].as_array().push_back(codec::Json(one));
  }
  if (!flags.comment.empty()) body["comment"] = flags.comment;
  if (!flags.lasts.empty()) body["for"] = flags.lasts;
  if (!flags.until.empty()) body["until"] = flags.until;
  ASSIGN_OR_RETURN(const codec::Json answer, api.post("/api/v1/posted-alerts/" + kind, body));
  if (flags.server.json) {
    print_json(answer);
  } else {
    const size_t marked = list_of(answer, "marked").size();
    print(fmt::format("{}: {} alert{}\n", kind == "snooze" ? "snoozed" : "acknowledged", marked,
                      marked == 1 ? "" : "s"));
  }
  const auto& refused = list_of(answer, "refused");
  if (refused.empty()) return {};
  std::vector<std::string> why;
  for (const codec::Json& one : refused) why.push_back(show(one, "message"));
  const bool is_unknown = std::ranges::all_of(
      refused, [](const codec::Json& one) { return show(one, "code") == "not_found"; });
  return fail(is_unknown ? Code::kNotFound : Code::kFailedPrecondition, join(why, "; "));
}

Result<> run_unmark(const PostedFlags& flags, const std::string& kind) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  codec::JsonArray alerts;
  for (const std::string& one : flags.fingerprints) {
    ASSIGN_OR_RETURN(codec::Json alert,
                     api.remove(fmt::format("/api/v1/posted-alerts/{}/{}", url_encode(one), kind)));
    alerts.push_back(std::move(alert));
  }
  if (flags.server.json) {
    print_json(codec::JsonObject{{"alerts", std::move(alerts)}});
  } else {
    print_alerts(alerts, SystemClock().now());
  }
  return {};
}

}  // namespace tocsin::cli
