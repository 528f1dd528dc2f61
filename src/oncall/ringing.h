#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "store/database.h"

namespace tocsin::oncall {

// Who is rung now for each incident, in the order in which they were rung: what Pager::read says of
// one (Escalation::ringing). Incidents for which nobody is rung are left out.
using Ringing = std::map<std::string, std::vector<catalog::PersonId>>;

// A list of incidents is asked for at once, and costs one query for each so many of them.
inline constexpr size_t kRingingAtOnce = 1024;
Result<Ringing> read_ringing(store::Session& sql, std::span<const std::string> incidents);

}  // namespace tocsin::oncall
