#include "cli/commands.h"
#include "cli/print.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {
namespace {

void print_channels(const codec::Json& answer, Time at) {
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& channel : list_of(answer, "channels")) {
    rows.push_back({show(channel, "channel"), show(channel, "provider"), show(channel, "state"),
                    ago(show(channel, "last_success"), at), ago(show(channel, "last_failure"), at),
                    show(channel, "last_error")});
  }
  if (rows.empty()) return;
  print("\n" +
        print_table({"CHANNEL", "PROVIDER", "STATE", "LAST OK", "LAST FAILURE", "ERROR"}, rows));
}

}  // namespace

Result<> run_status(const ServerFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags));
  ASSIGN_OR_RETURN(const codec::Json status, api.get("/api/v1/status"));
  if (flags.json) {
    print_json(status);
    return {};
  }
  const auto now = parse_rfc3339(show(status, "now"));
  const Time at = now ? *now : Time{};
  const codec::Json& ingest = field_of(status, "ingest");
  print(fmt::format(
      "Tocsin {}, up {}\n"
      "alerts firing     {}\nincidents open    {}\nobjectives        {} ({} without data)\n"
      "series            {} of {}, last sample {} ago\n",
      show(status, "version"), ago(show(status, "started_at"), at), show(status, "alerts_firing"),
      show(status, "incidents_open"), show(status, "objectives"),
      show(status, "objectives_no_data"), count(number_of(ingest, "series")),
      count(number_of(ingest, "series_limit")), ago(show(ingest, "last_sample_at"), at)));
  std::vector<std::vector<std::string>> rows;
  for (const codec::Json& source : list_of(status, "sources")) {
    rows.push_back({show(source, "name"), show(source, "kind"), show(source, "state"),
                    ago(show(source, "last_at"), at), show(source, "last_error")});
  }
  if (!rows.empty()) print("\n" + print_table({"SOURCE", "KIND", "STATE", "LAST", "ERROR"}, rows));
  const codec::Json& contacts = field_of(status, "contacts");
  if (contacts.is_object() && number_of(contacts, "verified") > 0) {
    print(fmt::format("\n{} of {} contacts are verified\n", show(contacts, "verified"),
                      show(contacts, "declared")));
  }
  // An older server does not know them.
  if (const auto channels = api.get("/api/v1/notify/channels")) print_channels(*channels, at);
  for (const codec::Json& trouble : list_of(status, "trouble")) {
    if (trouble.is_string())
      print(fmt::format("\ntrouble: {}\n", std::string(trouble.as_string())));
  }
  return {};
}

}  // namespace tocsin::cli
