#include "telemetry/target_file.h"

#include <glob.h>
#include <sys/stat.h>

#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include "codec/yaml.h"

namespace tocsin::telemetry {
namespace {

// JSON is YAML, but for tabs between tokens, which people do not write there.
std::vector<DiscoveredTarget> read_groups(const std::string& file, codec::Problems& problems) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    problems.add({file, {}, "", "the file cannot be read"});
    return {};
  }
  std::vector<DiscoveredTarget> targets;
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

// A path, or those that a pattern names, in order.
std::vector<std::string> expand(const std::string& pattern) {
  if (pattern.find_first_of("*?[") == std::string::npos) return {pattern};
  std::vector<std::string> paths;
  glob_t found{};
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return paths;
}

// Nanoseconds of a file's last change; 0 when it is not there.
int64_t change_time(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return 0;
  return info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec;
}

}  // namespace

std::vector<ScrapeAddress> TargetFiles::targets_of(const ScrapeJob& job, Log& log) {
  std::vector<DiscoveredTarget> discovered;
  for (const std::string& address : job.targets) discovered.push_back({address, {}});
  for (const std::string& pattern : job.files) {
    for (const std::string& file : expand(pattern)) {
      codec::Problems problems;
      std::vector<DiscoveredTarget> found = read_groups(file, problems);
      if (const auto good = problems.as_result(); good) {
        good_[file] = std::move(found);
      } else {
        log.warn("a file of targets is wrong; the targets that it had before stay",
                 {{"job", job.job}, {"error", good.error()}});
        if (change_time(file) == 0) good_.erase(file);
      }
      const std::vector<DiscoveredTarget>& known = good_[file];
      discovered.insert(discovered.end(), known.begin(), known.end());
    }
  }
  std::vector<ScrapeAddress> targets;
  std::set<std::pair<std::string, std::map<std::string, std::string>>> seen;
  for (DiscoveredTarget& target : discovered) {
    Result<ScrapeAddress> address = scrape_address(job, std::move(target));
    if (!address) {
      log.warn("a target is left out", {{"job", job.job}, {"error", address.error()}});
    } else if (seen.emplace(address->url, address->labels).second) {
      targets.push_back(*std::move(address));
    }
  }
  return targets;
}

bool TargetFiles::has_changed(const std::vector<ScrapeJob>& jobs) {
  std::map<std::string, int64_t> now;
  for (const ScrapeJob& job : jobs) {
    for (const std::string& pattern : job.files) {
      for (const std::string& file : expand(pattern)) now[file] = change_time(file);
    }
  }
  return std::exchange(changed_, now) != now;
}

}  // namespace tocsin::telemetry
