#pragma once

#include <string>

#include "alert/alert.h"
#include "catalog/catalog.h"

namespace tocsin::incident {

// SEV-1 (worst) to SEV-5. Starts from the service's tier (1: SEV-2, 2 and 3: SEV-3, 4: SEV-4); one
// worse when at least a fifth of the requests fail; one milder when no customer uses the service
// directly; one milder for a ticket and for having no data, which is not yet known to hurt anybody.
// A service that is not in the catalog counts as tier 3 with customers.
int severity_for(const alert::Alert& alert, const catalog::Service* service);

inline constexpr double kManyFail = 0.2;

std::string severity_name(int severity);  // "SEV-2"

}  // namespace tocsin::incident
