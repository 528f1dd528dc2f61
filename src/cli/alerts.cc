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
    rows.push_back({show(alert, "severity"), show(alert, "state"), show(alert, "service"),
                    show(alert, "summary"), ago(show(alert, "started_at"), now),
                    show(alert, "team"), show(alert, "incident")});
  }
  print(rows.empty()
            ? "No alerts.\n"
            : print_table({"SEVERITY", "STATE", "SERVICE", "SUMMARY", "SINCE", "TEAM", "INCIDENT"},
                          rows));
  return {};
}

}  // namespace tocsin::cli
