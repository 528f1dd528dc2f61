#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "codec/fields.h"
#include "routing/inhibition.h"
#include "routing/receivers.h"
#include "routing/route.h"
#include "routing/time_interval.h"

namespace tocsin::routing {

// An alertmanager.yml, read and checked as the reference does it (prometheus/alertmanager
// config/config.go), 0.25 to 0.34. Immutable; published as shared_ptr<const AlertmanagerConfig>.
struct AlertmanagerConfig {
  Duration resolve_timeout = std::chrono::minutes(5);
  std::unique_ptr<Route> route;
  std::vector<Receiver> receivers;  // global settings are already in them
  std::vector<InhibitRule> inhibit_rules;
  std::map<std::string, NamedTimeInterval> time_intervals;  // also the older mute_time_intervals
  std::vector<std::string> templates;  // glob patterns, made absolute from the file's folder
  // What GET /api/v2/status shows as config.original: the standard keys that the user wrote, with
  // secrets as <secret>. amtool parses it again.
  // A webhook's url is https://<secret>, for amtool before 0.26 takes nothing else there.
  std::string original;
  std::vector<std::string>
      warnings;  // for the log and `tocsin check`: fallback matchers, receivers that are
                 // not delivered, repeat_interval beyond the retention, ...

  const Receiver* receiver(std::string_view name) const;
};

// `file` names the file in problems; `folder` is where relative paths (templates, *_file) start
// from; the reference does so for templates and within http_config, and takes its working directory
// for the others. Every problem names line, field and the fix. Null when there are problems.
std::shared_ptr<const AlertmanagerConfig> read_alertmanager_config(std::string_view text,
                                                                   const std::string& file,
                                                                   const std::string& folder,
                                                                   MatcherSyntax syntax,
                                                                   codec::Problems& problems);

// The same from the file at `path`, whose folder is its own.
std::shared_ptr<const AlertmanagerConfig> load_alertmanager_config(const std::string& path,
                                                                   MatcherSyntax syntax,
                                                                   codec::Problems& problems);

}  // namespace tocsin::routing
