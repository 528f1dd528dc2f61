// notify test: does Tocsin reach somebody?
#include <algorithm>

#include "cli/commands.h"
#include "cli/deliveries.h"
#include "cli/print.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {
Result<> run_notify_test(const ServerFlags& flags, const std::string& person,
                         const std::string& contact, Duration patience) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  codec::JsonObject body{{"person", person}};
  if (!contact.empty()) body["contact"] = contact;
  ASSIGN_OR_RETURN(const codec::Json answer, api.post("/api/v1/notify/test", body));
  codec::JsonArray deliveries = list_of(answer, "deliveries");
  RETURN_IF_ERROR(follow_deliveries(api, deliveries, patience));
  const auto reached = std::ranges::count_if(
      deliveries, [](const codec::Json& delivery) { return show(delivery, "state") == "sent"; });
  const auto all = static_cast<ptrdiff_t>(deliveries.size());
  if (flags.json) {
    print_json(codec::JsonObject{{"deliveries", std::move(deliveries)}});
  } else {
    std::vector<std::vector<std::string>> rows;
    for (const codec::Json& delivery : deliveries) {
      rows.push_back({show(delivery, "channel"), show(delivery, "to"), show(delivery, "state"),
                      show(delivery, "tries"), show(delivery, "detail"), show(delivery, "id")});
    }
    print(print_table({"BY", "TO", "STATE", "TRIES", "DETAIL", "DELIVERY"}, rows));
  }
  if (reached == all) return {};
  return fail(Code::kUnavailable, fmt::format("{} of {} contacts of '{}' took the test within {}",
                                              reached, all, person, to_text(patience)));
}

}  // namespace tocsin::cli
