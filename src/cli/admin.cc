// reload, token and user: what an administrator does.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {

Result<> run_reload(const ServerFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json answer, api.post("/api/v1/reload"));
  if (flags.json) {
    print_json(answer);
  } else {
    print(fmt::format("The catalog is in use: {} services, {} objectives, {} teams, {} people.\n",
                      show(answer, "services"), show(answer, "objectives"), show(answer, "teams"),
                      show(answer, "people")));
  }
  return {};
}

Result<> run_token_create(const ServerFlags& flags, const std::string& name,
                          const std::string& role) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json answer,
                   api.post("/api/v1/tokens", codec::JsonObject{{"name", name}, {"role", role}}));
  if (flags.json) {
    print_json(answer);
  } else {
    // On standard output nothing but the secret, so that a script can take it.
    print(show(answer, "secret") + "\n");
    fmt::print(stderr, "Keep it: it is not shown again.\n");
  }
  return {};
}

Result<> run_token_list(const ServerFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json answer, api.get("/api/v1/tokens"));
  if (flags.json) {
    print_json(answer);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& token : list_of(answer, "tokens")) {
    rows.push_back({show(token, "id"), show(token, "name"), show(token, "role"),
                    show(token, "created_at"), show(token, "last_used_at")});
  }
  print(rows.empty() ? "No tokens.\n"
                     : print_table({"ID", "NAME", "ROLE", "MADE", "LAST USED"}, rows));
  return {};
}

Result<> run_user_add(const ServerFlags& flags, const std::string& name, const std::string& role,
                      const std::string& person) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  codec::JsonObject body{{"name", name}, {"role", role}};
  if (!person.empty()) body["person"] = person;
  ASSIGN_OR_RETURN(const codec::Json answer, api.post("/api/v1/users", body));
  if (flags.json) {
    print_json(answer);
  } else {
    print(fmt::format("{} may sign in with the password {}\n", name, show(answer, "password")));
  }
  return {};
}

Result<> run_user_password(const ServerFlags& flags, const std::string& name) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json answer,
                   api.post("/api/v1/users/" + url_encode(name) + "/password"));
  if (flags.json) {
    print_json(answer);
  } else {
    print(fmt::format("{} may sign in with the password {}; their sessions have ended\n", name,
                      show(answer, "password")));
  }
  return {};
}

Result<> run_user_remove(const ServerFlags& flags, const std::string& name) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json answer, api.remove("/api/v1/users/" + url_encode(name)));
  if (flags.json) {
    print_json(answer);
    return {};
  }
  print(fmt::format("{} is removed; sessions ended: {}\n", name, show(answer, "sessions_ended")));
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& token : list_of(answer, "tokens_revoked")) {
    rows.push_back({std::string(token.as_string())});
  }
  if (!rows.empty()) print(print_table({"REVOKED TOKENS THAT THEY MADE"}, rows));
  return {};
}

}  // namespace tocsin::cli
