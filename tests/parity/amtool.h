#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "parity/process.h"

namespace tocsin::parity {

// Debian's amtool (Alertmanager 0.25) as a judge of configurations: it reads them with the code of
// the server. Needs `amtool` in PATH, which script/setup installs; throws with the reason when it
// cannot be run. Its files are removed with the object.
class Amtool {
 public:
  // What it says to each configuration, in their order: empty when it takes it, else its error.
  std::vector<std::string> check(std::span<const std::string> configs);
  // The routes below the root, in their order, as it prints them: {a="b"}, or default-route for one
  // without matchers. Each must have the receiver `r`.
  std::vector<std::string> routes(const std::string& config);
  // The receivers of an alert with one label, given as a classic matcher: a="b".
  std::vector<std::string> receivers(const std::string& config, const std::string& label);

 private:
  std::filesystem::path write(const std::string& config, size_t number);
  Folder folder_;
};

// A text (UTF-8) as YAML in double quotes, whatever it holds.
std::string yaml_quoted(std::string_view text);

}  // namespace tocsin::parity
