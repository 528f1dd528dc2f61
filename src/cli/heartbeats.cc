#include "cli/commands.h"
#include "cli/print.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {

Result<> run_heartbeats(const ServerFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json answer, api.get("/api/v1/heartbeats"));
  if (flags.json) {
    print_json(answer);
    return {};
  }
  const Time now = SystemClock().now();
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& heartbeat : list_of(answer, "heartbeats")) {
    rows.push_back({show(heartbeat, "name"), show(heartbeat, "state"), show(heartbeat, "service"),
                    to_text(from_seconds(number_of(heartbeat, "every_seconds"))),
                    ago(show(heartbeat, "last_ping_at"), now), show(heartbeat, "due_at"),
                    show(heartbeat, "origin")});
  }
  print(rows.empty()
            ? "No heartbeats. Declare one in the catalog with kind: Heartbeat.\n"
            : print_table({"NAME", "STATE", "SERVICE", "EVERY", "LAST PING", "DUE", "DECLARED IN"},
                          rows));
  return {};
}

}  // namespace tocsin::cli
