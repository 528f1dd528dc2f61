#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "alert/mark.h"
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
// An alert with what people said of it, as it is looked at.
struct OpsgenieItem {
  routing::PostedAlertRef alert;
  tocsin::alert::Mark mark;
  Time now;
};
// Who has acknowledged it: the user that the sender named, else the token. Empty: nobody.
std::string opsgenie_owner(const tocsin::alert::Mark& mark);
// What GET /v2/alerts/{id} shows of it, and the shorter one of the list.
codec::JsonObject opsgenie_view(const OpsgenieItem& item);
codec::JsonObject opsgenie_row(const OpsgenieItem& item);

// The alert with another priority. Its severity goes along, unless the details had one of their
// own.
routing::PostedAlert with_priority(const routing::PostedAlert& alert, std::string_view priority,
                                   Time now);
// With one more responder (of {"responder": {...}}) or these tags, without these tags. The errors
// of a body that names none.
using OpsgenieChanged = std::expected<routing::PostedAlert, OpsgenieErrors>;
OpsgenieChanged with_responder(const routing::PostedAlert& alert, const codec::Node& body,
                               Time now);
OpsgenieChanged with_tags(const routing::PostedAlert& alert, const codec::Node& body, Time now);
routing::PostedAlert without_tags(const routing::PostedAlert& alert, std::string_view tags,
                                  Time now);
routing::PostedAlert with_annotation(const routing::PostedAlert& alert, std::string_view name,
                                     std::string_view value, Time now);
bool is_opsgenie_priority(std::string_view priority);

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
