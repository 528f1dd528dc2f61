#pragma once

#include <optional>
#include <string>
#include <vector>

#include "incident/incident.h"
#include "store/database.h"

namespace tocsin::incident {

Result<> insert_incident(store::Session& sql, const Incident& incident);
Result<> update_incident(store::Session& sql, const Incident& incident);

Result<std::optional<Incident>> read_incident(store::Session& sql, std::string_view id);
Result<std::optional<Incident>> read_incident_by_number(store::Session& sql, int64_t number);
// Of the service; of the team where there is no service.
Result<std::optional<Incident>> open_incident_of(store::Session& sql,
                                                 const catalog::ServiceId& service,
                                                 const catalog::TeamId& team);
// The newest of them that was resolved at `since` or later.
Result<std::optional<Incident>> resolved_lately(store::Session& sql,
                                                const catalog::ServiceId& service,
                                                const catalog::TeamId& team, Time since);
Result<int64_t> next_number(store::Session& sql);

enum class Which { kOpen, kAll };
Result<std::vector<Incident>> list_incidents(store::Session& sql, Which which,
                                             int limit);  // newest first
// Of one team, opened before that time; newest first.
Result<std::vector<Incident>> incidents_of_team(store::Session& sql, const catalog::TeamId& team,
                                                Which which, Time opened_before, int limit);
Result<int64_t> count_open(store::Session& sql);

}  // namespace tocsin::incident
