// contact: which ways to reach people were shown to work, and showing it.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/deliveries.h"
#include "cli/print.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {
namespace {

std::string path_of(const std::string& person) {
  return fmt::format("/api/v1/people/{}/contacts", url_encode(person));
}

std::string path_of(const std::string& person, const std::string& contact, const char* what) {
  return fmt::format("{}/{}/{}", path_of(person), url_encode(contact), what);
}

void add_rows(const codec::Json& person, std::vector<std::vector<std::string>>& rows) {
  for (const codec::Json& contact : list_of(person, "contacts")) {
    const bool is_verified = !field_of(contact, "verified_at").is_null();
    rows.push_back({show(person, "id"), show(contact, "name"), show(contact, "channel"),
                    show(contact, "to"), is_verified ? show(contact, "verified_at") : "no",
                    is_verified ? show(contact, "verified_by") : ""});
  }
}

}  // namespace

Result<> run_contact_list(const ServerFlags& flags, const std::string& person) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json answer,
                   api.get(person.empty() ? "/api/v1/people" : path_of(person)));
  if (flags.json) {
    print_json(answer);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  if (person.empty()) {
    for (const codec::Json& one : list_of(answer, "people")) add_rows(one, rows);
  } else {
    add_rows(answer, rows);
  }
  print(print_table({"PERSON", "CONTACT", "CHANNEL", "TO", "VERIFIED", "BY"}, rows));
  return {};
}

Result<> run_contact_verify(const ServerFlags& flags, const std::string& person,
                            const std::string& contact, Duration patience) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json sent, api.post(path_of(person, contact, "verify")));
  codec::JsonArray deliveries{codec::JsonObject{{"id", show(sent, "delivery")}}};
  RETURN_IF_ERROR(follow_deliveries(api, deliveries, patience));
  const codec::Json& delivery = deliveries.front();
  if (show(delivery, "state") != "sent") {
    return fail(Code::kUnavailable,
                fmt::format("no provider took the code within {}: {} {}", to_text(patience),
                            show(delivery, "state"), show(delivery, "detail")));
  }
  if (flags.json) {
    print_json(sent);
    return {};
  }
  print(fmt::format(
      "A code went to {} by {}; it is good until {}.\n"
      "Give it back with: tocsin contact confirm {} {} CODE\n",
      show(delivery, "to"), show(delivery, "channel"), show(sent, "ends_at"), person, contact));
  return {};
}

Result<> run_contact_confirm(const ServerFlags& flags, const std::string& person,
                             const std::string& contact, const std::string& code) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json answer,
                   api.post(path_of(person, contact, "confirm"), {{"code", code}}));
  if (flags.json) {
    print_json(answer);
  } else {
    print(fmt::format("Contact {} of {} is verified.\n", contact, person));
  }
  return {};
}

}  // namespace tocsin::cli
