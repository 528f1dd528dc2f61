#include "cli/import_command.h"

#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "alert/alertmanager_import.h"
#include "cli/import_oncall.h"
#include "cli/print.h"
#include "cli/table.h"
#include "server/config.h"
#include "store/migration.h"

namespace tocsin::cli {
namespace {

namespace fs = std::filesystem;

struct ImportFlags {
  std::string from;          // --storage.path of the Alertmanager
  std::string storage_path;  // of `tocsin alertmanager`
  std::string config;        // of the server
  bool plan = false;
};

// --- what is taken over

// Nothing where there is no such file.
Result<std::optional<std::string>> read_file(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  if (!in) return invalid(fmt::format("{} cannot be read", path.string()));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<alert::AlertmanagerData> read_data(const fs::path& folder) {
  ASSIGN_OR_RETURN(const auto silences, read_file(folder / "silences"));
  ASSIGN_OR_RETURN(const auto nflog, read_file(folder / "nflog"));
  if (!silences && !nflog) {
    return not_found(fmt::format(
        "{} holds neither silences nor nflog; name the folder that the Alertmanager had "
        "as --storage.path (it writes them every 15 minutes and when it ends)",
        folder.string()));
  }
  alert::AlertmanagerData data;
  if (silences) {
    auto read = alert::read_alertmanager_silences(*silences);
    if (!read) return fail(std::move(read.error()).in((folder / "silences").string()));
    data.silences = *std::move(read);
  }
  if (nflog) {
    auto read = alert::read_alertmanager_nflog(*nflog);
    if (!read) return fail(std::move(read.error()).in((folder / "nflog").string()));
    data.told = *std::move(read);
  }
  return data;
}

// --- where it goes

// A database of nothing, for a plan where there is none yet.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "tocsin-plan-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) folder_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string url() const { return "sqlite:" + folder_ + "/plan.db"; }

 private:
  std::string folder_;
};

Result<std::string> url_of(const ImportFlags& flags) {
  if (flags.storage_path.empty() == flags.config.empty()) {
    return invalid(
        "say where it goes: --storage.path=FOLDER of `tocsin alertmanager`, or --config=FILE of "
        "the "
        "server");
  }
  if (!flags.config.empty()) {
    codec::Problems problems;
    const server::Config config = server::load_config(flags.config, problems);
    RETURN_IF_ERROR(problems.as_result());
    std::error_code error;
    if (!flags.plan) fs::create_directories(config.data, error);
    return config.database;
  }
  const fs::path folder(flags.storage_path);
  std::error_code error;
  if (!flags.plan) fs::create_directories(folder, error);
  if (error) {
    return fail(Code::kFailedPrecondition, fmt::format("the storage folder {} cannot be made: {}",
                                                       folder.string(), error.message()));
  }
  return "sqlite:" + (folder / "tocsin.db").string();
}

bool is_missing(const std::string& url) {
  constexpr std::string_view kSqlite = "sqlite:";
  std::error_code error;
  return url.starts_with(kSqlite) && !fs::exists(url.substr(kSqlite.size()), error);
}

// The number of its newest migration; 0 for a database that holds nothing.
int64_t version_of(store::Session& sql) {
  const auto rows = sql.query("SELECT COALESCE(MAX(number), 0) FROM schema_version");
  return rows ? rows->front().integer(0) : 0;
}

// Whoever writes to this database says so: kFailedPrecondition names that process.
Result<std::unique_ptr<store::Lease>> take_lease(store::Database& database, Time now) {
  return store::Lease::acquire(database, "tocsin import", now);
}

// Runs the import in one transaction, which a plan rolls back.
Result<alert::ImportReport> run_in(const std::string& url, const alert::AlertmanagerData& data,
                                   bool is_plan, bool is_scratch) {
  const SystemClock clock;
  SystemRng rng;
  Log log(clock, LogLevel::kWarn, LogFormat::kLogfmt);
  Metrics metrics;
  ASSIGN_OR_RETURN(const auto database, store::Database::open(url));
  ASSIGN_OR_RETURN(auto session, database->connect());
  std::unique_ptr<store::Lease> lease;
  const int64_t version = version_of(*session);
  if (version > 0) {
    ASSIGN_OR_RETURN(lease, take_lease(*database, clock.now()));
  }
  if (is_plan && !is_scratch && version < store::all_migrations().back().number) {
    return fail(Code::kFailedPrecondition,
                fmt::format("{} was made by an older Tocsin, and a plan does not change it; start "
                            "this one once, or import without --plan",
                            database->describe()));
  }
  ASSIGN_OR_RETURN(const int migrations, store::migrate(*session));
  static_cast<void>(migrations);
  session.reset();
  if (!lease) {
    ASSIGN_OR_RETURN(lease, take_lease(*database, clock.now()));
  }
  ASSIGN_OR_RETURN(const auto engine,
                   engine::Engine::open(*database, *lease, clock, rng, log, metrics));
  alert::ImportReport report;
  const Result<> done = engine->run([&](engine::Tx& tx) -> Result<> {
    ASSIGN_OR_RETURN(report, alert::import_alertmanager(tx, data, clock.now()));
    if (is_plan) return fail(Code::kCancelled, "only a plan");
    return {};
  });
  if (!done && !(is_plan && done.error().code == Code::kCancelled)) return fail(done.error());
  return report;
}

// --- what is said

void show(const alert::ImportReport& report, bool is_plan) {
  const Time now = SystemClock().now();
  std::vector<std::vector<std::string>> rows;
  for (const auto& [silence, what] : report.silences) {
    rows.push_back({what, std::string(routing::name_of(silence.state(now))), silence.id,
                    routing::to_text(silence.matchers), to_rfc3339(silence.ends),
                    silence.created_by, silence.comment});
  }
  print(print_table({"", "state", "silence", "matchers", "ends", "by", "comment"}, rows));
  const char* verb = is_plan ? "would be imported" : "imported";
  print(fmt::format("Silences: {} {}, {} known already, {} over for too long.\n",
                    report.silences.size(), verb, report.same_silences, report.expired_silences));
  print(fmt::format("Notifications: {} {}, {} known already, {} over for too long.\n", report.told,
                    verb, report.same_told, report.expired_told));
  if (is_plan) print("This is a plan: nothing was changed.\n");
}

Result<> run_import(const ImportFlags& flags) {
  ASSIGN_OR_RETURN(const auto data, read_data(flags.from));
  ASSIGN_OR_RETURN(std::string url, url_of(flags));
  std::optional<Scratch> scratch;
  if (flags.plan && is_missing(url)) url = scratch.emplace().url();
  ASSIGN_OR_RETURN(const auto report, run_in(url, data, flags.plan, scratch.has_value()));
  show(report, flags.plan);
  return {};
}

}  // namespace

void add_import_command(CLI::App& app, std::function<Result<>()>& action) {
  const auto flags = std::make_shared<ImportFlags>();
  CLI::App* import = app.add_subcommand("import", "Take over what another program kept");
  import->require_subcommand(1);
  add_oncall_imports(*import, action);
  CLI::App* command = import->add_subcommand(
      "alertmanager", "Silences, and what was told to whom, of a Prometheus Alertmanager");
  command->add_option("folder", flags->from, "Its --storage.path, with silences and nflog")
      ->required();
  command->add_option("--storage.path,--into", flags->storage_path,
                      "Folder of `tocsin alertmanager` that takes them");
  command->add_option("--config", flags->config, "Configuration of the server that takes them");
  command->add_flag("--plan", flags->plan, "Only say what would be done");
  command->footer(
      "Stop the Alertmanager first, so that its files are whole, and start Tocsin afterwards. "
      "Doing "
      "it again changes nothing.\n"
      "Example: tocsin import alertmanager /var/lib/prometheus/alertmanager --storage.path=data");
  command->callback([flags, &action] { action = [flags] { return run_import(*flags); }; });
}

}  // namespace tocsin::cli
