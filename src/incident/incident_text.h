#pragma once

#include <string>
#include <string_view>

#include "alert/alert.h"
#include "incident/incident.h"
#include "notify/outbox.h"

namespace tocsin::incident {

// "checkout: customers cannot pay"
std::string title_for(const alert::Alert& alert);

// What somebody who is woken reads, in the order of notify::Message; without the link to answer.
notify::Message page_message(const Incident& incident, const alert::Alert& alert,
                             std::string_view external_url);

// What everybody who was told hears when it has ended; `how`: "Recovered", "Declined by user:ada".
notify::Message recovery_message(const Incident& incident, std::string_view how,
                                 std::string_view external_url);

// For the note of whoever goes off call: whether it was open in [begin, end), and the line of it,
// "#12 SEV-1 checkout: customers cannot pay: resolved, ada had it".
bool was_open_in(const Incident& incident, Time begin, Time end);
std::string turn_line(const Incident& incident);

std::string incident_url(const Incident& incident, std::string_view external_url);

}  // namespace tocsin::incident
