#pragma once

#include <string>
#include <vector>

#include "cli/api_client.h"
#include "cli/route_tree.h"
#include "demo/demo.h"

namespace tocsin::cli {

// One function a command, each in its own file. They print to standard output; what goes wrong
// comes back as the error, which main prints and turns into the exit code.

Result<> run_serve(const std::string& config_file);
// With an alertmanager.yml, that file; the configuration then only where it was named, too.
Result<> run_check(const std::string& config_file, const AlertmanagerFlags& alertmanager);
// The routing tree of an alertmanager.yml, and where an alert with these labels ("name=value")
// goes.
Result<> run_routes_show(const AlertmanagerFlags& flags);
Result<> run_routes_test(const AlertmanagerFlags& flags, const std::vector<std::string>& labels);

Result<> run_status(const ServerFlags& flags);
Result<> run_alerts(const ServerFlags& flags, const std::string& state);
Result<> run_alert(const ServerFlags& flags, const std::string& id);
Result<> run_alert_split(const ServerFlags& flags, const std::string& id,
                         const std::string& fingerprint);
// What happened to posted alerts: one alert's story, or a search. `what`: a fingerprint or
// matchers.
struct HistoryFlags {
  std::vector<std::string> what, kinds;
  std::string receiver, text, since, from, to;
  int limit = 100;
};
Result<> run_history(const ServerFlags& flags, const HistoryFlags& history);
Result<> run_incidents(const ServerFlags& flags, bool all);
Result<> run_incident(const ServerFlags& flags, const std::string& id);
Result<> run_ack(const ServerFlags& flags, const std::string& id);
Result<> run_escalate(const ServerFlags& flags, const std::string& id);
// Opens a channel in Slack for an incident; says how far it is when it is wanted already.
Result<> run_channel(const ServerFlags& flags, const std::string& id);
Result<> run_snooze(const ServerFlags& flags, const std::string& id, const std::string& how_long);
Result<> run_slo(const ServerFlags& flags, const std::string& name);
Result<> run_heartbeats(const ServerFlags& flags);
// What would become of the body in `file` at a door of the catalog or one that is built in. Asks no
// server.
Result<> run_door_try(const std::string& config_file, const std::string& name,
                      const std::string& file);
Result<> run_reload(const ServerFlags& flags);
Result<> run_token_create(const ServerFlags& flags, const std::string& name,
                          const std::string& role);
Result<> run_token_list(const ServerFlags& flags);
Result<> run_user_add(const ServerFlags& flags, const std::string& name, const std::string& role,
                      const std::string& person);
Result<> run_user_password(const ServerFlags& flags, const std::string& name);
Result<> run_user_remove(const ServerFlags& flags, const std::string& name);
// kUnavailable when a contact was not reached within `patience`.
Result<> run_notify_test(const ServerFlags& flags, const std::string& person,
                         const std::string& contact, Duration patience);
// Contacts of a person, or of everybody with an empty one, and when each was verified.
Result<> run_contact_list(const ServerFlags& flags, const std::string& person);
// Sends a code; kUnavailable when no provider took it within `patience`.
Result<> run_contact_verify(const ServerFlags& flags, const std::string& person,
                            const std::string& contact, Duration patience);
Result<> run_contact_confirm(const ServerFlags& flags, const std::string& person,
                             const std::string& contact, const std::string& code);
// What each contact would get; `incident` 0: a sample.
Result<> run_notify_preview(const ServerFlags& flags, const std::string& person,
                            const std::string& contact, int64_t incident);
struct DeadLetterFilter {
  std::string channel, person;  // empty: all
  Duration last{0};             // failed within that time; 0: all that are kept
  bool with_retried = false;
};
Result<> run_notify_dead(const ServerFlags& flags, const DeadLetterFilter& filter);
// One delivery, or with an empty `id` all that nobody has sent again; kFailedPrecondition when one
// of them was refused.
Result<> run_notify_retry(const ServerFlags& flags, const std::string& id);

Result<> run_demo_shop(const demo::DemoOptions& options);
Result<> run_demo_break(int catcher_port, const std::string& fault);
Result<> run_demo_heal(int catcher_port);
Result<> run_demo_messages(int catcher_port, bool json);

}  // namespace tocsin::cli
