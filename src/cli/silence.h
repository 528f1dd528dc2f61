#pragma once

#include <string>
#include <vector>

#include "cli/api_client.h"

namespace tocsin::cli {

struct SilenceFlags {
  ServerFlags server;
  std::vector<std::string> matchers;  // as amtool takes them
  std::string lasts, starts, ends;    // --for, --start, --end
  std::string recur, at, occurrence_lasts, zone = "UTC";
  std::vector<std::string> except;
  std::string comment, author;
  bool yes = false;
  std::string state = "current";
  std::vector<std::string> ids;
};
Result<> run_silence_preview(const SilenceFlags& flags);
// Shows the warnings; with some it asks at a terminal, and elsewhere wants --yes
// (kInvalidArgument).
Result<> run_silence_add(const SilenceFlags& flags);
Result<> run_silence_list(const SilenceFlags& flags);
Result<> run_silence_expire(const SilenceFlags& flags);  // rec_... is a recurring one

}  // namespace tocsin::cli
