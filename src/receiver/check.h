#pragma once

#include <string>
#include <vector>

#include "routing/alertmanager_config.h"

namespace tocsin::receiver {

// What of a configuration that was read without problems cannot be delivered as it stands, or not
// as the reference would, one sentence each: "receiver 'team': webhook_configs[0]: ...". Empty if
// all is well. For `tocsin check` and the log; kinds that are not delivered at all are among the
// configuration's own warnings.
std::vector<std::string> check_integrations(const routing::AlertmanagerConfig& config);

}  // namespace tocsin::receiver
