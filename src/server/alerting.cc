#include "server/alerting.h"

#include <fmt/format.h>
#include <glob.h>
#include <xxhash.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "alert/mark_api.h"
#include "alert/posted_api.h"
#include "alert/silence_api.h"
#include "gotemplate/default_templates.h"
#include "receiver/check.h"
#include "server/version.h"

namespace tocsin::server {
namespace {

// What holds without an alertmanager.yml: posted alerts are kept, grouped and shown, silences work,
// and no integration is told.
constexpr std::string_view kBuiltIn = R"(route:
  receiver: nobody
  group_by: [alertname]
receivers:
  - name: nobody
)";

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return not_found(fmt::format("{} cannot be read; name a file that is there", path));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// The files that a pattern names, sorted; a pattern that names none is fine, as it is to the
// reference.
std::vector<std::string> files_of(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> files;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return files;
}

Result<std::shared_ptr<const gotemplate::TemplateSet>> load_templates(
    const std::vector<std::string>& patterns) {
  std::vector<gotemplate::Source> sources;
  for (const std::string& pattern : patterns) {
    for (const std::string& file : files_of(pattern)) {
      ASSIGN_OR_RETURN(std::string text, read_file(file));
      sources.push_back({std::filesystem::path(file).filename().string(), std::move(text)});
    }
  }
  ASSIGN_OR_RETURN(auto templates, gotemplate::default_templates().with(sources));
  return std::make_shared<const gotemplate::TemplateSet>(std::move(templates));
}

}  // namespace

Result<AlertingConfig> load_alerting(const std::string& file, routing::MatcherSyntax syntax) {
  AlertingConfig out;
  codec::Problems problems;
  out.routing = file.empty()
                    ? routing::read_alertmanager_config(kBuiltIn, "built-in", ".", syntax, problems)
                    : routing::load_alertmanager_config(file, syntax, problems);
  RETURN_IF_ERROR(problems.as_result());
  ASSIGN_OR_RETURN(out.templates, load_templates(out.routing->templates));
  return out;
}

Alerting::Alerting(Parts parts, Options options)
    : parts_(parts),
      options_(std::move(options)),
      started_(parts.clock.now()),
      alerts_({parts_.engine, parts_.clock, parts_.log, parts_.metrics}, options_.alerts),
      marks_(parts_.engine, alerts_, parts_.clock),
      silences_(parts_.engine, parts_.clock, parts_.rng, parts_.metrics, options_.silences),
      recurring_(parts_.engine, silences_),
      log_book_(parts_.engine, parts_.metrics, options_.retention),
      readers_(parts_.database) {}

Alerting::~Alerting() = default;

Result<std::unique_ptr<Alerting>> Alerting::open(Parts parts, Options options) {
  std::unique_ptr<Alerting> out(new Alerting(parts, std::move(options)));
  RETURN_IF_ERROR(out->load());
  return out;
}

Result<> Alerting::load() {
  ASSIGN_OR_RETURN(auto config, load_alerting(options_.file, options_.syntax));
  ASSIGN_OR_RETURN(const auto session, parts_.database.connect_for_reading());
  RETURN_IF_ERROR(alerts_.load(*session));
  RETURN_IF_ERROR(marks_.load(*session));
  RETURN_IF_ERROR(silences_.load(*session));
  RETURN_IF_ERROR(log_book_.load(*session));
  if (log_book_.has_imported()) {
    alerts_.await_ends([this](const routing::PostedAlert& alert) {
      return log_book_.is_imported(alert::imported_hash(alert.labels));
    });
  }
  if (options_.cluster) {
    ASSIGN_OR_RETURN(cluster_, alert::Cluster::open({silences_, log_book_, parts_.clock, parts_.rng,
                                                     parts_.log, parts_.metrics},
                                                    *options_.cluster));
  }
  dispatcher_ = alert::Dispatcher::make(
      {parts_.engine, alerts_, silences_, log_book_, parts_.clock, parts_.rng, parts_.log,
       parts_.metrics, options_.external_url, &marks_, cluster_.get()},
      options_.dispatcher);
  RETURN_IF_ERROR(dispatcher_->load(*session));
  use(std::move(config));
  return {};
}

void Alerting::use(AlertingConfig config) {
  std::vector<std::string> warnings = config.routing->warnings;
  std::ranges::copy(receiver::check_integrations(*config.routing), std::back_inserter(warnings));
  for (const std::string& warning : warnings) {
    parts_.log.warn("alertmanager.yml", {{"warning", warning}});
  }
  {
    std::scoped_lock lock(mutex_);
    config_ = config;
  }
  const receiver::Tools tools{parts_.client, config.templates,
                              fmt::format("Alertmanager/{}", alert::kStandsInFor)};
  dispatcher_->use(config.routing, [&tools](const routing::Receiver& receiver) {
    return receiver::make_integrations(receiver, tools);
  });
  show_reload(true);
  // The reference takes six bytes of an MD5; any hash that changes with what is meant will do.
  const std::string& meant = config.routing->original;
  const uint64_t hash = XXH3_64bits(meant.data(), meant.size()) >> 16;
  parts_.metrics
      .gauge("alertmanager_config_hash", "Hash of the configuration that was loaded last.")
      .set(static_cast<double>(hash));
}

void Alerting::show_reload(bool went_well) {
  parts_.metrics
      .gauge("alertmanager_config_last_reload_successful",
             "Whether the last attempt to load the configuration went well.")
      .set(went_well ? 1 : 0);
  if (!went_well) return;
  parts_.metrics
      .gauge("alertmanager_config_last_reload_success_timestamp_seconds",
             "When the configuration was loaded well for the last time.")
      .set(static_cast<double>(to_micros(parts_.clock.now())) / 1e6);
}

Result<> Alerting::reload() {
  auto config = load_alerting(options_.file, options_.syntax);
  if (!config) {
    show_reload(false);
    return fail(std::move(config.error()));
  }
  use(*std::move(config));
  parts_.log.info("the routing of alerts was reloaded",
                  {{"file", options_.file.empty() ? "built-in" : options_.file}});
  return {};
}

std::shared_ptr<const routing::AlertmanagerConfig> Alerting::config() const {
  std::scoped_lock lock(mutex_);
  return config_.routing;
}

void Alerting::add_routes(net::Router& router, Authorize authorize, const std::string& prefix) {
  parts_.metrics
      .gauge("alertmanager_build_info", "A metric with a constant '1' value, labelled by version.",
             {{"branch", "tocsin"},
              {"goversion", ""},
              {"revision", std::string(kVersion)},
              {"version", std::string(alert::kStandsInFor)}})
      .set(1);
  // Of every Go program; the mixin sees by it that a process starts again and again.
  parts_.metrics
      .gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.")
      .set(static_cast<double>(to_micros(started_)) / 1e6);
  using ApiCluster = alert::AlertmanagerApiParts::Cluster;
  const auto cluster = [this]() -> std::optional<ApiCluster> {
    if (!cluster_) return std::nullopt;
    alert::Cluster::View view = cluster_->view();
    return ApiCluster{view.name, view.is_ready ? "ready" : "settling", std::move(view.peers)};
  };
  alert::add_alertmanager_routes(router, {.alerts = alerts_,
                                          .silences = silences_,
                                          .dispatcher = *dispatcher_,
                                          .clock = parts_.clock,
                                          .metrics = parts_.metrics,
                                          .config = [this] { return config(); },
                                          .authorize = std::move(authorize),
                                          .syntax = options_.syntax,
                                          .started = started_,
                                          .prefix = prefix,
                                          .version = std::string(kVersion),
                                          .cluster = cluster});
}

alert::PostedApiParts Alerting::posted_parts(Authorize authorize, const std::string& prefix,
                                             OwnerOf owner_of) {
  return {.alerts = alerts_,
          .marks = marks_,
          .dispatcher = *dispatcher_,
          .readers = readers_,
          .clock = parts_.clock,
          .config = [this] { return config(); },
          .authorize = std::move(authorize),
          .syntax = options_.syntax,
          .prefix = prefix,
          .owner_of = std::move(owner_of)};
}

void Alerting::add_reading_routes(net::Router& router, Authorize authorize,
                                  const std::string& prefix, OwnerOf owner_of) {
  const auto parts = posted_parts(std::move(authorize), prefix, std::move(owner_of));
  alert::add_posted_routes(router, parts);
  alert::add_history_routes(router, parts);
  alert::add_walk_routes(router, parts);
}

void Alerting::add_people_routes(net::Router& router, access::Gate& gate, Authorize authorize,
                                 OwnerOf owner_of) {
  alert::add_mark_routes(router, gate, posted_parts(std::move(authorize), "", std::move(owner_of)));
  alert::add_silence_routes(router, {gate, readers_, alerts_, marks_, silences_, recurring_,
                                     *dispatcher_, parts_.clock, options_.syntax});
}

void Alerting::start() {
  if (cluster_) cluster_->start();
  dispatcher_->start();
}

void Alerting::stop(Duration patience) {
  dispatcher_->stop(patience);
  if (cluster_) cluster_->stop(std::chrono::seconds(1));
}

}  // namespace tocsin::server
