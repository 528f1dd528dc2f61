#pragma once

#include <string>
#include <vector>

#include "cli/api_client.h"

namespace tocsin::cli {

struct PostedFlags {
  ServerFlags server;
  std::vector<std::string> matchers;  // as amtool takes them
  std::string state = "open";
  std::vector<std::string> fingerprints;
  std::string lasts, until;  // of a snooze
  std::string comment;
};
Result<> run_posted(const PostedFlags& flags);
// `kind`: acknowledge or snooze; the alerts that could not be marked are the error.
Result<> run_mark(const PostedFlags& flags, const std::string& kind);
Result<> run_unmark(const PostedFlags& flags, const std::string& kind);

// `foo` alone is alertname="foo", as in amtool.
std::vector<std::string> as_matchers(const std::vector<std::string>& words);

}  // namespace tocsin::cli
