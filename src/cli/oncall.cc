// oncall: who is on call now.
#include "base/text.h"
#include "cli/print.h"
#include "cli/schedule.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {

Result<> run_oncall(const ServerFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json answer, api.get("/api/v1/on-call"));
  if (flags.json) {
    print_json(answer);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& one : list_of(answer, "on_call")) {
    std::vector<std::string> people;
    for (const codec::Json& person : list_of(one, "people")) {
      people.emplace_back(person.as_string());
    }
    rows.push_back({show(one, "schedule"), people.empty() ? "nobody" : join(people, ", "),
                    show(one, "end"), show(one, "team")});
  }
  print(rows.empty() ? "No schedules. Declare one in the catalog with kind: Schedule.\n"
                     : print_table({"SCHEDULE", "ON CALL", "UNTIL", "TEAM"}, rows));
  return {};
}

}  // namespace tocsin::cli
