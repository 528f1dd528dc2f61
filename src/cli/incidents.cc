#include "base/text.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {
namespace {

std::string who(const codec::Json& incident) {
  if (const auto has = show(incident, "who_has_it"); has != "-") return has;
  if (const auto ringing = show(incident, "ringing"); ringing != "-") return "ringing " + ringing;
  return "nobody";
}

// "12" or "#12".
std::string path_of(const std::string& id, std::string_view what) {
  return fmt::format("/api/v1/incidents/{}/{}", url_encode(id.starts_with('#') ? id.substr(1) : id),
                     what);
}

// A long timeline comes in pieces: puts those that are missing behind the first.
Result<> read_whole_timeline(ApiClient& api, const std::string& id, codec::Json& detail) {
  codec::Json next = field_of(detail, "timeline_next");
  while (next.is_int64()) {
    ASSIGN_OR_RETURN(const codec::Json page,
                     api.get(fmt::format("/api/v1/incidents/{}/timeline?limit=10000&after={}",
                                         url_encode(id), next.as_int64())));
    auto& timeline = detail.at("timeline").as_array();
    for (const codec::Json& entry : list_of(page, "entries")) timeline.push_back(entry);
    next = field_of(page, "next");
  }
  if (detail.is_object()) detail.as_object()["timeline_next"] = nullptr;
  return {};
}

void print_timeline(const codec::Json& detail) {
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& entry : list_of(detail, "timeline")) {
    rows.push_back({show(entry, "happened_at"), show(entry, "kind"), show(entry, "actor"),
                    codec::to_text(field_of(entry, "data"))});
  }
  print("\n" + print_table({"TIME", "WHAT", "WHO", "DETAIL"}, rows));
}

}  // namespace

Result<> run_incidents(const ServerFlags& flags, bool all) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json answer,
                   api.get(all ? "/api/v1/incidents?state=all" : "/api/v1/incidents?state=open"));
  if (flags.json) {
    print_json(answer);
    return {};
  }
  const Time now = SystemClock().now();
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& incident : list_of(answer, "incidents")) {
    rows.push_back({"#" + show(incident, "number"), "SEV-" + show(incident, "severity"),
                    show(incident, "state"), show(incident, "service"), show(incident, "title"),
                    ago(show(incident, "opened_at"), now), who(incident)});
  }
  print(rows.empty()
            ? "No open incidents.\n"
            : print_table({"NO", "SEVERITY", "STATE", "SERVICE", "TITLE", "SINCE", "WHO HAS IT"},
                          rows));
  return {};
}

Result<> run_incident(const ServerFlags& flags, const std::string& id) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(codec::Json detail, api.get("/api/v1/incidents/" + url_encode(id)));
  RETURN_IF_ERROR(read_whole_timeline(api, id, detail));
  if (flags.json) {
    print_json(detail);
    return {};
  }
  const codec::Json& incident = field_of(detail, "incident");
  print(fmt::format("#{} SEV-{} {}: {}\n{}\nhas it: {}\n", show(incident, "number"),
                    show(incident, "severity"), show(incident, "state"), show(incident, "title"),
                    show(incident, "impact"), who(incident)));
  print_timeline(detail);
  return {};
}

Result<> run_escalate(const ServerFlags& flags, const std::string& id) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json incident, api.post(path_of(id, "escalate")));
  if (flags.json) {
    print_json(incident);
  } else {
    print(fmt::format("#{} {}: ringing {}\n", show(incident, "number"), show(incident, "title"),
                      show(incident, "ringing")));
  }
  return {};
}

Result<> run_channel(const ServerFlags& flags, const std::string& id) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json incident, api.post(path_of(id, "channel")));
  if (flags.json) {
    print_json(incident);
    return {};
  }
  const codec::Json& channel = field_of(incident, "channel");
  print(fmt::format("#{} {}: channel {} is {}{}\n", show(incident, "number"),
                    show(incident, "title"), show(channel, "name"), show(channel, "state"),
                    field_of(channel, "url").is_null() ? "; ask again in a moment"
                                                       : ", " + show(channel, "url")));
  return {};
}

Result<> run_snooze(const ServerFlags& flags, const std::string& id, const std::string& how_long) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json incident,
                   api.post(path_of(id, "snooze"), codec::JsonObject{{"for", how_long}}));
  if (flags.json) {
    print_json(incident);
  } else {
    print(fmt::format("#{} {}: {} has it; rings again in {} unless it is over\n",
                      show(incident, "number"), show(incident, "title"), who(incident), how_long));
  }
  return {};
}

Result<> run_ack(const ServerFlags& flags, const std::string& id) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json incident, api.post(path_of(id, "acknowledge")));
  if (flags.json) {
    print_json(incident);
  } else {
    print(fmt::format("#{} {}: {} has it\n", show(incident, "number"), show(incident, "title"),
                      who(incident)));
  }
  return {};
}

}  // namespace tocsin::cli
