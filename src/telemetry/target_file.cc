#include "telemetry/target_file.h"

#include <fstream>
#include <sstream>

#include "codec/yaml.h"

namespace tocsin::telemetry {
namespace {

// JSON is YAML, but for tabs between tokens, which people do not write there.
std::vector<ScrapeAddress> read_groups(const std::string& file, codec::Problems& problems) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    problems.add({file, {}, "", "the file cannot be read"});
    return {};
  }
  std::vector<ScrapeAddress> targets;
  for (const codec::Node& document : codec::parse_yaml(text.str(), file, problems)) {
    if (document.kind != codec::Node::Kind::kSequence) {
      problems.add({file, document.place, "", "a list of {targets, labels} is wanted"});
      continue;
    }
    for (const codec::Node& item : document.items) {
      codec::Fields group(item, file, problems);
      const std::map<std::string, std::string> labels = group.text_map("labels");
      for (std::string& address : group.texts("targets"))
        targets.push_back({std::move(address), labels});
      group.finish();
    }
  }
  return targets;
}

}  // namespace

std::vector<ScrapeAddress> targets_of(const ScrapeJob& job, Log& log) {
  std::vector<ScrapeAddress> targets;
  for (const std::string& address : job.targets) targets.push_back({address, {}});
  for (const std::string& file : job.files) {
    codec::Problems problems;
    std::vector<ScrapeAddress> found = read_groups(file, problems);
    if (const auto good = problems.as_result(); !good) {
      log.warn("a file of targets is not used", {{"job", job.job}, {"error", good.error()}});
      continue;
    }
    for (ScrapeAddress& target : found) targets.push_back(std::move(target));
  }
  for (ScrapeAddress& target : targets) {
    for (const auto& [name, value] : job.labels) target.labels.emplace(name, value);
  }
  return targets;
}

}  // namespace tocsin::telemetry
