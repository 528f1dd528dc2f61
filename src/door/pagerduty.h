#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "door/draft.h"

namespace tocsin::door {

// The bodies of PagerDuty's Events API v2 (developer.pagerduty.com/docs/events-api-v2), and what
// becomes of them. Pure: docs/doors.md has the table of the fields.

struct PagerDutyEvent {
  enum class Action { kTrigger, kAcknowledge, kResolve };
  Action action = Action::kTrigger;
  std::string dedup_key;  // empty for a trigger whose key is to be made
  codec::Node body;
};
struct PagerDutyChange {
  std::string summary;
  std::string source;
  std::string service;  // that the details name
  std::optional<Time> timestamp;
  codec::JsonArray links;
  codec::Json custom_details;
};

// What is wrong with an event, in PagerDuty's words: each is an item of the answer's `errors`.
using PagerDutyErrors = std::vector<std::string>;

// The token in a body, so that a sender is known before anything is said about the rest; empty
// where there is none.
std::string pagerduty_routing_key(const codec::Node& body);
std::expected<PagerDutyEvent, PagerDutyErrors> read_pagerduty_event(codec::Node body);
std::expected<PagerDutyChange, PagerDutyErrors> read_pagerduty_change(const codec::Node& body);

// Of a trigger the alert that fires, of the others the labels by which it is found.
routing::PostedAlert alert_of(const PagerDutyEvent& event, const Sender& sender, Time now);

// Answers.
codec::JsonObject pagerduty_accepted(std::string_view dedup_key);
codec::JsonObject pagerduty_refused(const PagerDutyErrors& errors);

}  // namespace tocsin::door
