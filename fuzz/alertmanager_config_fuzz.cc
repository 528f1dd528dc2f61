#include <string_view>

#include "routing/alertmanager_config.h"

// Any text gives a configuration that holds its promises, or problems; what status shows of it
// reads back as the same, and holds none of the texts that are secrets.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tocsin;
  using namespace tocsin::routing;
  if (size > 1 << 16) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto syntax :
       {MatcherSyntax::kFallback, MatcherSyntax::kClassic, MatcherSyntax::kUtf8}) {
    codec::Problems problems;
    const auto config = read_alertmanager_config(text, "fuzz", "/etc/am", syntax, problems);
    if ((config == nullptr) == problems.empty()) bug("neither a configuration nor a problem");
    if (!config) continue;
    for (const Labels& labels :
         {Labels(), Labels::of({{"alertname", "A"}, {"severity", "page"}})}) {
      const auto routes = matching_routes(*config->route, labels);
      if (routes.empty()) bug("no route takes an alert");
      for (const Route* route : routes) {
        if (config->receiver(route->receiver) == nullptr) bug("a route without a receiver");
        (void)group_key(*route, group_labels(*route, labels));
        (void)route->id();
      }
    }
    const auto again = read_alertmanager_config(config->original, "again", "", syntax, problems);
    if (!again)
      bug("the shown configuration is not taken: " + problems.as_result().error().message);
    if (again->original != config->original) bug("the shown configuration reads back otherwise");
  }
  return 0;
}
