#include "server/config.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "catalog/address.h"
#include "codec/yaml.h"

namespace tocsin::server {
namespace {

using codec::Fields;
using codec::Problems;

// A path of the file counts from the folder that the file lies in.
std::string from_file(const std::string& file, const std::string& path) {
  const std::filesystem::path p(path);
  if (p.is_absolute() || file.empty()) return path;
  return (std::filesystem::path(file).parent_path() / p).lexically_normal().string();
}

// One document, or none (an empty file); what is wrong is noted.
codec::Node read_file(const std::string& file, Problems& problems) {
  codec::Node nothing;
  nothing.kind = codec::Node::Kind::kMapping;
  if (file.empty()) return nothing;
  std::ifstream in(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in.is_open() || in.bad()) {
    problems.add({file, {}, "", "the file cannot be read; is the name right?"});
    return nothing;
  }
  auto documents = codec::parse_yaml(text);
  if (!documents) {
    problems.add({file, {}, "", documents.error().message});
    return nothing;
  }
  if (documents->empty()) return nothing;
  if (documents->size() > 1) {
    problems.add(
        {file, (*documents)[1].place, "", "a configuration has one document; remove the '---'"});
  }
  return std::move(documents->front());
}

// ${NAME} is replaced in the text of a field; a name that is not set is a problem of that field.
std::string expanded(Fields& fields, std::string_view key, std::string fallback) {
  const std::string text = fields.text(key, std::move(fallback));
  auto value = expand_environment(text);
  if (value) return *std::move(value);
  fields.problem(key, value.error().message);
  return {};
}

void read_log(Fields log, Config& config) {
  constexpr std::string_view kLevels[] = {"debug", "info", "warn", "error"};
  constexpr std::string_view kFormats[] = {"logfmt", "json"};
  config.log_level = static_cast<LogLevel>(log.choice("level", kLevels, 1));
  config.log_format = static_cast<LogFormat>(log.choice("format", kFormats, 0));
  log.finish();
}

void read_tls(Fields& root, Config& config) {
  if (!root.has("tls")) {
    root.raw("tls");
    return;
  }
  Fields tls = root.child("tls");
  config.http.tls = net::TlsFiles{from_file(config.file, tls.text("certificate")),
                                  from_file(config.file, tls.text("key"))};
  tls.finish();
}

void read_database(Fields& root, Config& config) {
  const std::string url = expanded(root, "database", "");
  if (url.empty()) {
    config.database = "sqlite:" + (std::filesystem::path(config.data) / "tocsin.db").string();
  } else if (url.starts_with("sqlite:")) {
    config.database = "sqlite:" + from_file(config.file, url.substr(7));
  } else if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
    config.database = url;
  } else {
    root.problem("database", "use sqlite:PATH or postgresql://USER:PASSWORD@HOST/NAME");
  }
}

void read_http(Fields& root, Config& config) {
  config.http.listen = root.text("listen", config.http.listen);
  if (config.http.listen.rfind(':') == std::string::npos) {
    root.problem("listen",
                 fmt::format("'{}' has no port; write it like 127.0.0.1:9110", config.http.listen));
  }
  read_tls(root, config);
  // Without it links in messages lead to the address that is listened on.
  config.external_url = root.text("external_url", "");
  while (config.external_url.ends_with('/')) config.external_url.pop_back();
  if (!config.external_url.empty() && !config.external_url.starts_with("http://") &&
      !config.external_url.starts_with("https://")) {
    root.problem("external_url", "begin it with http:// or https://");
  }
}

incident::RecoveryPolicy read_recovery(Fields fields) {
  incident::RecoveryPolicy policy;
  policy.monitoring_after =
      fields.duration("monitoring_after", policy.monitoring_after, seconds(0), hours(24));
  policy.resolved_after =
      fields.duration("resolved_after", policy.resolved_after, seconds(0), hours(24));
  fields.finish();
  return policy;
}

CanaryConfig read_canary(Fields fields) {
  CanaryConfig config;
  config.is_on = fields.flag("enabled", true);
  config.every = fields.duration("every", config.every, seconds(5), hours(1));
  config.team = catalog::TeamId(fields.text("team", ""));
  if (!config.team.empty() && !config.is_on) {
    fields.problem("team", "has no canary to answer for, for canary.enabled is false");
  }
  config.ping = fields.secret("ping");
  if (!config.ping.empty()) {
    if (const std::string wrong = catalog::wrong_with_url(config.ping.reveal()); !wrong.empty()) {
      fields.problem("ping", wrong);
    } else if (!config.is_on) {
      fields.problem("ping", "would never be called, for canary.enabled is false");
    }
  }
  fields.finish();
  return config;
}

std::optional<AlertmanagerConfig> read_alertmanager(Fields& root, const std::string& file) {
  if (!root.has("alertmanager")) {
    root.raw("alertmanager");
    return std::nullopt;
  }
  Fields fields = root.child("alertmanager");
  constexpr std::string_view kSyntaxes[] = {"classic", "utf8", "fallback"};
  AlertmanagerConfig config;
  config.file = from_file(file, fields.text("file"));
  config.syntax = static_cast<routing::MatcherSyntax>(fields.choice("matchers", kSyntaxes, 2));
  fields.finish();
  return config;
}

}  // namespace

Config load_config(const std::string& path, Problems& problems) {
  Config config;
  config.file = path;
  const codec::Node node = read_file(path, problems);
  Fields root(node, path, problems);
  read_http(root, config);
  config.data = from_file(path, root.text("data", "var"));
  read_database(root, config);
  config.is_default_catalog = !root.has("catalog");
  config.catalog = from_file(path, root.text("catalog", "catalog"));
  read_log(root.child("log"), config);

  Fields telemetry = root.child("telemetry");
  Fields limits = telemetry.child("limits");
  config.limits = telemetry::read_limits(limits);
  limits.finish();
  config.sources = telemetry::read_sources(telemetry);
  telemetry.finish();
  for (telemetry::ScrapeJob& job : config.sources.scrape) {
    for (std::string& file : job.files) file = from_file(path, file);
    if (!job.auth.ca_file.empty()) job.auth.ca_file = from_file(path, job.auth.ca_file);
  }
  for (telemetry::QuerySource& source : config.sources.query) {
    if (!source.auth.ca_file.empty()) source.auth.ca_file = from_file(path, source.auth.ca_file);
  }

  Fields notify = root.child("notify");
  config.notify = notify::read_notify_config(notify);
  notify.finish();
  config.recovery = read_recovery(root.child("incident"));
  config.canary = read_canary(root.child("canary"));
  config.alertmanager = read_alertmanager(root, path);
  root.finish();
  return config;
}

}  // namespace tocsin::server
