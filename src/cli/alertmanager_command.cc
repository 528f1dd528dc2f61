#include "cli/alertmanager_command.h"

#include <pthread.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <map>
#include <memory>
#include <optional>

#include "base/text.h"
#include "cli/print.h"
#include "server/alertmanager_app.h"
#include "server/version.h"

namespace tocsin::cli {
namespace {

// As the flags say it; durations are texts like 120h.
struct Flags {
  server::AlertmanagerOptions options;
  std::string log_level = "info", log_format = "logfmt";
  std::string retention = "120h", start_delay = "0s";
  std::string external_url, features;
  alert::ClusterOptions cluster;
  std::map<std::string, std::string> cluster_durations;  // as given, by flag
  bool has_cluster_listen = false;
  std::string cluster_tls;
  size_t per_alertname = 0, max_silences = 0, max_silence_bytes = 0;
  bool flapping = true;
  // What is taken and not used.
  std::vector<std::string> ignored = std::vector<std::string>(32);
};

struct Unused {
  const char* name;
  const char* why;
};
constexpr Unused kUnused[] = {
    {"--cluster.allow-insecure-public-advertise-address-discovery",
     "others see the address of this process"},
    {"--data.maintenance-interval", "the database needs none"},
    {"--alerts.gc-interval", "alerts are forgotten when they may be"},
    {"--dispatch.maintenance-interval", "groups end with their last alert"},
    {"--web.timeout", "requests have a deadline of their own"},
    {"--web.get-concurrency", "the workers are the limit"},
};

struct DurationFlag {
  const char* name;
  Duration alert::ClusterOptions::* field;
  const char* help;
};
using alert::ClusterOptions;
constexpr DurationFlag kClusterDurations[] = {
    {"--cluster.peer-timeout", &ClusterOptions::peer_timeout,
     "How long each one waits for the one before it to send"},
    {"--cluster.gossip-interval", &ClusterOptions::gossip_interval,
     "Changes are sent at once; ten of these are a look at whether the cluster has settled"},
    {"--cluster.pushpull-interval", &ClusterOptions::pushpull_interval,
     "How often everything is exchanged"},
    {"--cluster.tcp-timeout", &ClusterOptions::tcp_timeout,
     "For connecting, and for the rest of a message"},
    {"--cluster.probe-timeout", &ClusterOptions::probe_timeout, "How long an answer may take"},
    {"--cluster.probe-interval", &ClusterOptions::probe_interval,
     "How often each other process is asked; four without an answer, and it is dead"},
    {"--cluster.settle-timeout", &ClusterOptions::settle_timeout,
     "At start, how long to wait for the others at most before anything is sent"},
    {"--cluster.reconnect-interval", &ClusterOptions::reconnect_interval,
     "How often a lost process is called"},
    {"--cluster.reconnect-timeout", &ClusterOptions::reconnect_timeout,
     "How long a lost process is remembered"},
};

void add_cluster_flags(CLI::App& command, Flags& f) {
  const char* const kGroup = "Several processes that send once (docs/alertmanager.md, A pair)";
  // Scripts switch the cluster off by an empty value.
  command
      .add_option_function<std::string>(
          "--cluster.listen-address",
          [&f](const std::string& address) {
            f.cluster.listen = address;
            f.has_cluster_listen = true;
          },
          "Where the other processes reach this one. Unlike Alertmanager's there is no default: "
          "without it, or empty, this process is alone")
      ->expected(0, 1)
      ->group(kGroup);
  const auto text = [&](const char* name, std::string& value, const char* help) {
    command.add_option(name, value, help)->group(kGroup);
  };
  text("--cluster.advertise-address", f.cluster.advertise,
       "host:port that the others are told, if it is not the one they see");
  command
      .add_option("--cluster.peer", f.cluster.peers,
                  "host:port of another process, again for more; the rest is learnt from it")
      ->allow_extra_args(false)
      ->group(kGroup);
  text("--cluster.peer-name", f.cluster.name, "Name of this process; else a new one at each start");
  text("--cluster.label", f.cluster.label, "Processes with another label are refused");
  text("--cluster.tls-config", f.cluster_tls, "Refused: the links of a cluster are not encrypted");
  for (const DurationFlag& flag : kClusterDurations) {
    std::string& given = f.cluster_durations[flag.name];
    given = to_text(f.cluster.*flag.field);
    command.add_option(flag.name, given, flag.help)->capture_default_str()->group(kGroup);
  }
}

void add_flags(CLI::App& command, Flags& f) {
  add_cluster_flags(command, f);
  command.add_option("--config.file", f.options.config_file, "The alertmanager.yml")
      ->capture_default_str();
  command.add_option("--storage.path", f.options.storage_path, "Folder of the database")
      ->capture_default_str();
  command
      .add_option(
          "--web.listen-address", f.options.listen,
          "Where to listen, again for more; port 0 takes a free one. Unlike Alertmanager's the "
          "default is this machine alone; :9093 is every address")
      ->capture_default_str()
      ->allow_extra_args(false);
  command.add_option("--web.external-url", f.options.external_url,
                     "Where people reach this process: in messages, and its path is the prefix");
  command.add_option("--web.route-prefix", f.options.route_prefix,
                     "Prefix of all paths; by default the path of --web.external-url");
  command.add_option("--web.config.file", f.options.web_config,
                     "TLS, client certificates, users with bcrypt hashes, headers");
  command
      .add_option("--data.retention", f.retention, "How long to keep silences and what was told")
      ->capture_default_str();
  command.add_option("--alerts.per-alertname-limit", f.per_alertname,
                     "Alerts of one name at most; 0: no limit");
  command
      .add_option("--dispatch.start-delay", f.start_delay,
                  "Tell nobody before this has passed since the start")
      ->capture_default_str();
  command.add_option("--silences.max-silences", f.max_silences, "Silences at most; 0: no limit");
  command.add_option("--silences.max-silence-size-bytes", f.max_silence_bytes,
                     "Bytes of a silence at most; 0: no limit");
  command
      .add_option(
          "--tocsin.flapping", f.flapping,
          "Whether alerts that fire and resolve again and again are held back until they are "
          "steady, which Alertmanager does not do")
      ->default_str("true");
  command.add_option("--log.level", f.log_level, "debug, info, warn or error")
      ->capture_default_str();
  command.add_option("--log.format", f.log_format, "logfmt or json")->capture_default_str();
  command.add_option("--enable-feature", f.features,
                     "classic-mode or utf8-strict-mode: how matchers are read; others do nothing");
  size_t next = 0;
  for (const Unused& flag : kUnused) {
    command.add_option(flag.name, f.ignored[next++], std::string("Taken, not used: ") + flag.why)
        ->expected(0, 1)  // some have no value
        ->group("Alertmanager's flags without a meaning here");
  }
}

bool has_feature(const std::string& features, std::string_view name) {
  for (const std::string_view feature : split(features, ',')) {
    if (trim(feature) == name) return true;
  }
  return false;
}

Result<std::optional<ClusterOptions>> cluster_of(const Flags& f) {
  ClusterOptions out = f.cluster;
  for (const DurationFlag& flag : kClusterDurations) {
    auto value = parse_duration(f.cluster_durations.at(flag.name));
    if (!value) return fail(std::move(value.error()).in(flag.name));
    if (*value <= Duration(0)) return invalid(fmt::format("{} has to be more than 0", flag.name));
    out.*flag.field = *value;
  }
  if (!f.cluster_tls.empty()) {
    return invalid(
        "--cluster.tls-config cannot be honoured: the links of a cluster are not encrypted; leave "
        "the flag out and let them run over a network that only these processes reach");
  }
  if (!out.listen.empty()) return out;
  if (!out.peers.empty() && !f.has_cluster_listen) {
    return invalid(
        "--cluster.peer needs --cluster.listen-address, where the other processes reach this one: "
        "name it (Alertmanager's default is 0.0.0.0:9094), or say --cluster.listen-address= for a "
        "process that is alone");
  }
  return std::nullopt;
}

Result<server::AlertmanagerOptions> options_of(const Flags& f) {
  server::AlertmanagerOptions out = f.options;
  ASSIGN_OR_RETURN(out.alerting.cluster, cluster_of(f));
  ASSIGN_OR_RETURN(out.alerting.retention, parse_duration(f.retention));
  ASSIGN_OR_RETURN(out.alerting.dispatcher.start_delay, parse_duration(f.start_delay));
  out.alerting.silences.retention = out.alerting.retention;
  out.alerting.silences.max_silences = f.max_silences;
  out.alerting.silences.max_bytes = f.max_silence_bytes;
  out.alerting.alerts.per_alertname = f.per_alertname;
  if (!f.flapping) out.alerting.alerts.flapping.slot = Duration(0);
  const bool classic = has_feature(f.features, "classic-mode");
  const bool utf8 = has_feature(f.features, "utf8-strict-mode");
  if (classic && utf8) {
    return invalid(
        "--enable-feature: classic-mode and utf8-strict-mode exclude each other; name one");
  }
  if (classic) out.alerting.syntax = routing::MatcherSyntax::kClassic;
  if (utf8) out.alerting.syntax = routing::MatcherSyntax::kUtf8;
  return out;
}

void say_what_is_not_used(const Flags& f, Log& log) {
  size_t next = 0;
  for (const Unused& flag : kUnused) {
    if (f.ignored[next++].empty()) continue;
    log.warn("a flag does nothing here", {{"flag", flag.name}, {"because", flag.why}});
  }
  for (const std::string_view feature : split(f.features, ',')) {
    const std::string_view name = trim(feature);
    if (name.empty() || name == "classic-mode" || name == "utf8-strict-mode") continue;
    log.warn("a feature does nothing here", {{"feature", name}});
  }
  if (!f.cluster.peers.empty() && f.cluster.listen.empty()) {
    log.warn("--cluster.listen-address is empty: this process is alone and sends everything",
             {{"flag", "--cluster.peer"}});
  }
}

Result<> run(const Flags& flags) {
  // Every thread made from here on leaves these signals to the wait below.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  ASSIGN_OR_RETURN(const LogLevel level, parse_log_level(flags.log_level));
  ASSIGN_OR_RETURN(const LogFormat format, parse_log_format(flags.log_format));
  ASSIGN_OR_RETURN(server::AlertmanagerOptions options, options_of(flags));
  const SystemClock clock;
  SystemRng rng;
  Log log(clock, level, format);
  log.info("starting in the place of Alertmanager",
           {{"version", server::kVersion}, {"stands_in_for", alert::kStandsInFor}});
  say_what_is_not_used(flags, log);
  ASSIGN_OR_RETURN(const auto app,
                   server::AlertmanagerApp::start(std::move(options), clock, rng, log));
  while (true) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (signal != SIGHUP) break;
    if (const auto reloaded = app->reload(); !reloaded) {
      log.warn("the configuration was not reloaded; the one in use stays",
               {{"error", reloaded.error()}});
    }
  }
  return app->stop();
}

}  // namespace

void add_alertmanager_command(CLI::App& app, std::function<Result<>()>& action) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand(
      "alertmanager",
      "Run in the place of an Alertmanager process, with its flags and its alertmanager.yml");
  add_flags(*command, *flags);
  command->footer(
      "Alerts, silences and what was told are in a SQLite database in --storage.path and survive a "
      "crash.\n"
      "SIGHUP and POST /-/reload read the configuration again. docs/alertmanager.md says what "
      "differs.\n"
      "Example: tocsin alertmanager --config.file=alertmanager.yml --storage.path=data "
      "--web.listen-address=127.0.0.1:9093");
  command->callback([flags, &action] { action = [flags] { return run(*flags); }; });
}

}  // namespace tocsin::cli
