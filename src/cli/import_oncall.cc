#include "cli/import_oncall.h"

#include <xxhash.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <thread>

#include "base/clock.h"
#include "cli/import_fetch.h"
#include "cli/print.h"
#include "cli/table.h"
#include "codec/yaml_writer.h"
#include "oncall/import.h"
#include "oncall/import_proof.h"
#include "oncall/schedule_spec.h"
#include "server/private_file.h"

namespace tocsin::cli {
namespace {

namespace fs = std::filesystem;

using Read = Result<oncall::Import> (*)(const oncall::ExportFiles&, Time);
using Fetch = Result<ToolExport> (*)(net::Client&, const ToolApi&, bool, Time);

struct Tool {
  const char* command;
  const char* name;
  Read read;
  Fetch fetch;
  const char* token;  // the environment's variable that holds it
  const char* url;    // of the API; empty: everybody's own
};
constexpr Tool kTools[] = {
    {"pagerduty", "PagerDuty", oncall::import_pagerduty, fetch_pagerduty, "PAGERDUTY_TOKEN",
     "https://api.pagerduty.com"},
    {"opsgenie", "Opsgenie", oncall::import_opsgenie, fetch_opsgenie, "OPSGENIE_KEY",
     "https://api.opsgenie.com"},
    {"grafana-oncall", "Grafana OnCall", oncall::import_grafana_oncall, fetch_grafana_oncall,
     "GRAFANA_ONCALL_TOKEN", ""},
    {"goalert", "GoAlert", oncall::import_goalert, fetch_goalert, "GOALERT_TOKEN", ""}};

struct Flags {
  std::string folder;
  bool from_api = false;
  std::string url;
  std::string save;
  bool print_query = false;
  std::string into = "catalog/imported.yaml";
  bool plan = false;
  bool prove = false;
  bool json = false;
};

Result<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return invalid(fmt::format("{} cannot be read", path.string()));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

constexpr std::string_view kSchedules = "schedules-";

// Answers, and calendars as schedules-ID.ics.
Result<ToolExport> read_folder(const std::string& folder) {
  std::error_code error;
  ToolExport out;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().stem().string(), kind = entry.path().extension().string();
    const bool is_calendar = kind == ".ics" && name.starts_with(kSchedules);
    if (kind != ".json" && !is_calendar) continue;
    ASSIGN_OR_RETURN(std::string text, read_file(entry.path()));
    if (is_calendar) {
      out.calendars.emplace(name.substr(kSchedules.size()), std::move(text));
    } else {
      out.answers.emplace(name, std::move(text));
    }
  }
  if (error) return invalid(fmt::format("{}: {}", folder, error.message()));
  if (out.answers.empty()) {
    return invalid(
        fmt::format("{} holds no *.json; docs/import.md tells how to export them", folder));
  }
  return out;
}

// Where the export comes from, for messages.
std::string origin_of(const Flags& flags) { return flags.from_api ? flags.url : flags.folder; }

Result<ToolExport> ask_api(const Tool& tool, const Flags& flags) {
  const char* token = std::getenv(tool.token);
  if (token == nullptr || *token == '\0') {
    return fail(Code::kUnauthenticated,
                fmt::format("set {} to a token for {}'s API that may read; docs/import.md tells "
                            "where to make one",
                            tool.token, tool.name));
  }
  ToolApi api{.url = flags.url, .token = Secret(token), .token_name = tool.token};
  if (const char* stack = std::getenv("GRAFANA_URL")) api.stack_url = stack;
  api.pause = [](Duration wait) { std::this_thread::sleep_for(wait); };
  // Beside --json only that goes to the standard output.
  api.told = [](const std::string& text) { std::fputs((text + "\n").c_str(), stderr); };
  Metrics metrics;
  const auto client = net::Client::start(metrics);
  return tool.fetch(*client, api, flags.prove || !flags.save.empty(), SystemClock().now());
}

Result<> save(const ToolExport& out, const std::string& folder) {
  std::map<std::string, const std::string*> files;
  for (const auto& [name, text] : out.answers) files.emplace(name + ".json", &text);
  for (const auto& [id, text] : out.calendars) {
    files.emplace(fmt::format("{}{}.ics", kSchedules, id), &text);
  }
  // Names, numbers and addresses of people, and the secret URLs of their calendars: for nobody else
  // to read. A folder that was there stays as it is.
  std::error_code error;
  const bool is_new = fs::create_directories(folder, error);
  if (is_new && !error) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return invalid(fmt::format("{} cannot be made: {}", folder, error.message()));
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string kind = entry.path().extension().string();
    if (kind != ".json" || files.contains(entry.path().filename().string())) continue;
    return fail(Code::kFailedPrecondition,
                fmt::format("{} is none of the answers that just came, and would be read with "
                            "them: move it away, or name another folder",
                            entry.path().string()));
  }
  for (const auto& [name, text] : files) {
    RETURN_IF_ERROR(server::write_file((fs::path(folder) / name).string(), *text, 0600));
  }
  return {};
}

Result<ToolExport> read_export(const Tool& tool, const Flags& flags) {
  if (!flags.from_api) return read_folder(flags.folder);
  ASSIGN_OR_RETURN(ToolExport out, ask_api(tool, flags));
  if (!flags.save.empty()) RETURN_IF_ERROR(save(out, flags.save));
  return out;
}

Result<oncall::ExportFiles> parse(const ToolExport& out) {
  oncall::ExportFiles files;
  for (const auto& [name, text] : out.answers) {
    auto node = codec::parse_json(text);
    if (!node) return fail(std::move(node.error()).in(name + ".json"));
    files.emplace(name, *std::move(node));
  }
  return files;
}

// --- the file that is written

constexpr std::string_view kChecksum = "# checksum ";

std::string checksum_of(std::string_view body) {
  return fmt::format("{:016x}", XXH64(body.data(), body.size(), 0));
}

std::string text_of(const oncall::Import& import, const Tool& tool) {
  std::string body;
  for (const auto& document : import.documents) body += "---\n" + codec::to_yaml(document);
  return fmt::format(
      "# Taken over from {} by `tocsin import {}`. Doing it again renews this file, unless it was\n"
      "# changed by hand: move what you want to keep into a file of your own.\n{}{}\n{}",
      tool.name, tool.command, kChecksum, checksum_of(body), body);
}

// Whether the file is as an import wrote it.
bool is_untouched(std::string_view text) {
  const size_t at = text.find(kChecksum);
  const size_t end = text.find('\n', at);
  if (at == std::string_view::npos || end == std::string_view::npos) return false;
  const std::string_view kept = text.substr(at + kChecksum.size(), end - at - kChecksum.size());
  return kept == checksum_of(text.substr(end + 1));
}

Result<> write(const std::string& path, const std::string& text) {
  std::error_code error;
  if (fs::exists(path, error)) {
    ASSIGN_OR_RETURN(const std::string there, read_file(path));
    if (!is_untouched(there)) {
      return fail(Code::kFailedPrecondition,
                  fmt::format("{} was changed since it was imported; move it away, or name another "
                              "file with --into",
                              path));
    }
  }
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty()) fs::create_directories(folder, error);
  // In one step: a full disk leaves the old file as it was.
  const std::string part = path + ".part";
  {
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) {
      fs::remove(part, error);
      return fail(Code::kFailedPrecondition, fmt::format("{} cannot be written", path));
    }
  }
  fs::rename(part, path, error);
  if (error) {
    return fail(Code::kFailedPrecondition,
                fmt::format("{} cannot be written: {}", path, error.message()));
  }
  return {};
}

// --- what is said

void show(const oncall::Import& import) {
  std::vector<std::vector<std::string>> rows;
  std::map<oncall::ImportVerdict, int> counts;
  for (const auto& thing : import.plan) {
    ++counts[thing.verdict];
    rows.push_back({thing.kind, thing.source, thing.name, std::string(name_of(thing.verdict)),
                    thing.notes.empty() ? "" : thing.notes.front()});
    for (size_t i = 1; i < thing.notes.size(); ++i)
      rows.push_back({"", "", "", "", thing.notes[i]});
  }
  print(print_table({"kind", "there", "here", "", "what is different"}, rows));
  print(fmt::format("{} ok, {} changed, {} not possible.\n", counts[oncall::ImportVerdict::kSame],
                    counts[oncall::ImportVerdict::kChanged],
                    counts[oncall::ImportVerdict::kImpossible]));
}

codec::Json to_json(const oncall::Import& import) {
  codec::JsonArray things;
  for (const auto& thing : import.plan) {
    codec::JsonArray notes;
    for (const auto& note : thing.notes) notes.emplace_back(note);
    things.push_back(codec::JsonObject{{"kind", thing.kind},
                                       {"source", thing.source},
                                       {"name", thing.name},
                                       {"verdict", name_of(thing.verdict)},
                                       {"notes", std::move(notes)}});
  }
  return codec::JsonObject{{"things", std::move(things)}};
}

// --- the proof

Result<std::map<std::string, oncall::Schedule>> schedules_of(const oncall::Import& import,
                                                             const Tool& tool) {
  codec::Problems problems;
  const catalog::Catalog catalog =
      catalog::load_texts({{"imported", text_of(import, tool)}}, problems);
  std::map<std::string, oncall::Schedule> schedules;
  for (auto& spec : oncall::read_schedules(catalog, problems)) {
    schedules.emplace(spec.schedule.id.value(), std::move(spec.schedule));
  }
  RETURN_IF_ERROR(problems.as_result());
  return schedules;
}

std::string hours_text(Time begin, Time end) {
  return fmt::format("{} to {}", to_rfc3339(begin).substr(0, 16), to_rfc3339(end).substr(0, 16));
}

// Each schedule against its calendar there.
Result<> prove(const oncall::Import& import, const ToolExport& out, const Tool& tool,
               const Flags& flags) {
  ASSIGN_OR_RETURN(const auto schedules, schedules_of(import, tool));
  const Time now = std::chrono::floor<hours>(SystemClock().now());
  int proved = 0, unproved = 0, differing = 0;
  for (const oncall::ImportedThing& thing : import.plan) {
    if (thing.kind != "schedule" || thing.verdict != oncall::ImportVerdict::kImpossible) continue;
    ++unproved;
    print(fmt::format("{}: not proved, it could not be taken over\n", thing.source));
  }
  for (const auto& [id, name] : import.schedules) {
    const auto found = out.calendars.find(id);
    if (found == out.calendars.end()) {
      ++unproved;
      print(fmt::format("{}: not proved, there is no schedules-{}.ics\n", name, id));
      continue;
    }
    const oncall::Schedule& schedule = schedules.at(name);
    auto calendar =
        calendar::read_ical(found->second, schedule.zone, now, now + oncall::kProveAhead);
    if (!calendar) {
      return fail(std::move(calendar.error()).in(fmt::format("schedules-{}.ics", id)));
    }
    const oncall::ImportProof proof = oncall::prove(schedule, import.people, *calendar, now);
    ++proved;
    print(fmt::format("{}: {} of {} hours have the same people on call\n", name, proof.same,
                      proof.hours));
    if (proof.same != proof.hours) ++differing;
    for (const auto& difference : proof.differences) {
      print(fmt::format("  {} UTC: there {}, here {}\n",
                        hours_text(difference.begin, difference.end), difference.there,
                        difference.here));
    }
    for (const auto& stranger : proof.strangers) {
      print(fmt::format("  the calendar names somebody who is not in the export: {}\n", stranger));
    }
  }
  if (proved == 0) {
    return invalid(
        fmt::format("{} holds no schedules-ID.ics to compare with; docs/import.md tells "
                    "how to export them",
                    origin_of(flags)));
  }
  if (differing > 0) {
    return fail(Code::kFailedPrecondition,
                fmt::format("{} of {} schedules differ from their calendars", differing, proved));
  }
  if (unproved > 0) {
    return fail(Code::kFailedPrecondition,
                fmt::format("{} of {} schedules were not proved", unproved, unproved + proved));
  }
  return {};
}

Result<> check(const Tool& tool, Flags& flags) {
  if (flags.from_api == !flags.folder.empty()) {
    return invalid("name the folder with the answers of the API, or --from-api");
  }
  if (!flags.from_api && !(flags.url.empty() && flags.save.empty())) {
    return invalid("--url and --save belong to --from-api");
  }
  if (!flags.from_api) return {};
  if (flags.url.empty()) flags.url = tool.url;
  if (flags.url.empty()) {
    return invalid(fmt::format("name the address of your {} with --url", tool.name));
  }
  // A user's name or a query would be shown where things go wrong, and belong to no API of these.
  if (!(flags.url.starts_with("http://") || flags.url.starts_with("https://")) ||
      flags.url.find_first_of("@?#") != std::string::npos) {
    return invalid("--url must be such as https://oncall.example.org, without a user or a query");
  }
  while (flags.url.ends_with('/')) flags.url.pop_back();
  return {};
}

Result<> run(const Tool& tool, Flags flags) {
  if (flags.print_query) {
    print(std::string(goalert_query()));
    return {};
  }
  RETURN_IF_ERROR(check(tool, flags));
  ASSIGN_OR_RETURN(const ToolExport out, read_export(tool, flags));
  ASSIGN_OR_RETURN(const auto files, parse(out));
  ASSIGN_OR_RETURN(const auto import, tool.read(files, SystemClock().now()));
  if (import.plan.empty()) {
    return invalid(
        fmt::format("{} holds nothing that {}'s API answers; docs/import.md tells how "
                    "the files are called",
                    origin_of(flags), tool.name));
  }
  if (flags.prove) return prove(import, out, tool, flags);
  if (!flags.plan) RETURN_IF_ERROR(write(flags.into, text_of(import, tool)));
  if (flags.json) {
    print_json(to_json(import));
    return {};
  }
  show(import);
  print(flags.plan ? "This is a plan: nothing was written.\n"
                   : fmt::format("Written to {}; look at it with `tocsin check`, then `tocsin "
                                 "reload`.\n",
                                 flags.into));
  return {};
}

}  // namespace

void add_oncall_imports(CLI::App& import, std::function<Result<>()>& action) {
  for (const Tool& tool : kTools) {
    const auto flags = std::make_shared<Flags>();
    CLI::App* command = import.add_subcommand(
        tool.command,
        fmt::format("People, schedules, escalation policies and services of {}", tool.name));
    command->add_option("folder", flags->folder, "Folder with the answers of its API, *.json");
    command->add_flag("--from-api", flags->from_api,
                      fmt::format("Ask the API instead; its token is read from {}", tool.token));
    command->add_option("--url", flags->url,
                        *tool.url != '\0' ? fmt::format("Address of the API ({})", tool.url)
                                          : fmt::format("Address of your {}", tool.name));
    command->add_option("--save", flags->save, "Folder that keeps the answers of the API");
    if (tool.fetch == fetch_goalert) {
      command->add_flag("--print-query", flags->print_query,
                        "Only print the query for which a key of its API is made");
    }
    command->add_option("--into", flags->into, "File of the catalog that is written")
        ->capture_default_str();
    command->add_flag("--plan", flags->plan, "Only say what would become of each thing");
    command->add_flag("--prove", flags->prove,
                      "Compare who is on call, each hour of 90 days, with the calendars "
                      "schedules-ID.ics; nothing is written");
    command->add_flag("--json", flags->json, "The plan as JSON");
    command->footer(fmt::format(
        "Nothing there is changed, nothing here is deleted, and doing it again gives the same. How "
        "to export: docs/import.md.\nExamples: tocsin import {0} export --plan\n"
        "          tocsin import {0} --from-api{1} --plan",
        tool.command, *tool.url != '\0' ? "" : " --url https://oncall.example.org"));
    command->callback(
        [flags, &tool, &action] { action = [flags, &tool] { return run(tool, *flags); }; });
  }
}

}  // namespace tocsin::cli
