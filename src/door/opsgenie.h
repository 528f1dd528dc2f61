#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "door/draft.h"

namespace tocsin::door {

// The bodies of Opsgenie's Alert API v2 (docs.opsgenie.com/docs/alert-api), and what becomes of
// them. Pure: docs/doors.md has the table of the fields.

struct OpsgenieAlert {
  std::string alias;  // empty where it is to be made
  codec::Node body;
};
// What comes with close, acknowledge, snooze and the like. All may be missing.
struct OpsgenieAction {
  std::string user, source, note;
  std::optional<Time> end;  // of a snooze
};

// What is wrong, by field: the answer's `errors`.
using OpsgenieErrors = std::map<std::string, std::string>;

std::expected<OpsgenieAlert, OpsgenieErrors> read_opsgenie_alert(codec::Node body);
// `is_snooze`: an end is required.
std::expected<OpsgenieAction, OpsgenieErrors> read_opsgenie_action(const codec::Node& body,
                                                                   bool is_snooze);

routing::PostedAlert alert_of(const OpsgenieAlert& alert, const Sender& sender, Time now);
// The id by which Opsgenie's clients ask for an alert: a UUID made of whose it is and its alias, so
// that it holds as long as the alias does and needs no table.
std::string opsgenie_id(std::string_view integration, std::string_view alias);
// What GET /v2/alerts/{id} shows of it.
codec::JsonObject opsgenie_view(const routing::PostedAlert& alert, Time now);

// Answers. `took` in seconds.
struct OpsgenieRequest {
  std::string id;
  double took = 0;
};
codec::JsonObject opsgenie_accepted(const OpsgenieRequest& request);
codec::JsonObject opsgenie_data(const OpsgenieRequest& request, codec::Json data);
codec::JsonObject opsgenie_refused(const OpsgenieRequest& request, std::string_view message,
                                   const OpsgenieErrors& errors = {});

}  // namespace tocsin::door
