#include "routing/alertmanager_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "codec/yaml.h"
#include "routing/read_config.h"

namespace tocsin::routing {
namespace {

void read_intervals(codec::Fields& top, std::string_view key,
                    std::map<std::string, NamedTimeInterval>& into) {
  for (codec::Fields& f : top.children(key)) {
    NamedTimeInterval interval = read_time_interval(f);
    if (interval.name.empty()) continue;  // reported
    const std::string name = interval.name;
    if (!into.emplace(name, std::move(interval)).second) {
      f.problem("name", fmt::format("'{}' is not unique; another time interval has this name",
                                    codec::shown(name)));
    }
  }
}

// Blocks of newer Alertmanagers that have no meaning here. What they hold is masked, not checked.
void note_unused(codec::Fields& top, std::string_view key, std::string_view instead,
                 Reading& reading) {
  top.raw(key);
  if (!top.has(key)) return;
  const codec::Fields block = top.child(key);
  mask_all(block.node(), reading);
  reading.warn(top, key, fmt::format("is not used; {}", instead));
}

}  // namespace

const Receiver* AlertmanagerConfig::receiver(std::string_view name) const {
  const auto found = std::ranges::find(receivers, name, &Receiver::name);
  return found == receivers.end() ? nullptr : &*found;
}

std::shared_ptr<const AlertmanagerConfig> read_alertmanager_config(std::string_view text,
                                                                   const std::string& file,
                                                                   const std::string& folder,
                                                                   MatcherSyntax syntax,
                                                                   codec::Problems& problems) {
  const size_t problems_before = problems.all().size();
  const std::vector<codec::Node> documents = codec::parse_yaml(text, file, problems);
  if (problems.all().size() > problems_before) return nullptr;
  const codec::Node nothing;
  Reading reading{.file = file, .folder = folder, .syntax = syntax, .problems = problems};
  const codec::Node& document = documents.empty() ? nothing : documents.front();
  codec::Fields top(document, file, problems);
  if (documents.size() > 1) top.problem("", "holds more than one document; one is read");

  auto config = std::make_shared<AlertmanagerConfig>();
  const Global global = read_global(top.child("global"), reading);
  config->resolve_timeout = global.resolve_timeout;
  config->receivers = read_receivers(top, global, reading);
  read_intervals(top, "mute_time_intervals", config->time_intervals);
  read_intervals(top, "time_intervals", config->time_intervals);
  config->route = read_route(top, config->receivers, config->time_intervals, reading);
  config->inhibit_rules = read_inhibit_rules(top, reading);
  for (const std::string& pattern : read_texts(top, "templates")) {
    config->templates.push_back(resolve(pattern, reading));
  }
  note_unused(top, "tracing", "Tocsin sends no traces of itself", reading);
  note_unused(top, "event_recorder", "the logbook holds every event", reading);
  top.finish();
  if (problems.all().size() > problems_before) return nullptr;
  config->original = masked_text(document, reading);
  config->warnings = std::move(reading.warnings);
  return config;
}

std::shared_ptr<const AlertmanagerConfig> load_alertmanager_config(const std::string& path,
                                                                   MatcherSyntax syntax,
                                                                   codec::Problems& problems) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  // An empty file makes << fail, and is read as one without a route.
  if (!in || (!(text << in.rdbuf()) && in.peek() != std::ifstream::traits_type::eof())) {
    problems.add({path, {}, "", "cannot be read; does the file exist?"});
    return nullptr;
  }
  const std::string folder = std::filesystem::absolute(path).parent_path().string();
  return read_alertmanager_config(text.str(), path, folder, syntax, problems);
}

}  // namespace tocsin::routing
