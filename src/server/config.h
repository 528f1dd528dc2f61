#pragma once

#include <optional>
#include <string>

#include "base/log.h"
#include "codec/fields.h"
#include "incident/lifecycle.h"
#include "net/server.h"
#include "notify/notify_config.h"
#include "routing/matcher.h"
#include "server/self_watch.h"
#include "telemetry/limits.h"
#include "telemetry/source_config.h"

namespace tocsin::server {

// Where posted alerts go: an alertmanager.yml, and how its matchers are read.
struct AlertmanagerConfig {
  std::string file;
  routing::MatcherSyntax syntax = routing::MatcherSyntax::kFallback;
};

// tocsin.yaml, one static page. Every field has a default, so that an empty file is a valid one;
// see docs/configuration.md. Relative paths count from the folder that the file lies in.
struct Config {
  std::string file;  // where it was read from; empty for the defaults
  net::ServerOptions http;
  std::string external_url;         // what links in messages begin with; no slash at the end
  std::string database;             // sqlite:PATH or postgresql://...; may hold a password
  std::string data;                 // folder for telemetry.db and the local token
  std::string catalog;              // folder of catalog files
  bool is_default_catalog = false;  // it was not named, so it may be missing
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kLogfmt;
  telemetry::IngestLimits limits;
  telemetry::Sources sources;
  notify::NotifyConfig notify;
  incident::RecoveryPolicy recovery;
  CanaryConfig canary;
  std::optional<AlertmanagerConfig> alertmanager;  // without it posted alerts are told to nobody
};

// Reads and checks the file; with an empty path the defaults, relative to the current folder. What
// is wrong goes to `problems`; the result is only fit for use when there are none.
Config load_config(const std::string& path, codec::Problems& problems);

}  // namespace tocsin::server
