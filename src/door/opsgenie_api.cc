#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/fields.h"
#include "door/door_api.h"
#include "door/opsgenie_call.h"
#include "door/opsgenie_requests.h"

namespace tocsin::door {
namespace {

using net::Request;
using net::Response;

constexpr net::RouteOptions kLimits{.max_body = 512 << 10};
constexpr std::string_view kSource = "opsgenie";

// What stands behind /v2/alerts/ in a path: "ID/close". An alias may hold slashes.
struct Target {
  std::string identifier;
  std::string action;  // empty: the alert itself
};
constexpr std::array<std::string_view, 8> kActions = {"close",       "acknowledge", "unacknowledge",
                                                      "snooze",      "notes",       "message",
                                                      "description", "priority"};

Target target_of(std::string_view rest) {
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const size_t slash = rest.rfind('/');
  if (slash != std::string_view::npos &&
      std::ranges::find(kActions, rest.substr(slash + 1)) != kActions.end()) {
    return {std::string(rest.substr(0, slash)), std::string(rest.substr(slash + 1))};
  }
  return {std::string(rest), ""};
}

routing::PostedAlert with_annotation(const routing::PostedAlert& alert, std::string_view name,
                                     std::string_view value, Time now) {
  routing::PostedAlert out = alert;
  std::vector<routing::LabelPair> pairs;
  for (const auto& pair : alert.annotations) {
    if (pair.first != name) pairs.push_back(pair);
  }
  pairs.emplace_back(name, value);
  out.annotations = routing::Labels::from(std::move(pairs));
  out.updated = now;
  out.ends = now + kUntilResolved;
  return out;
}

class OpsgenieApi {
 public:
  explicit OpsgenieApi(DoorApiParts parts) : parts_(parts) {}

  Response create(const Request& request) {
    OpsgenieCall call(parts_.entrance, parts_.clock, parts_.rng, request);
    if (!call.open()) return call.refusal();
    auto alert = read_opsgenie_alert(call.take_body());
    if (!alert) return call.wrong(alert.error());
    if (alert->alias.empty()) alert->alias = new_uuid(parts_.rng);
    const Time now = parts_.clock.now();
    const auto done =
        parts_.desk.post({alert_of(*alert, call.visitor().sender, now)}, call.visitor().actor);
    if (!done) return call.failed(done.error(), seconds(1));
    remember(call, alert->alias);
    note(call, "Create", "Created alert", true, alert->alias);
    return call.accepted();
  }

  Response one(const Request& request) {
    OpsgenieCall call(parts_.entrance, parts_.clock, parts_.rng, request);
    if (!call.open()) return call.refusal();
    const std::string& rest = request.params.at("rest");
    if (rest.starts_with("requests/")) return outcome(call, rest.substr(9));
    const auto alias = alias_of(call, rest);
    if (!alias) return call.wrong(alias.error());
    const auto alert = parts_.desk.find(key_of(call, *alias));
    if (!alert) return call.failed({Code::kNotFound, "Alert does not exist"});
    return call.data(200, opsgenie_view(*alert, parts_.clock.now()));
  }

  Response change(const Request& request) {
    OpsgenieCall call(parts_.entrance, parts_.clock, parts_.rng, request);
    if (!call.open()) return call.refusal();
    Target target = target_of(request.params.at("rest"));
    if (request.method == "DELETE" && target.action.empty()) target.action = "close";
    const bool is_word = target.action == "message" || target.action == "description";
    if (target.action.empty() || target.action == "priority" ||
        is_word != (request.method == "PUT")) {
      return call.failed({Code::kNotFound,
                          "There is no such request here; docs/doors.md has those "
                          "that there are"});
    }
    const auto alias = alias_of(call, target.identifier);
    if (!alias) return call.wrong(alias.error());
    if (target.action == "close") return close(call, *alias);
    return is_word ? reword(call, *alias, target.action) : mark(call, *alias, target.action);
  }

 private:
  static Key key_of(const OpsgenieCall& call, const std::string& alias) {
    return {std::string(kSource), call.visitor().sender.integration, alias};
  }

  // The alias that the path and `identifierType` mean; "" when nobody knows the id.
  std::expected<std::string, OpsgenieErrors> alias_of(const OpsgenieCall& call,
                                                      const std::string& identifier) {
    const auto type = call.request().query_value("identifierType").value_or("id");
    if (type == "alias") return identifier;
    if (type != "id") {
      return std::unexpected(
          OpsgenieErrors{{"identifierType", fmt::format("'{}' is not known here; use id or alias.",
                                                        codec::shown(type))}});
    }
    const std::string& integration = call.visitor().sender.integration;
    {
      const std::lock_guard lock(ids_mutex_);
      if (const auto found = ids_.find(identifier); found != ids_.end()) {
        // Ids of other senders are known to them alone.
        if (opsgenie_id(integration, found->second) == identifier) return found->second;
        return "";
      }
    }
    return look_for(integration, identifier);
  }

  // After a restart ids are found by the alerts' labels.
  std::string look_for(const std::string& integration, const std::string& id) {
    for (const auto& alert : parts_.desk.all()) {
      if (alert->labels.get(kSourceLabel) != kSource ||
          alert->labels.get(kIntegrationLabel) != integration) {
        continue;
      }
      std::string alias(alert->labels.get(kKeyLabel));
      if (opsgenie_id(integration, alias) == id) return alias;
    }
    return "";
  }

  void remember(const OpsgenieCall& call, const std::string& alias) {
    const std::lock_guard lock(ids_mutex_);
    if (ids_.size() > kMostIds) ids_.clear();  // the labels know them
    ids_.insert_or_assign(opsgenie_id(call.visitor().sender.integration, alias), alias);
  }

  void note(const OpsgenieCall& call, std::string action, std::string status, bool is_success,
            const std::string& alias) {
    const std::string& integration = call.visitor().sender.integration;
    requests_.put(call.id(), {integration, std::move(action), std::move(status), is_success,
                              parts_.clock.now(), is_success ? opsgenie_id(integration, alias) : "",
                              is_success ? alias : ""});
  }

  Response outcome(const OpsgenieCall& call, const std::string& id) const {
    const auto outcome = requests_.find(id);
    if (!outcome || outcome->integration != call.visitor().sender.integration) {
      return call.failed({Code::kNotFound, "Request not found. It might not be processed, yet."});
    }
    return call.data(200, to_json(*outcome));
  }

  Response close(const OpsgenieCall& call, const std::string& alias) {
    const auto action = read_opsgenie_action(call.body(), false);
    const auto open = open_alert(call, alias);
    if (!open) return dropped(call, "Close");
    if (!action->note.empty()) {
      const auto noted = parts_.desk.mark(
          key_of(call, alias), {Mark::Kind::kNote, action->user, action->note, {}, kSource},
          call.visitor().actor);
      if (!noted) return call.failed(noted.error(), seconds(1));
    }
    routing::PostedAlert over = *open;
    over.ends = over.updated = parts_.clock.now();
    const auto done = parts_.desk.post({std::move(over)}, call.visitor().actor);
    if (!done) return call.failed(done.error(), seconds(1));
    note(call, "Close", "Closed alert", true, alias);
    return call.accepted();
  }

  Response mark(const OpsgenieCall& call, const std::string& alias, const std::string& action) {
    struct Known {
      std::string_view action, name, status;
      Mark::Kind kind;
    };
    constexpr std::array<Known, 4> kKnown = {
        {{"acknowledge", "Acknowledge", "Acknowledged alert", Mark::Kind::kAcknowledge},
         {"unacknowledge", "UnAcknowledge", "UnAcknowledged alert", Mark::Kind::kUnacknowledge},
         {"snooze", "Snooze", "Snoozed alert", Mark::Kind::kSnooze},
         {"notes", "AddNote", "Added note", Mark::Kind::kNote}}};
    const Known& known = *std::ranges::find(kKnown, std::string_view(action), &Known::action);
    const bool is_snooze = known.kind == Mark::Kind::kSnooze;
    const auto said = read_opsgenie_action(call.body(), is_snooze);
    if (!said) return call.wrong(said.error());
    if (known.kind == Mark::Kind::kNote && said->note.empty()) {
      return call.wrong({{"note", "Note can not be empty."}});
    }
    const auto done = parts_.desk.mark(
        key_of(call, alias),
        {known.kind, said->user, said->note, is_snooze ? said->end : std::nullopt, kSource},
        call.visitor().actor);
    if (!done) return call.failed(done.error(), seconds(1));
    if (!*done) return dropped(call, std::string(known.name));
    note(call, std::string(known.name), std::string(known.status), true, alias);
    return call.accepted();
  }

  Response reword(const OpsgenieCall& call, const std::string& alias, const std::string& field) {
    const bool is_message = field == "message";
    const std::string words(trim(text_of(call.body().find(field))));
    if (words.empty()) {
      return call.wrong(
          {{field, fmt::format("{} can not be empty.", is_message ? "Message" : "Description")}});
    }
    const auto open = open_alert(call, alias);
    const std::string action = is_message ? "UpdateMessage" : "UpdateDescription";
    if (!open) return dropped(call, action);
    Draft cut;
    cut.annotation(field, words);
    const auto done = parts_.desk.post(
        {with_annotation(*open, is_message ? "summary" : "description",
                         cut.firing(Time(), Time()).annotations.get(field), parts_.clock.now())},
        call.visitor().actor);
    if (!done) return call.failed(done.error(), seconds(1));
    note(call, action, fmt::format("Updated {}", field), true, alias);
    return call.accepted();
  }

  routing::PostedAlertRef open_alert(const OpsgenieCall& call, const std::string& alias) const {
    auto alert = parts_.desk.find(key_of(call, alias));
    return alert && !alert->is_resolved(parts_.clock.now()) ? alert : nullptr;
  }

  // As there: taken, and what became of it is told to who asks.
  Response dropped(const OpsgenieCall& call, std::string action) {
    note(call, std::move(action), "Alert does not exist", false, "");
    return call.accepted();
  }

  static constexpr size_t kMostIds = 100'000;
  const DoorApiParts parts_;
  OpsgenieRequests requests_;
  std::mutex ids_mutex_;
  std::unordered_map<std::string, std::string> ids_;  // to the alias
};

}  // namespace

void add_opsgenie_routes(net::Router& router, DoorApiParts parts) {
  const auto api = std::make_shared<OpsgenieApi>(parts);
  router.add("POST", "/v2/alerts", [api](const Request& r) { return api->create(r); }, kLimits);
  router.add(
      "GET", "/v2/alerts/{rest...}", [api](const Request& r) { return api->one(r); }, kLimits);
  for (const char* method : {"POST", "PUT", "DELETE"}) {
    router.add(
        method, "/v2/alerts/{rest...}", [api](const Request& r) { return api->change(r); },
        kLimits);
  }
}

}  // namespace tocsin::door
