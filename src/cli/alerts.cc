#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {

Result<> run_alerts(const ServerFlags& flags, const std::string& state) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json answer, api.get("/api/v1/alerts?state=" + url_encode(state)));
  if (flags.json) {
    print_json(answer);
    return {};
  }
  const Time now = SystemClock().now();
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& alert : list_of(answer, "alerts")) {
    rows.push_back({show(alert, "id"), show(alert, "severity"), show(alert, "state"),
                    show(alert, "service"), show(alert, "summary"),
                    ago(show(alert, "started_at"), now), show(alert, "team"),
                    show(alert, "incident")});
  }
  print(rows.empty() ? "No alerts.\n"
                     : print_table({"ALERT", "SEVERITY", "STATE", "SERVICE", "SUMMARY", "SINCE",
                                    "TEAM", "INCIDENT"},
                                   rows));
  return {};
}

namespace {

void print_alert(const codec::Json& alert) {
  print(fmt::format("{}\n{}, {}, service {}, team {}, since {}\n{}\n", show(alert, "summary"),
                    show(alert, "severity"), show(alert, "state"), show(alert, "service"),
                    show(alert, "team"), show(alert, "started_at"), show(alert, "impact")));
  if (const auto runbook = show(alert, "runbook"); runbook != "-")
    print("Runbook: " + runbook + "\n");
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& source : list_of(alert, "sources")) {
    const std::string left = show(source, "left_at");
    rows.push_back({show(source, "fingerprint"), show(source, "role"), show(source, "summary"),
                    show(source, "joined_at"), left == "-" ? "fires" : left, show(source, "why")});
  }
  if (rows.empty()) return;
  print("\n" + print_table({"POSTED ALERT", "ROLE", "SUMMARY", "JOINED", "LEFT", "WHY"}, rows));
}

}  // namespace

Result<> run_alert(const ServerFlags& flags, const std::string& id) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json alert, api.get("/api/v1/alerts/" + url_encode(id)));
  flags.json ? print_json(alert) : print_alert(alert);
  return {};
}

Result<> run_alert_split(const ServerFlags& flags, const std::string& id,
                         const std::string& fingerprint) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json alert,
                   api.post("/api/v1/alerts/" + url_encode(id) + "/split",
                            codec::JsonObject{{"fingerprint", fingerprint}}));
  flags.json
      ? print_json(alert)
      : print(fmt::format("Posted alert {} is an alert by itself until it ends.\n", fingerprint));
  return {};
}

}  // namespace tocsin::cli
