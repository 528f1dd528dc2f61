// policy: list, preview, load.
#include "cli/policy_command.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "cli/print.h"
#include "cli/server_flags.h"
#include "cli/show.h"
#include "cli/table.h"

namespace tocsin::cli {
namespace {

using codec::Json;
using Rows = std::vector<std::vector<std::string>>;

struct PolicyFlags {
  ServerFlags server;
  std::string name, at, team;
  std::string severity = "SEV-2";
  std::string from, until;
};

std::string or_dash(const std::vector<std::string>& words) {
  return words.empty() ? "-" : join(words, ", ");
}

std::string seconds_text(const Json& object, std::string_view field) {
  return to_text(from_seconds(number_of(object, field)));
}

// "schedule payments, person ada".
std::string targets_of(const Json& object) {
  std::vector<std::string> out;
  for (const Json& target : list_of(object, "targets")) {
    out.push_back(show(target, "kind") + " " + show(target, "name"));
  }
  return or_dash(out);
}

Result<> run_list(const PolicyFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  ASSIGN_OR_RETURN(const Json answer, api.get("/api/v1/escalation-policies"));
  if (flags.server.json) {
    print_json(answer);
    return {};
  }
  Rows rows;
  for (const Json& policy : list_of(answer, "policies")) {
    std::string name = show(policy, "id"), teams = words_of(policy, "teams");
    for (const Json& step : list_of(policy, "steps")) {
      const std::string when = show(step, "when");
      rows.push_back({std::exchange(name, ""), std::exchange(teams, ""),
                      seconds_text(step, "after_seconds"), targets_of(step),
                      when.empty() ? "always" : when});
    }
  }
  print(print_table({"POLICY", "TEAMS", "AFTER", "RINGS", "WHEN"}, rows));
  return {};
}

// "sms at once, voice after 2m, mail if that fails".
std::string ways_of(const Json& person) {
  std::vector<std::string> out;
  for (const Json& way : list_of(person, "contacts")) {
    const bool is_next = field_of(way, "after_seconds").is_null();
    const double after = number_of(way, "after_seconds");
    out.push_back(show(way, "name") + (is_next ? " if that fails"
                                       : after == 0
                                           ? " at once"
                                           : " after " + seconds_text(way, "after_seconds")));
  }
  return or_dash(out);
}

void add_people(const Json& step, const std::string& at, Rows& rows) {
  for (const Json& person : list_of(step, "people")) {
    const std::string via = show(person, "via");
    rows.push_back({at, show(person, "person"), via.empty() ? "-" : via, ways_of(person)});
  }
}

Result<> run_preview(const PolicyFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  std::string path = fmt::format("/api/v1/escalation-policies/{}/preview?severity={}",
                                 url_encode(flags.name), url_encode(flags.severity));
  if (!flags.at.empty()) path += "&at=" + url_encode(flags.at);
  if (!flags.team.empty()) path += "&team=" + url_encode(flags.team);
  ASSIGN_OR_RETURN(const Json answer, api.get(path));
  if (flags.server.json) {
    print_json(answer);
    return {};
  }
  Rows rows;
  for (const Json& round : list_of(answer, "rounds")) {
    for (const Json& step : list_of(round, "steps")) {
      const std::string at = show(step, "at");
      const Json& skipped = field_of(step, "skipped");
      if (!skipped.is_null()) rows.push_back({at, "-", "skipped: " + show(step, "skipped"), "-"});
      add_people(step, at, rows);
      for (const Json& channel : list_of(step, "channels")) {
        if (const auto* name = channel.if_string()) {
          rows.push_back({at, "#" + std::string(*name), "is told", "-"});
        }
      }
    }
  }
  const Json& more = field_of(answer, "bring_in");
  if (!more.is_null()) {
    const size_t before = rows.size();
    add_people(more, show(more, "at"), rows);
    for (size_t i = before; i < rows.size(); ++i) rows[i][2] = "brought in, if it is not resolved";
  }
  print(print_table({"AT", "RINGS", "WHY", "BY"}, rows));
  return {};
}

Result<> run_load(const PolicyFlags& flags) {
  ASSIGN_OR_RETURN(ApiClient api, ApiClient::open(flags.server));
  std::string path = "/api/v1/on-call/load";
  char mark = '?';
  for (const auto& [name, value] :
       {std::pair("from", &flags.from), std::pair("until", &flags.until)}) {
    if (value->empty()) continue;
    path += fmt::format("{}{}={}", std::exchange(mark, '&'), name, url_encode(*value));
  }
  ASSIGN_OR_RETURN(const Json answer, api.get(path));
  if (flags.server.json) {
    print_json(answer);
    return {};
  }
  Rows rows;
  for (const Json& one : list_of(answer, "people")) {
    rows.push_back({show(one, "person"), seconds_text(one, "shift_seconds"),
                    count(number_of(one, "pages")), count(number_of(one, "working")),
                    count(number_of(one, "free")), count(number_of(one, "sleeping")),
                    count(number_of(one, "interruptions"))});
  }
  print(print_table({"PERSON", "ON CALL", "PAGES", "WORKING", "FREE", "SLEEPING", "INTERRUPTIONS"},
                    rows));
  return {};
}

}  // namespace

void add_policy_commands(CLI::App& app, std::function<Result<>()>& action) {
  CLI::App* policy = app.add_subcommand("policy", "Who is rung when, and how much that was");
  policy->require_subcommand(1);
  const auto flags = std::make_shared<PolicyFlags>();
  const auto command = [&](const char* name, const char* help, auto run) {
    CLI::App* out = policy->add_subcommand(name, help);
    add_server_flags(*out, flags->server);
    out->callback([&action, flags, run] { action = [flags, run] { return run(*flags); }; });
    return out;
  };
  command("list", "The escalation policies with their steps", run_list);
  CLI::App* preview = command(
      "preview", "Who would be rung when, if an incident began and nobody answered", run_preview);
  preview->add_option("name", flags->name, "The policy; team:NAME for a team's own list")
      ->required();
  preview->add_option("--severity", flags->severity, "Of the incident")
      ->check(CLI::IsMember({"SEV-1", "SEV-2", "SEV-3", "SEV-4", "SEV-5"}))
      ->capture_default_str();
  preview->add_option("--at", flags->at, "When it begins: 2026-12-24T20:00:00Z; now if left out");
  preview->add_option("--team", flags->team, "Whose members are rung when nobody else is there");
  CLI::App* load = command(
      "load", "Pages that reached each person, by working, free and sleeping hours", run_load);
  load->add_option("--from", flags->from, "30 days before the end if left out");
  load->add_option("--until", flags->until, "2026-12-24T20:00:00Z; now if left out");
}

}  // namespace tocsin::cli
