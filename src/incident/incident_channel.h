#pragma once

#include <string>
#include <string_view>

#include "incident/incident.h"

namespace tocsin::incident {

// How the channel of an incident is called and what it says of itself. Pure.

// "inc-12-checkout", and "inc-12-checkout-2" with suffix 2: lower-case letters, digits and '-', at
// most 80 (https://docs.slack.dev/reference/methods/conversations.create).
std::string channel_name(std::string_view prefix, const Incident& incident, int suffix);

// What users lose and where to look, in at most 250 characters
// (https://docs.slack.dev/reference/methods/conversations.setTopic); the link is never cut.
std::string channel_topic(const Incident& incident, std::string_view url);

}  // namespace tocsin::incident
