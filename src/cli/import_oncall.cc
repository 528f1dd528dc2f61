#include "cli/import_oncall.h"

#include <xxhash.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "base/clock.h"
#include "cli/print.h"
#include "cli/table.h"
#include "codec/yaml_writer.h"
#include "oncall/import.h"
#include "oncall/import_proof.h"
#include "oncall/schedule_spec.h"

namespace tocsin::cli {
namespace {

namespace fs = std::filesystem;

using Read = Result<oncall::Import> (*)(const oncall::ExportFiles&, Time);

struct Tool {
  const char* command;
  const char* name;
  Read read;
};
constexpr Tool kTools[] = {{"pagerduty", "PagerDuty", oncall::import_pagerduty},
                           {"opsgenie", "Opsgenie", oncall::import_opsgenie},
                           {"grafana-oncall", "Grafana OnCall", oncall::import_grafana_oncall},
                           {"goalert", "GoAlert", oncall::import_goalert}};

struct Flags {
  std::string folder;
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

Result<oncall::ExportFiles> read_folder(const std::string& folder) {
  std::error_code error;
  oncall::ExportFiles files;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".json") continue;
    ASSIGN_OR_RETURN(const std::string text, read_file(entry.path()));
    auto node = codec::parse_json(text);
    if (!node) return fail(std::move(node.error()).in(entry.path().string()));
    files.emplace(entry.path().stem().string(), *std::move(node));
  }
  if (error) return invalid(fmt::format("{}: {}", folder, error.message()));
  if (files.empty()) {
    return invalid(
        fmt::format("{} holds no *.json; docs/import.md tells how to export them", folder));
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

// Each schedule against the calendar beside it, schedules-ID.ics.
Result<> prove(const oncall::Import& import, const Tool& tool, const Flags& flags) {
  ASSIGN_OR_RETURN(const auto schedules, schedules_of(import, tool));
  const Time now = std::chrono::floor<hours>(SystemClock().now());
  int proved = 0, differing = 0;
  for (const auto& [id, name] : import.schedules) {
    const fs::path path = fs::path(flags.folder) / fmt::format("schedules-{}.ics", id);
    std::error_code error;
    if (!fs::exists(path, error)) {
      print(fmt::format("{}: not proved, there is no {}\n", name, path.string()));
      continue;
    }
    ASSIGN_OR_RETURN(const std::string text, read_file(path));
    const oncall::Schedule& schedule = schedules.at(name);
    auto calendar = calendar::read_ical(text, schedule.zone, now, now + oncall::kProveAhead);
    if (!calendar) return fail(std::move(calendar.error()).in(path.string()));
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
                    flags.folder));
  }
  if (differing > 0) {
    return fail(Code::kFailedPrecondition,
                fmt::format("{} of {} schedules differ from their calendars", differing, proved));
  }
  return {};
}

Result<> run(const Tool& tool, const Flags& flags) {
  ASSIGN_OR_RETURN(const auto files, read_folder(flags.folder));
  ASSIGN_OR_RETURN(const auto import, tool.read(files, SystemClock().now()));
  if (import.plan.empty()) {
    return invalid(
        fmt::format("{} holds nothing that {}'s API answers; docs/import.md tells how "
                    "the files are called",
                    flags.folder, tool.name));
  }
  if (flags.prove) return prove(import, tool, flags);
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
    command->add_option("folder", flags->folder, "Folder with the answers of its API, *.json")
        ->required();
    command->add_option("--into", flags->into, "File of the catalog that is written")
        ->capture_default_str();
    command->add_flag("--plan", flags->plan, "Only say what would become of each thing");
    command->add_flag("--prove", flags->prove,
                      "Compare who is on call, each hour of 90 days, with the calendars "
                      "schedules-ID.ics in the folder; nothing is written");
    command->add_flag("--json", flags->json, "The plan as JSON");
    command->footer(fmt::format(
        "Nothing there is changed, nothing here is deleted, and doing it again gives the same. How "
        "to export: docs/import.md.\nExample: tocsin import {} export --plan",
        tool.command));
    command->callback(
        [flags, &tool, &action] { action = [flags, &tool] { return run(tool, *flags); }; });
  }
}

}  // namespace tocsin::cli
