// notify preview, notify dead, notify retry: what people would get, and what did not arrive.
#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {
namespace {

constexpr const char* kLetters = "/api/v1/notify/dead-letters";

std::string path_of(const DeadLetterFilter& filter) {
  std::string path = fmt::format("{}?limit=500", kLetters);
  if (!filter.with_retried) path += "&retried=false";
  if (!filter.channel.empty()) path += "&channel=" + url_encode(filter.channel);
  if (!filter.person.empty()) path += "&person=" + url_encode(filter.person);
  if (filter.last > Duration(0)) {
    path += "&since=" + url_encode(to_rfc3339(SystemClock().now() - filter.last));
  }
  return path;
}

// All pages.
Result<codec::JsonArray> read_letters(ApiClient& api, const DeadLetterFilter& filter) {
  codec::JsonArray all;
  std::string path = path_of(filter);
  for (;;) {
    ASSIGN_OR_RETURN(const codec::Json page, api.get(path));
    for (const codec::Json& letter : list_of(page, "dead_letters")) all.push_back(letter);
    const codec::Json& next = field_of(page, "next");
    if (!next.is_string()) return all;
    path = fmt::format("{}&after={}", path_of(filter), url_encode(std::string(next.get_string())));
  }
}

}  // namespace

Result<> run_notify_preview(const ServerFlags& flags, const std::string& person,
                            const std::string& contact, int64_t incident) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  codec::JsonObject body{{"person", person}};
  if (!contact.empty()) body["contact"] = contact;
  if (incident > 0) body["incident"] = incident;
  ASSIGN_OR_RETURN(const codec::Json answer, api.post("/api/v1/notify/preview", body));
  if (flags.json) {
    print_json(answer);
    return {};
  }
  for (const codec::Json& preview : list_of(answer, "previews")) {
    print(fmt::format("== {} ({}) to {}\n", show(preview, "contact"), show(preview, "channel"),
                      show(preview, "to")));
    if (const std::string problem = show(preview, "problem"); problem != "-") {
      print(fmt::format("would not be sent: {}\n", problem));
    }
    if (const std::string method = show(preview, "method"); method != "-") {
      print(fmt::format("{} to {}\n", method, show(preview, "host")));
    }
    if (const std::string text = show(preview, "text"); !text.empty() && text != "-") {
      print(text + (text.ends_with('\n') ? "" : "\n"));
    }
    print("\n");
  }
  return {};
}

Result<> run_notify_dead(const ServerFlags& flags, const DeadLetterFilter& filter) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(codec::JsonArray letters, read_letters(api, filter));
  if (flags.json) {
    print_json(codec::JsonObject{{"dead_letters", std::move(letters)}});
    return {};
  }
  const Time now = SystemClock().now();
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& letter : letters) {
    rows.push_back({show(letter, "id"), ago(show(letter, "failed"), now), show(letter, "person"),
                    show(letter, "channel"), show(letter, "to"), show(letter, "tries"),
                    show(letter, "title"), show(letter, "why")});
  }
  if (rows.empty()) {
    print("Nothing was given up.\n");
    return {};
  }
  print(print_table({"DELIVERY", "AGO", "PERSON", "BY", "TO", "TRIES", "TITLE", "WHY"}, rows));
  return {};
}

Result<> run_notify_retry(const ServerFlags& flags, const std::string& id) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  std::vector<std::string> ids{id};
  if (id.empty()) {
    ids.clear();
    ASSIGN_OR_RETURN(const codec::JsonArray letters, read_letters(api, {}));
    for (const codec::Json& letter : letters) ids.push_back(show(letter, "id"));
  }
  codec::JsonArray sent;
  std::vector<std::string> refused;
  for (const std::string& one : ids) {
    const auto answer = api.post(fmt::format("{}/{}/retry", kLetters, url_encode(one)));
    if (answer) {
      sent.push_back(*answer);
      if (!flags.json) {
        print(fmt::format("{} is sent again as {}\n", one, show(*answer, "id")));
      }
      continue;
    }
    // One alone fails with its own code; of many the others go all the same.
    if (!id.empty()) return fail(answer.error());
    refused.push_back(fmt::format("{}: {}", one, answer.error().message));
  }
  if (flags.json) print_json(codec::JsonObject{{"deliveries", std::move(sent)}});
  if (ids.empty() && !flags.json) print("Nothing was given up.\n");
  if (refused.empty()) return {};
  return fail(Code::kFailedPrecondition,
              fmt::format("{} of {} were not sent again:\n  {}", refused.size(), ids.size(),
                          fmt::join(refused, "\n  ")));
}

}  // namespace tocsin::cli
