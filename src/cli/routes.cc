#include "cli/commands.h"
#include "cli/print.h"

namespace tocsin::cli {

Result<> run_routes_show(const AlertmanagerFlags& flags) {
  ASSIGN_OR_RETURN(const auto config, load(flags));
  print(route_tree(*config->route));
  return {};
}

Result<> run_routes_test(const AlertmanagerFlags& flags, const std::vector<std::string>& labels) {
  ASSIGN_OR_RETURN(const routing::Labels parsed, parse_labels(labels));
  ASSIGN_OR_RETURN(const auto config, load(flags));
  print(route_test(*config, parsed));
  return {};
}

}  // namespace tocsin::cli
